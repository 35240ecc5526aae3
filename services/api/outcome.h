// Outcomes as callers get them.
#pragma once

#include "absl/status/status.h"
#include "kith/api/v1/common.pb.h"
#include "services/engine/engine.h"

namespace kith::api {

v1::Outcome ToApi(const engine::Outcome& outcome);

// For a write: OK when it was accepted or changed nothing, else the error that
// the caller is answered with.
absl::Status ErrorOfWrite(const engine::Outcome& outcome);

}  // namespace kith::api
