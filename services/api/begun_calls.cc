#include "services/api/begun_calls.h"

#include <grpc/grpc_security_constants.h>
#include <grpcpp/security/auth_context.h>

#include <string>

#include "absl/hash/hash.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"

namespace kith::api {
namespace {

// Certificates are long.
std::string KeyOf(absl::string_view certificate) {
  return absl::StrCat(absl::Hash<absl::string_view>()(certificate));
}

absl::string_view CertificateOf(const grpc::AuthContext& caller) {
  const auto found =
      caller.FindPropertyValues(GRPC_X509_PEM_CERT_PROPERTY_NAME);
  if (found.size() != 1) return "";
  return {found[0].data(), found[0].size()};
}

}  // namespace

bool BegunCalls::Begin(absl::string_view certificate, absl::Time now) {
  return certificate.empty() || shares_.Spend(KeyOf(certificate), now);
}

void BegunCalls::Arrived(absl::string_view certificate, absl::Time now) {
  if (!certificate.empty()) shares_.GiveBack(KeyOf(certificate), now);
}

bool BegunCalls::Begin(const grpc::AuthContext& caller) {
  return Begin(CertificateOf(caller), absl::Now());
}

bool BegunCalls::BeginOther(const grpc::AuthContext& caller) {
  const absl::string_view certificate = CertificateOf(caller);
  return certificate.empty() || others_.Spend(KeyOf(certificate), absl::Now());
}

void BegunCalls::Arrived(const grpc::AuthContext& caller) {
  Arrived(CertificateOf(caller), absl::Now());
}

}  // namespace kith::api
