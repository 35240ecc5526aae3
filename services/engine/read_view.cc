#include "services/engine/read_view.h"

#include <utility>

#include "base/bytes.h"
#include "base/status.h"

namespace kith::engine {

namespace {

std::optional<MomentKeeper> KeeperAt(KeptRows* kept,
                                     const eventstore::Snapshot& snapshot) {
  if (kept == nullptr) return std::nullopt;
  return MomentKeeper(*kept, snapshot.views().live, snapshot.head().next);
}

absl::Status NotKept() { return absl::UnavailableError("a row is not kept"); }

}  // namespace

absl::StatusOr<std::optional<std::string>> SnapshotRows::Get(
    absl::string_view key) const {
  if (!disk_) return NotKept();
  return snapshot_.Get(table_, key);
}

absl::Status SnapshotRows::Scan(absl::string_view prefix,
                                const Visit& visit) const {
  if (!disk_) return NotKept();
  return snapshot_.Scan(table_, prefix, base::PrefixEnd(prefix), visit);
}

ReadView::ReadView(std::shared_ptr<const eventstore::Snapshot> snapshot,
                   KeptRows* kept, const core::KeyHash& hash)
    : snapshot_(std::move(snapshot)),
      keeper_(KeeperAt(kept, *snapshot_)),
      state_(*snapshot_, eventstore::Table::State()),
      view_(*snapshot_, eventstore::Table::View(snapshot_->views().live),
            keeper_ ? &*keeper_ : nullptr),
      hash_(hash) {}

void ReadView::LeaveDiskAlone() {
  state_.LeaveDiskAlone();
  view_.LeaveDiskAlone();
}

absl::StatusOr<absl::Time> ReadView::recorded_at() const {
  if (position() == 0) return absl::InfinitePast();
  ASSIGN_OR_RETURN(const eventstore::StoredRecord last,
                   snapshot_->ReadRecord(position() - 1));
  return absl::FromUnixMicros(last.recorded_at_micros);
}

}  // namespace kith::engine
