// One moment of a partnership, for readers: rows, facts and head that belong
// together. Keep it for one answer only. Must not outlive its engine. Not
// thread-safe.
#pragma once

#include <memory>
#include <optional>

#include "eventstore/store.h"
#include "services/core/decision.h"
#include "services/core/state.h"
#include "services/engine/kept_rows.h"

namespace kith::engine {

// Rows of one table as a fold or rule reads them.
class SnapshotRows final : public core::StateReader {
 public:
  // `snapshot` and `keeper`, if any, must outlive it.
  SnapshotRows(const eventstore::Snapshot& snapshot, eventstore::Table table,
               const core::Keeper* keeper = nullptr)
      : snapshot_(snapshot), table_(table), keeper_(keeper) {}

  absl::StatusOr<std::optional<std::string>> Get(
      absl::string_view key) const override;
  absl::Status Scan(absl::string_view prefix,
                    const Visit& visit) const override;
  const core::Keeper* keeper() const override { return keeper_; }

  // From now on rows are UNAVAILABLE: only what the keeper has can be had.
  void LeaveDiskAlone() { disk_ = false; }

 private:
  const eventstore::Snapshot& snapshot_;
  const eventstore::Table table_;
  const core::Keeper* const keeper_;
  bool disk_ = true;
};

class ReadView {
 public:
  // `kept` (null: nothing is kept) and `hash` must outlive it.
  ReadView(std::shared_ptr<const eventstore::Snapshot> snapshot, KeptRows* kept,
           const core::KeyHash& hash);

  // For threads that may not wait for the disk: whatever is not kept is
  // UNAVAILABLE from now on. Does not reach `snapshot()`.
  void LeaveDiskAlone();

  // The head: how many facts are recorded.
  uint64_t position() const { return snapshot_->head().next; }
  // When the last of them was recorded; for as-of reads and `ReadInfo`.
  absl::StatusOr<absl::Time> recorded_at() const;

  const core::StateReader& state() const { return state_; }
  // The live version of the views.
  const core::StateReader& view() const { return view_; }
  // For facts: replay, as-of folds.
  const eventstore::Snapshot& snapshot() const { return *snapshot_; }
  // For keys made from personal data.
  const core::KeyHash& hash() const { return hash_; }

 private:
  const std::shared_ptr<const eventstore::Snapshot> snapshot_;
  const std::optional<MomentKeeper> keeper_;
  SnapshotRows state_;
  SnapshotRows view_;
  const core::KeyHash& hash_;
};

}  // namespace kith::engine
