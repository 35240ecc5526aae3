// How consent stands, out of all answers about one person: pure functions for
// those who decide what may be shown, and for lists of what is due.
#pragma once

#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "kith/agency/v1/common.pb.h"
#include "kith/agency/v1/consent.pb.h"
#include "kith/ledger/v1/facts.pb.h"
#include "kith/ledger/v1/state.pb.h"
#include "services/core/state.h"

namespace kith::core::consent {

enum class ConsentStanding {
  kNone,         // nobody answered, or all answers have run out
  kGiven,        //
  kRefused,      //
  kNotNeeded,    // of 12 to 15, and nobody refused
  kConflicting,  // one gave what another refused
  kWithdrawn,    // the last answer was taken back
};

// On that day, for answers of this kind; of SHARE, for this purpose only
// save that a refusal which names no purpose is for every one. `rows`
// are about one person; in any order. Whether a given SHARE names the recipient
// in question is for the caller to see: only they are covered.
ConsentStanding Standing(const std::vector<ledger::v1::ConsentRow>& rows,
                         agency::v1::ConsentKind kind,
                         absl::string_view purpose, absl::CivilDay day);

// Every consent, ended ones too, about any record of the person of `record`,
// by number. DATA_LOSS: stop.
absl::StatusOr<std::vector<ledger::v1::ConsentRow>> ConsentsOf(
    const StateReader& state, EntityNumber record);

// The birthday on which the answer is to be confirmed by the person:
// the first of their 12th and 16th after it was given, unless they gave it
// themselves at or after 16. Empty: none. The birth date must be whole.
std::optional<absl::CivilDay> ReconfirmationDue(
    const ledger::v1::ConsentRow& consent, const agency::v1::Date& birth,
    const ledger::v1::Rules& rules);

}  // namespace kith::core::consent
