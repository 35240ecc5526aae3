// Folds the ledger into a new version of the views, step by step, beside
// whoever commits. While one step is folded, the next is read on a thread of
// its own, and the one before is sealed and written on another. Not
// thread-safe.
#pragma once

#include <future>
#include <memory>
#include <vector>

#include "eventstore/store.h"
#include "google/protobuf/arena.h"
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

  // A fact as it was read; its messages are in the chunk's arena.
  struct Read {
    uint64_t position = 0;
    int64_t recorded_at_micros = 0;
    core::Subject subject = 0;
    const ledger::v1::StatementRef* statement = nullptr;
    const ledger::v1::Fact* fact = nullptr;  // null: erased
  };
  // Facts and the memory they are in, which is let go all together.
  struct Chunk {
    std::unique_ptr<google::protobuf::Arena> arena;
    std::vector<Read> facts;
  };
  // At most `count_max` facts from `first` on.
  static absl::StatusOr<Chunk> ReadFrom(const eventstore::Store& store,
                                        uint64_t first, size_t count_max);

  // The facts of this step; begins to read those of the next.
  absl::StatusOr<Chunk> TakeRead();
  absl::Status Fold(const Read& read);
  // Waits for the step that is being written.
  absl::Status AwaitWritten();
  void BeginWriting();

  eventstore::Store& store_;
  const ViewFold& views_;
  const core::KeyHash hash_;
  std::unique_ptr<TableRows> rows_;
  const size_t step_max_;
  uint64_t folded_to_ = 0;
  // The facts from `folded_to_` on. Empty before the first step.
  std::future<absl::StatusOr<Chunk>> reading_;
  // Of the step that is being written; reads the changes that `rows_` holds
  // for it. Last: it is waited for before the rest goes.
  std::future<absl::Status> writing_;
};

}  // namespace kith::engine
