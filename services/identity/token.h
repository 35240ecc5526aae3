// Access tokens: who the person behind a call is (RFC 7519, RFC 9068).
//
// A token is a JSON Web Signature in its compact form, of type `at+jwt`, signed
// by one key of one issuer with that key's one algorithm. Claims:
//
//   iss, aud, exp, iat, jti   required; nbf optional; times in whole seconds
//   sub                       the practitioner, as the agency calls them
//   kith_agency               the agency that vouches for them
//   kith_role                 "practitioner"..., as in kith.agency.v1.Role; one
//                             that the issuer vouches for
//   kith_person               person id of a family member, who needs one
//   name, kith_profession, kith_contact   what the agency says of them
//
// Thread-safe.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "services/identity/jwks.h"

namespace kith::identity {

struct Issuer {
  std::string issuer;              // as in `iss`
  std::string audience;            // must be in `aud`
  absl::Duration life_max;         // exp - iat at most
  std::set<std::string> agencies;  // it may vouch for; empty: for all
  std::set<std::string> roles;     // it may vouch for; empty: for none
  Jwks keys;
};

struct Token {
  std::string id;  // jti
  std::string issuer;
  std::string key_id;
  std::string agency;
  std::string subject;
  std::string role;
  std::string person;
  std::string name, profession, contact;
  absl::Time not_before, expires;
};

inline constexpr size_t kTokenBytesMax = 8 * 1024;
// How far clocks of issuer and node may be apart.
inline constexpr absl::Duration kSkew = absl::Seconds(60);

// UNAUTHENTICATED says which rule it breaks, and nothing of its content.
absl::StatusOr<Token> VerifyToken(absl::string_view compact,
                                  const std::vector<Issuer>& issuers,
                                  absl::Time now);

// Whether a verified token holds at `now`.
absl::Status CheckTimes(const Token& token, absl::Time now);

}  // namespace kith::identity
