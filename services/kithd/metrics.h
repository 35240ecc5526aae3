// What Prometheus is shown. Names begin with "kith_"; labels are kinds, methods
// and codes, never anything of a person, family or caller.
#pragma once

#include <prometheus/registry.h>

#include <functional>
#include <memory>
#include <string>

#include "services/api/call_metrics.h"
#include "services/engine/engine.h"
#include "services/engine/engine_metrics.h"

namespace kith::kithd {

// Thread-safe.
class Metrics final : public api::CallMetrics, public engine::EngineMetrics {
 public:
  Metrics(const std::string& partnership, const std::string& version);

  void Ended(const char* method, absl::StatusCode code,
             absl::Duration took) override;
  void Decided(ledger::v1::OutcomeKind kind) override;
  void Held() override;
  void Repeated() override;
  void Committed(const engine::BatchFigures& figures) override;
  void Rebuilding(uint64_t done, uint64_t total) override;

  // The registry as text, with the figures of `status` read now.
  std::string Text(const engine::EngineStatus& status);

 private:
  prometheus::Registry registry_;
  prometheus::Family<prometheus::Counter>& calls_;
  prometheus::Family<prometheus::Histogram>& call_seconds_;
  prometheus::Family<prometheus::Counter>& statements_;
  prometheus::Counter& held_;
  prometheus::Counter& repeated_;
  prometheus::Counter& facts_;
  prometheus::Counter& rows_;
  prometheus::Histogram& batch_statements_;
  prometheus::Histogram& decide_seconds_;
  prometheus::Histogram& commit_seconds_;
  prometheus::Gauge& rebuild_done_;
  prometheus::Gauge& rebuild_total_;
  prometheus::Gauge& position_;
  prometheus::Gauge& inbox_frames_;
  prometheus::Gauge& inbox_bytes_;
  prometheus::Gauge& ready_;
};

}  // namespace kith::kithd
