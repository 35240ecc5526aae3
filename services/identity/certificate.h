// What a client's certificate says: which agency, with which key, until when.
//
// The agency is the one subject alternative name of the certificate, a URI
// `spiffe://<trust domain>/agency/<id>`; the common name and all else count for
// nothing. That the certificate comes from the partnership's authority was
// checked by the handshake; here is read what it may be used for. Thread-safe.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace kith::identity {

struct Certificate {
  std::string agency;
  std::string key_digest;  // SHA-256 of the public key (SPKI), in hex
  absl::Time not_before, not_after;
};

// UNAUTHENTICATED: no certificate, an authority's, one not for clients (no
// extended key usage clientAuth), with more or other names than the one, or of
// another trust domain.
absl::StatusOr<Certificate> ReadCertificate(absl::string_view pem,
                                            absl::string_view trust_domain);

}  // namespace kith::identity
