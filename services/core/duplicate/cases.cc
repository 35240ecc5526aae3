#include "services/core/duplicate/cases.h"

#include <algorithm>
#include <string>
#include <utility>

#include "services/core/keys.h"

namespace kith::core::duplicate {

using ledger::v1::CaseRow;
using ledger::v1::PlanRow;

absl::StatusOr<std::optional<PlanRow>> PlanOf(const StateReader& state,
                                              EntityNumber plan) {
  return ReadRow<PlanRow>(state, keys::Plan(plan));
}

bool IsOpen(const PlanRow& plan) {
  return plan.recorded().state() != agency::v1::PLAN_STATE_CLOSED;
}

// Only a plan that was merged into none survives a merge, so that this ends.
absl::StatusOr<EntityNumber> Survivor(const StateReader& state,
                                      EntityNumber plan) {
  while (true) {
    ASSIGN_OR_RETURN(const auto row, PlanOf(state, plan));
    if (!row.has_value() || row->merged_into() == 0) return plan;
    plan = row->merged_into();
  }
}

absl::StatusOr<std::vector<CaseRow>> CasesOf(const StateReader& state,
                                             EntityNumber plan) {
  std::vector<EntityNumber> numbers;
  RETURN_IF_ERROR(state.Scan(keys::CasesOfPlan(plan),
                             [&](absl::string_view key, absl::string_view) {
                               numbers.push_back(keys::LastNumber(key));
                               return true;
                             }));
  std::vector<CaseRow> cases;
  for (EntityNumber number : numbers) {
    ASSIGN_OR_RETURN(auto row, ReadRow<CaseRow>(state, keys::Case(number)));
    if (row.has_value()) cases.push_back(*std::move(row));
  }
  return cases;
}

absl::StatusOr<std::optional<CaseRow>> CaseBetween(const StateReader& state,
                                                   EntityNumber one,
                                                   EntityNumber other) {
  ASSIGN_OR_RETURN(const auto number,
                   ReadRow<ledger::v1::NumberRow>(
                       state, keys::CaseOfPlans(std::min(one, other),
                                                std::max(one, other))));
  if (!number.has_value()) return std::optional<CaseRow>();
  return ReadRow<CaseRow>(state, keys::Case(number->number()));
}

EntityNumber NumberOf(const CaseRow& row) {
  return row.found().case_().number();
}

EntityNumber OtherPlan(const CaseRow& row, EntityNumber plan) {
  return row.found().one() == plan ? row.found().other() : row.found().one();
}

absl::StatusOr<std::vector<EntityNumber>> MergedUnder(const StateReader& state,
                                                      EntityNumber plan) {
  std::vector<EntityNumber> plans = {plan};
  for (size_t next = 0; next < plans.size(); ++next) {
    ASSIGN_OR_RETURN(const auto cases, CasesOf(state, plans[next]));
    for (const CaseRow& row : cases) {
      if (row.state() != ledger::v1::CASE_STATE_SAME) continue;
      const EntityNumber other = OtherPlan(row, plans[next]);
      ASSIGN_OR_RETURN(const auto merged, PlanOf(state, other));
      if (merged.has_value() && merged->merged_into() == plans[next]) {
        plans.push_back(other);
      }
    }
  }
  return plans;
}

absl::Status AddToCase(EntityNumber one, EntityNumber other,
                       ledger::v1::Fact fact, Decision& decision) {
  ASSIGN_OR_RETURN(const auto later,
                   PlanOf(decision.state(), std::max(one, other)));
  ASSIGN_OR_RETURN(const auto earlier,
                   PlanOf(decision.state(), std::min(one, other)));
  const auto family = [](const std::optional<PlanRow>& plan) {
    return plan.has_value() ? plan->recorded().family() : 0;
  };
  std::vector<Subject> also;
  if (family(earlier) != family(later) && family(earlier) != 0) {
    also.push_back(family(earlier));
  }
  return decision.Add(family(later), std::move(also), std::move(fact));
}

absl::Status Reopen(const CaseRow& row, absl::string_view cause,
                    Decision& decision) {
  ledger::v1::Fact fact;
  fact.mutable_duplicate_reopened()->set_case_(NumberOf(row));
  fact.mutable_duplicate_reopened()->set_cause(std::string(cause));
  return AddToCase(row.found().one(), row.found().other(), std::move(fact),
                   decision);
}

absl::Status PartMerged(const CaseRow& row, Decision& decision) {
  for (EntityNumber merged : {row.found().one(), row.found().other()}) {
    const EntityNumber survivor = OtherPlan(row, merged);
    ASSIGN_OR_RETURN(const auto plan, PlanOf(decision.state(), merged));
    if (!plan.has_value() || plan->merged_into() != survivor) continue;
    ASSIGN_OR_RETURN(const auto other, PlanOf(decision.state(), survivor));
    std::vector<Subject> also;
    if (other.has_value() &&
        other->recorded().family() != plan->recorded().family()) {
      also.push_back(other->recorded().family());
    }
    ledger::v1::Fact fact;
    fact.mutable_plans_parted()->set_survivor(survivor);
    fact.mutable_plans_parted()->set_merged(merged);
    return decision.Add(plan->recorded().family(), std::move(also),
                        std::move(fact));
  }
  return absl::OkStatus();
}

}  // namespace kith::core::duplicate
