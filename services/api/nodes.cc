#include "services/api/nodes.h"

#include "base/status.h"

namespace kith::api {
namespace {

absl::Status Foreign() {
  return absl::PermissionDeniedError(
      "the caller's agency is none of this partnership");
}

}  // namespace

absl::StatusOr<Node*> NodeOf(const Nodes& nodes, const Caller& caller) {
  if (!caller.partnerships.has_value()) return nodes.Find(caller.partnership);
  const std::set<std::string>& own = *caller.partnerships;
  if (own.empty()) {
    // Not said: that is enough where there is no other.
    return nodes.All().size() == 1 ? nodes.Find(caller.partnership) : Foreign();
  }
  std::string name = caller.partnership;
  if (name.empty() && own.size() == 1) name = *own.begin();
  if (!name.empty() && own.count(name) == 0) return Foreign();
  ASSIGN_OR_RETURN(Node * node, nodes.Find(name));
  if (own.count(node->partnership) == 0) return Foreign();
  return node;
}

}  // namespace kith::api
