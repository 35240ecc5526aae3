// Who invents a world and tells it twice, step by step (ledger_worlds.h).
#pragma once

#include <algorithm>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/substitute.h"
#include "tests/oracle/ledger_worlds.h"

namespace kith::ledger_oracle {

const std::vector<std::string>& Agencies();

// In text format.
std::string DateText(absl::CivilDay day);
std::string PeriodText(const Span& span);
std::string ListText(const std::string& field,
                     const std::vector<Number>& numbers);

// All but the first.
std::vector<Number> Rest(const std::vector<Number>& numbers);

class Inventor {
 public:
  explicit Inventor(uint64_t seed)
      : random_(seed), history_(std::make_unique<views::testing::History>()) {}

  ToldTwice Invent();

 private:
  int Int(int from, int to) {
    return std::uniform_int_distribution<int>(from, to)(random_);
  }
  bool Chance(int percent) { return Int(1, 100) <= percent; }
  template <class List>
  auto& Pick(List& list) {
    return list[Int(0, static_cast<int>(list.size()) - 1)];
  }
  template <class Add>
  void Times(int times, const Add& add) {
    for (int i = 0; i < times; ++i) add();
  }
  Number AnyRecord() { return Pick(world_.records).number; }
  Number AnyFamily() { return Pick(world_.families).number; }
  std::vector<Number> SomeRecords(int most) {
    std::set<Number> some;
    Times(Int(1, most), [&] { some.insert(AnyRecord()); });
    return {some.begin(), some.end()};
  }
  // Ends lie around today.
  Span AnySpan() {
    Span span;
    if (Chance(50)) span.from = world_.today + Int(-3, 1);
    if (Chance(35)) {
      span.until = std::max(world_.today + Int(-1, 3),
                            span.from.value_or(world_.today - 3));
    }
    return span;
  }
  std::string Speak() {
    std::string agency = Pick(Agencies());
    history_->Feed(agency);
    return agency;
  }
  std::string IdText(const char* field, Number number) {
    return absl::Substitute("$0 { number: $1 id: 'z$1' }", field, number);
  }

  void AddRecord();
  std::string SaidOf(const Record& record);
  void AddPairs();
  void AddPair(Number one, Number other);
  void Rule(const Pair& pair);
  Record& Find(Number number);
  std::vector<Number> PersonOf(Number number);
  void MakeOne(Number one, Number other);
  void SplitOne();
  void AddFamily();
  void AddMembership();
  void EndMembership();
  void AddJoins();
  void AddPlan();
  void AddLeads(Number family);
  void AddInvolvement();
  void AddNeed();
  void AddRelationship();
  void AddHelper();
  Ruling AnyRuling();
  std::string NamedText(const std::string& field, const Ruling& ruling);
  void AddConsent();
  void AddRestriction();
  void AddOverride();
  void AddGlass();
  Service AnyService();
  void AddAssessment();
  void AddReferral();
  void AddMeeting();
  void Change(Record& record);

  std::mt19937_64 random_;
  World world_;
  std::unique_ptr<views::testing::History> history_;
};

}  // namespace kith::ledger_oracle
