// The public keys of a token issuer: a JSON Web Key Set (RFC 7517).
//
// Each key names its id and its one algorithm, so that a token cannot choose:
// ES256 on P-256, EdDSA on Ed25519, RS256 with at least 2,048 bits.
// Immutable; thread-safe.
#pragma once

#include <openssl/evp.h>

#include <map>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace kith::identity {

enum class Algorithm { kEs256, kEdDsa, kRs256 };
// "ES256"...
absl::string_view NameOf(Algorithm algorithm);

struct Key {
  Algorithm algorithm;
  std::shared_ptr<EVP_PKEY> key;
};

// Whether `signature`, in the form of RFC 7518 and 8037, is the key's of
// `signed_text`.
bool IsSignedWith(const Key& key, absl::string_view signed_text,
                  absl::string_view signature);

class Jwks {
 public:
  // INVALID_ARGUMENT names the key that is no such key (by its place in the
  // set): without id or algorithm, of another kind, too weak, with a secret
  // part, or with the id of another.
  static absl::StatusOr<Jwks> Parse(absl::string_view json);

  // Null: there is no such key.
  const Key* Find(const std::string& id) const;
  size_t size() const { return keys_.size(); }

 private:
  std::map<std::string, Key> keys_;
};

// Bytes of base64url without padding (RFC 7515); false: not in that form, or
// not the one form of these bytes.
bool FromBase64Url(absl::string_view text, std::string* bytes);

}  // namespace kith::identity
