// What the engine tells whoever counts. Methods are called from the engine's
// threads, one call at a time per method; they must be quick and not call back.
#pragma once

#include <cstdint>

#include "absl/time/time.h"
#include "kith/ledger/v1/state.pb.h"

namespace kith::engine {

struct BatchFigures {
  size_t statements = 0;
  size_t facts = 0;
  size_t rows = 0;
  absl::Duration deciding;    // checks, rules and folds
  absl::Duration committing;  // until durable
};

class EngineMetrics {
 public:
  virtual ~EngineMetrics() = default;
  // One statement was decided and is durable.
  virtual void Decided(ledger::v1::OutcomeKind /*kind*/) {}
  // A frame was kept beyond a gap; an earlier outcome was told again.
  virtual void Held() {}
  virtual void Repeated() {}
  virtual void Committed(const BatchFigures& /*figures*/) {}
  // A rebuild went on: `done` of `total` facts are folded.
  virtual void Rebuilding(uint64_t /*done*/, uint64_t /*total*/) {}
};

}  // namespace kith::engine
