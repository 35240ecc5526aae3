// Signed tokens for development and tests (RFC 7515, RFC 7519).
//
// Thread-safe. Errors are INTERNAL: OpenSSL refused.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace kith::authority {

struct SigningKey {
  std::string id;
  std::string algorithm;  // ES256, EdDSA or RS256
  std::string key;        // PEM
};

// A new key for one of the three algorithms.
absl::StatusOr<SigningKey> MakeSigningKey(const std::string& id,
                                          const std::string& algorithm);

// Its public part as one JSON Web Key, with `kid` and `alg`.
absl::StatusOr<std::string> JwkOf(const SigningKey& key);

// The compact form of `claims` (JSON) under `header` (JSON), signed with the
// key's algorithm whatever the header says.
absl::StatusOr<std::string> Sign(const SigningKey& key,
                                 absl::string_view header,
                                 absl::string_view claims);

// {"alg": ..., "kid": ..., "typ": "at+jwt"} of the key.
std::string HeaderOf(const SigningKey& key);

}  // namespace kith::authority
