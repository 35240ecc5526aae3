// Appointing leads and handing the role on.
#include <string>
#include <utility>
#include <vector>

#include "base/status.h"
#include "services/core/family/dates.h"
#include "services/core/family/resolve.h"
#include "services/core/family/roles.h"
#include "services/core/lead/lead.h"
#include "services/core/lead/registry.h"
#include "services/core/lead/taking.h"

namespace kith::core::lead {
namespace {

using agency::v1::LeadAppointed;
using agency::v1::LeadEnded;
using agency::v1::LeadHandedOver;
using agency::v1::LeadNoticeGiven;
using agency::v1::LeadSuccessorAgreed;
using ledger::v1::Fact;
using ledger::v1::LeadRow;
using ledger::v1::LeadTaken;

constexpr char kHandedOver[] = "handed_over";

absl::StatusOr<EntityNumber> FamilyOf(const agency::v1::ThingRef& ref,
                                      Decision& decision) {
  return decision.Thing("family", base::IdKind::kFamily, ref);
}

using People = google::protobuf::RepeatedPtrField<agency::v1::PersonRef>;

absl::StatusOr<std::vector<EntityNumber>> Agreeing(const People& people,
                                                   Decision& decision) {
  if (people.size() > kAgreedMax) {
    return Senseless("TOO_MANY", "more people agreed than may", "agreed_by");
  }
  std::vector<EntityNumber> records;
  for (const agency::v1::PersonRef& person : people) {
    ASSIGN_OR_RETURN(const EntityNumber record, decision.Record(person));
    records.push_back(record);
  }
  return records;
}

// Whether somebody of the family is among those who agreed.
absl::Status RequireFamilysWord(EntityNumber family,
                                const std::vector<EntityNumber>& agreed_by,
                                const char* row, const Decision& decision) {
  for (const EntityNumber record : agreed_by) {
    ASSIGN_OR_RETURN(const bool member,
                     family::IsCurrentMember(decision.state(), family, record,
                                             decision.day()));
    if (member) return absl::OkStatus();
  }
  return Refuse("FAMILY_NOT_ASKED", "somebody of the family must have agreed",
                {row}, "agreed_by");
}

// The appointment that is meant: the family's own, or the only one of those
// families that are one with it. Empty: nobody leads.
absl::StatusOr<std::optional<LeadRow>> Meant(EntityNumber family,
                                             const Decision& decision) {
  ASSIGN_OR_RETURN(const auto open, OpenLeads(decision.state(), family));
  for (const LeadRow& lead : open) {
    if (lead.taken().family() == family) return std::optional<LeadRow>(lead);
  }
  if (open.size() > 1) {
    return Refuse("LEAD_DISPUTED",
                  "two lead this family; name whose lead it is",
                  {"R-116", "R-125"});
  }
  if (open.empty()) return std::optional<LeadRow>();
  return std::optional<LeadRow>(open.front());
}

absl::StatusOr<LeadRow> MeantOrNone(EntityNumber family,
                                    const Decision& decision) {
  ASSIGN_OR_RETURN(auto lead, Meant(family, decision));
  if (!lead.has_value()) {
    return Refuse("NO_LEAD", "nobody leads this family", {"R-116"});
  }
  return *std::move(lead);
}

bool ActsAs(agency::v1::Role role, const Decision& decision) {
  return decision.envelope().actor().role() == role;
}

// The lead, and those named besides; the hub's administrator stands in.
absl::Status RequireLead(const std::vector<EntityNumber>& practitioners,
                         Decision& decision) {
  ASSIGN_OR_RETURN(const EntityNumber actor, decision.Actor());
  for (const EntityNumber each : practitioners) {
    if (each != 0 && each == actor) return absl::OkStatus();
  }
  if (ActsAs(agency::v1::ROLE_HUB_ADMINISTRATOR, decision)) {
    return absl::OkStatus();
  }
  return Forbid("NOT_THE_LEAD", "the family's lead does that",
                {"R-107", "R-121"});
}

absl::Status RequireAppointing(const LeadAppointed& said,
                               const Decision& decision) {
  if (said.at() == agency::v1::APPOINTED_AT_UNSPECIFIED ||
      !agency::v1::AppointedAt_IsValid(said.at())) {
    return Senseless("CODE_UNKNOWN", "it is not said where it happened",
                     "lead_appointed.at");
  }
  RETURN_IF_ERROR(RequireAct(decision));
  if (said.at() == agency::v1::APPOINTED_AT_PANEL) {
    return RequireRole(decision, {agency::v1::ROLE_PANEL_CHAIR,
                                  agency::v1::ROLE_HUB_ADMINISTRATOR});
  }
  return RequireRole(
      decision,
      {agency::v1::ROLE_PRACTITIONER, agency::v1::ROLE_LEAD_PROFESSIONAL,
       agency::v1::ROLE_HUB_ADMINISTRATOR, agency::v1::ROLE_ACCESS_TEAM,
       agency::v1::ROLE_SAFEGUARDING_LEAD});
}

// Why the open lead makes room for a new one; empty when it does not.
std::string MakesRoom(const LeadRow& lead, const LeadTaken& taken) {
  if (lead.state() == ledger::v1::LEAD_STATE_PROVISIONAL &&
      taken.at() != agency::v1::APPOINTED_AT_INTERIM) {
    return "replaced";
  }
  if (lead.state() == ledger::v1::LEAD_STATE_SUCCESSOR_AGREED &&
      lead.successor() == taken.practitioner()) {
    return kHandedOver;
  }
  return "";
}

// The same practitioner, with more standing than before: the appointment goes
// on. Otherwise it is a repeat.
absl::Status Confirm(const LeadRow& lead, LeadTaken taken, Decision& decision) {
  const bool firmer = lead.state() != ledger::v1::LEAD_STATE_APPOINTED ||
                      lead.taken().at() == agency::v1::APPOINTED_AT_UNSPECIFIED;
  if (!firmer || taken.provisional()) return absl::OkStatus();
  const LeadTaken& before = lead.taken();
  taken.mutable_appointment()->set_number(before.appointment().number());
  taken.set_family(before.family());
  *taken.mutable_from() = before.from();
  taken.set_takes_over_from(before.takes_over_from());
  if (before.has_local()) *taken.mutable_local() = before.local();
  decision.Tell(before.appointment());
  Fact fact;
  *fact.mutable_lead_taken() = std::move(taken);
  return decision.Add(before.family(), {}, std::move(fact));
}

absl::Status Appoint(LeadTaken taken, Decision& decision) {
  ASSIGN_OR_RETURN(const auto open,
                   OpenLeads(decision.state(), taken.family()));
  for (const LeadRow& lead : open) {
    const bool same = lead.taken().practitioner() == taken.practitioner();
    if (same && open.size() == 1) {
      return Confirm(lead, std::move(taken), decision);
    }
    if (MakesRoom(lead, taken).empty()) {
      return Refuse("LEAD_EXISTS",
                    "this family has a lead professional: ask them",
                    {"R-107", "R-116"}, "lead_appointed.family");
    }
  }
  for (const LeadRow& lead : open) {
    RETURN_IF_ERROR(AddLeft(lead, ToDate(decision.day()),
                            MakesRoom(lead, taken), decision));
    taken.set_takes_over_from(lead.taken().appointment().number());
  }
  return AddTaken(std::move(taken), decision);
}

}  // namespace

absl::Status Decide(const LeadAppointed& said, Decision& decision) {
  RETURN_IF_ERROR(RequireAppointing(said, decision));
  LeadTaken taken;
  ASSIGN_OR_RETURN(const EntityNumber family,
                   FamilyOf(said.family(), decision));
  ASSIGN_OR_RETURN(const auto agreed_by, Agreeing(said.agreed_by(), decision));
  if (!said.accepted()) {
    return Refuse("NOT_ACCEPTED", "the practitioner has not accepted",
                  {"R-111"}, "lead_appointed.accepted");
  }
  const bool meeting = said.at() == agency::v1::APPOINTED_AT_TEAM_AROUND_FAMILY;
  const absl::Status agreed =
      RequireFamilysWord(family, agreed_by, "R-109", decision);
  if (absl::IsDataLoss(agreed)) return agreed;
  if (meeting) RETURN_IF_ERROR(agreed);
  ASSIGN_OR_RETURN(const EntityNumber practitioner,
                   decision.Practitioner(said.practitioner()));
  taken.set_family(family);
  taken.set_practitioner(practitioner);
  taken.set_at(said.at());
  taken.mutable_agreed_by()->Add(agreed_by.begin(), agreed_by.end());
  taken.set_against_wish_reason(said.against_wish_reason());
  taken.set_provisional(said.at() == agency::v1::APPOINTED_AT_INTERIM ||
                        !agreed.ok());
  *taken.mutable_from() = ToDate(decision.day());
  return Appoint(std::move(taken), decision);
}

absl::Status Decide(const LeadNoticeGiven& said, Decision& decision) {
  RETURN_IF_ERROR(RequireAct(decision));
  if (said.has_review_on()) {
    RETURN_IF_ERROR(CheckDate(said.review_on(), "lead_notice_given.review_on"));
  }
  ASSIGN_OR_RETURN(const EntityNumber family,
                   FamilyOf(said.family(), decision));
  ASSIGN_OR_RETURN(const LeadRow lead, MeantOrNone(family, decision));
  RETURN_IF_ERROR(RequireLead({lead.taken().practitioner()}, decision));
  if (lead.state() == ledger::v1::LEAD_STATE_NOTICE_GIVEN ||
      lead.state() == ledger::v1::LEAD_STATE_SUCCESSOR_AGREED) {
    return absl::OkStatus();
  }
  Fact fact;
  auto& noticed = *fact.mutable_lead_noticed();
  noticed.set_family(lead.taken().family());
  noticed.set_appointment(lead.taken().appointment().number());
  if (said.has_review_on()) *noticed.mutable_review_on() = said.review_on();
  noticed.set_reason(said.reason());
  return decision.Add(lead.taken().family(), {}, std::move(fact));
}

absl::Status Decide(const LeadSuccessorAgreed& said, Decision& decision) {
  RETURN_IF_ERROR(RequireAct(decision));
  RETURN_IF_ERROR(RequireRole(decision, {agency::v1::ROLE_PRACTITIONER,
                                         agency::v1::ROLE_LEAD_PROFESSIONAL,
                                         agency::v1::ROLE_HUB_ADMINISTRATOR}));
  ASSIGN_OR_RETURN(const EntityNumber family,
                   FamilyOf(said.family(), decision));
  ASSIGN_OR_RETURN(const LeadRow lead, MeantOrNone(family, decision));
  ASSIGN_OR_RETURN(const auto agreed_by, Agreeing(said.agreed_by(), decision));
  RETURN_IF_ERROR(RequireFamilysWord(family, agreed_by, "R-121", decision));
  if (lead.state() != ledger::v1::LEAD_STATE_NOTICE_GIVEN &&
      lead.state() != ledger::v1::LEAD_STATE_SUCCESSOR_AGREED) {
    return Refuse("NO_NOTICE", "the lead has not given notice", {"R-121"});
  }
  ASSIGN_OR_RETURN(const EntityNumber successor,
                   decision.Practitioner(said.practitioner()));
  if (successor == lead.successor()) return absl::OkStatus();
  if (successor == lead.taken().practitioner()) {
    return Refuse("OWN_SUCCESSOR", "nobody succeeds themselves", {"R-121"},
                  "lead_successor_agreed.practitioner");
  }
  Fact fact;
  auto& named = *fact.mutable_lead_successor_named();
  named.set_family(lead.taken().family());
  named.set_appointment(lead.taken().appointment().number());
  named.set_practitioner(successor);
  named.mutable_agreed_by()->Add(agreed_by.begin(), agreed_by.end());
  return decision.Add(lead.taken().family(), {}, std::move(fact));
}

absl::Status Decide(const LeadHandedOver& said, Decision& decision) {
  RETURN_IF_ERROR(RequireAct(decision));
  ASSIGN_OR_RETURN(const EntityNumber family,
                   FamilyOf(said.family(), decision));
  ASSIGN_OR_RETURN(const LeadRow lead, MeantOrNone(family, decision));
  if (lead.state() != ledger::v1::LEAD_STATE_SUCCESSOR_AGREED) {
    return Refuse("NO_SUCCESSOR", "no successor is agreed", {"R-121"});
  }
  RETURN_IF_ERROR(
      RequireLead({lead.taken().practitioner(), lead.successor()}, decision));
  const agency::v1::Date day = ToDate(decision.day());
  RETURN_IF_ERROR(AddLeft(lead, day, kHandedOver, decision));
  LeadTaken taken;  // who agreed is in the fact that named the successor
  taken.set_family(lead.taken().family());
  taken.set_practitioner(lead.successor());
  taken.set_at(agency::v1::APPOINTED_AT_TEAM_AROUND_FAMILY);
  taken.set_takes_over_from(lead.taken().appointment().number());
  *taken.mutable_from() = day;
  return AddTaken(std::move(taken), decision);
}

absl::Status Decide(const LeadEnded& said, Decision& decision) {
  RETURN_IF_ERROR(RequireAct(decision));
  if (said.reason().empty()) {
    return Senseless("REASON_MISSING", "an end gives its reason",
                     "lead_ended.reason");
  }
  ASSIGN_OR_RETURN(const EntityNumber family,
                   FamilyOf(said.family(), decision));
  ASSIGN_OR_RETURN(const auto lead, Meant(family, decision));
  if (!lead.has_value()) return absl::OkStatus();
  RETURN_IF_ERROR(RequireLead({lead->taken().practitioner()}, decision));
  return AddLeft(*lead, ToDate(decision.day()), said.reason(), decision);
}

}  // namespace kith::core::lead
