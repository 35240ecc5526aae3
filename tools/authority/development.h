// A development authority in a folder: certificates, tokens, and all a node
// needs to believe them. For demonstrations and tests on one machine: its
// issuer vouches for every role at every agency.
//
//   authority.crt, authority.key   signs certificates
//   issuer.key                     signs tokens
//   agencies/<agency>.crt, .key    what clients of an agency use
//   node/                          the node's identity (services/identity)
//
// Private keys are readable by their owner alone. Not thread-safe.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace kith::authority {

struct DevelopmentOptions {
  std::string trust_domain = "dev.kith.example";
  // Names of the node in its certificate: "DNS:localhost", "IP:127.0.0.1".
  std::vector<std::string> node_names = {"DNS:localhost", "IP:127.0.0.1"};
  absl::Duration life = absl::Hours(24 * 30);
};

inline constexpr char kDevelopmentIssuer[] = "https://issuer.dev.kith.example";
inline constexpr char kDevelopmentAudience[] = "kith";

// Makes the authority in `folder` unless it is there, and certificates for
// those of `agencies` that have none; then writes node/identity.yaml anew with
// all agencies. The trust domain is set once. INVALID_ARGUMENT: no name of an
// agency; UNAVAILABLE: the disk.
absl::Status MakeDevelopment(const std::string& folder,
                             DevelopmentOptions options,
                             const std::vector<std::string>& agencies,
                             absl::Time now);

// Who a token is for; what is empty is left out.
struct Person {
  std::string agency, subject;
  std::string role = "practitioner";
  std::string person_id;  // of a family member
  std::string name, profession, contact;
};

// An access token of the authority in `folder`. NOT_FOUND: no authority there.
absl::StatusOr<std::string> MakeDevelopmentToken(const std::string& folder,
                                                 const Person& person,
                                                 absl::Time now,
                                                 absl::Duration life);

// The claims of such a token, as JSON.
std::string ClaimsOf(const Person& person, absl::Time now, absl::Duration life);

// Writes a file that its owner alone may read, in one piece.
absl::Status WriteSecret(const std::string& path, const std::string& text);
absl::StatusOr<std::string> ReadText(const std::string& path);

}  // namespace kith::authority
