// The end of plans (R-214..R-217, R-222).
#include <string>
#include <utility>

#include "services/core/plan/access.h"
#include "services/core/plan/common.h"
#include "services/core/plan/plan.h"

namespace kith::core::plan {
namespace {

using agency::v1::PlanClosed;
using ledger::v1::Fact;
using ledger::v1::PlanRow;

absl::Status CheckReason(const PlanClosed& said, Decision& decision) {
  using agency::v1::ClosureReason;
  const ClosureReason reason = said.reason();
  if (!agency::v1::ClosureReason_IsValid(reason)) {
    return Senseless("UNKNOWN_CODE", "there is no such reason",
                     "plan_closed.reason");
  }
  const bool concern =
      reason == agency::v1::CLOSURE_REASON_WITHDRAWN_WITH_CONCERN;
  const bool withdrawn =
      concern || reason == agency::v1::CLOSURE_REASON_WITHDRAWN;
  const bool moves_on =
      concern || reason == agency::v1::CLOSURE_REASON_TRANSFERRED;
  RETURN_IF_ERROR(decision.Require(
      reason != agency::v1::CLOSURE_REASON_UNSPECIFIED &&
          reason != agency::v1::CLOSURE_REASON_OTHER,
      Refuse("REASON_MISSING", "closing a plan needs a reason of the list",
             {"R-214", "R-215"}, "plan_closed.reason")));
  RETURN_IF_ERROR(decision.Require(
      !withdrawn || !said.wording().empty(),
      Refuse("WORDING_MISSING", "why the family withdrew is noted", {"R-215"},
             "plan_closed.wording")));
  return decision.Require(
      !moves_on || said.has_referral(),
      Refuse("REFERRAL_MISSING", "the referral that goes with it is named",
             {concern ? "R-216" : "R-217"}, "plan_closed.referral"));
}

// only the lead closes; a draft also who opened it.
absl::Status CheckCloser(const PlanRow& plan, Decision& decision) {
  RETURN_IF_ERROR(CheckSide(plan, decision));
  if (decision.reported()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const bool leads, ActorLeads(plan, decision));
  if (leads) return absl::OkStatus();
  ASSIGN_OR_RETURN(const EntityNumber actor, decision.Actor());
  const bool draft = plan.recorded().state() == agency::v1::PLAN_STATE_DRAFT;
  if (draft && actor != 0 && actor == plan.opened_by()) {
    return absl::OkStatus();
  }
  return Forbid("NOT_LEAD", "only the family's lead professional closes a plan",
                {"R-222"});
}

bool IsClosedLikeThat(const PlanRow& plan, const PlanClosed& said) {
  return plan.recorded().state() == agency::v1::PLAN_STATE_CLOSED &&
         plan.recorded().closure() == said.reason() &&
         plan.recorded().closure_wording() == said.wording();
}

}  // namespace

absl::Status Decide(const PlanClosed& said, Decision& decision) {
  RETURN_IF_ERROR(CheckReason(said, decision));
  ASSIGN_OR_RETURN(const PlanRow plan, Find(said.plan(), decision));
  RETURN_IF_ERROR(CheckCloser(plan, decision));
  if (IsClosedLikeThat(plan, said)) return absl::OkStatus();
  if (plan.recorded().state() == agency::v1::PLAN_STATE_CLOSED) {
    return CheckOpen(plan);
  }
  if (said.version() != 0) {
    RETURN_IF_ERROR(CheckVersion(plan, said.version()));
  }
  Fact fact;
  auto& ended = *fact.mutable_plan_ended();
  if (said.has_referral()) {
    ASSIGN_OR_RETURN(
        const EntityNumber referral,
        decision.Thing("referral", base::IdKind::kReferral, said.referral()));
    ended.set_referral(referral);
  }
  ended.set_plan(NumberOf(plan));
  ended.set_reason(said.reason());
  ended.set_wording(said.wording());
  return AddTo(plan, std::move(fact), decision);
}

}  // namespace kith::core::plan
