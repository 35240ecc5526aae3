// Seeded histories in which everything happens, for properties of views.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/core/family/dates.h"
#include "services/views/find.h"
#include "services/views/testing.h"

namespace kith::views::testing {

class Wanderer {
 public:
  Wanderer(uint64_t seed, History* history)
      : random_(seed * 2862933555777941757u + 3037000493u),
        history_(*history) {}

  // Many people and few families, so that most have nothing to do with most.
  void Go(int steps) {
    for (int i = 0; i < 25; ++i) AddPerson();
    AddFamily();
    for (int i = 0; i < steps; ++i) Step();
  }

  const std::vector<EntityNumber>& families() const { return families_; }
  const std::vector<EntityNumber>& records() const { return records_; }

 private:
  // Less than `n`, evenly.
  uint64_t Draw(uint64_t n) {
    random_ = random_ * 6364136223846793005u + 1442695040888963407u;
    return (random_ >> 33) % n;
  }
  EntityNumber One(const std::vector<EntityNumber>& all) {
    return all[Draw(all.size())];
  }
  EntityNumber Record() { return One(records_); }
  EntityNumber Family() { return One(families_); }

  void Step() {
    if (Draw(4) == 0) day_ += static_cast<int>(Draw(20));
    history_.On(day_);
    static const char* const kAgencies[] = {"council", "health", "school"};
    history_.Feed(kAgencies[Draw(3)]);
    if (Draw(3) == 0)
      history_.Act(kAgencies[Draw(3)], absl::StrCat("w", Draw(3)));
    switch (Draw(22)) {
      case 0:
      case 1:
        return AddPerson();
      case 2:
        return AddFamily();
      case 3:
      case 4:
        return history_.Member(Family(), Record());
      case 5:
        return history_.Left(Family(), Record(), day_ - 5 + Draw(10));
      case 6:
      case 7:
        return Link();
      case 8:
        return Split();
      case 9:
        return JoinOrPart();
      case 10:
        history_.Involve(Record(), "service");
        return;
      case 11:
        return AddConsent();
      case 12:
        return AddNeed();
      case 13:
      case 14:
        return AddPlan();
      case 15:
      case 16:
        return MovePlan();
      case 17:
        history_.Lead(Family(), history_.Practitioner("health", "nurse"));
        return;
      case 18:
        return AddDuplicate();
      case 19:
        return AddReferral();
      case 20:
        return Relate();
      default:
        return Restate();
    }
  }

  void AddPerson() {
    records_.push_back(history_.Person(
        absl::StrCat("Given", Draw(9)), absl::StrCat("Family", Draw(5)),
        absl::StrCat("birth_date { year: ", 2008 + Draw(10),
                     " month: 5 day: 6 } addresses { postcode: \"NR1 1AA\" ",
                     Draw(6) == 0 ? "protected: true" : "", " } ")));
  }

  void AddFamily() {
    std::vector<EntityNumber> members = {Record()};
    if (const auto other = Record(); other != members[0]) {
      members.push_back(other);
    }
    families_.push_back(history_.Family(members, Draw(2) == 0 ? Record() : 0));
  }

  void Link() {
    const EntityNumber one = Record();
    const EntityNumber other = Record();
    if (one == other) return;
    if (Draw(3) == 0) {
      history_.Judge(one, other, ledger::v1::PAIR_OUTCOME_POSSIBLE);
    } else {
      history_.Link(one, other, Draw(2) == 0);
    }
  }

  void Split() {
    const EntityNumber record = Record();
    const auto all = *RecordsOf(history_.view(), record);
    if (all.size() < 2) return;
    const size_t from = 1 + Draw(all.size() - 1);
    history_.Split(all[0], {all.begin() + static_cast<long>(from), all.end()});
  }

  void JoinOrPart() {
    if (joins_.empty() || Draw(2) == 0) {
      EntityNumber one = *Resolve(history_.view(), Family());
      EntityNumber other = *Resolve(history_.view(), Family());
      if (one == other) return;
      if (one > other) std::swap(one, other);
      history_.Join(one, other);
      joins_.emplace_back(one, other);
      return;
    }
    history_.Part(joins_.back().first, joins_.back().second);
    joins_.pop_back();
  }

  void AddConsent() {
    std::vector<EntityNumber> about = {Record()};
    if (const auto other = Record(); other != about[0]) about.push_back(other);
    const auto number = history_.Consent(
        about, R"(kind: CONSENT_KIND_SHARE answer: CONSENT_ANSWER_GIVEN
                  purpose: "early_help" recipients { agency: "school" })");
    if (Draw(3) != 0) return;
    history_.Add(about[0], {about.begin() + 1, about.end()},
                 absl::StrCat("consent_ended { consent: ", number, " }"));
  }

  void AddNeed() {
    const EntityNumber record = Record();
    const auto need = history_.New('o');
    history_.Add(record, {},
                 absl::StrCat("need_recorded { need { number: ", need.number(),
                              " id: \"", need.id(), "\" } record: ", record,
                              " said { need: \"housing\" } }"));
  }

  void AddPlan() {
    std::vector<EntityNumber> about = {Record()};
    const EntityNumber family = Family();
    plans_.emplace_back(
        history_.Plan(family, about,
                      Draw(2) == 0 ? "state: PLAN_STATE_DRAFT"
                                   : "state: PLAN_STATE_AGREED"),
        family);
  }

  void MovePlan() {
    if (plans_.empty()) return;
    const auto [plan, family] = plans_[Draw(plans_.size())];
    switch (Draw(4)) {
      case 0:
        return history_.Add(
            family, {},
            absl::StrCat("plan_agreed_to { plan: ", plan, " version: 1 }"));
      case 1:
        return history_.Add(family, {},
                            absl::StrCat("plan_ended { plan: ", plan, " }"));
      case 2:
        return history_.Add(
            family, {},
            absl::StrCat("plan_review_held { review { number: ",
                         history_.NextNumber(), " } plan: ", plan,
                         " said { on { year: 2024 month: 4 day: ", 1 + Draw(28),
                         " } } }"));
      default:
        return history_.Add(
            family, {},
            absl::StrCat(
                "lead_contacted { contact { number: ", history_.NextNumber(),
                " } plan: ", plan, " said { note: \"rang\" } }"));
    }
  }

  void AddDuplicate() {
    if (plans_.size() < 2) return;
    const auto one = plans_[Draw(plans_.size() - 1)];
    const auto other = plans_.back();
    Fact fact;
    auto& found = *fact.mutable_duplicate_plan_found();
    *found.mutable_case_() = history_.New('u');
    found.set_one(one.first);
    found.set_other(other.first);
    found.set_level(ledger::v1::DUPLICATE_LEVEL_SAME_PERSON);
    history_.Add(other.second, {one.second}, std::move(fact));
  }

  void AddReferral() {
    const EntityNumber record = Record();
    const auto referral = history_.New('r');
    history_.Add(record, {},
                 absl::StrCat("referral_recorded { referral { number: ",
                              referral.number(), " id: \"", referral.id(),
                              "\" } records: ", record, " family: ", Family(),
                              " said { to_agency: \"health\" } }"));
    if (Draw(2) == 0) return;
    history_.Feed("health");
    history_.Add(
        record, {},
        absl::StrCat("referral_stepped { referral: ", referral.number(),
                     " said { to: REFERRAL_STATE_RECEIVED } }"));
  }

  void Relate() {
    const EntityNumber one = Record();
    const EntityNumber other = Record();
    if (one == other) return;
    history_.Add(
        one, {other},
        absl::StrCat("relationship_recorded { person: ", one, " to: ", other,
                     " said { kind: RELATIONSHIP_KIND_SIBLING } }"));
  }

  void Restate() {
    if (Draw(5) == 0) {
      const EntityNumber record = Record();
      return history_.Add(record, {},
                          absl::StrCat("record_gone { record: ", record, " }"));
    }
    history_.Restate(Record(), absl::StrCat("names { given: \"New", Draw(9),
                                            "\" } religion: \"none\""));
  }

  uint64_t random_;
  History& history_;
  absl::CivilDay day_ = absl::CivilDay(2024, 3, 4);
  std::vector<EntityNumber> records_;
  std::vector<EntityNumber> families_;
  std::vector<std::pair<EntityNumber, EntityNumber>> plans_;
  std::vector<std::pair<EntityNumber, EntityNumber>> joins_;
};

inline void Wander(uint64_t seed, int steps, History* history) {
  Wanderer(seed, history).Go(steps);
}

}  // namespace kith::views::testing
