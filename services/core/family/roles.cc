#include "services/core/family/roles.h"

#include <algorithm>

#include "base/status.h"

namespace kith::core {

absl::Status RequireRole(const Decision& decision,
                         std::initializer_list<agency::v1::Role> roles) {
  if (decision.reported()) return absl::OkStatus();
  const agency::v1::Role role = decision.envelope().actor().role();
  if (std::find(roles.begin(), roles.end(), role) != roles.end()) {
    return absl::OkStatus();
  }
  return Forbid("ROLE_MAY_NOT", "this role may not do that", {"R-262"});
}

absl::Status RequireWorkingRole(const Decision& decision) {
  return RequireRole(
      decision,
      {agency::v1::ROLE_PRACTITIONER, agency::v1::ROLE_LEAD_PROFESSIONAL,
       agency::v1::ROLE_FAMILY_MEMBER, agency::v1::ROLE_PANEL_CHAIR,
       agency::v1::ROLE_HUB_ADMINISTRATOR, agency::v1::ROLE_ACCESS_TEAM,
       agency::v1::ROLE_SAFEGUARDING_LEAD});
}

absl::Status RequireAct(const Decision& decision) {
  if (!decision.reported()) return absl::OkStatus();
  return Forbid("ACTS_ONLY", "a person decides that, not a feed");
}

}  // namespace kith::core
