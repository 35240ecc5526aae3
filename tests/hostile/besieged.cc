#include "tests/hostile/besieged.h"

#include <grpcpp/client_context.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "kith/api/v1/family_service.grpc.pb.h"

namespace kith::hostile {
namespace {

constexpr char kIssuerKeyId[] = "development-1";

}  // namespace

Besieged::Besieged(std::vector<std::string> flags) : flags_(std::move(flags)) {
  KITH_CHECK(authority::MakeDevelopment(PathOf(""), {}, {"council", "school"},
                                        absl::Now())
                 .ok());
  authority_ = {Read("authority.crt"), Read("authority.key")};
  issuer_ = {kIssuerKeyId, "ES256", Read("issuer.key")};
  flags_.insert(flags_.end(), {"--identity", PathOf("node")});
  StartAgain();
}

void Besieged::StartAgain() {
  kithd_.reset();
  kithd_ = std::make_unique<server_tests::Kithd>(folder_.path(), flags_);
}

std::string Besieged::PathOf(const std::string& name) const {
  return absl::StrCat(folder_.path(), "/identity/", name);
}

std::string Besieged::Read(const std::string& name) const {
  return Need(authority::ReadText(PathOf(name)));
}

void Besieged::Write(const std::string& name, const std::string& text) const {
  KITH_CHECK(authority::WriteSecret(PathOf(name), text).ok());
}

authority::Identity Besieged::Of(const std::string& agency) const {
  return {Read(absl::StrCat("agencies/", agency, ".crt")),
          Read(absl::StrCat("agencies/", agency, ".key"))};
}

authority::Identity Besieged::Issue(
    const authority::CertificateSpec& spec) const {
  return Need(authority::Issue(authority_, spec));
}

authority::CertificateSpec Besieged::SpecOf(const std::string& agency) {
  authority::CertificateSpec spec;
  spec.common_name = agency;
  spec.names = {absl::StrCat("URI:spiffe://dev.kith.example/agency/", agency)};
  spec.not_before = absl::Now() - absl::Hours(2);
  spec.not_after = absl::Now() + absl::Hours(2);
  return spec;
}

std::string Besieged::Claims(const std::string& agency) const {
  authority::Person person;
  person.agency = agency;
  person.subject = "w1";
  return authority::ClaimsOf(person, absl::Now(), absl::Minutes(10));
}

std::string Besieged::TokenOf(const std::string& agency,
                              const std::string& role) const {
  authority::Person person;
  person.agency = agency;
  person.subject = "w1";
  person.role = role;
  return Need(authority::MakeDevelopmentToken(PathOf(""), person, absl::Now(),
                                              absl::Minutes(10)));
}

std::shared_ptr<grpc::Channel> Besieged::Connect(
    const authority::Identity& identity) const {
  grpc::ChannelArguments arguments;
  // Channels with equal arguments would share one connection.
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  return grpc::CreateCustomChannel(
      absl::StrCat("127.0.0.1:", port()),
      grpc::SslCredentials(
          {authority_.certificate, identity.key, identity.certificate}),
      arguments);
}

grpc::Status Ask(const std::shared_ptr<grpc::Channel>& channel,
                 const std::string& token, Metadata metadata) {
  if (!token.empty()) {
    metadata.emplace_back("authorization", absl::StrCat("Bearer ", token));
  }
  metadata.emplace_back("kith-purpose", "early_help");
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(20)));
  for (const auto& [key, value] : metadata) context.AddMetadata(key, value);
  api::v1::GetFamilyRequest request;
  request.set_family_id("hackney-f-00000000000000000000000000");
  api::v1::GetFamilyResponse response;
  return api::v1::FamilyService::Stub(channel).GetFamily(&context, request,
                                                         &response);
}

}  // namespace kith::hostile
