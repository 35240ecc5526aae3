#include "services/engine/row_cache.h"

#include <utility>

namespace kith::engine {
namespace {

// About what a hash map spends on an entry besides its bytes.
constexpr size_t kEntryBytes = 96;

size_t BytesOf(absl::string_view key, const RowCache::Value& value) {
  return kEntryBytes + key.size() + (value.has_value() ? value->size() : 0);
}

}  // namespace

const RowCache::Value* RowCache::Find(absl::string_view key) {
  const size_t hash = young_.hash_function()(key);
  if (const auto young = young_.find(key, hash); young != young_.end()) {
    return &young->second;
  }
  const auto old = old_.find(key, hash);
  if (old == old_.end()) return nullptr;
  return PutYoung(key, std::move(old->second));
}

void RowCache::Put(absl::string_view key, Value value) {
  PutYoung(key, std::move(value));
}

void RowCache::Replace(absl::string_view key, const Value& value) {
  const size_t hash = young_.hash_function()(key);
  if (young_.find(key, hash) != young_.end() ||
      old_.find(key, hash) != old_.end()) {
    PutYoung(key, value);
  }
}

const RowCache::Value* RowCache::PutYoung(absl::string_view key, Value value) {
  MakeRoom(BytesOf(key, value));
  young_bytes_ += BytesOf(key, value);
  const auto [entry, is_new] = young_.try_emplace(key);
  if (!is_new) young_bytes_ -= BytesOf(key, entry->second);
  entry->second = std::move(value);
  return &entry->second;
}

void RowCache::MakeRoom(size_t bytes) {
  if (young_bytes_ + bytes <= generation_bytes_max_) return;
  old_ = std::exchange(young_, {});
  young_bytes_ = 0;
}

}  // namespace kith::engine
