// Who calls: the one place where identity is read from a call.
//
// The agency is the certificate's; practitioner, role and family member are the
// access token's (`authorization: Bearer ...`), which must be of that agency. A
// feed has no token: its agency's certificate is all it needs, and it may call
// nothing but IntakeService. Metadata only says what for:
//
//   kith-purpose       what for: "early_help" (required of persons)
//   kith-reason        an auditor's reason
//   kith-partnership   which of the node's partnerships; may be left out where
//                      there is one
//
// In development, on a plaintext listener, callers are believed: they name
// themselves in metadata.
//
//   kith-agency        the agency, as in the partnership's list (required)
//   kith-practitioner  staff id or account at that agency (required, except for
//                      a family member)
//   kith-role          as in kith.agency.v1.Role, without the prefix and in
//                      small letters: "practitioner" (required)
//   kith-name, kith-profession, kith-contact
//                      what the agency says of the practitioner (optional)
//   kith-person        a family member's person id
#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "kith/agency/v1/frame.pb.h"
#include "services/disclosure/policy.h"

namespace grpc {
class AuthContext;
class ServerContextBase;
}  // namespace grpc

namespace kith::identity {
class Doorkeeper;
}

namespace kith::api {

struct Caller {
  std::string partnership;  // empty: the only one
  // That the agency belongs to; empty: the node's only one. Absent: all, where
  // callers are believed.
  std::optional<std::set<std::string>> partnerships;
  std::string agency;
  agency::v1::Actor actor;  // practitioner, role and purpose
  std::string person_id;    // of a family member
  std::string reason;
};

// Who may call a method.
enum class CallerKind { kPerson, kFeed };

// Thread-safe.
class Callers {
 public:
  virtual ~Callers() = default;
  // UNAUTHENTICATED: nobody this node admits, or a metadata key is missing or
  // malformed (it is named). UNAVAILABLE: identity cannot be checked now.
  virtual absl::StatusOr<Caller> Of(const grpc::ServerContextBase& context,
                                    CallerKind kind) const = 0;
  // Whether who stands behind a connection may ask anything at all; the errors
  // are those of `Of`.
  virtual absl::Status Admit(const grpc::AuthContext& context) const = 0;
};

// For development: everybody is believed.
std::unique_ptr<Callers> MakeBelievedCallers();
// `doorkeeper` must outlive them.
std::unique_ptr<Callers> MakeCertifiedCallers(identity::Doorkeeper& doorkeeper);

// The parts of both, for tests: who metadata name, and who stands behind a
// certificate (PEM) and the metadata of a call.
absl::StatusOr<Caller> BelievedCaller(const grpc::ServerContextBase& context);
absl::StatusOr<Caller> CertifiedCaller(identity::Doorkeeper& doorkeeper,
                                       absl::string_view certificate,
                                       const grpc::ServerContextBase& context,
                                       CallerKind kind);

}  // namespace kith::api
