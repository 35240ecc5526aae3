// Who is refused, whatever they show: read on every call.
//
// A text file of lines; one that begins with `#` is a comment:
//
//   key <SHA-256 of the certificate's public key, in hex>
//   agency <agency>
//   practitioner <agency> <sub>
//   token <jti>
//
// Replace it by renaming another over it. Immutable once parsed; thread-safe.
#pragma once

#include <set>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace kith::identity {

class DenyList {
 public:
  // INVALID_ARGUMENT names the line that is none of these.
  static absl::StatusOr<DenyList> Parse(absl::string_view text);

  bool HasKey(absl::string_view digest) const { return Has("key", digest); }
  bool HasAgency(absl::string_view agency) const {
    return Has("agency", agency);
  }
  bool HasPractitioner(absl::string_view agency,
                       absl::string_view subject) const;
  bool HasToken(absl::string_view id) const { return Has("token", id); }

 private:
  bool Has(absl::string_view kind, absl::string_view what) const;

  std::set<std::string> lines_;  // words joined by one space
};

}  // namespace kith::identity
