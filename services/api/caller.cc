#include "services/api/caller.h"

#include <grpc/grpc_security_constants.h>
#include <grpcpp/security/auth_context.h>
#include <grpcpp/server_context.h>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/id.h"
#include "base/status.h"
#include "services/identity/doorkeeper.h"
#include "services/identity/role_names.h"

namespace kith::api {
namespace {

constexpr size_t kValueBytesMax = 200;
constexpr absl::string_view kBearer = "Bearer ";
// How much of a key's digest names a feed in access records.
constexpr size_t kKeyNameBytes = 16;

// Empty when it is absent, or said more than once.
std::string ValueOf(const grpc::ServerContextBase& context, const char* key) {
  const auto& metadata = context.client_metadata();
  const auto found = metadata.find(key);
  if (found == metadata.end() || metadata.count(key) > 1) return "";
  return std::string(found->second.data(), found->second.size());
}

absl::Status Malformed(const char* key) {
  return absl::UnauthenticatedError(
      absl::StrCat("metadata ", key, " is missing or malformed"));
}

bool IsPlain(const std::string& value) {
  if (value.empty() || value.size() > kValueBytesMax) return false;
  for (char c : value) {
    if (!absl::ascii_isprint(static_cast<unsigned char>(c))) return false;
  }
  return true;
}

absl::Status ReadOptional(const grpc::ServerContextBase& context,
                          const char* key, std::string& out) {
  out = ValueOf(context, key);
  const bool absent = context.client_metadata().count(key) == 0;
  if (out.empty() ? absent : IsPlain(out)) return absl::OkStatus();
  return Malformed(key);
}

absl::Status ReadPurpose(const grpc::ServerContextBase& context,
                         Caller* caller) {
  const std::string purpose = ValueOf(context, "kith-purpose");
  if (!base::IsName(purpose)) return Malformed("kith-purpose");
  caller->actor.set_purpose(purpose);
  RETURN_IF_ERROR(ReadOptional(context, "kith-reason", caller->reason));
  return ReadOptional(context, "kith-partnership", caller->partnership);
}

// The practitioner's id, or the family member's in its place.
absl::Status SetWho(const std::string& local_id, const char* person_key,
                    Caller* caller) {
  auto& who = *caller->actor.mutable_practitioner();
  who.set_local_id(local_id);
  if (caller->actor.role() != agency::v1::ROLE_FAMILY_MEMBER) {
    return absl::OkStatus();
  }
  const auto person = base::ParseId(caller->person_id);
  if (!person || person->kind != base::IdKind::kPerson) {
    return Malformed(person_key);
  }
  who.set_local_id(caller->person_id);
  return absl::OkStatus();
}

std::string CertificateOf(const grpc::AuthContext& context) {
  const auto found =
      context.FindPropertyValues(GRPC_X509_PEM_CERT_PROPERTY_NAME);
  if (found.size() != 1) return "";
  return std::string(found[0].data(), found[0].size());
}

absl::StatusOr<std::string> BearerOf(const grpc::ServerContextBase& context) {
  const std::string value = ValueOf(context, "authorization");
  if (!absl::StartsWithIgnoreCase(value, kBearer)) {
    return Malformed("authorization");
  }
  return value.substr(kBearer.size());
}

absl::Status SetPerson(const identity::Token& token, Caller* caller) {
  caller->actor.set_role(identity::RoleNamed(token.role));
  if (caller->actor.role() == agency::v1::ROLE_UNSPECIFIED) {
    return absl::UnauthenticatedError("the access token names no known role");
  }
  caller->person_id = token.person;
  RETURN_IF_ERROR(SetWho(token.subject, "claim kith_person", caller));
  auto& who = *caller->actor.mutable_practitioner();
  who.set_name(token.name);
  who.set_profession(token.profession);
  who.set_contact(token.contact);
  return absl::OkStatus();
}

absl::Status SetFeed(const identity::Certificate& certificate,
                     const grpc::ServerContextBase& context, Caller* caller) {
  caller->actor.set_role(agency::v1::ROLE_INTEGRATION_ENGINEER);
  caller->actor.set_purpose("intake");
  caller->actor.mutable_practitioner()->set_local_id(
      absl::StrCat("key-", certificate.key_digest.substr(0, kKeyNameBytes)));
  return ReadOptional(context, "kith-partnership", caller->partnership);
}

class BelievedCallers final : public Callers {
 public:
  absl::StatusOr<Caller> Of(const grpc::ServerContextBase& context,
                            CallerKind) const override {
    return BelievedCaller(context);
  }
  absl::Status Admit(const grpc::AuthContext&) const override {
    return absl::OkStatus();
  }
};

class CertifiedCallers final : public Callers {
 public:
  explicit CertifiedCallers(identity::Doorkeeper& doorkeeper)
      : doorkeeper_(doorkeeper) {}

  absl::StatusOr<Caller> Of(const grpc::ServerContextBase& context,
                            CallerKind kind) const override {
    return CertifiedCaller(doorkeeper_, CertificateOf(*context.auth_context()),
                           context, kind);
  }
  absl::Status Admit(const grpc::AuthContext& context) const override {
    return doorkeeper_.Admit(CertificateOf(context)).status();
  }

 private:
  identity::Doorkeeper& doorkeeper_;
};

}  // namespace

absl::StatusOr<Caller> BelievedCaller(const grpc::ServerContextBase& context) {
  Caller caller;
  caller.agency = ValueOf(context, "kith-agency");
  if (!base::IsName(caller.agency)) return Malformed("kith-agency");
  caller.actor.set_role(identity::RoleNamed(
      absl::AsciiStrToLower(ValueOf(context, "kith-role"))));
  if (caller.actor.role() == agency::v1::ROLE_UNSPECIFIED) {
    return Malformed("kith-role");
  }
  RETURN_IF_ERROR(ReadPurpose(context, &caller));
  RETURN_IF_ERROR(ReadOptional(context, "kith-person", caller.person_id));
  RETURN_IF_ERROR(
      SetWho(ValueOf(context, "kith-practitioner"), "kith-person", &caller));
  auto& who = *caller.actor.mutable_practitioner();
  if (!IsPlain(who.local_id())) return Malformed("kith-practitioner");
  RETURN_IF_ERROR(ReadOptional(context, "kith-name", *who.mutable_name()));
  RETURN_IF_ERROR(
      ReadOptional(context, "kith-profession", *who.mutable_profession()));
  RETURN_IF_ERROR(
      ReadOptional(context, "kith-contact", *who.mutable_contact()));
  return caller;
}

absl::StatusOr<Caller> CertifiedCaller(identity::Doorkeeper& doorkeeper,
                                       absl::string_view certificate,
                                       const grpc::ServerContextBase& context,
                                       CallerKind kind) {
  ASSIGN_OR_RETURN(const identity::Doorkeeper::Visitor visitor,
                   doorkeeper.Admit(certificate));
  Caller caller;
  caller.agency = visitor.certificate().agency;
  caller.partnerships = visitor.partnerships();
  if (kind == CallerKind::kFeed) {
    RETURN_IF_ERROR(SetFeed(visitor.certificate(), context, &caller));
    return caller;
  }
  ASSIGN_OR_RETURN(const std::string bearer, BearerOf(context));
  ASSIGN_OR_RETURN(const identity::Token token,
                   doorkeeper.Identify(visitor, bearer));
  RETURN_IF_ERROR(SetPerson(token, &caller));
  RETURN_IF_ERROR(ReadPurpose(context, &caller));
  return caller;
}

std::unique_ptr<Callers> MakeBelievedCallers() {
  return std::make_unique<BelievedCallers>();
}

std::unique_ptr<Callers> MakeCertifiedCallers(
    identity::Doorkeeper& doorkeeper) {
  return std::make_unique<CertifiedCallers>(doorkeeper);
}

}  // namespace kith::api
