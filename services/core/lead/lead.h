// The registry of lead professionals: one family, one lead (R-106..R-125).
//
//   none -> provisional (interim, or by a panel) -> appointed at a meeting with
//   the family -> notice given -> successor agreed -> handed over
//
// Never two at once for a stated family. Somebody is appointed where nobody
// leads, in place of a provisional lead, or as the agreed successor; otherwise
// the answer is to ask who leads already. Anybody may lead, also who
// did before. A handover is one statement: nobody sees a gap.
//
// Feeds report leads. Where somebody else leads, a report changes nothing: it
// is a claim, and the registry shows DISPUTED until the claim ends or somebody
// is appointed. When a lead ends and a claim is left, it is taken up: it would
// be, were it said now. A join of families that both have leads ends neither
// appointment (registry.h tells). A lead outside the agency that intervenes by
// statute is noted as R-113, never replaced.
//
// A report of an appointment that is over changes nothing unless it ends one
// that is open; a last day that is still to come is not waited for.
#pragma once

#include "absl/status/status.h"
#include "kith/agency/v1/work.pb.h"
#include "kith/ledger/v1/facts.pb.h"
#include "services/core/decision.h"
#include "services/core/state.h"

namespace kith::core::lead {

inline constexpr int kAgreedMax = 20;

// For feeds; Forbid REPORTS_ONLY for acts, NOT_YOURS for another agency's key.
absl::Status Decide(const agency::v1::LeadStated& said, Decision& decision);

// Acts; Forbid ACTS_ONLY for feeds. Codes of refusals: LEAD_EXISTS (R-107,
// R-116), NOT_ACCEPTED, FAMILY_NOT_ASKED, NO_LEAD,
// NO_NOTICE and NO_SUCCESSOR, LEAD_DISPUTED: the joined
// families have two; name the one whose lead is meant. Forbid NOT_THE_LEAD.
absl::Status Decide(const agency::v1::LeadAppointed& said, Decision& decision);
absl::Status Decide(const agency::v1::LeadNoticeGiven& said,
                    Decision& decision);
absl::Status Decide(const agency::v1::LeadSuccessorAgreed& said,
                    Decision& decision);
absl::Status Decide(const agency::v1::LeadHandedOver& said, Decision& decision);
// Where nobody leads, it changes nothing.
absl::Status Decide(const agency::v1::LeadEnded& said, Decision& decision);

// Folds this subject's facts; others change nothing.
absl::Status Evolve(StateWriter& state, const ledger::v1::Fact& fact,
                    Subject subject, const KeyHash& hash);

// Settles claims after a lead came or went: closed by an appointment, taken up
// where nobody leads, else held against who leads now.
absl::Status Conclude(Decision& decision);

}  // namespace kith::core::lead
