#include "services/core/plan/common.h"

#include <utility>

#include "services/core/duplicate/overlap.h"
#include "services/core/keys.h"

namespace kith::core::plan {
namespace {

using ledger::v1::PlanRecorded;
using ledger::v1::PlanRow;

absl::StatusOr<bool> IsOpen(const StateReader& state, EntityNumber plan) {
  ASSIGN_OR_RETURN(const auto row, ReadRow<PlanRow>(state, keys::Plan(plan)));
  return row.has_value() &&
         row->recorded().state() != agency::v1::PLAN_STATE_CLOSED;
}

bool IsClose(const std::vector<duplicate::Way>& ways) {
  for (const duplicate::Way& way : ways) {
    if (way.level == ledger::v1::DUPLICATE_LEVEL_SAME_PERSON ||
        way.level == ledger::v1::DUPLICATE_LEVEL_HOUSEHOLD_OR_SIBLING) {
      return true;
    }
  }
  return false;
}

}  // namespace

std::vector<Subject> AlsoAbout(const PlanRecorded& plan) {
  return {plan.records().begin(), plan.records().end()};
}

void SetContent(PlanRecorded& recorded, Content content) {
  *recorded.mutable_content() = std::move(content.said);
  recorded.clear_doers();
  for (auto& doer : content.doers) *recorded.add_doers() = std::move(doer);
}

absl::Status NoteContactOwed(const PlanRecorded& plan, EntityNumber contacted,
                             Decision& decision) {
  duplicate::Touch touch;
  touch.records.assign(plan.records().begin(), plan.records().end());
  touch.family = plan.family();
  ASSIGN_OR_RETURN(const auto near,
                   duplicate::WaysFrom(duplicate::SceneOf(decision), touch));
  bool owed = false;
  for (const auto& [other, ways] : near) {
    if (other == plan.plan().number() || !IsClose(ways)) continue;
    ASSIGN_OR_RETURN(const bool open, IsOpen(decision.state(), other));
    if (open && other == contacted) return absl::OkStatus();
    owed = owed || open;
  }
  if (owed) decision.NoteUnmet("R-186");
  return absl::OkStatus();
}

absl::Status AddPlan(PlanRecorded recorded, Decision& decision) {
  const Subject subject = recorded.family();
  std::vector<Subject> also = AlsoAbout(recorded);
  ledger::v1::Fact fact;
  *fact.mutable_plan_recorded() = std::move(recorded);
  return decision.Add(subject, std::move(also), std::move(fact));
}

EntityNumber NumberOf(const PlanRow& plan) {
  return plan.recorded().plan().number();
}

absl::Status AddTo(const PlanRow& plan, ledger::v1::Fact fact,
                   Decision& decision) {
  return decision.Add(plan.recorded().family(), AlsoAbout(plan.recorded()),
                      std::move(fact));
}

absl::Status CheckVersion(const PlanRow& plan, uint64_t version) {
  if (version == plan.recorded().version()) return absl::OkStatus();
  return Stale("the plan has another version by now");
}

}  // namespace kith::core::plan
