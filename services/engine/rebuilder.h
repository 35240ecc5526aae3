// Folds the ledger into a new version of the views, step by step, beside
// whoever commits. Each step is sealed and written on a thread of its own while
// the next is folded. Not thread-safe.
#pragma once

#include <future>
#include <memory>

#include "eventstore/store.h"
#include "services/core/decision.h"
#include "services/engine/table_rows.h"
#include "services/engine/view_fold.h"

namespace kith::engine {

class Rebuilder {
 public:
  // Begins a new version; one left behind unfinished is given up. `store` and
  // `views` must outlive it.
  static absl::StatusOr<std::unique_ptr<Rebuilder>> Begin(
      eventstore::Store& store, const ViewFold& views, core::KeyHash hash,
      size_t cache_bytes_max, size_t step_max);

  // Folds the next facts, at most `step_max`. Returns how many are left; once
  // none is, everything folded is written too.
  absl::StatusOr<uint64_t> Step();

  uint64_t folded_to() const { return folded_to_; }

  // The rows of the new version, for the sequencer to go on with. Afterwards
  // this is of no use.
  std::unique_ptr<TableRows> TakeRows() { return std::move(rows_); }

 private:
  Rebuilder(eventstore::Store& store, const ViewFold& views, core::KeyHash hash,
            std::unique_ptr<TableRows> rows, size_t step_max);

  absl::Status Fold(const eventstore::Snapshot& snapshot);
  absl::Status FoldOne(const eventstore::StoredRecord& record);
  // Waits for the step that is being written.
  absl::Status AwaitWritten();
  void BeginWriting();

  eventstore::Store& store_;
  const ViewFold& views_;
  const core::KeyHash hash_;
  std::unique_ptr<TableRows> rows_;
  const size_t step_max_;
  uint64_t folded_to_ = 0;
  // Of the step that is being written; reads the changes that `rows_` holds
  // for it. Last: it is waited for before the rest goes.
  std::future<absl::Status> writing_;
};

}  // namespace kith::engine
