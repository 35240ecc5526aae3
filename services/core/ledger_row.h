// The ledger's own row: its partnership, its root source and its rules.
#pragma once

#include <memory>

#include "absl/status/statusor.h"
#include "kith/ledger/v1/state.pb.h"
#include "services/core/state.h"

namespace kith::core {

// Null: there is none yet. DATA_LOSS: it does not parse.
absl::StatusOr<std::shared_ptr<const ledger::v1::LedgerRow>> ReadLedger(
    const StateReader& state);

}  // namespace kith::core
