// Folds of agreements and notes, apart from those of consents. Internal to this
// folder.
#pragma once

#include "absl/status/status.h"
#include "services/core/decision.h"
#include "services/core/state.h"

namespace kith::core::consent {

// Of families; other facts change nothing.
absl::Status EvolveAgreement(StateWriter& state, const ledger::v1::Fact& fact,
                             Subject subject, const KeyHash& hash);
// Between organisations, and notes about sharing.
absl::Status EvolveSharing(StateWriter& state, const ledger::v1::Fact& fact,
                           Subject subject, const KeyHash& hash);

}  // namespace kith::core::consent
