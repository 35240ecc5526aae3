// Decisions on cases, and how cases look after each fact.
#include "services/core/duplicate/duplicate.h"

#include <algorithm>
#include <string>
#include <utility>

#include "services/core/duplicate/address.h"
#include "services/core/duplicate/cases.h"
#include "services/core/family/roles.h"
#include "services/core/keys.h"

namespace kith::core::duplicate {
namespace {

using agency::v1::DuplicateDecided;
using agency::v1::DuplicateDecision;
using ledger::v1::CaseRow;
using ledger::v1::Fact;
using ledger::v1::PlanRow;

constexpr auto kSame = agency::v1::DUPLICATE_DECISION_SAME;
constexpr auto kDifferent = agency::v1::DUPLICATE_DECISION_DIFFERENT;
constexpr auto kWithdrawn = agency::v1::DUPLICATE_DECISION_WITHDRAWN;

absl::Status CheckSaid(const DuplicateDecided& said) {
  const DuplicateDecision decision = said.decision();
  if (decision != kSame && decision != kDifferent && decision != kWithdrawn) {
    return Senseless("UNKNOWN_CODE", "there is no such decision",
                     "duplicate_decided.decision");
  }
  if (!said.reason().empty()) return absl::OkStatus();
  return Senseless("REASON_MISSING", "a decision needs a reason",
                   "duplicate_decided.reason");
}

absl::StatusOr<CaseRow> Find(const DuplicateDecided& said, Decision& decision) {
  agency::v1::ThingRef ref;
  ref.set_id(said.case_id());
  ASSIGN_OR_RETURN(const EntityNumber number,
                   decision.Thing("case", base::IdKind::kCase, ref));
  ASSIGN_OR_RETURN(auto row,
                   ReadRow<CaseRow>(decision.state(), keys::Case(number)));
  if (!row.has_value()) return MissingId("case");
  return *std::move(row);
}

absl::Status CheckDecider(const CaseRow& row, const Decision& decision) {
  RETURN_IF_ERROR(RequireAct(decision));
  RETURN_IF_ERROR(RequireRole(decision, {agency::v1::ROLE_PRACTITIONER,
                                         agency::v1::ROLE_LEAD_PROFESSIONAL,
                                         agency::v1::ROLE_HUB_ADMINISTRATOR}));
  if (row.found().level() != ledger::v1::DUPLICATE_LEVEL_POSSIBLE_MATCH) {
    return absl::OkStatus();
  }
  if (decision.envelope().actor().role() ==
      agency::v1::ROLE_HUB_ADMINISTRATOR) {
    return absl::OkStatus();
  }
  return Forbid("POSSIBLE_MATCH",
                "only the hub decides what rests on a possible match",
                {"R-187"});
}

// How the case stands after the decision.
ledger::v1::CaseState StateAfter(DuplicateDecision decision) {
  switch (decision) {
    case kSame:
      return ledger::v1::CASE_STATE_SAME;
    case kDifferent:
      return ledger::v1::CASE_STATE_DIFFERENT;
    default:
      return ledger::v1::CASE_STATE_OPEN;
  }
}

absl::Status AddRuling(const DuplicateDecided& said, const CaseRow& row,
                       Decision& decision) {
  Fact fact;
  auto& ruled = *fact.mutable_duplicate_ruled();
  ruled.set_case_(NumberOf(row));
  ruled.set_decision(said.decision());
  ruled.set_reason(said.reason());
  return AddToCase(row.found().one(), row.found().other(), std::move(fact),
                   decision);
}

// The plan of the case that is to be merged, given the one that stays.
absl::StatusOr<EntityNumber> Merged(const CaseRow& row, EntityNumber survivor,
                                    const Decision& decision) {
  if (survivor != row.found().one() && survivor != row.found().other()) {
    return Refuse("SURVIVOR_MISSING", "one of the two plans stays", {"R-185"},
                  "duplicate_decided.surviving_plan");
  }
  const EntityNumber merged = OtherPlan(row, survivor);
  ASSIGN_OR_RETURN(const auto plan, PlanOf(decision.state(), merged));
  if (!plan.has_value()) return MissingId("plan");
  return merged;
}

absl::Status AddMerge(const CaseRow& row, EntityNumber survivor,
                      EntityNumber merged, Decision& decision) {
  ASSIGN_OR_RETURN(const auto plan, PlanOf(decision.state(), merged));
  ASSIGN_OR_RETURN(const auto other, PlanOf(decision.state(), survivor));
  Fact fact;
  fact.mutable_plans_merged()->set_survivor(survivor);
  fact.mutable_plans_merged()->set_merged(merged);
  fact.mutable_plans_merged()->set_case_(NumberOf(row));
  std::vector<Subject> also;
  if (other.has_value() &&
      other->recorded().family() != plan->recorded().family()) {
    also.push_back(other->recorded().family());
  }
  return decision.Add(plan->recorded().family(), std::move(also),
                      std::move(fact));
}

absl::StatusOr<EntityNumber> SurvivorOf(const DuplicateDecided& said,
                                        Decision& decision) {
  if (said.decision() != kSame) return 0;
  if (!said.has_surviving_plan()) {
    return Senseless("SURVIVOR_MISSING", "one plan means: this one stays",
                     "duplicate_decided.surviving_plan");
  }
  return decision.Thing("plan", base::IdKind::kPlan, said.surviving_plan());
}

// Whether this is how the case stands already.
absl::StatusOr<bool> Stands(const CaseRow& row, DuplicateDecision said,
                            EntityNumber survivor, const Decision& decision) {
  if (row.state() != StateAfter(said)) return false;
  if (said != kSame) return true;
  ASSIGN_OR_RETURN(const auto merged,
                   PlanOf(decision.state(), OtherPlan(row, survivor)));
  return merged.has_value() && merged->merged_into() == survivor;
}

absl::Status CheckState(const CaseRow& row, const DuplicateDecided& said) {
  if (said.version() != 0 && said.version() != row.version()) {
    return Stale("the case has changed since");
  }
  if (row.state() == ledger::v1::CASE_STATE_GONE) {
    return Refuse("CASE_GONE", "the plans overlap no more", {"R-187"});
  }
  if (said.decision() == kWithdrawn ||
      row.state() == ledger::v1::CASE_STATE_OPEN) {
    return absl::OkStatus();
  }
  return Refuse("CASE_DECIDED", "take the earlier decision back first",
                {"R-187"});
}

// Takes a decision back: the plans are two again, and the case is open.
absl::Status Withdraw(const CaseRow& row, Decision& decision) {
  RETURN_IF_ERROR(PartMerged(row, decision));
  return Reopen(row, "withdrawn", decision);
}

// Folds.

void Decided(ledger::v1::CaseState state, CaseRow& row) {
  row.set_state(state);
  row.set_decided_level(row.found().level());
  *row.mutable_decided_basis() = row.found().basis();
}

void Undecided(ledger::v1::CaseState state, CaseRow& row) {
  row.set_state(state);
  row.clear_decided_level();
  row.clear_decided_basis();
}

template <class Change>
absl::Status ChangeCase(StateWriter& state, Subject subject,
                        EntityNumber number, const Change& change) {
  ASSIGN_OR_RETURN(auto row, ReadRow<CaseRow>(state, keys::Case(number)));
  if (!row.has_value()) return absl::OkStatus();  // erased
  change(*row);
  row->set_version(row->version() + 1);
  PutRow(state, subject, keys::Case(number), *row);
  return absl::OkStatus();
}

absl::Status Found(StateWriter& state, const Fact& fact, Subject subject,
                   const KeyHash& hash) {
  const auto& found = fact.duplicate_plan_found();
  if (found.case_().id().empty()) {
    return ChangeCase(state, subject, found.case_().number(),
                      [&](CaseRow& row) {
                        const ledger::v1::Identity known = row.found().case_();
                        *row.mutable_found() = found;
                        *row.mutable_found()->mutable_case_() = known;
                        if (row.state() == ledger::v1::CASE_STATE_GONE) {
                          Undecided(ledger::v1::CASE_STATE_OPEN, row);
                        }
                      });
  }
  CaseRow row;
  *row.mutable_found() = found;
  row.set_state(ledger::v1::CASE_STATE_OPEN);
  row.set_version(1);
  const EntityNumber number = found.case_().number();
  PutRow(state, subject, keys::Case(number), row);
  ledger::v1::NumberRow index;
  index.set_number(number);
  PutRow(state, subject, keys::CaseOfPlans(found.one(), found.other()), index);
  state.Put(subject, keys::CaseOfPlan(found.one(), number), "");
  state.Put(subject, keys::CaseOfPlan(found.other(), number), "");
  PutNames(state, hash, "case", {}, "", found.case_());
  return absl::OkStatus();
}

absl::Status SetMergedInto(StateWriter& state, EntityNumber plan,
                           EntityNumber survivor) {
  ASSIGN_OR_RETURN(auto row, PlanOf(state, plan));
  if (!row.has_value()) return absl::OkStatus();
  row->set_merged_into(survivor);
  PutRow(state, row->recorded().family(), keys::Plan(plan), *row);
  return absl::OkStatus();
}

void IndexAddresses(StateWriter& state, const Fact& fact, Subject subject,
                    const KeyHash& hash) {
  const auto& stated = fact.record_stated();
  for (const std::string& key : AddressKeys(stated.said())) {
    state.Put(subject, keys::AtAddress(hash(key), stated.record().number()),
              "");
  }
}

}  // namespace

absl::Status Decide(const DuplicateDecided& said, Decision& decision) {
  RETURN_IF_ERROR(CheckSaid(said));
  ASSIGN_OR_RETURN(const CaseRow row, Find(said, decision));
  RETURN_IF_ERROR(CheckDecider(row, decision));
  ASSIGN_OR_RETURN(const EntityNumber survivor, SurvivorOf(said, decision));
  EntityNumber merged = 0;
  if (survivor != 0) {
    ASSIGN_OR_RETURN(merged, Merged(row, survivor, decision));
  }
  ASSIGN_OR_RETURN(const bool stands,
                   Stands(row, said.decision(), survivor, decision));
  if (stands) return absl::OkStatus();
  RETURN_IF_ERROR(CheckState(row, said));
  RETURN_IF_ERROR(AddRuling(said, row, decision));
  if (said.decision() == kWithdrawn) return Withdraw(row, decision);
  if (merged == 0) return absl::OkStatus();
  return AddMerge(row, survivor, merged, decision);
}

absl::Status Evolve(StateWriter& state, const Fact& fact, Subject subject,
                    const KeyHash& hash) {
  if (fact.has_record_stated()) {
    IndexAddresses(state, fact, subject, hash);
  } else if (fact.has_duplicate_plan_found()) {
    return Found(state, fact, subject, hash);
  } else if (fact.has_duplicate_ruled()) {
    const auto& ruled = fact.duplicate_ruled();
    return ChangeCase(state, subject, ruled.case_(), [&](CaseRow& row) {
      if (ruled.decision() == kWithdrawn) return;  // Reopened follows
      Decided(StateAfter(ruled.decision()), row);
    });
  } else if (fact.has_duplicate_reopened()) {
    return ChangeCase(
        state, subject, fact.duplicate_reopened().case_(),
        [](CaseRow& row) { Undecided(ledger::v1::CASE_STATE_OPEN, row); });
  } else if (fact.has_duplicate_gone()) {
    return ChangeCase(
        state, subject, fact.duplicate_gone().case_(),
        [](CaseRow& row) { Undecided(ledger::v1::CASE_STATE_GONE, row); });
  } else if (fact.has_plans_merged()) {
    return SetMergedInto(state, fact.plans_merged().merged(),
                         fact.plans_merged().survivor());
  } else if (fact.has_plans_parted()) {
    return SetMergedInto(state, fact.plans_parted().merged(), 0);
  }
  return absl::OkStatus();
}

}  // namespace kith::core::duplicate
