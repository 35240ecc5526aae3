#include "services/engine/table_rows.h"

#include <utility>

#include "base/bytes.h"
#include "base/status.h"

namespace kith::engine {

TableRows::TableRows(eventstore::Table table, size_t cache_bytes_max,
                     std::optional<uint64_t> to_build)
    : table_(table),
      cache_(cache_bytes_max / 4 * 3),
      below_(table, cache_bytes_max / 4),
      top_(&layers_[0].changes) {
  if (to_build.has_value()) ever_put_.emplace(*to_build);
  layers_[0].below = &layers_[1].changes;
  layers_[1].below = &below_;
}

void AppendRows(eventstore::Table table, const core::Overlay::Changes& changes,
                std::vector<eventstore::RowChange>& rows) {
  rows.reserve(rows.size() + changes.size());
  for (const auto& [key, change] : changes) {
    rows.push_back({table, key, change.subject, change.value});
  }
}

void TableRows::Advance(std::shared_ptr<const eventstore::Snapshot> snapshot) {
  Layer& settles = layers_[top_layer_];
  top_layer_ = 1 - top_layer_;
  Layer& next = layers_[top_layer_];  // settled until now
  below_.Advance(next.changes.changes(), std::move(snapshot));
  next.changes.Clear();
  next.below = &settles.changes;
  settles.below = &below_;
  top_ = &next.changes;
}

absl::StatusOr<std::optional<std::string>> TableRows::Get(
    absl::string_view key) const {
  if (const RowCache::Value* known = cache_.Find(key)) return *known;
  if (ever_put_.has_value() && !ever_put_->MayHold(key)) {
    return std::optional<std::string>();
  }
  ASSIGN_OR_RETURN(std::optional<std::string> value, top_->Get(key));
  cache_.Put(key, value);
  return value;
}

void TableRows::Put(core::Subject subject, absl::string_view key,
                    std::string value) {
  RowCache::Value row = std::move(value);
  Remember(key, row);
  top_->Put(subject, key, *std::move(row));
}

void TableRows::Remember(absl::string_view key, const RowCache::Value& value) {
  if (!ever_put_.has_value()) return cache_.Put(key, value);
  ever_put_->Add(key);
  cache_.Replace(key, value);
}

void TableRows::Delete(absl::string_view key) {
  cache_.Put(key, std::nullopt);
  top_->Delete(key);
}

void TableRows::Absorb(core::Overlay::Changes changes) {
  for (const auto& [key, change] : changes) {
    Remember(key, change.value);
  }
  top_->Absorb(std::move(changes));
}

absl::StatusOr<std::optional<std::string>> TableRows::Below::Get(
    absl::string_view key) const {
  return snapshot_->Get(table_, key);
}

absl::Status TableRows::Below::Scan(absl::string_view prefix,
                                    const Visit& visit) const {
  const ScanCache::Rows* known = scans_.Find(prefix);
  if (known == nullptr) return ScanStore(prefix, visit);
  // A copy: who visits may scan, and the cache may move.
  const ScanCache::Rows rows = *known;
  for (const auto& [key, value] : rows) {
    if (!visit(key, value)) break;
  }
  return absl::OkStatus();
}

absl::Status TableRows::Below::ScanStore(absl::string_view prefix,
                                         const Visit& visit) const {
  ScanCache::Rows rows;
  bool whole = true;
  RETURN_IF_ERROR(snapshot_->Scan(
      table_, prefix, base::PrefixEnd(prefix),
      [&](absl::string_view key, absl::string_view value) {
        whole = whole && rows.size() < ScanCache::kRowsMax;
        if (whole) rows.emplace_back(std::string(key), std::string(value));
        const bool more = visit(key, value);
        whole = whole && more;
        return more;
      }));
  if (whole) scans_.Put(prefix, std::move(rows));
  return absl::OkStatus();
}

void TableRows::Below::Advance(
    const core::Overlay::Changes& committed,
    std::shared_ptr<const eventstore::Snapshot> snapshot) {
  for (const auto& [key, change] : committed) {
    scans_.Forget(key);
  }
  snapshot_ = std::move(snapshot);
}

}  // namespace kith::engine
