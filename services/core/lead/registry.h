// Who leads a family, and who claims to: reads of the registry. Pure;
// DATA_LOSS: stop.
#pragma once

#include <vector>

#include "absl/status/statusor.h"
#include "kith/agency/v1/common.pb.h"
#include "kith/ledger/v1/facts.pb.h"
#include "kith/ledger/v1/state.pb.h"
#include "services/core/decision.h"
#include "services/core/state.h"

namespace kith::core::lead {

// The open appointments of the family's whole group, by family: at most one for
// each stated family, so more than one only after a join.
absl::StatusOr<std::vector<ledger::v1::LeadRow>> OpenLeads(
    const StateReader& state, EntityNumber family);

// What feeds claim against them: the open LeadDisputed facts of the group,
// ordered by the feeds' keys.
absl::StatusOr<std::vector<ledger::v1::Fact>> Claims(const StateReader& state,
                                                     EntityNumber family);

// DISPUTED: two leads, or one and a claim.
absl::StatusOr<bool> IsDisputed(const StateReader& state, EntityNumber family);

// The open claim under a feed's key.
absl::StatusOr<std::optional<ledger::v1::Fact>> ClaimUnder(
    const StateReader& state, const KeyHash& hash,
    const agency::v1::LocalRef& local);

// For folds: puts an open claim, or deletes a closed one.
absl::Status PutClaim(StateWriter& state, const KeyHash& hash,
                      const ledger::v1::Fact& fact);

}  // namespace kith::core::lead
