#include "tests/samples/accounts.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <set>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "tests/server/adapter_programs.h"

namespace kith::server_tests {
namespace {

using ledger::v1::Fact;
using nlohmann::json;

constexpr const char* kEndings[] = {"accepted", "changed_nothing", "refused",
                                    "set_aside", "skipped"};
// In tallies, and as reasons and complaints write them.
constexpr std::pair<const char*, const char*> kWithReason[] = {
    {"refused", "refused"}, {"set_aside", "set aside"}, {"skipped", "skipped"}};

// Kinds of items that each are one person's record.
constexpr const char* kPersons[] = {"Patient", "RelatedPerson", "person row",
                                    "pupil"};

// Items of a tally by the five endings; one that is parked or kept in the
// outbox has none of these.
int SumOf(const json& tally) {
  int sum = 0;
  for (const char* ending : kEndings) sum += tally.value(ending, 0);
  return sum;
}

// Each item that did not arrive is counted under a reason; those to look at are
// also told with their place.
void ExpectReasons(const json& report) {
  EXPECT_EQ(report["complaints_dropped"], 0);
  for (const auto& [ending, word] : kWithReason) {
    const std::string begin = absl::StrCat(word, ": ");
    int counted = 0;
    for (const auto& [reason, count] : report["reasons"].items()) {
      if (!absl::StartsWith(reason, begin)) continue;
      EXPECT_GT(reason.size(), begin.size()) << "an empty reason";
      counted += count.get<int>();
    }
    EXPECT_EQ(counted, CountOf(report, ending)) << ending;
    if (ending == std::string("skipped")) continue;
    int told = 0;
    for (const json& complaint : report["complaints"]) {
      if (complaint["ending"] != word) continue;
      ++told;
      EXPECT_TRUE(
          std::filesystem::exists(complaint["file"].get<std::string>()));
      EXPECT_GT(complaint["line"], 0);
      EXPECT_NE(complaint["what"], "");
    }
    EXPECT_EQ(told, CountOf(report, ending)) << ending;
  }
}

// What a node wrote down of statements that it did not take: those it refused
// or quarantined, and those that still wait, by what they wait for.
std::multiset<std::string> NotTaken(absl::Span<const Fact> facts) {
  std::map<uint64_t, std::string> parked;
  std::multiset<std::string> not_taken;
  for (const Fact& fact : facts) {
    if (fact.has_statement_parked()) {
      std::string waits_for = "waits";
      for (const auto& missing : fact.statement_parked().waits_for()) {
        absl::StrAppend(&waits_for, " ", missing.SerializeAsString());
      }
      parked[fact.statement_parked().item().number()] = waits_for;
    } else if (fact.has_parking_ended()) {
      parked.erase(fact.parking_ended().item());
    } else if (fact.has_statement_refused()) {
      not_taken.insert(fact.statement_refused().SerializeAsString());
    } else if (fact.has_frame_quarantined()) {
      not_taken.insert(fact.frame_quarantined().reason().SerializeAsString());
    }
  }
  for (const auto& [item, waits_for] : parked) not_taken.insert(waits_for);
  return not_taken;
}

}  // namespace

void ExpectAccountedFor(const json& report, const Held& held) {
  int all = 0;
  for (const auto& [kind, count] : held) {
    EXPECT_EQ(SumOf(report["by_kind"].value(kind, json::object())), count)
        << kind;
    all += count;
  }
  EXPECT_EQ(report["by_kind"].size(), held.size());
  EXPECT_EQ(SumOf(report["items"]), all);
  EXPECT_EQ(CountOf(report, "total"), all);
  EXPECT_EQ(report["unreadable_files"], 0);
  ExpectReasons(report);
}

json AsRepeated(json report) {
  const auto repeat = [](json& tally) {
    tally["changed_nothing"] =
        tally["changed_nothing"].get<int>() + tally["accepted"].get<int>();
    tally["accepted"] = 0;
  };
  repeat(report["items"]);
  for (auto& [kind, tally] : report["by_kind"].items()) repeat(tally);
  return report;
}

void ExpectToldOnce(const json& first, const std::vector<Fact>& facts,
                    uint64_t between) {
  int persons = 0;
  for (const char* kind : kPersons) {
    persons +=
        first["by_kind"].value(kind, json::object()).value("accepted", 0);
  }
  std::multiset<std::string> records;
  for (const Fact& fact : facts) {
    if (!fact.has_record_stated()) continue;
    records.insert(fact.record_stated().said().record().local_id());
  }
  EXPECT_GT(persons, 0);
  EXPECT_EQ(records.size(), size_t(persons));
  EXPECT_EQ(std::set(records.begin(), records.end()).size(), size_t(persons));

  ASSERT_LE(between, facts.size());
  const auto [one, two] = std::pair(absl::MakeSpan(facts).subspan(0, between),
                                    absl::MakeSpan(facts).subspan(between));
  EXPECT_EQ(NotTaken(two), NotTaken(one));
  EXPECT_EQ(NotTaken(two).size(), two.size()) << "other facts";
}

}  // namespace kith::server_tests
