// The keys used last, in the clear, in memory.
#pragma once

#include <array>
#include <cstdint>
#include <list>
#include <mutex>
#include <optional>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "base/crypto.h"
#include "eventstore/store.h"

namespace kith::eventstore {

using SubjectKey = std::array<char, base::kKeyBytes>;

inline absl::string_view AsView(const SubjectKey& key) {
  return absl::string_view(key.data(), key.size());
}

// Keeps at most `keys_max` keys and lets go of those unused for longest.
// Thread-safe.
class KeyCache {
 public:
  explicit KeyCache(size_t keys_max) : keys_max_(keys_max) {}

  std::optional<SubjectKey> Find(SubjectNumber subject);

  // Changes whenever the cache is emptied. Who reads a key from the disk takes
  // the era before and gives it to `Add`, so that a key that was destroyed in
  // between does not come back.
  uint64_t era() const;
  void Add(SubjectNumber subject, const SubjectKey& key, uint64_t era);
  void Clear();

 private:
  struct Entry {
    SubjectNumber subject;
    SubjectKey key;
  };

  const size_t keys_max_;
  mutable std::mutex mutex_;  // guards all that follows
  uint64_t era_ = 0;
  std::list<Entry> entries_;  // the one used last is in front
  absl::flat_hash_map<SubjectNumber, std::list<Entry>::iterator> by_subject_;
};

}  // namespace kith::eventstore
