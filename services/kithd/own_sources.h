// The node's own sources: the root, which registers others, and the api source,
// through which callers act.
#pragma once

#include <memory>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/api/node.h"
#include "services/core/core.h"
#include "services/engine/clock.h"
#include "services/engine/engine.h"
#include "services/engine/source_keys.h"
#include "services/kithd/config.h"

namespace kith::kithd {

// What a new ledger begins with. Makes the root's key when there is none.
absl::StatusOr<core::Genesis> OwnGenesis(const Config& config,
                                         engine::SourceKeys& keys,
                                         absl::Time now);

// The api source of this node, named "api_<node>"; registers it through the
// root when the ledger does not know it. Blocks until that is durable.
absl::StatusOr<std::unique_ptr<api::ActSource>> OwnApiSource(
    const Config& config, engine::SourceKeys& keys, engine::Engine& engine,
    const engine::Clock& clock);

}  // namespace kith::kithd
