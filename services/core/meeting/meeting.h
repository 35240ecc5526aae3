// Meetings around a family: planned, held, cancelled (R-169..R-174, R-229).
//
// The family is present at every meeting of the team around it.
// Professionals and panels may meet without it; what they say among themselves
// changes no plan, so that only meetings with the family move the day from
// which its plan's next review counts.
#pragma once

#include "absl/status/status.h"
#include "kith/agency/v1/work.pb.h"
#include "services/core/decision.h"

namespace kith::core::meeting {

// Whether the family takes part in meetings of that kind.
bool IsWithFamily(agency::v1::MeetingKind kind);

// Records a meeting, or what has changed about it; nothing when it is as known.
// INVALID_ARGUMENT: no family, unknown codes, lists too long, held at no time.
// NOT_FOUND: the meeting, family or plan named is not known. PERMISSION_DENIED:
// another agency's meeting. FAILED_PRECONDITION, for acts: held without the
// family (FAMILY_ABSENT, NOT_OF_THE_FAMILY: R-170), held in the future
// (NOT_YET), over (MEETING_OVER), a session apart with other than one member
// (ONE_MEMBER_APART: R-305); for all: a plan of another family
// (PLAN_OF_ANOTHER_FAMILY).
absl::Status Decide(const agency::v1::MeetingStated& said, Decision& decision);

// A case without a name. By the chair or the hub; Refuse NAMES_SOMEBODY
// when its words hold an id of Kith's or a number of ten digits.
absl::Status Decide(const agency::v1::AnonymousPanelItemStated& said,
                    Decision& decision);

// Also moves the last review of the plan that a meeting was held about.
absl::Status Evolve(StateWriter& state, const ledger::v1::Fact& fact,
                    Subject subject, const KeyHash& hash);

}  // namespace kith::core::meeting
