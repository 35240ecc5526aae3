#include "services/identity/role_names.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace kith::identity {
namespace {

using agency::v1::Role;

constexpr absl::string_view kPrefix = "ROLE_";

}  // namespace

std::vector<Role> AllRoles() {
  std::vector<Role> roles;
  const auto* all = agency::v1::Role_descriptor();
  for (int i = 0; i < all->value_count(); ++i) {
    const auto role = static_cast<Role>(all->value(i)->number());
    if (role != agency::v1::ROLE_UNSPECIFIED) roles.push_back(role);
  }
  return roles;
}

std::string RoleName(Role role) {
  return absl::AsciiStrToLower(
      absl::StripPrefix(agency::v1::Role_Name(role), kPrefix));
}

Role RoleNamed(absl::string_view name) {
  Role role = agency::v1::ROLE_UNSPECIFIED;
  const bool known = agency::v1::Role_Parse(
      absl::StrCat(kPrefix, absl::AsciiStrToUpper(name)), &role);
  return known && RoleName(role) == name ? role : agency::v1::ROLE_UNSPECIFIED;
}

}  // namespace kith::identity
