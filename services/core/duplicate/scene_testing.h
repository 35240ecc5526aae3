// A small town for the tests of this folder: people, who they are to each
// other, and plans that feeds report.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "services/core/duplicate/cases.h"
#include "services/core/duplicate/duplicate.h"
#include "services/core/family/family.h"
#include "services/core/identity/identity.h"
#include "services/core/keys.h"
#include "services/core/plan/plan.h"
#include "services/core/testing.h"

namespace kith::core::duplicate {

class Town {
 public:
  using Facts = absl::StatusOr<std::vector<NewFact>>;

  testing::Bench& bench() { return bench_; }
  const StateReader& state() { return bench_.state(); }

  // Records are named by agency and local id; plans belong to one agency each.
  EntityNumber Person(absl::string_view agency, absl::string_view name) {
    return Person(agency, name, {});
  }
  EntityNumber Person(absl::string_view agency, absl::string_view name,
                      const agency::v1::PersonStated& said) {
    const EntityNumber record = bench_.AddRecord(agency, name, said);
    names_[record] = testing::Local(agency, name);
    return record;
  }
  // As the record is stated by its agency, addresses included.
  Facts State(EntityNumber record, agency::v1::PersonStated said) {
    ledger::v1::Fact fact;
    *said.mutable_record() = names_.at(record);
    fact.mutable_record_stated()->mutable_record()->set_number(record);
    *fact.mutable_record_stated()->mutable_said() = std::move(said);
    return Record(record, fact);
  }

  // The feed of "<agency>" reports its plan `key` for these people.
  Facts Report(absl::string_view agency, absl::string_view key,
               const std::vector<EntityNumber>& people,
               agency::v1::PlanState state = agency::v1::PLAN_STATE_AGREED) {
    agency::v1::PlanStated said;
    *said.mutable_plan() = testing::Local(agency, key);
    for (EntityNumber person : people) {
      *said.add_about() = testing::PersonOf(names_.at(person));
    }
    said.set_state(state);
    bench_.Feed(agency);
    return Say([&](Decision& d) { return plan::Decide(said, d); });
  }
  Facts Close(absl::string_view agency, absl::string_view key,
              const std::vector<EntityNumber>& people) {
    return Report(agency, key, people, agency::v1::PLAN_STATE_CLOSED);
  }
  EntityNumber Plan(absl::string_view agency, absl::string_view key) {
    return bench_
        .Row<ledger::v1::NumberRow>(ReferenceKey(
            bench_.hash(), "plan", testing::Local(agency, key), agency))
        ->number();
  }

  Facts Relate(EntityNumber person, EntityNumber to,
               agency::v1::RelationshipKind kind, bool lives_with = false,
               bool ended = false) {
    ledger::v1::Fact fact;
    auto& recorded = *fact.mutable_relationship_recorded();
    recorded.set_person(person);
    recorded.set_to(to);
    recorded.mutable_said()->set_kind(kind);
    if (lives_with) {
      recorded.mutable_said()->set_lives_with(agency::v1::ANSWER_YES);
    }
    if (ended) {
      *recorded.mutable_said()->mutable_period()->mutable_until() =
          testing::DateOf(absl::CivilDay(2024, 1, 1));
    }
    return Record(person, fact);
  }
  Facts Join(EntityNumber family, EntityNumber record) {
    ledger::v1::Fact fact;
    fact.mutable_member_stated()->set_family(family);
    fact.mutable_member_stated()->set_record(record);
    fact.mutable_member_stated()->mutable_said();
    return Record(family, fact);
  }
  Facts Leave(EntityNumber family, EntityNumber record) {
    ledger::v1::Fact fact;
    fact.mutable_member_left()->set_family(family);
    fact.mutable_member_left()->set_record(record);
    *fact.mutable_member_left()->mutable_until() =
        testing::DateOf(absl::CivilDay(2024, 3, 1));
    return Record(family, fact);
  }
  Facts Compare(EntityNumber one, EntityNumber other,
                ledger::v1::PairOutcome outcome) {
    ledger::v1::Fact fact;
    auto& judged = *fact.mutable_pair_judged();
    judged.set_one(std::min(one, other));
    judged.set_other(std::max(one, other));
    judged.set_outcome(outcome);
    return Record(judged.other(), fact);
  }
  // Persons, by their first records.
  Facts Merge(EntityNumber survivor, EntityNumber retired,
              const std::vector<EntityNumber>& records) {
    ledger::v1::Fact fact;
    auto& merged = *fact.mutable_persons_merged();
    merged.set_survivor(survivor);
    merged.set_retired(retired);
    for (EntityNumber record : records) merged.add_records(record);
    return Record(retired, fact);
  }
  Facts Split(EntityNumber from, EntityNumber part,
              const std::vector<EntityNumber>& records) {
    ledger::v1::Fact fact;
    auto& split = *fact.mutable_person_split();
    split.set_from(from);
    split.set_part(part);
    for (EntityNumber record : records) split.add_records(record);
    return Record(part, fact);
  }

  Facts Rule(const ledger::v1::CaseRow& row,
             agency::v1::DuplicateDecision decision, EntityNumber survivor = 0,
             uint64_t version = 0,
             agency::v1::Role role = agency::v1::ROLE_HUB_ADMINISTRATOR) {
    agency::v1::DuplicateDecided said;
    said.set_case_id(row.found().case_().id());
    said.set_decision(decision);
    said.set_reason("looked into it");
    said.set_version(version);
    if (survivor != 0) {
      said.mutable_surviving_plan()->set_id(
          PlanRow(survivor).recorded().plan().id());
    }
    bench_.Act("council", "w1", role);
    return Say(said);
  }
  Facts Say(const agency::v1::DuplicateDecided& said) {
    return Say([&](Decision& d) { return Decide(said, d); });
  }

  ledger::v1::PlanRow PlanRow(EntityNumber plan) {
    return *bench_.Row<ledger::v1::PlanRow>(keys::Plan(plan));
  }
  std::optional<ledger::v1::CaseRow> Case(EntityNumber one,
                                          EntityNumber other) {
    auto row = CaseBetween(state(), one, other);
    KITH_CHECK(row.ok());
    return *std::move(row);
  }

 private:
  // All from one agency, whose later word takes the place of its earlier.
  Facts Record(Subject subject, const ledger::v1::Fact& fact) {
    bench_.Feed("council");
    return Say([&](Decision& d) { return d.Add(subject, {}, fact); });
  }
  Facts Say(const testing::Bench::Step& step) {
    return bench_.Say(step, {Conclude});
  }

  testing::Bench bench_{
      {identity::Evolve, family::Evolve, plan::Evolve, Evolve}};
  std::map<EntityNumber, agency::v1::LocalRef> names_;
};

}  // namespace kith::core::duplicate
