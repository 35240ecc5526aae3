// Certificates for development and tests: an authority, and what it issues.
//
// Real partnerships bring their own authority; nothing of this runs in a node.
// Thread-safe. Errors are INTERNAL: OpenSSL refused.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace kith::authority {

// PEM. The key is PKCS #8, not encrypted.
struct Identity {
  std::string certificate;
  std::string key;
};

struct CertificateSpec {
  std::string common_name;
  // "URI:spiffe://riverside.example/agency/school", "DNS:localhost",
  // "IP:127.0.0.1".
  std::vector<std::string> names;
  std::string extended_use = "clientAuth";  // empty: the extension is left out
  absl::Time not_before, not_after;
};

absl::StatusOr<Identity> MakeAuthority(const std::string& common_name,
                                       absl::Time not_before,
                                       absl::Time not_after);
absl::StatusOr<Identity> Issue(const Identity& authority,
                               const CertificateSpec& spec);

// SHA-256 of a certificate's public key, in hex, as a node's list of keys and
// its deny list want it.
absl::StatusOr<std::string> KeyDigestOf(const std::string& certificate);

}  // namespace kith::authority
