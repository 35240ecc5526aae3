// The relays that a node runs for a partnership.
#pragma once

#include <memory>
#include <vector>

#include "services/api/node.h"
#include "services/kithd/config.h"
#include "services/relay/positions.h"
#include "services/relay/relay.h"
#include "wire/connection.h"

namespace kith::kithd {

// Starts them. `node` and `positions` must outlive them.
std::vector<std::unique_ptr<relay::Relay>> StartRelays(
    const RelayConfig& config, const wire::Properties& connection,
    api::Node& node, relay::RelayPositions& positions);

}  // namespace kith::kithd
