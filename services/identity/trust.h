// Whom a node believes: the folder of its identity.
//
//   identity.yaml   trust domain, agencies and token issuers
//   denied          who is refused (deny_list.h); may be empty, not absent
//   *.json          the issuers' keys (jwks.h), as identity.yaml names them
//   server.crt, server.key   this node's certificate chain and key (PEM)
//   clients.crt     the authorities of clients' certificates (PEM)
//
// identity.yaml:
//
//   trust_domain: riverside.example
//   agencies:
//     riverside_council: {}                 # any key its authority certified
//     riverside_nhs: {keys: [5f1c...]}      # these keys only (SHA-256 in hex)
//     elmgrove_school: {enabled: false}
//     riverside_police: {partnerships: [riverside, elmgrove]}
//   issuers:
//     - issuer: https://login.riverside.example
//       audience: kith
//       jwks: jwks.json
//       life_minutes_max: 60                # 60 when it is left out
//       agencies: [riverside_council]       # all when it is left out
//       roles: [practitioner, auditor]      # as kith.agency.v1.Role
//
// An issuer's roles are all that it vouches for. Where they are left out, it is
// for those of daily work: practitioner, lead_professional, panel_chair,
// access_team, safeguarding_lead, leadership_manager, integration_engineer.
// Whoever sees across agencies, or what is a family member's own, has a role
// that is listed: auditor, hub_administrator, privacy_officer, family_member.
//
// An agency's name means one agency: it stands once, and with the partnerships
// that it belongs to. On a node with several an agency without them belongs to
// none.
#pragma once

#include <sys/stat.h>

#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "services/identity/token.h"

namespace kith::identity {

// A file as it was read; `stat` is of the very file, so that a change between
// looking and reading is seen.
struct SmallFile {
  std::string path;
  std::string bytes;
  struct stat stat;
  // It was old enough when it was read that a later change must show in its
  // times, which are no finer than some milliseconds.
  bool settled = false;
};
// A file of at most one MiB. NOT_FOUND or INVALID_ARGUMENT, with the path.
absl::StatusOr<SmallFile> ReadSmallFile(const std::string& path);
// Whether reading `file` again would give the same.
bool IsUnchanged(const SmallFile& file);

struct Agency {
  bool enabled = true;
  std::set<std::string> keys;  // empty: any key
  // Empty: the node's only one.
  std::set<std::string> partnerships;
};

struct Trust {
  std::string trust_domain;
  std::map<std::string, Agency> agencies;
  std::vector<Issuer> issuers;
  std::vector<SmallFile> files;  // that were read
};

// Reads `folder`. NOT_FOUND: a file is missing; INVALID_ARGUMENT names file and
// line. Blocks on the disk. Thread-safe.
absl::StatusOr<Trust> ReadTrust(const std::string& folder);

}  // namespace kith::identity
