#include "services/api/nodes.h"

#include <gtest/gtest.h>

#include <map>
#include <memory>

namespace kith::api {
namespace {

// Hosts these; a node is told by its partnership, and nothing else of it is
// there.
class Hosting final : public Nodes {
 public:
  explicit Hosting(const std::vector<std::string>& names) : names_(names) {}

  absl::StatusOr<Node*> Find(const std::string& name) const override {
    asked_ = name;
    if (name.empty() && names_.size() > 1) {
      return absl::InvalidArgumentError("several");
    }
    return absl::UnavailableError("found, and down");
  }
  std::vector<Hosted> All() const override {
    std::vector<Hosted> all;
    for (const std::string& name : names_) all.push_back({name, {}});
    return all;
  }
  const std::string& asked() const { return asked_; }

 private:
  const std::vector<std::string> names_;
  mutable std::string asked_ = "nobody";
};

// "PERMISSION_DENIED", or what was looked for.
std::string Sought(const std::vector<std::string>& hosted,
                   std::optional<std::set<std::string>> own,
                   const std::string& named) {
  const Hosting nodes(hosted);
  Caller caller;
  caller.partnership = named;
  caller.partnerships = std::move(own);
  const absl::Status found = NodeOf(nodes, caller).status();
  return absl::IsPermissionDenied(found) ? "PERMISSION_DENIED" : nodes.asked();
}

using Own = std::set<std::string>;

TEST(NodesTest, AnAgencyReachesItsOwnPartnershipsAndNoOther) {
  EXPECT_EQ(Sought({"hackney", "camden"}, Own{"hackney"}, "hackney"),
            "hackney");
  EXPECT_EQ(Sought({"hackney", "camden"}, Own{"hackney"}, "camden"),
            "PERMISSION_DENIED");
  EXPECT_EQ(Sought({"hackney", "camden"}, Own{"hackney"}, ""), "hackney");
  EXPECT_EQ(Sought({"hackney", "camden"}, Own{"camden", "hackney"}, ""), "");
}

TEST(NodesTest, WithoutPartnershipsItBelongsToTheOnlyOne) {
  EXPECT_EQ(Sought({"hackney"}, Own{}, ""), "");
  EXPECT_EQ(Sought({"hackney"}, Own{}, "hackney"), "hackney");
  EXPECT_EQ(Sought({"hackney", "camden"}, Own{}, "hackney"),
            "PERMISSION_DENIED");
}

TEST(NodesTest, WhoIsBelievedReachesAll) {
  EXPECT_EQ(Sought({"hackney", "camden"}, std::nullopt, "camden"), "camden");
}

}  // namespace
}  // namespace kith::api
