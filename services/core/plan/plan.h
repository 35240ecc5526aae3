// Plans: one for a family, owned by it (R-185..R-190, R-206, R-214..R-217,
//
//
//   draft --agreed by the family--> agreed --closed by its lead--> closed
//     \------------------closed by its opener-----------------------^
//
// Acts open, agree, amend, review and close; a feed reports a plan as a whole
// again and again, and that plan changes by its feed alone. A closed plan is
// read-only; only its feed can say that it is open again. Versions count
// contents. Who may receive a copy is disclosure's; the services named
// in the actions are held for it. A second plan is never refused: `duplicate`
// makes a case of it, and R-186 is noted until the other lead is contacted.
#pragma once

#include "absl/status/status.h"
#include "kith/agency/v1/work.pb.h"
#include "services/core/decision.h"

namespace kith::core::plan {

// Errors of all: NOT_FOUND for what is not known, INVALID_ARGUMENT for what
// makes no sense, PERMISSION_DENIED for another's plan (NOT_YOURS, NOT_LEAD,
// PANEL), FAILED_PRECONDITION with the code beside each, ABORTED: stale.

// A feed's plan, new or changed. REPORTS_ONLY: an act.
absl::Status Decide(const agency::v1::PlanStated& said, Decision& decision);
// A draft. ACTION_INCOMPLETE.
absl::Status Decide(const agency::v1::PlanOpened& said, Decision& decision);
// FAMILY_ABSENT, NOT_OF_THE_FAMILY, PARENT_MUST_AGREE; this and
// the next ones also PLAN_CLOSED, PLAN_MERGED, PLAN_REPORTED.
absl::Status Decide(const agency::v1::PlanAgreed& said, Decision& decision);
// A new version; of an agreed plan only with the family.
absl::Status Decide(const agency::v1::PlanAmended& said, Decision& decision);
// By who does the action, or a writer of the plan. ACTION_UNKNOWN.
absl::Status Decide(const agency::v1::ActionUpdated& said, Decision& decision);
// PLAN_NOT_AGREED, REVIEW_WITHOUT_FAMILY, NOT_YET.
absl::Status Decide(const agency::v1::PlanReviewed& said, Decision& decision);
// REASON_MISSING, WORDING_MISSING, REFERRAL_MISSING.
absl::Status Decide(const agency::v1::PlanClosed& said, Decision& decision);
// The lead of that plan was contacted: by anybody, about a feed's plan
// too.
absl::Status Decide(const agency::v1::ContactRecorded& said,
                    Decision& decision);

absl::Status Evolve(StateWriter& state, const ledger::v1::Fact& fact,
                    Subject subject, const KeyHash& hash);

}  // namespace kith::core::plan
