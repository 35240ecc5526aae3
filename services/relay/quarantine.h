// What the quarantine topic tells: that a frame lies in quarantine, whose it
// was as far as that is believed, and why. Never what is in it.
//
// It passes the door as what an integration engineer of the hub may see, and
// every notice has its access record.
#pragma once

#include <cstdint>

#include "absl/status/statusor.h"
#include "services/api/node.h"
#include "services/relay/relay.h"

namespace kith::relay {

// As FindNotices; a bounded number of facts and notices. UNAVAILABLE: access
// could not be recorded. Blocks on the disk.
absl::StatusOr<Notices> NoticesOfQuarantine(api::Node& node, uint64_t from);

}  // namespace kith::relay
