// Which fold made the rows of a view: a row of the view itself, so that it
// moves and vanishes with the rest.
#pragma once

#include <cstdint>

#include "absl/status/statusor.h"
#include "services/core/state.h"

namespace kith::engine {

void PutViewVersion(uint32_t version, core::StateWriter& view);

// 0: there is none, so the view is not whole.
absl::StatusOr<uint32_t> ReadViewVersion(const core::StateReader& view);

}  // namespace kith::engine
