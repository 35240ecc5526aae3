// Who may answer for whom. See consent.h for the table.
#pragma once

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "kith/agency/v1/consent.pb.h"
#include "services/core/decision.h"

namespace kith::core::consent {

// Whether both records are of one person; surely so when a family member acts
// (family/speaking.h).
absl::StatusOr<bool> AreOnePerson(const Decision& decision, EntityNumber one,
                                  EntityNumber other);

// Whether some agency states the one to be a parent of the other, or to have
// parental responsibility for them; of records that are theirs as above.
absl::StatusOr<bool> IsParentOf(const Decision& decision, EntityNumber parent,
                                EntityNumber child);

// OK when `answered_by` may answer for the person of `record` in that matter on
// the day of the statement. Otherwise a refusal, whoever speaks: for `Require`.
// DATA_LOSS as ever.
absl::Status MayAnswer(const Decision& decision, EntityNumber record,
                       EntityNumber answered_by,
                       const agency::v1::ConsentStated& said);

// OK when it may be found that a parent's consent is not needed.
absl::Status MayDoWithoutParent(const Decision& decision, EntityNumber record,
                                const agency::v1::ConsentStated& said);

}  // namespace kith::core::consent
