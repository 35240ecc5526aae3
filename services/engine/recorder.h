// Makes of what was decided what is to be written: records, and rows of state
// and of the views.
//
// A stage of its own, so that the views are folded while the next batch is
// being decided: no rule reads a view. Not thread-safe: of the committing
// thread; others only while that has nothing to do.
#pragma once

#include <memory>

#include "eventstore/store.h"
#include "services/engine/decider.h"
#include "services/engine/table_rows.h"
#include "services/engine/view_fold.h"

namespace kith::engine {

class Recorder {
 public:
  // `store` must outlive it. Keeps rows of the views in memory, at most
  // `cache_bytes_max`.
  Recorder(const eventstore::Store& store, ViewFold views, core::KeyHash hash,
           size_t cache_bytes_max)
      : store_(store),
        views_(std::move(views)),
        hash_(std::move(hash)),
        cache_bytes_max_(cache_bytes_max) {}

  // Fills `batch.writes` with records and rows. Every batch before it is
  // committed. An error leaves this of no use: stop.
  absl::Status Complete(DecidedBatch& batch);

  // From now on folds the version of the views under construction as well,
  // which stands at the head; once it is the live one, no other.
  void FoldAlso(std::unique_ptr<TableRows> building);

 private:
  absl::Status Advance();
  absl::Status Record(const core::Decided& decided, DecidedBatch& batch);
  absl::Status FoldViews(uint64_t position, const core::Decided& decided,
                         const core::NewFact& fact);

  const eventstore::Store& store_;
  const ViewFold views_;
  const core::KeyHash hash_;
  const size_t cache_bytes_max_;
  std::unique_ptr<TableRows> live_;      // null before the first batch
  std::unique_ptr<TableRows> building_;  // null: none, or not at the head
};

}  // namespace kith::engine
