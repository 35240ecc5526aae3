// What feeds say about leads.
#include <algorithm>
#include <utility>
#include <vector>

#include "base/status.h"
#include "services/core/family/dates.h"
#include "services/core/family/resolve.h"
#include "services/core/keys.h"
#include "services/core/lead/lead.h"
#include "services/core/lead/registry.h"
#include "services/core/lead/taking.h"

namespace kith::core::lead {
namespace {

using agency::v1::LeadStated;
using ledger::v1::Fact;
using ledger::v1::LeadDisputed;
using ledger::v1::LeadRow;
using ledger::v1::LeadTaken;

absl::Status CheckShape(const LeadStated& said, const Decision& decision) {
  if (!decision.reported()) {
    return Forbid("REPORTS_ONLY", "a person appoints a lead instead");
  }
  if (said.appointment().local_id().empty()) {
    return Senseless("KEY_MISSING", "a report names its own key",
                     "lead_stated.appointment");
  }
  if (decision.Own(said.appointment()).agency() != decision.agency()) {
    return Forbid("NOT_YOURS", "it bears another agency's key");
  }
  return CheckPeriod(said.period(), "lead_stated.period");
}

absl::StatusOr<EntityNumber> FamilyOf(const LeadStated& said,
                                      Decision& decision) {
  if (said.has_family()) {
    return decision.Thing("family", base::IdKind::kFamily, said.family());
  }
  ASSIGN_OR_RETURN(const EntityNumber record, decision.Record(said.person()));
  return family::FamilyOrFound(decision, record);
}

bool IsOver(const LeadStated& said, absl::CivilDay day) {
  return said.period().has_until() && LastDay(said.period().until()) <= day;
}

// The appointment under the feed's key, while it is open.
absl::StatusOr<std::optional<LeadRow>> Reported(const LeadStated& said,
                                                Decision& decision) {
  ASSIGN_OR_RETURN(const EntityNumber number,
                   decision.Find("lead", said.appointment()));
  if (number == 0) return std::optional<LeadRow>();
  ASSIGN_OR_RETURN(auto lead,
                   ReadRow<LeadRow>(decision.state(), keys::Lead(number)));
  if (lead.has_value() && lead->state() == ledger::v1::LEAD_STATE_ENDED) {
    lead.reset();
  }
  return lead;
}

absl::StatusOr<std::optional<Fact>> Claimed(const LeadStated& said,
                                            const Decision& decision) {
  return ClaimUnder(
      decision.state(),
      [&](absl::string_view bytes) { return decision.Hash(bytes); },
      decision.Own(said.appointment()));
}

absl::Status Close(const std::optional<Fact>& claim, Decision& decision) {
  if (!claim.has_value()) return absl::OkStatus();
  return AddDispute(claim->lead_disputed(), false, decision);
}

absl::Status EndReported(const LeadStated& said, Decision& decision) {
  ASSIGN_OR_RETURN(const auto claim, Claimed(said, decision));
  RETURN_IF_ERROR(Close(claim, decision));
  ASSIGN_OR_RETURN(const auto lead, Reported(said, decision));
  if (!lead.has_value()) return absl::OkStatus();
  return AddLeft(*lead, said.period().until(), "reported", decision);
}

absl::Status Take(const LeadStated& said, EntityNumber family,
                  EntityNumber practitioner, Decision& decision) {
  LeadTaken taken;
  taken.set_family(family);
  taken.set_practitioner(practitioner);
  *taken.mutable_from() =
      said.period().has_from() ? said.period().from() : ToDate(decision.day());
  *taken.mutable_local() = decision.Own(said.appointment());
  return AddTaken(std::move(taken), decision);
}

// Somebody else leads: a claim against the first of those who do.
absl::Status Claim(const LeadStated& said, const LeadRow& against,
                   EntityNumber practitioner, const std::optional<Fact>& before,
                   Decision& decision) {
  LeadDisputed claim;
  claim.set_family(against.taken().family());
  claim.set_appointment(against.taken().appointment().number());
  claim.set_claimed(practitioner);
  *claim.mutable_local() = decision.Own(said.appointment());
  if (before.has_value()) {
    LeadDisputed same = before->lead_disputed();
    same.clear_open();
    if (same.SerializeAsString() == claim.SerializeAsString()) {
      return absl::OkStatus();
    }
    RETURN_IF_ERROR(Close(before, decision));
  }
  return AddDispute(claim, true, decision);
}

bool Leads(const std::vector<LeadRow>& open, EntityNumber practitioner) {
  return std::any_of(open.begin(), open.end(), [&](const LeadRow& lead) {
    return lead.taken().practitioner() == practitioner;
  });
}

// What remains of a claim once `open` lead: held against one of them, or done.
absl::Status Rebind(LeadDisputed claim, const std::vector<LeadRow>& open,
                    Decision& decision) {
  if (Leads(open, claim.claimed())) return AddDispute(claim, false, decision);
  for (const LeadRow& lead : open) {
    if (lead.taken().appointment().number() == claim.appointment()) {
      return absl::OkStatus();
    }
  }
  claim.set_family(open.front().taken().family());
  claim.set_appointment(open.front().taken().appointment().number());
  return AddDispute(claim, true, decision);
}

// Nobody leads: the claim is what the registry knows.
absl::Status TakeUp(const LeadDisputed& claim, Decision& decision) {
  RETURN_IF_ERROR(AddDispute(claim, false, decision));
  LeadTaken taken;
  taken.set_family(claim.family());
  taken.set_practitioner(claim.claimed());
  *taken.mutable_from() = ToDate(decision.day());
  *taken.mutable_local() = claim.local();
  return AddTaken(std::move(taken), decision);
}

absl::Status Settle(EntityNumber family, bool appointed, Decision& decision) {
  const StateReader& state = decision.state();
  ASSIGN_OR_RETURN(const auto claims, Claims(state, family));
  for (const Fact& each : claims) {
    const LeadDisputed& claim = each.lead_disputed();
    ASSIGN_OR_RETURN(const auto open, OpenLeads(state, family));
    if (appointed) {
      RETURN_IF_ERROR(AddDispute(claim, false, decision));
    } else if (open.empty()) {
      RETURN_IF_ERROR(TakeUp(claim, decision));
    } else {
      RETURN_IF_ERROR(Rebind(claim, open, decision));
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status Decide(const LeadStated& said, Decision& decision) {
  RETURN_IF_ERROR(CheckShape(said, decision));
  if (IsOver(said, decision.day())) return EndReported(said, decision);
  ASSIGN_OR_RETURN(const EntityNumber family, FamilyOf(said, decision));
  ASSIGN_OR_RETURN(const EntityNumber practitioner,
                   decision.Practitioner(said.practitioner()));
  ASSIGN_OR_RETURN(const auto before, Reported(said, decision));
  if (before.has_value()) {
    if (before->taken().family() == family &&
        before->taken().practitioner() == practitioner) {
      return absl::OkStatus();
    }
    RETURN_IF_ERROR(
        AddLeft(*before, ToDate(decision.day()), "reported", decision));
  }
  ASSIGN_OR_RETURN(const auto claim, Claimed(said, decision));
  ASSIGN_OR_RETURN(const auto open, OpenLeads(decision.state(), family));
  if (!open.empty() && !Leads(open, practitioner)) {
    return Claim(said, open.front(), practitioner, claim, decision);
  }
  RETURN_IF_ERROR(Close(claim, decision));
  if (!open.empty()) return absl::OkStatus();
  return Take(said, family, practitioner, decision);
}

absl::Status Conclude(Decision& decision) {
  std::vector<std::pair<EntityNumber, bool>> touched;  // appointed by a person
  for (const NewFact& added : decision.facts()) {
    if (added.fact.has_lead_left()) {
      touched.emplace_back(added.fact.lead_left().family(), false);
    } else if (added.fact.has_lead_taken()) {
      const LeadTaken& taken = added.fact.lead_taken();
      touched.emplace_back(taken.family(),
                           taken.at() != agency::v1::APPOINTED_AT_UNSPECIFIED);
    }
  }
  const bool appointed =
      std::any_of(touched.begin(), touched.end(),
                  [](const auto& each) { return each.second; });
  for (const auto& [family, taken] : touched) {
    RETURN_IF_ERROR(Settle(family, appointed, decision));
  }
  return absl::OkStatus();
}

}  // namespace kith::core::lead
