// Remembers of each key, in a fixed amount of memory, that it may have been
// put: a Bloom filter, three bits a key, all in one word, so that a look costs
// one access to memory. With twice as many keys as it was made for, one absent
// key in twenty may seem to be there; with more, more of them do. Not
// thread-safe.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "absl/hash/hash.h"
#include "absl/strings/string_view.h"

namespace kith::engine {

class KeyFilter {
 public:
  // Two bytes for each key, up to 64 MiB.
  explicit KeyFilter(uint64_t keys)
      : words_(std::clamp(keys / 4, kWordsMin, kWordsMax)) {}

  void Add(absl::string_view key) {
    const Place place = PlaceOf(key);
    words_[place.word] |= place.bits;
  }

  // False: it was never added.
  bool MayHold(absl::string_view key) const {
    const Place place = PlaceOf(key);
    return (words_[place.word] & place.bits) == place.bits;
  }

 private:
  static constexpr uint64_t kWordsMin = uint64_t{1} << 10;
  static constexpr uint64_t kWordsMax = uint64_t{1} << 23;

  struct Place {
    uint64_t word = 0;
    uint64_t bits = 0;
  };
  Place PlaceOf(absl::string_view key) const {
    const uint64_t hash = absl::Hash<absl::string_view>()(key);
    const auto bit = [hash](int from) {
      return uint64_t{1} << (hash >> from & 63);
    };
    return {(hash >> 18) % words_.size(), bit(0) | bit(6) | bit(12)};
  }

  std::vector<uint64_t> words_;
};

}  // namespace kith::engine
