#include "services/core/lead/taking.h"

#include <utility>

#include "base/status.h"
#include "services/core/family/dates.h"
#include "services/core/family/entries.h"
#include "services/core/family/resolve.h"
#include "services/core/keys.h"

namespace kith::core::lead {
namespace {

using family::EntryKind;
using ledger::v1::Fact;

// Whether another agency than the practitioner's intervenes by statute with a
// member of the family.
absl::StatusOr<bool> StatuteWouldHaveAnother(const Decision& decision,
                                             EntityNumber family,
                                             EntityNumber practitioner) {
  const StateReader& state = decision.state();
  ASSIGN_OR_RETURN(const auto holder,
                   ReadRow<ledger::v1::PractitionerRow>(
                       state, keys::Practitioner(practitioner)));
  ASSIGN_OR_RETURN(const auto members,
                   family::CurrentMembers(state, family, decision.day()));
  for (const EntityNumber member : members) {
    ASSIGN_OR_RETURN(
        const auto involvements,
        family::EntriesOfPerson(state, member, EntryKind::kInvolvement));
    for (const Fact& fact : involvements) {
      const auto& said = fact.involvement_recorded().said();
      if (said.statutory() && Covers(said.period(), decision.day()) &&
          holder.has_value() && fact.by().agency() != holder->agency()) {
        return true;
      }
    }
  }
  return false;
}

}  // namespace

absl::Status AddTaken(ledger::v1::LeadTaken taken, Decision& decision) {
  ASSIGN_OR_RETURN(
      const bool exception,
      StatuteWouldHaveAnother(decision, taken.family(), taken.practitioner()));
  if (exception) decision.NoteUnmet("R-113");
  *taken.mutable_appointment() = decision.NewIdentity(base::IdKind::kLead);
  decision.Tell(taken.appointment());
  const EntityNumber family = taken.family();
  Fact fact;
  *fact.mutable_lead_taken() = std::move(taken);
  return decision.Add(family, {}, std::move(fact));
}

absl::Status AddLeft(const ledger::v1::LeadRow& lead,
                     const agency::v1::Date& until, const std::string& reason,
                     Decision& decision) {
  Fact fact;
  auto& left = *fact.mutable_lead_left();
  left.set_family(lead.taken().family());
  left.set_appointment(lead.taken().appointment().number());
  *left.mutable_until() = until;
  left.set_reason(reason);
  return decision.Add(lead.taken().family(), {}, std::move(fact));
}

absl::Status AddDispute(const ledger::v1::LeadDisputed& claim, bool open,
                        Decision& decision) {
  Fact fact;
  *fact.mutable_lead_disputed() = claim;
  fact.mutable_lead_disputed()->set_open(open);
  return decision.Add(claim.family(), {}, std::move(fact));
}

}  // namespace kith::core::lead
