// Who waits for the outcome of which submitted frame. Thread-safe.
#pragma once

#include <mutex>
#include <optional>

#include "absl/container/flat_hash_map.h"
#include "services/engine/engine.h"

namespace kith::engine {

class Waiters {
 public:
  // The ticket under which `done` waits from now on. After `Close` the status
  // told there; `done` is then left to the caller.
  absl::StatusOr<inbox::Ticket> Add(Engine::Done& done);

  // Who waits; empty: nobody (submitted elsewhere, or closed meanwhile).
  std::optional<Engine::Done> Take(inbox::Ticket ticket);

  // Tells `status` to all who wait.
  void TellAll(const absl::Status& status);

  // Tells `status` to all who wait, and to all who come later.
  void Close(const absl::Status& status);

 private:
  std::mutex mutex_;
  // All below under `mutex_`. As many as the inbox holds and two batches.
  absl::flat_hash_map<inbox::Ticket, Engine::Done> waiting_;
  inbox::Ticket last_ticket_ = 0;
  absl::Status closed_;
};

}  // namespace kith::engine
