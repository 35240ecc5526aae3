#include "services/engine/table_rows.h"

#include <utility>

#include "base/bytes.h"
#include "base/status.h"

namespace kith::engine {

TableRows::TableRows(eventstore::Table table, size_t cache_bytes_max)
    : table_(table),
      below_(table, cache_bytes_max),
      settled_(below_),
      // As a reader: else this would copy the overlay.
      top_(static_cast<const core::StateReader&>(settled_)) {}

void TableRows::AppendChanges(std::vector<eventstore::RowChange>& rows) const {
  rows.reserve(rows.size() + top_.changes().size());
  for (const auto& [key, change] : top_.changes()) {
    rows.push_back({table_, key, change.subject, change.value});
  }
}

void TableRows::Advance(std::shared_ptr<const eventstore::Snapshot> snapshot) {
  below_.Advance(settled_.changes(), std::move(snapshot));
  settled_.Clear();
  settled_.Absorb(top_.changes());
  top_.Clear();
}

absl::StatusOr<std::optional<std::string>> TableRows::Below::Get(
    absl::string_view key) const {
  if (const RowCache::Value* known = cache_.Find(key)) return *known;
  ASSIGN_OR_RETURN(std::optional<std::string> value,
                   snapshot_->Get(table_, key));
  cache_.Put(key, value);
  return value;
}

absl::Status TableRows::Below::Scan(absl::string_view prefix,
                                    const Visit& visit) const {
  return snapshot_->Scan(table_, prefix, base::PrefixEnd(prefix), visit);
}

void TableRows::Below::Advance(
    const core::Overlay::Changes& committed,
    std::shared_ptr<const eventstore::Snapshot> snapshot) {
  for (const auto& [key, change] : committed) cache_.Put(key, change.value);
  snapshot_ = std::move(snapshot);
}

}  // namespace kith::engine
