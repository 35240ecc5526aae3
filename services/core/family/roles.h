// Who may act. Reports are not asked: their agency answers for them.
#pragma once

#include <initializer_list>

#include "absl/status/status.h"
#include "kith/agency/v1/frame.pb.h"
#include "services/core/decision.h"

namespace kith::core {

// Forbid ROLE_MAY_NOT when somebody acts in none of these roles.
absl::Status RequireRole(const Decision& decision,
                         std::initializer_list<agency::v1::Role> roles);

// Everybody who deals with families in person: all but those who see figures,
// histories or connections only.
absl::Status RequireWorkingRole(const Decision& decision);

// Forbid ACTS_ONLY when a feed speaks: what a person must decide.
absl::Status RequireAct(const Decision& decision);

}  // namespace kith::core
