// Who may loosen a restriction, and at whose word.
//
// The agency that recorded it lifts it, the lead professional of somebody it is
// about, or a safeguarding lead; a feed its own agency's only. Never does who
// is barred ask for it.
//
// What is kept from the family, or what one of those it is about wished, ends
// when one of them asks who is no parent of another; or who wished it. Where
// nobody asks, the agency that recorded it decides if it was no wish of theirs,
// and a safeguarding lead who says why. To state it otherwise under its key is
// to loosen it, too.
#pragma once

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "kith/ledger/v1/facts.pb.h"
#include "kith/ledger/v1/state.pb.h"
#include "services/core/decision.h"

namespace kith::core::consent {

// Whether the person of `record` is one of those it is about; 0: nobody is.
absl::StatusOr<bool> IsAbout(const ledger::v1::RestrictionRecorded& restriction,
                             EntityNumber record, const Decision& decision);

// Forbid NOT_YOURS: the speaker is none of those who lift it.
absl::Status CheckLifter(const ledger::v1::RestrictionRow& restriction,
                         Decision& decision);

// For acts: Forbid BARRED_MAY_NOT_LIFT or NOT_THEIRS_TO_LIFT when `asked_by`
// (0: nobody) may not have it loosened for that reason. A report is noted.
absl::Status CheckAsker(const ledger::v1::RestrictionRow& restriction,
                        EntityNumber asked_by, absl::string_view reason,
                        absl::string_view field, Decision& decision);

}  // namespace kith::core::consent
