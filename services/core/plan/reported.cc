// Plans as feeds report them: the whole of one, again and again.
#include <optional>
#include <string>
#include <utility>

#include "services/core/family/resolve.h"
#include "services/core/keys.h"
#include "services/core/parts.h"
#include "services/core/plan/access.h"
#include "services/core/plan/common.h"
#include "services/core/plan/content.h"
#include "services/core/plan/plan.h"

namespace kith::core::plan {
namespace {

using agency::v1::PlanStated;
using ledger::v1::PlanRecorded;
using ledger::v1::PlanRow;

absl::Status CheckStated(const PlanStated& said, const Decision& decision) {
  if (!decision.reported()) {
    return Refuse("REPORTS_ONLY", "a plan in Kith is opened, not stated");
  }
  if (said.plan().local_id().empty()) {
    return Senseless("KEY_MISSING", "a reported plan has its agency's key",
                     "plan_stated.plan");
  }
  if (said.about().empty() && !said.has_family()) {
    return Senseless("ABOUT_NOBODY", "a plan is for somebody",
                     "plan_stated.about");
  }
  if (said.state() == agency::v1::PLAN_STATE_UNSPECIFIED ||
      !agency::v1::PlanState_IsValid(said.state()) ||
      !agency::v1::ClosureReason_IsValid(said.closure())) {
    return Senseless("UNKNOWN_CODE", "a code is not in the list",
                     "plan_stated.state");
  }
  RETURN_IF_ERROR(CheckOwnKey(decision, said.plan()));
  return CheckPeriod(said.period(), "plan_stated.period");
}

absl::StatusOr<std::optional<PlanRow>> Before(const PlanStated& said,
                                              Decision& decision) {
  ASSIGN_OR_RETURN(const EntityNumber number,
                   decision.Find("plan", said.plan()));
  if (number == 0) return std::optional<PlanRow>();
  return ReadRow<PlanRow>(decision.state(), keys::Plan(number));
}

// As said; else as it was; else the one the agency states for the first
// person, or a new one.
absl::StatusOr<EntityNumber> FamilyOf(const PlanStated& said,
                                      const std::vector<EntityNumber>& records,
                                      const std::optional<PlanRow>& before,
                                      Decision& decision) {
  if (said.has_family()) {
    return decision.Thing("family", base::IdKind::kFamily, said.family());
  }
  if (before.has_value()) return before->recorded().family();
  return family::FamilyOrFound(decision, records.front());
}

absl::StatusOr<PlanRecorded> Resolved(const PlanStated& said,
                                      const std::optional<PlanRow>& before,
                                      Decision& decision) {
  PlanRecorded recorded;
  ASSIGN_OR_RETURN(const std::vector<EntityNumber> records,
                   RecordsOfAll(decision, said.about(), "plan_stated.about"));
  for (EntityNumber record : records) recorded.add_records(record);
  ASSIGN_OR_RETURN(Content content,
                   Resolve(said.content(), "plan_stated.content", decision));
  ASSIGN_OR_RETURN(const EntityNumber family,
                   FamilyOf(said, records, before, decision));
  recorded.set_family(family);
  SetContent(recorded, std::move(content));
  recorded.set_state(said.state());
  if (said.has_period()) *recorded.mutable_period() = said.period();
  recorded.set_closure(said.closure());
  recorded.set_closure_wording(said.closure_wording());
  *recorded.mutable_local() = decision.Own(said.plan());
  return recorded;
}

// Rows of closing that a report may leave unmet.
absl::Status NoteClosing(const PlanStated& said, Decision& decision) {
  if (said.state() != agency::v1::PLAN_STATE_CLOSED) return absl::OkStatus();
  if (said.closure() == agency::v1::CLOSURE_REASON_UNSPECIFIED) {
    decision.NoteUnmet("R-214");
  }
  const bool withdrawn =
      said.closure() == agency::v1::CLOSURE_REASON_WITHDRAWN ||
      said.closure() == agency::v1::CLOSURE_REASON_WITHDRAWN_WITH_CONCERN;
  if (withdrawn && said.closure_wording().empty()) decision.NoteUnmet("R-215");
  return absl::OkStatus();
}

// Whether the plan becomes open by this report.
bool Opens(const PlanRecorded& now, const std::optional<PlanRow>& before) {
  const auto open = [](agency::v1::PlanState state) {
    return state != agency::v1::PLAN_STATE_CLOSED;
  };
  return open(now.state()) &&
         !(before.has_value() && open(before->recorded().state()));
}

}  // namespace

absl::Status Decide(const PlanStated& said, Decision& decision) {
  RETURN_IF_ERROR(CheckStated(said, decision));
  ASSIGN_OR_RETURN(const auto before, Before(said, decision));
  ASSIGN_OR_RETURN(PlanRecorded recorded, Resolved(said, before, decision));
  if (before.has_value()) {
    *recorded.mutable_plan() = before->recorded().plan();
    recorded.set_version(before->recorded().version());
    if (SaySame(recorded, before->recorded())) return absl::OkStatus();
    recorded.mutable_plan()->clear_id();
  } else {
    *recorded.mutable_plan() = decision.NewIdentity(base::IdKind::kPlan);
    decision.Tell(recorded.plan());
  }
  recorded.set_version(recorded.version() + 1);
  RETURN_IF_ERROR(NoteClosing(said, decision));
  if (Opens(recorded, before)) {
    RETURN_IF_ERROR(NoteContactOwed(recorded, 0, decision));
  }
  return AddPlan(std::move(recorded), decision);
}

}  // namespace kith::core::plan
