// What disclosure must know, from what the views hold.
#pragma once

#include "absl/time/time.h"
#include "services/disclosure/policy.h"
#include "services/views/standing.h"

namespace kith::api {

// The context in which items are decided at `now`.
disclosure::Context ContextOf(views::Standing standing, absl::Time now);

}  // namespace kith::api
