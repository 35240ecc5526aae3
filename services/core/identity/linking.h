// Which pairs of records are looked at when some of them changed, and what
// follows: facts on pairs, persons merged and split.
//
// State after it is a function of the set of records, decisions of people and
// statements that keep records apart: whatever the order they came in.
#pragma once

#include <set>

#include "absl/status/status.h"
#include "services/core/decision.h"

namespace kith::core::identity {

// Judges anew all pairs that these records are in, and brings persons into
// line.
absl::Status Relink(Decision& decision, std::set<EntityNumber> records);

// Adds to `records` those whose blocks became too large to be used, or small
// enough again, by this statement's change of `record`: all their pairs may
// change.
absl::Status AddShaken(const Decision& decision, EntityNumber record,
                       std::set<EntityNumber>& records);

}  // namespace kith::core::identity
