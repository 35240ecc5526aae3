#include "services/engine/scan_cache.h"

namespace kith::engine {
namespace {

// About what a hash map and a vector spend on an entry besides its bytes.
constexpr size_t kEntryBytes = 96;
constexpr size_t kRowBytes = 64;

size_t BytesOf(absl::string_view prefix, const ScanCache::Rows& rows) {
  size_t bytes = kEntryBytes + prefix.size();
  for (const auto& [key, value] : rows) {
    bytes += kRowBytes + key.size() + value.size();
  }
  return bytes;
}

}  // namespace

const ScanCache::Rows* ScanCache::Find(absl::string_view prefix) {
  if (const auto young = young_.find(prefix); young != young_.end()) {
    return &young->second;
  }
  const auto old = old_.find(prefix);
  if (old == old_.end()) return nullptr;
  Rows rows = std::move(old->second);
  old_.erase(old);
  Put(prefix, std::move(rows));
  return &young_.find(prefix)->second;
}

void ScanCache::Put(absl::string_view prefix, Rows rows) {
  if (prefix.size() < kPrefixBytesMin) return;
  const size_t bytes = BytesOf(prefix, rows);
  if (young_bytes_ + bytes > generation_bytes_max_) {
    old_ = std::exchange(young_, {});
    young_bytes_ = 0;
  }
  young_bytes_ += bytes;
  lengths_[KindOf(prefix)].insert(prefix.size());
  old_.erase(prefix);
  young_.insert_or_assign(prefix, std::move(rows));
}

void ScanCache::Forget(absl::string_view key) {
  if (key.size() < kPrefixBytesMin) return;
  const auto lengths = lengths_.find(KindOf(key));
  if (lengths == lengths_.end()) return;
  for (const size_t length : lengths->second) {
    if (length > key.size()) return;
    const absl::string_view prefix = key.substr(0, length);
    young_.erase(prefix);
    old_.erase(prefix);
  }
}

}  // namespace kith::engine
