// What Prometheus is shown. Names begin with "kith_"; labels are partnerships,
// kinds, methods and codes, never anything of a person, family or caller.
#pragma once

#include <prometheus/registry.h>

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "services/api/call_metrics.h"
#include "services/engine/engine.h"
#include "services/engine/engine_metrics.h"
#include "services/inbox/kafka_figures.h"
#include "services/kithd/waiting_figures.h"
#include "services/relay/relay.h"

namespace kith::kithd {

// How a partnership stands when it is asked.
struct PartnershipFigures {
  std::string partnership;
  bool ready = false;
  // Empty while it is down.
  std::optional<engine::EngineStatus> engine;
  std::optional<inbox::KafkaFigures> kafka;  // empty: no Kafka
  WaitingFigures waiting;
  std::vector<relay::RelayFigures> relays;
};

// Thread-safe.
class Metrics final : public api::CallMetrics {
 public:
  explicit Metrics(const std::string& version);
  ~Metrics() override;

  void Ended(const char* method, absl::StatusCode code,
             absl::Duration took) override;

  // What the engine of a partnership tells; lives as long as this.
  engine::EngineMetrics& Of(const std::string& partnership);

  // The registry as text, with the figures as they are now.
  std::string Text(const std::vector<PartnershipFigures>& figures);

 private:
  struct Families;  // of metrics with a label "partnership"
  class OfPartnership;

  prometheus::Registry registry_;
  prometheus::Family<prometheus::Counter>& calls_;
  prometheus::Family<prometheus::Histogram>& call_seconds_;
  const std::unique_ptr<Families> families_;
  std::mutex mutex_;
  std::map<std::string, std::unique_ptr<OfPartnership>> partnerships_;
};

}  // namespace kith::kithd
