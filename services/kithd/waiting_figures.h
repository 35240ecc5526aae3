// What lies aside in a ledger, counted for metrics.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "absl/status/statusor.h"
#include "services/core/state.h"

namespace kith::kithd {

struct WaitingFigures {
  std::map<std::string, uint64_t> quarantined;  // by the reason's code
  std::map<std::string, uint64_t> parked;       // by the kind it waits for
  uint64_t sources = 0;
  uint64_t sources_stopped = 0;  // at a gap, with frames held behind it
  uint64_t frames_held = 0;
};

// Looks at no more than some ten thousand items: whoever has more has other
// worries than their number.
absl::StatusOr<WaitingFigures> CountWaiting(const core::StateReader& state);

}  // namespace kith::kithd
