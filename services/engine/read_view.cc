#include "services/engine/read_view.h"

#include <utility>

#include "base/bytes.h"
#include "base/status.h"

namespace kith::engine {

absl::StatusOr<std::optional<std::string>> SnapshotRows::Get(
    absl::string_view key) const {
  return snapshot_.Get(table_, key);
}

absl::Status SnapshotRows::Scan(absl::string_view prefix,
                                const Visit& visit) const {
  return snapshot_.Scan(table_, prefix, base::PrefixEnd(prefix), visit);
}

ReadView::ReadView(std::unique_ptr<eventstore::Snapshot> snapshot,
                   core::KeyHash hash)
    : snapshot_(std::move(snapshot)),
      state_(*snapshot_, eventstore::Table::State()),
      view_(*snapshot_, eventstore::Table::View(snapshot_->views().live)),
      hash_(std::move(hash)) {}

absl::StatusOr<absl::Time> ReadView::recorded_at() const {
  if (position() == 0) return absl::InfinitePast();
  ASSIGN_OR_RETURN(const eventstore::StoredRecord last,
                   snapshot_->ReadRecord(position() - 1));
  return absl::FromUnixMicros(last.recorded_at_micros);
}

}  // namespace kith::engine
