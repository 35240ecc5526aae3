// Referrals: who asks which agency to help whom, and what came of it (R-083,
// R-129, A4).
//
// Acts make one; a feed reports those its agency made or received, with the
// state they have. The receiving agency moves a referral and tells the
// referrer the outcome, the referrer alone withdraws it. Nothing here does I/O.
#pragma once

#include "absl/status/status.h"
#include "kith/agency/v1/work.pb.h"
#include "services/core/decision.h"

namespace kith::core::referral {

// Records a referral, or that a feed's one has changed; nothing when it is as
// known. INVALID_ARGUMENT: about nobody, unknown codes, impossible dates.
// FAILED_PRECONDITION: an act without agreement or reason,
// referrer or receiver. PERMISSION_DENIED: another agency's referral.
absl::Status Decide(const agency::v1::ReferralStated& said, Decision& decision);

// Records the next step; nothing when it is the step taken last.
// INVALID_ARGUMENT: a declined one without code and words, a signposted one
// without where to, an outcome that says nothing. FAILED_PRECONDITION: A4 has
// no such step. PERMISSION_DENIED: not this agency's step. ABORTED: stale.
absl::Status Decide(const agency::v1::ReferralMoved& said, Decision& decision);

absl::Status Evolve(StateWriter& state, const ledger::v1::Fact& fact,
                    Subject subject, const KeyHash& hash);

// Whether A4 knows a step from one state to the other.
bool MayStep(agency::v1::ReferralState from, agency::v1::ReferralState to);

}  // namespace kith::core::referral
