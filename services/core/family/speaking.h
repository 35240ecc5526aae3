// Whose word it is: a family member speaks for themselves alone.
//
// A member's account names their person. Whether a record is theirs rests on
// sure links only (identity/persons.h): what a machine found alike may be
// somebody else's, and nobody speaks by a mistake of it. Practitioners and
// feeds tell what others said to them; these rules do not bind them.
//
// A parent who answers for a child answers themselves, about the child.
#pragma once

#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "services/core/decision.h"
#include "services/core/state.h"

namespace kith::core::family {

// Whether a family member acts, whoever it is.
bool MemberActs(const Decision& decision);

// Whether a family member acts and is the person of `record`. DATA_LOSS: stop.
absl::StatusOr<bool> IsActingMember(EntityNumber record, Decision& decision);

// Forbid NOT_YOURSELF: a family member names another's record as who said it.
// OK for everybody else, and for 0, nobody.
absl::Status RequireYourself(EntityNumber record, absl::string_view field,
                             Decision& decision);

// The records of the person of `record`, ascending; when a family member acts,
// those that are surely theirs. DATA_LOSS: stop.
absl::StatusOr<std::vector<EntityNumber>> RecordsFor(const Decision& decision,
                                                     EntityNumber record);

}  // namespace kith::core::family
