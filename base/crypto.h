// The few primitives Kith uses, over OpenSSL. Thread-safe.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace kith::base {

inline constexpr size_t kDigestBytes = 32;
inline constexpr size_t kKeyBytes = 32;

// 32 bytes.
std::string Sha256(absl::string_view bytes);
std::string HmacSha256(absl::string_view key, absl::string_view bytes);

// A key made ready for many messages: what depends on the key alone is
// computed once, which is half of the work for a short message.
class HmacKey {
 public:
  explicit HmacKey(absl::string_view key);

  // HmacSha256 under the key.
  std::string Mac(absl::string_view bytes) const;

 private:
  // States of the digest after the key: at the beginning of the inner and of
  // the outer one.
  std::array<uint32_t, 8> inner_;
  std::array<uint32_t, 8> outer_;
};

// RFC 5869 without salt: `length` bytes (at most 255 * 32).
std::string HkdfSha256(absl::string_view secret, absl::string_view info,
                       size_t length);
// Whether equal, in a time that does not depend on where they differ.
bool EqualInConstantTime(absl::string_view a, absl::string_view b);

// From the system's generator; stops the process when there is none.
std::string RandomBytes(size_t length);

// AES-256-GCM with a random nonce: nonce (12) | ciphertext | tag (16).
// `context` is authenticated, not stored.
std::string Seal(absl::string_view key, absl::string_view context,
                 absl::string_view plain);
// The same, at the end of `out`.
void AppendSealed(absl::string_view key, absl::string_view context,
                  absl::string_view plain, std::string& out);
// DATA_LOSS: not sealed with this key and context, or damaged.
absl::StatusOr<std::string> Unseal(absl::string_view key,
                                   absl::string_view context,
                                   absl::string_view sealed);

}  // namespace kith::base
