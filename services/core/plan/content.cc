#include "services/core/plan/content.h"

#include <set>
#include <string>
#include <utility>

#include "services/core/parts.h"

namespace kith::core::plan {
namespace {

using agency::v1::PlanAction;
using agency::v1::PlanContent;

constexpr int kTextsMax = 50;
constexpr int kActionsMax = 100;

absl::Status CheckAction(const PlanAction& action, absl::string_view field) {
  if (!agency::v1::ActionState_IsValid(action.state())) {
    return Senseless("UNKNOWN_CODE", "an action has no such state", field);
  }
  if (!action.has_by()) return absl::OkStatus();
  return CheckDate(action.by(), field);
}

absl::Status CheckShape(const PlanContent& said, absl::string_view field) {
  RETURN_IF_ERROR(AtMost(said.goals_size(), kTextsMax, field));
  RETURN_IF_ERROR(AtMost(said.success_signs_size(), kTextsMax, field));
  RETURN_IF_ERROR(AtMost(said.actions_size(), kActionsMax, field));
  std::set<std::string> keys;
  for (const PlanAction& action : said.actions()) {
    if (action.key().empty() || !keys.insert(action.key()).second) {
      return Senseless("ACTION_KEY", "each action has a key of its own", field);
    }
    RETURN_IF_ERROR(CheckAction(action, field));
  }
  if (said.has_next_review()) {
    RETURN_IF_ERROR(CheckDate(said.next_review(), field));
  }
  if (!said.has_expected_end()) return absl::OkStatus();
  return CheckDate(said.expected_end(), field);
}

// no general aspirations.
bool IsConcrete(const PlanAction& action) {
  return !action.what().empty() && action.has_by() &&
         action.has_practitioner() != action.has_person();
}

absl::StatusOr<ledger::v1::ResolvedAction> DoerOf(const PlanAction& action,
                                                  Decision& decision) {
  ledger::v1::ResolvedAction doer;
  doer.set_key(action.key());
  if (action.has_practitioner()) {
    ASSIGN_OR_RETURN(const EntityNumber practitioner,
                     decision.Practitioner(action.practitioner()));
    doer.set_practitioner(practitioner);
  }
  if (action.has_person()) {
    ASSIGN_OR_RETURN(const EntityNumber record,
                     decision.Record(action.person()));
    doer.set_record(record);
  }
  return doer;
}

}  // namespace

absl::StatusOr<Content> Resolve(const PlanContent& said,
                                absl::string_view field, Decision& decision) {
  RETURN_IF_ERROR(CheckShape(said, field));
  Content content;
  content.said = said;
  bool concrete = true;
  for (PlanAction& action : *content.said.mutable_actions()) {
    concrete = concrete && IsConcrete(action);
    ASSIGN_OR_RETURN(ledger::v1::ResolvedAction doer, DoerOf(action, decision));
    content.doers.push_back(std::move(doer));
    action.clear_practitioner();
    action.clear_person();
    if (action.state() == agency::v1::ACTION_STATE_UNSPECIFIED) {
      action.set_state(agency::v1::ACTION_STATE_OPEN);
    }
  }
  RETURN_IF_ERROR(decision.Require(
      concrete, Refuse("ACTION_INCOMPLETE",
                       "each action says what, who (one) and by when",
                       {"R-190"}, field)));
  return content;
}

}  // namespace kith::core::plan
