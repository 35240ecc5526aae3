// Roles by the names that tokens and settings give them: "hub_administrator".
#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "kith/agency/v1/frame.pb.h"

namespace kith::identity {

// Every role there is; ROLE_UNSPECIFIED is none.
std::vector<agency::v1::Role> AllRoles();

std::string RoleName(agency::v1::Role role);

// ROLE_UNSPECIFIED: no role has this name, to the letter.
agency::v1::Role RoleNamed(absl::string_view name);

}  // namespace kith::identity
