// How far each relay of a partnership has come, in a store of its own beside
// the ledger's: nothing but the engine writes to that.
//
// A position is kept with the digest of the fact before it, so that one of
// another ledger is seen.
//
// Thread-safe.
#pragma once

#include <cstdint>
#include <mutex>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "eventstore/store.h"

namespace kith::relay {

struct RelayPosition {
  uint64_t next = 0;   // the first fact that was not relayed
  std::string digest;  // of the one before, as stored; empty when there is none
};

class RelayPositions {
 public:
  // `store` must outlive it and be used by nothing else.
  explicit RelayPositions(eventstore::Store& store) : store_(store) {}

  // The beginning, when none was kept. DATA_LOSS: stop.
  absl::StatusOr<RelayPosition> Get(const std::string& relay) const;
  // Durable once it has returned. Blocks on the disk.
  absl::Status Set(const std::string& relay, const RelayPosition& position);

 private:
  eventstore::Store& store_;
  std::mutex mutex_;  // one commits at a time
};

}  // namespace kith::relay
