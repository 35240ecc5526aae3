// Statements as frames: numbered, salted, sealed with the source's key.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "adapters/common/item.h"

namespace kith::adapters {

// The source's key. Its digest is what the source is registered with.
struct SourceKey {
  std::string key_id;
  std::string secret;  // 32 bytes
};

// Reads a key file: 32 bytes (what kithd hands out, as <source>.<key id>.key),
// or 64 hexadecimal digits, or a key id and 64 hexadecimal digits on one line.
// The key's id is `key_id`; where that is empty, the one in the file or in its
// name. NOT_FOUND: no such file. INVALID_ARGUMENT: it is none of these, or no
// id is known; the message says nothing of what is in it.
absl::StatusOr<SourceKey> ReadKeyFile(const std::string& path,
                                      const std::string& key_id);

// Who publishes.
struct Publisher {
  std::string partnership;
  std::string agency;
  std::string source;
  SourceKey key;
};

// A frame may be this long, serialised; a longer one is never taken.
inline constexpr size_t kBodyBytesMax = 256 << 10;

// The serialised frame of `said`, with new random salt. RESOURCE_EXHAUSTED: its
// body would be too long; the statement must be set aside.
absl::StatusOr<std::string> MakeFrame(const Publisher& publisher,
                                      uint64_t epoch, uint64_t sequence,
                                      const Said& said);

}  // namespace kith::adapters
