// The node's own sources: the root, which registers others, and the api source,
// through which callers act.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/api/node.h"
#include "services/core/core.h"
#include "services/engine/clock.h"
#include "services/engine/engine.h"
#include "services/engine/source_keys.h"

namespace kith::kithd {

// What a new ledger begins with. Makes the root's key when there is none.
absl::StatusOr<core::Genesis> OwnGenesis(const std::string& partnership,
                                         engine::SourceKeys& keys,
                                         absl::Time now);

// The same as a record for the partnership's topic, and back. Reading makes no
// key: FAILED_PRECONDITION when the root's, which signed it, is not here.
absl::StatusOr<std::string> NewFounding(const std::string& partnership,
                                        engine::SourceKeys& keys,
                                        absl::Time now);
absl::StatusOr<core::Genesis> GenesisOf(const std::string& partnership,
                                        engine::SourceKeys& keys,
                                        const std::string& frame);

// Whose api source: it is named "api_<node>".
struct OwnNames {
  std::string partnership;
  std::string node;
};

// The api source of this node; registers it through the root when the ledger
// does not know it. Blocks until that is durable.
absl::StatusOr<std::unique_ptr<api::ActSource>> OwnApiSource(
    const OwnNames& names, engine::SourceKeys& keys, engine::Engine& engine,
    const engine::Clock& clock);

}  // namespace kith::kithd
