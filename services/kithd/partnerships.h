// All partnerships of this node. One that cannot start stays down with its
// reason; the others go on.
//
// Thread-safe.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "services/api/nodes.h"
#include "services/kithd/partnership.h"

namespace kith::kithd {

class Partnerships final : public api::Nodes {
 public:
  // As in Partnership; `stops_node` may be called several times.
  Partnerships(const Config& config, const engine::Clock& clock,
               Metrics& metrics,
               const std::function<void(const absl::Status&)>& stops_node);

  // A single one without Kafka opens now, and its error is returned. Otherwise
  // all open in the background; waits some time for the first try of each.
  absl::Status Open();

  absl::StatusOr<api::Node*> Find(
      const std::string& partnership) const override;
  std::vector<api::Hosted> All() const override;

  // "ready" when at least one takes statements, and a line for each that does
  // not.
  bool IsReady() const;
  std::string Report() const;
  std::string MetricsText() const;
  // "hackney,camden"
  std::string Names() const;

  void Stop();

 private:
  const Config& config_;
  Metrics& metrics_;
  std::vector<std::unique_ptr<Partnership>> all_;
};

}  // namespace kith::kithd
