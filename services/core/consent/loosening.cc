#include "services/core/consent/loosening.h"

#include <algorithm>
#include <vector>

#include "base/status.h"
#include "services/core/consent/answering.h"
#include "services/core/errors.h"
#include "services/core/family/resolve.h"
#include "services/core/identity/persons.h"
#include "services/core/lead/registry.h"

namespace kith::core::consent {
namespace {

using ledger::v1::RestrictionRecorded;
using ledger::v1::RestrictionRow;

bool IsSafeguardingLead(const Decision& decision) {
  return decision.envelope().actor().role() ==
         agency::v1::ROLE_SAFEGUARDING_LEAD;
}

// Families to which the person surely belongs: what a machine found alike gives
// nobody a say.
absl::StatusOr<std::vector<EntityNumber>> SureFamiliesOf(
    EntityNumber record, const Decision& decision) {
  const StateReader& state = decision.state();
  ASSIGN_OR_RETURN(const auto own, identity::SurelyOf(state, record));
  ASSIGN_OR_RETURN(const auto families,
                   family::FamiliesOf(state, record, decision.day()));
  std::vector<EntityNumber> sure;
  for (const EntityNumber family : families) {
    ASSIGN_OR_RETURN(const auto members,
                     family::CurrentMembers(state, family, decision.day()));
    const bool in_it =
        std::any_of(own.begin(), own.end(), [&](EntityNumber one) {
          return std::binary_search(members.begin(), members.end(), one);
        });
    if (in_it) sure.push_back(family);
  }
  return sure;
}

absl::StatusOr<bool> ActorLeads(EntityNumber record, Decision& decision) {
  ASSIGN_OR_RETURN(const EntityNumber actor, decision.Actor());
  ASSIGN_OR_RETURN(const auto families, SureFamiliesOf(record, decision));
  for (const EntityNumber family : families) {
    ASSIGN_OR_RETURN(const auto leads,
                     lead::OpenLeads(decision.state(), family));
    for (const ledger::v1::LeadRow& lead : leads) {
      if (actor != 0 && lead.taken().practitioner() == actor) return true;
    }
  }
  return false;
}

absl::StatusOr<bool> IsBarred(const RestrictionRecorded& restriction,
                              EntityNumber record, const Decision& decision) {
  for (const auto& barred : restriction.barred()) {
    if (barred.record() == 0) continue;
    ASSIGN_OR_RETURN(const bool same,
                     AreOnePerson(decision, barred.record(), record));
    if (same) return true;
  }
  return false;
}

absl::StatusOr<bool> IsParentOfOne(const RestrictionRecorded& restriction,
                                   EntityNumber record,
                                   const Decision& decision) {
  for (const EntityNumber about : restriction.records()) {
    ASSIGN_OR_RETURN(const bool parent, IsParentOf(decision, record, about));
    if (parent) return true;
  }
  return false;
}

absl::StatusOr<bool> MayAsk(const RestrictionRow& restriction,
                            EntityNumber asked_by, absl::string_view reason,
                            const Decision& decision) {
  const RestrictionRecorded& recorded = restriction.recorded();
  ASSIGN_OR_RETURN(const bool own_wish,
                   IsAbout(recorded, recorded.asked_by(), decision));
  if (!recorded.said().from_family() && !own_wish) return true;
  if (asked_by == 0) {
    if (IsSafeguardingLead(decision) && !reason.empty()) return true;
    return !own_wish && restriction.agency() == decision.agency();
  }
  ASSIGN_OR_RETURN(const bool asked_before,
                   AreOnePerson(decision, recorded.asked_by(), asked_by));
  if (own_wish && asked_before) return true;
  ASSIGN_OR_RETURN(const bool about, IsAbout(recorded, asked_by, decision));
  ASSIGN_OR_RETURN(const bool parent,
                   IsParentOfOne(recorded, asked_by, decision));
  return about && !parent;
}

}  // namespace

absl::StatusOr<bool> IsAbout(const RestrictionRecorded& restriction,
                             EntityNumber record, const Decision& decision) {
  if (record == 0) return false;
  for (const EntityNumber about : restriction.records()) {
    ASSIGN_OR_RETURN(const bool same, AreOnePerson(decision, about, record));
    if (same) return true;
  }
  return false;
}

absl::Status CheckLifter(const RestrictionRow& restriction,
                         Decision& decision) {
  if (restriction.agency() == decision.agency()) return absl::OkStatus();
  if (decision.reported()) {
    return Forbid("NOT_YOURS", "another agency recorded this restriction");
  }
  if (IsSafeguardingLead(decision)) return absl::OkStatus();
  for (const EntityNumber record : restriction.recorded().records()) {
    ASSIGN_OR_RETURN(const bool leads, ActorLeads(record, decision));
    if (leads) return absl::OkStatus();
  }
  return Forbid("NOT_YOURS",
                "the agency that recorded it lifts it, the family's lead or a "
                "safeguarding lead",
                {"R-081"});
}

absl::Status CheckAsker(const RestrictionRow& restriction,
                        EntityNumber asked_by, absl::string_view reason,
                        absl::string_view field, Decision& decision) {
  ASSIGN_OR_RETURN(const bool barred,
                   IsBarred(restriction.recorded(), asked_by, decision));
  RETURN_IF_ERROR(decision.Require(
      !barred, Forbid("BARRED_MAY_NOT_LIFT",
                      "who is barred does not ask to have it lifted", {"R-081"},
                      field)));
  ASSIGN_OR_RETURN(const bool may,
                   MayAsk(restriction, asked_by, reason, decision));
  return decision.Require(
      may, Forbid("NOT_THEIRS_TO_LIFT",
                  "what is kept from the family, or at somebody's own wish, "
                  "ends when who it is about asks",
                  {"R-070", "R-081"}, field));
}

}  // namespace kith::core::consent
