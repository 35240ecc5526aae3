#include "services/engine/kept_rows.h"

#include <algorithm>
#include <utility>

#include "absl/hash/hash.h"
#include "absl/strings/str_cat.h"

namespace kith::engine {

KeptRows::KeptRows(size_t bytes_max)
    : shard_bytes_max_(bytes_max / kShards), touched_(kMarks) {}

std::string KeptRows::KeyOf(uint32_t version, absl::string_view name) {
  return absl::StrCat(version, ":", name);
}

KeptRows::Shard& KeptRows::ShardOf(absl::string_view key) {
  return shards_[absl::Hash<absl::string_view>()(key) % kShards];
}

uint16_t KeptRows::MarkOf(absl::string_view group) {
  return static_cast<uint16_t>(absl::Hash<absl::string_view>()(group) % kMarks);
}

bool KeptRows::Untouched(const std::vector<uint16_t>& marks,
                         uint64_t since) const {
  if (touched_to_.load() <= since) return true;
  return std::all_of(marks.begin(), marks.end(), [&](uint16_t mark) {
    return touched_[mark].load() <= since;
  });
}

void KeptRows::Touch(absl::string_view group, uint64_t position) {
  touched_[MarkOf(group)].store(position);  // batches come in order
  touched_to_.store(position);
}

std::shared_ptr<const core::Kept> KeptRows::Find(uint32_t version,
                                                 absl::string_view name,
                                                 uint64_t position) {
  const std::string key = KeyOf(version, name);
  Shard& shard = ShardOf(key);
  const std::lock_guard lock(shard.mutex);
  const auto found = shard.by_key.find(key);
  if (found == shard.by_key.end()) return nullptr;
  const auto entry = found->second;
  if (!Untouched(entry->marks, std::min(entry->position, position))) {
    return nullptr;
  }
  // It holds here too: who comes next need not look so far back.
  entry->position = std::max(entry->position, position);
  shard.entries.splice(shard.entries.begin(), shard.entries, entry);
  return entry->kept;
}

void KeptRows::Keep(uint32_t version, absl::string_view name,
                    const std::vector<std::string>& groups, uint64_t position,
                    std::shared_ptr<const core::Kept> kept) {
  std::string key = KeyOf(version, name);
  Shard& shard = ShardOf(key);
  std::vector<uint16_t> marks;
  for (const std::string& group : groups) marks.push_back(MarkOf(group));
  if (!Untouched(marks, position) || kept->bytes > shard_bytes_max_) return;
  std::list<Entry> gone;  // let go when nobody waits for it any more
  const std::lock_guard lock(shard.mutex);
  const auto found = shard.by_key.find(key);
  if (found != shard.by_key.end()) {
    if (found->second->position >= position) return;
    TakeOut(shard, found->second, gone);
  }
  shard.bytes += kept->bytes;
  shard.entries.push_front({key, position, std::move(marks), std::move(kept)});
  shard.by_key.emplace(std::move(key), shard.entries.begin());
  while (shard.bytes > shard_bytes_max_) {
    TakeOut(shard, std::prev(shard.entries.end()), gone);
  }
}

void KeptRows::TakeOut(Shard& shard, std::list<Entry>::iterator entry,
                       std::list<Entry>& gone) {
  shard.bytes -= entry->kept->bytes;
  shard.by_key.erase(entry->key);
  gone.splice(gone.end(), shard.entries, entry);
}

size_t KeptRows::bytes() const {
  size_t bytes = 0;
  for (const Shard& shard : shards_) {
    const std::lock_guard lock(shard.mutex);
    bytes += shard.bytes;
  }
  return bytes;
}

}  // namespace kith::engine
