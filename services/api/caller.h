// Who calls: the one place where identity is read from a call.
//
// For now callers name themselves in metadata; certificates and tokens take
// this place later, without a change to any method.
//
//   kith-agency        the agency, as in the partnership's list (required)
//   kith-practitioner  staff id or account at that agency (required, except for
//                      a family member)
//   kith-role          as in kith.agency.v1.Role, without the prefix and in
//                      small letters: "practitioner" (required)
//   kith-purpose       what for: "early_help" (required)
//   kith-name, kith-profession, kith-contact
//                      what the agency says of the practitioner (optional)
//   kith-person        a family member's person id
//   kith-reason        an auditor's reason
//   kith-partnership   which of the node's partnerships; may be left out where
//                      there is one
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "kith/agency/v1/frame.pb.h"
#include "services/disclosure/policy.h"

namespace grpc {
class ServerContextBase;
}

namespace kith::api {

struct Caller {
  std::string partnership;  // empty: the only one
  std::string agency;
  agency::v1::Actor actor;  // practitioner, role and purpose
  std::string person_id;    // of a family member
  std::string reason;
};

// UNAUTHENTICATED names the metadata key that is missing or malformed.
absl::StatusOr<Caller> CallerOf(const grpc::ServerContextBase& context);

// "practitioner" -> ROLE_PRACTITIONER; ROLE_UNSPECIFIED for anything else.
agency::v1::Role RoleOfName(absl::string_view name);

}  // namespace kith::api
