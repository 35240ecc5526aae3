// Assessments and the scores given with them (R-055..R-064, R-148..R-168).
//
// An assessment is begun by an act, stated anew under the agency's own key, or
// reported by a feed. A score carries the range and direction that its
// instrument had in the rules in force. Several people may score one
// item; each one's word is kept.
#pragma once

#include "absl/status/status.h"
#include "kith/agency/v1/work.pb.h"
#include "services/core/decision.h"

namespace kith::core::assessment {

// Scores that one assessment holds at most.
inline constexpr int kScoresMax = 500;

// Records an assessment or its change, then its scores that are new or other
// than known. INVALID_ARGUMENT: about nobody, lists too long, impossible dates,
// worries without own key, or a score as below. PERMISSION_DENIED: another
// agency's assessment, or as below.
absl::Status Decide(const agency::v1::AssessmentStated& said,
                    Decision& decision);

// Records one score; nothing when it is as known. INVALID_ARGUMENT: no such
// instrument or item, or a value out of its range. FAILED_PRECONDITION: an act
// that says no phase or of which nobody is the scorer, or an
// assessment that is full. PERMISSION_DENIED: a feed scores another agency's
// assessment, or a family member for another (NOT_YOURSELF, R-097).
absl::Status Decide(const agency::v1::ScoreGiven& said, Decision& decision);

absl::Status Evolve(StateWriter& state, const ledger::v1::Fact& fact,
                    Subject subject, const KeyHash& hash);

}  // namespace kith::core::assessment
