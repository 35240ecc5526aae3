// Remembers of each key, in a fixed amount of memory, that it may have been
// put: a Bloom filter of two bits a key in 64 Mbit. With a million keys, one
// absent key in a thousand seems to be there; with more, more of them do.
// Not thread-safe.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "absl/hash/hash.h"
#include "absl/strings/string_view.h"

namespace kith::engine {

class KeyFilter {
 public:
  void Add(absl::string_view key) {
    for (const uint32_t bit : BitsOf(key)) {
      words_[bit / 64] |= uint64_t{1} << bit % 64;
    }
  }

  // False: it was never added.
  bool MayHold(absl::string_view key) const {
    for (const uint32_t bit : BitsOf(key)) {
      if ((words_[bit / 64] >> bit % 64 & 1) == 0) return false;
    }
    return true;
  }

 private:
  static constexpr uint32_t kBits = uint32_t{1} << 26;

  static std::array<uint32_t, 2> BitsOf(absl::string_view key) {
    const uint64_t hash = absl::Hash<absl::string_view>()(key);
    return {static_cast<uint32_t>(hash) % kBits,
            static_cast<uint32_t>(hash >> 32) % kBits};
  }

  std::vector<uint64_t> words_ = std::vector<uint64_t>(kBits / 64);
};

}  // namespace kith::engine
