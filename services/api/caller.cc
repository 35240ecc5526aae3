#include "services/api/caller.h"

#include <grpcpp/server_context.h>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "base/id.h"
#include "base/status.h"

namespace kith::api {
namespace {

constexpr size_t kValueBytesMax = 200;

std::string ValueOf(const grpc::ServerContextBase& context, const char* key) {
  const auto& metadata = context.client_metadata();
  auto found = metadata.find(key);
  if (found == metadata.end()) return "";
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
  if (out.empty() || IsPlain(out)) return absl::OkStatus();
  return Malformed(key);
}

}  // namespace

agency::v1::Role RoleOfName(absl::string_view name) {
  agency::v1::Role role = agency::v1::ROLE_UNSPECIFIED;
  const std::string full = absl::StrCat("ROLE_", absl::AsciiStrToUpper(name));
  if (!agency::v1::Role_Parse(full, &role)) return agency::v1::ROLE_UNSPECIFIED;
  return role;
}

absl::StatusOr<Caller> CallerOf(const grpc::ServerContextBase& context) {
  Caller caller;
  caller.agency = ValueOf(context, "kith-agency");
  if (!base::IsName(caller.agency)) return Malformed("kith-agency");
  caller.actor.set_role(RoleOfName(ValueOf(context, "kith-role")));
  if (caller.actor.role() == agency::v1::ROLE_UNSPECIFIED) {
    return Malformed("kith-role");
  }
  const std::string purpose = ValueOf(context, "kith-purpose");
  if (!base::IsName(purpose)) return Malformed("kith-purpose");
  caller.actor.set_purpose(purpose);

  RETURN_IF_ERROR(ReadOptional(context, "kith-person", caller.person_id));
  auto& who = *caller.actor.mutable_practitioner();
  who.set_local_id(ValueOf(context, "kith-practitioner"));
  if (caller.actor.role() == agency::v1::ROLE_FAMILY_MEMBER) {
    const auto person = base::ParseId(caller.person_id);
    if (!person || person->kind != base::IdKind::kPerson) {
      return Malformed("kith-person");
    }
    who.set_local_id(caller.person_id);
  }
  if (!IsPlain(who.local_id())) return Malformed("kith-practitioner");
  RETURN_IF_ERROR(ReadOptional(context, "kith-name", *who.mutable_name()));
  RETURN_IF_ERROR(
      ReadOptional(context, "kith-profession", *who.mutable_profession()));
  RETURN_IF_ERROR(
      ReadOptional(context, "kith-contact", *who.mutable_contact()));
  RETURN_IF_ERROR(ReadOptional(context, "kith-reason", caller.reason));
  RETURN_IF_ERROR(
      ReadOptional(context, "kith-partnership", caller.partnership));
  return caller;
}

}  // namespace kith::api
