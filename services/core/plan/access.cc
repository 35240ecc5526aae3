#include "services/core/plan/access.h"

#include <algorithm>
#include <vector>

#include "services/core/family/capacity.h"
#include "services/core/family/resolve.h"
#include "services/core/family/roles.h"
#include "services/core/family/speaking.h"
#include "services/core/identity/persons.h"
#include "services/core/keys.h"
#include "services/core/lead/registry.h"
#include "services/core/parts.h"

namespace kith::core::plan {
namespace {

using ledger::v1::PlanRow;

absl::StatusOr<bool> IsFor(const StateReader& state, const PlanRow& plan,
                           EntityNumber record) {
  ASSIGN_OR_RETURN(const EntityNumber person,
                   identity::PersonOf(state, record));
  for (EntityNumber touched : plan.recorded().records()) {
    ASSIGN_OR_RETURN(const EntityNumber other,
                     identity::PersonOf(state, touched));
    if (other == person) return true;
  }
  return false;
}

// A child under 12 decides nothing alone, a young person once judged competent;
// who is of unknown age is taken for one who can, as few feeds know when
// parents were born.
absl::StatusOr<bool> CanDecide(const Decision& decision, EntityNumber record) {
  ASSIGN_OR_RETURN(const auto band,
                   family::AgeBandOf(decision.state(), record, decision.day(),
                                     decision.rules()));
  if (band == family::AgeBand::kParentMustConsent) return false;
  if (band != family::AgeBand::kJudged) return true;
  return family::IsJudgedCompetent(decision.state(), record,
                                   {"plan", "service"}, decision.day());
}

// That one of those who agree, if there are any, can decide.
absl::Status CheckCanDecide(const std::vector<EntityNumber>& records,
                            absl::string_view field, Decision& decision) {
  bool can = records.empty();
  for (EntityNumber record : records) {
    ASSIGN_OR_RETURN(const bool one, CanDecide(decision, record));
    can = can || one;
  }
  return decision.Require(
      can, Refuse("PARENT_MUST_AGREE",
                  "a child agrees with a parent, a young person alone only "
                  "once judged competent",
                  {"R-068", "R-069"}, field));
}

}  // namespace

absl::StatusOr<PlanRow> Find(const agency::v1::ThingRef& ref,
                             Decision& decision) {
  ASSIGN_OR_RETURN(const EntityNumber number,
                   decision.Thing("plan", base::IdKind::kPlan, ref));
  ASSIGN_OR_RETURN(auto row,
                   ReadRow<PlanRow>(decision.state(), keys::Plan(number)));
  if (!row.has_value()) return MissingId("plan");
  return *std::move(row);
}

absl::StatusOr<bool> ActorLeads(const PlanRow& plan, Decision& decision) {
  ASSIGN_OR_RETURN(const EntityNumber actor, decision.Actor());
  ASSIGN_OR_RETURN(const auto leads,
                   lead::OpenLeads(decision.state(), plan.recorded().family()));
  return actor != 0 && std::any_of(leads.begin(), leads.end(),
                                   [actor](const ledger::v1::LeadRow& row) {
                                     return row.taken().practitioner() == actor;
                                   });
}

absl::Status CheckOpen(const PlanRow& plan) {
  if (plan.recorded().state() == agency::v1::PLAN_STATE_CLOSED) {
    return Refuse("PLAN_CLOSED", "the plan is closed and only read", {"R-222"});
  }
  if (plan.merged_into() == 0) return absl::OkStatus();
  return Refuse("PLAN_MERGED", "the plan was merged into another", {"R-185"});
}

absl::Status CheckSide(const PlanRow& plan, const Decision& decision) {
  if (decision.reported()) {
    if (plan.agency() == decision.agency()) return absl::OkStatus();
    return Forbid("NOT_YOURS", "the plan is another agency's");
  }
  if (decision.envelope().actor().role() == agency::v1::ROLE_PANEL_CHAIR) {
    return Forbid("PANEL", "a panel changes no plan: the family is absent",
                  {"R-229"});
  }
  RETURN_IF_ERROR(RequireWorkingRole(decision));
  if (!plan.reported()) return absl::OkStatus();
  return Refuse(
      "PLAN_REPORTED",
      "the plan is kept in its agency's own system and changes there");
}

absl::Status CheckWriter(const PlanRow& plan, Decision& decision) {
  RETURN_IF_ERROR(CheckSide(plan, decision));
  if (decision.reported()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const bool leads, ActorLeads(plan, decision));
  if (leads) return absl::OkStatus();
  ASSIGN_OR_RETURN(const auto others,
                   lead::OpenLeads(decision.state(), plan.recorded().family()));
  const bool draft = plan.recorded().state() == agency::v1::PLAN_STATE_DRAFT;
  if (plan.agency() == decision.agency() && (draft || others.empty())) {
    return absl::OkStatus();
  }
  return Forbid("NOT_LEAD", "the family's lead professional writes its plan",
                {"R-188"});
}

absl::StatusOr<std::vector<EntityNumber>> OfTheFamily(
    const PlanRow& plan,
    const google::protobuf::RepeatedPtrField<agency::v1::PersonRef>& people,
    absl::string_view field, Decision& decision) {
  ASSIGN_OR_RETURN(const std::vector<EntityNumber> records,
                   RecordsOfAll(decision, people, field));
  RETURN_IF_ERROR(decision.Require(
      !records.empty(),
      Refuse("FAMILY_ABSENT", "no plan changes without the family's consent",
             {"R-170", "R-188"}, field)));
  for (EntityNumber record : records) {
    RETURN_IF_ERROR(family::RequireYourself(record, field, decision));
    ASSIGN_OR_RETURN(
        const bool member,
        family::IsCurrentMember(decision.state(), plan.recorded().family(),
                                record, decision.day()));
    ASSIGN_OR_RETURN(const bool touched, IsFor(decision.state(), plan, record));
    RETURN_IF_ERROR(decision.Require(
        member || touched,
        Refuse("NOT_OF_THE_FAMILY", "who agrees belongs to the family",
               {"R-170", "R-188"}, field)));
  }
  RETURN_IF_ERROR(CheckCanDecide(records, field, decision));
  return records;
}

}  // namespace kith::core::plan
