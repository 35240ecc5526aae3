// Turns the first failure of a disk into the end of the store.
#pragma once

#include <atomic>

#include "absl/status/status.h"
#include "rocksdb/status.h"

namespace kith::eventstore {

// After one failed write nobody knows what the disk holds, and RocksDB itself
// might go on: so every call fails until the store is opened again.
// Thread-safe.
class Poison {
 public:
  // DATA_LOSS once anything failed.
  absl::Status Check() const;

  // `status` as it came; DATA_LOSS poisons.
  absl::Status Note(absl::Status status);

  // OK stays OK; every other answer of RocksDB is DATA_LOSS and poisons. The
  // caller takes NotFound out before, where absence is an answer.
  absl::Status Note(const rocksdb::Status& status);

 private:
  std::atomic<bool> poisoned_ = false;
};

}  // namespace kith::eventstore
