// The partnerships that this node hosts.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/api/caller.h"
#include "services/api/node.h"

namespace kith::api {

// How one of them stands.
struct Hosted {
  std::string partnership;
  // OK: statements are taken. Otherwise why not, with the command that mends
  // it; nothing in it is about anybody.
  absl::Status state;
};

// Thread-safe.
class Nodes {
 public:
  virtual ~Nodes() = default;

  // The partnership of that name; the only one when `partnership` is empty.
  // What it gives lives as long as this. UNAVAILABLE: this node does not host
  // it, or cannot serve it now (the text says why). INVALID_ARGUMENT: there are
  // several, and none is named.
  virtual absl::StatusOr<Node*> Find(const std::string& partnership) const = 0;

  // All of them, in the order of their configuration.
  virtual std::vector<Hosted> All() const = 0;
};

// The node of the partnership that the caller names and whose agency is one of
// its own: an agency's name means nothing elsewhere. Who names none has the
// only one their agency belongs to. Errors as in Nodes::Find;
// PERMISSION_DENIED: the agency is none of that partnership.
absl::StatusOr<Node*> NodeOf(const Nodes& nodes, const Caller& caller);

// Exactly one, which is always there.
class OneNode final : public Nodes {
 public:
  explicit OneNode(Node& node) : node_(node) {}

  absl::StatusOr<Node*> Find(const std::string& partnership) const override {
    if (partnership.empty() || partnership == node_.partnership) return &node_;
    return absl::UnavailableError("this node does not host that partnership");
  }
  std::vector<Hosted> All() const override {
    const engine::EngineStatus status = node_.engine.status();
    return {{node_.partnership, status.ready || !status.reason.ok()
                                    ? status.reason
                                    : absl::UnavailableError("draining")}};
  }

 private:
  Node& node_;
};

}  // namespace kith::api
