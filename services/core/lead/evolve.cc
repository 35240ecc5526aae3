// How appointments look after each fact.
#include <algorithm>
#include <string>

#include "base/status.h"
#include "services/core/keys.h"
#include "services/core/lead/lead.h"
#include "services/core/lead/registry.h"

namespace kith::core::lead {
namespace {

using ledger::v1::Fact;
using ledger::v1::FamilyRow;
using ledger::v1::LeadRow;

// Changes an appointment; one of an erased family stays away.
template <class Change>
absl::Status ChangeLead(StateWriter& state, EntityNumber appointment,
                        Subject subject, const Change& change) {
  const std::string key = keys::Lead(appointment);
  ASSIGN_OR_RETURN(auto row, ReadRow<LeadRow>(state, key));
  if (!row.has_value()) return absl::OkStatus();
  change(*row);
  PutRow(state, subject, key, *row);
  return absl::OkStatus();
}

absl::Status PointTo(StateWriter& state, EntityNumber family, EntityNumber from,
                     EntityNumber to) {
  const std::string key = keys::Family(family);
  ASSIGN_OR_RETURN(auto row, ReadRow<FamilyRow>(state, key));
  if (!row.has_value() || (from != 0 && row->lead() != from)) {
    return absl::OkStatus();
  }
  row->set_lead(to);
  PutRow(state, family, key, *row);
  return absl::OkStatus();
}

absl::Status Taken(StateWriter& state, const Fact& fact, Subject subject,
                   const KeyHash& hash) {
  const auto& taken = fact.lead_taken();
  const EntityNumber number = taken.appointment().number();
  ASSIGN_OR_RETURN(auto row, ReadRow<LeadRow>(state, keys::Lead(number)));
  if (!row.has_value()) {
    row.emplace();
    row->set_agency(taken.has_local() ? taken.local().agency()
                                      : fact.by().agency());
    row->set_reported(taken.has_local());
    PutNames(state, hash, "lead", taken.local(), row->agency(),
             taken.appointment());
    RETURN_IF_ERROR(PointTo(state, taken.family(), 0, number));
    *row->mutable_taken() = taken;
  } else {
    const ledger::v1::Identity identity = row->taken().appointment();
    *row->mutable_taken() = taken;
    *row->mutable_taken()->mutable_appointment() = identity;
  }
  row->set_state(taken.provisional() ? ledger::v1::LEAD_STATE_PROVISIONAL
                                     : ledger::v1::LEAD_STATE_APPOINTED);
  row->clear_successor();
  PutRow(state, subject, keys::Lead(number), *row);
  return absl::OkStatus();
}

absl::Status Left(StateWriter& state, const Fact& fact, Subject subject) {
  const auto& left = fact.lead_left();
  RETURN_IF_ERROR(PointTo(state, left.family(), left.appointment(), 0));
  return ChangeLead(state, left.appointment(), subject, [&](LeadRow& row) {
    row.set_state(ledger::v1::LEAD_STATE_ENDED);
    *row.mutable_until() = left.until();
  });
}

absl::Status Disputed(StateWriter& state, const Fact& fact, Subject subject,
                      const KeyHash& hash) {
  const auto& dispute = fact.lead_disputed();
  RETURN_IF_ERROR(PutClaim(state, hash, fact));
  return ChangeLead(state, dispute.appointment(), subject, [&](LeadRow& row) {
    auto& claimed = *row.mutable_claimed();
    if (dispute.open()) {
      claimed.Add(dispute.claimed());
      return;
    }
    const auto found =
        std::find(claimed.begin(), claimed.end(), dispute.claimed());
    if (found != claimed.end()) claimed.erase(found);
  });
}

}  // namespace

absl::Status Evolve(StateWriter& state, const Fact& fact, Subject subject,
                    const KeyHash& hash) {
  if (fact.has_lead_taken()) return Taken(state, fact, subject, hash);
  if (fact.has_lead_left()) return Left(state, fact, subject);
  if (fact.has_lead_disputed()) return Disputed(state, fact, subject, hash);
  if (fact.has_lead_noticed()) {
    return ChangeLead(state, fact.lead_noticed().appointment(), subject,
                      [](LeadRow& row) {
                        row.set_state(ledger::v1::LEAD_STATE_NOTICE_GIVEN);
                      });
  }
  if (fact.has_lead_successor_named()) {
    const auto& named = fact.lead_successor_named();
    return ChangeLead(state, named.appointment(), subject, [&](LeadRow& row) {
      row.set_state(ledger::v1::LEAD_STATE_SUCCESSOR_AGREED);
      row.set_successor(named.practitioner());
    });
  }
  return absl::OkStatus();
}

}  // namespace kith::core::lead
