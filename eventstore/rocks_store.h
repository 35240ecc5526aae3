// The store on disk.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "eventstore/store.h"

namespace rocksdb {
class Env;
}

namespace kith::eventstore {

struct RocksOptions {
  // Holds `ledger/` and `keys/`. Made when absent, mode 0700.
  std::string folder;
  // A file of 32 bytes, mode 0600, under which the subjects' keys are wrapped
  // at rest; made when absent and the folder is new.
  std::string master_key_file;
  // Walk the whole ledger on open, not only from the last verified point.
  bool verify_all = false;
  // False only in the test that shows that the power-cut model notices.
  bool sync = true;
  // Fault injection; not owned; null means the machine's own.
  rocksdb::Env* env = nullptr;
};

// Opens or makes a store; checks it first (FORMAT.md, "On open").
// FAILED_PRECONDITION: a format version this program does not know, or another
// process has it open. DATA_LOSS: the checks failed.
absl::StatusOr<std::unique_ptr<Store>> OpenRocksStore(
    const RocksOptions& options);

// FAILED_PRECONDITION: another process has the store in `folder` open.
absl::Status CheckIsClosed(const std::string& folder);

// Makes `folder` from the checkpoint in `checkpoint`, as a new incarnation.
// `options.master_key_file` must hold the key of the store that was copied.
// ALREADY_EXISTS: `folder` is there. FAILED_PRECONDITION: not a checkpoint, of
// a format this program does not know, the wrong master key, or another process
// has `folder` open. DATA_LOSS: the copy does not verify. UNAVAILABLE: the file
// system refused; try again.
absl::Status RestoreCheckpoint(const std::string& checkpoint,
                               const RocksOptions& options);

}  // namespace kith::eventstore
