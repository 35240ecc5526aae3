#include "services/identity/role_names.h"

#include <gtest/gtest.h>

#include <set>

namespace kith::identity {
namespace {

using agency::v1::Role;

TEST(RoleNamesTest, EveryRoleHasANameThatIsReadBack) {
  std::set<std::string> names;
  for (const Role role : AllRoles()) {
    EXPECT_EQ(RoleNamed(RoleName(role)), role);
    names.insert(RoleName(role));
  }
  EXPECT_EQ(names.size(), AllRoles().size());
  EXPECT_EQ(names.count("hub_administrator"), 1u);
}

TEST(RoleNamesTest, NothingElseIsARole) {
  for (const char* name : {"", "unspecified", "headmaster", "Auditor",
                           "ROLE_AUDITOR", "auditor "}) {
    EXPECT_EQ(RoleNamed(name), agency::v1::ROLE_UNSPECIFIED) << name;
  }
}

}  // namespace
}  // namespace kith::identity
