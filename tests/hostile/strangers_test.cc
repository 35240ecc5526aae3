// Callers with wrong certificates and tokens, against a running kithd.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <memory>
#include <thread>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "base/crypto.h"
#include "grpc/health/v1/health.grpc.pb.h"
#include "kith/api/v1/intake_service.grpc.pb.h"
#include "kith/api/v1/operations_service.grpc.pb.h"
#include "kith/api/v1/watch_service.grpc.pb.h"
#include "nlohmann/json.hpp"
#include "services/identity/token.h"
#include "tests/hostile/besieged.h"
#include "tests/hostile/raw_connection.h"
#include "tests/server/generic_client.h"

namespace kith::hostile {
namespace {

using authority::CertificateSpec;
using authority::Identity;
using grpc::StatusCode;
using nlohmann::json;

class StrangersTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { node = new Besieged; }
  static void TearDownTestSuite() { delete node; }
  void SetUp() override {
    good = node->Of("council");
    token = node->TokenOf("council");
  }
  // Whatever a test did to the node's folder.
  void TearDown() override {
    node->Write("node/denied", "");
    EXPECT_EQ(Code(good, node->TokenOf("council")), StatusCode::NOT_FOUND);
  }

  static StatusCode Code(const Identity& identity, const std::string& token,
                         const Metadata& metadata = {}) {
    return Ask(node->Connect(identity), token, metadata).error_code();
  }
  // No connection comes about.
  void ExpectNoHandshake(const Identity& identity) const {
    EXPECT_EQ(Code(identity, token), StatusCode::UNAVAILABLE);
  }
  void ExpectRefused(const Identity& identity) const {
    EXPECT_EQ(Code(identity, token), StatusCode::UNAUTHENTICATED);
  }
  void ExpectRefused(const std::string& bad_token) const {
    const grpc::Status status = Ask(node->Connect(good), bad_token);
    EXPECT_EQ(status.error_code(), StatusCode::UNAUTHENTICATED)
        << status.error_message();
  }
  static std::string Sign(const std::string& header,
                          const std::string& claims) {
    return Need(authority::Sign(node->issuer(), header, claims));
  }
  static std::string Header() { return authority::HeaderOf(node->issuer()); }
  static std::string With(const std::string& claims, const std::string& member,
                          const json& value) {
    json changed = json::parse(claims);
    changed[member] = value;
    return changed.dump();
  }

  static Besieged* node;
  Identity good;
  std::string token;
};

Besieged* StrangersTest::node = nullptr;

TEST_F(StrangersTest, CertificateAndTokenTogetherAreAdmitted) {
  EXPECT_EQ(Code(good, token), StatusCode::NOT_FOUND);
  EXPECT_EQ(Code(node->Of("school"), node->TokenOf("school")),
            StatusCode::NOT_FOUND);
}

TEST_F(StrangersTest, WithoutACertificateNoConnectionComesAbout) {
  ExpectNoHandshake({});
}

TEST_F(StrangersTest, AnExpiredOrEarlyCertificateIsRefused) {
  CertificateSpec spec = Besieged::SpecOf("council");
  spec.not_after = absl::Now() - absl::Minutes(1);
  ExpectNoHandshake(node->Issue(spec));
  spec.not_before = absl::Now() + absl::Minutes(10);
  spec.not_after = absl::Now() + absl::Hours(1);
  ExpectNoHandshake(node->Issue(spec));
}

TEST_F(StrangersTest, AnotherAuthoritysCertificateIsRefused) {
  const Identity other = Need(authority::MakeAuthority(
      "development authority of dev.kith.example", absl::Now() - absl::Hours(1),
      absl::Now() + absl::Hours(1)));
  ExpectNoHandshake(Need(authority::Issue(other, Besieged::SpecOf("council"))));
}

TEST_F(StrangersTest, ACertificateForOtherUsesIsRefused) {
  CertificateSpec spec = Besieged::SpecOf("council");
  spec.extended_use = "serverAuth";
  ExpectNoHandshake(node->Issue(spec));
  spec.extended_use = "codeSigning";
  ExpectNoHandshake(node->Issue(spec));
  spec.extended_use = "";
  ExpectRefused(node->Issue(spec));
  ExpectNoHandshake(
      {node->Read("node/server.crt"), node->Read("node/server.key")});
}

TEST_F(StrangersTest, TwoNamesOrNoneAreRefused) {
  CertificateSpec spec = Besieged::SpecOf("council");
  spec.names.push_back("URI:spiffe://dev.kith.example/agency/school");
  ExpectRefused(node->Issue(spec));
  spec.names[1] = "DNS:council.example";
  ExpectRefused(node->Issue(spec));
  spec.names.clear();
  ExpectRefused(node->Issue(spec));
}

TEST_F(StrangersTest, AKeyThatIsNotListedIsRefused) {
  ExpectRefused(node->Issue(Besieged::SpecOf("council")));
  ExpectRefused(node->Issue(Besieged::SpecOf("hospital")));
}

TEST_F(StrangersTest, ADeniedKeyIsRefusedOnAConnectionThatIsOpen) {
  const auto channel = node->Connect(good);
  ASSERT_EQ(Ask(channel, token).error_code(), StatusCode::NOT_FOUND);
  const std::string digest = Need(authority::KeyDigestOf(good.certificate));
  node->Write("node/denied", absl::StrCat("key ", digest, "\n"));
  EXPECT_EQ(Ask(channel, token).error_code(), StatusCode::UNAUTHENTICATED);
  node->Write("node/denied", "");
  EXPECT_EQ(Ask(channel, token).error_code(), StatusCode::NOT_FOUND);
  node->Write("node/denied", "practitioner council w1\n");
  EXPECT_EQ(Ask(channel, token).error_code(), StatusCode::UNAUTHENTICATED);
}

// It went on over a stream that was open already.
TEST_F(StrangersTest, ADeniedKeyIsRefusedOnAnIntakeStreamThatIsOpen) {
  const auto channel = node->Connect(good);
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(20)));
  const auto stream = api::v1::IntakeService::Stub(channel).Submit(&context);
  api::v1::SubmitRequest request;
  api::v1::SubmitResponse response;
  request.set_tag(7);
  ASSERT_TRUE(stream->Write(request) && stream->Read(&response));
  EXPECT_EQ(response.tag(), 7u);
  const std::string digest = Need(authority::KeyDigestOf(good.certificate));
  node->Write("node/denied", absl::StrCat("key ", digest, "\n"));
  stream->Write(request);
  stream->WritesDone();
  EXPECT_FALSE(stream->Read(&response));
  EXPECT_EQ(stream->Finish().error_code(), StatusCode::UNAUTHENTICATED);
}

TEST_F(StrangersTest, ADisabledAgencyIsRefusedOnAConnectionThatIsOpen) {
  const auto channel = node->Connect(good);
  ASSERT_EQ(Ask(channel, token).error_code(), StatusCode::NOT_FOUND);
  const std::string settings = node->Read("node/identity.yaml");
  node->Write("node/identity.yaml",
              absl::StrReplaceAll(
                  settings, {{"council: {", "council: {enabled: false, "}}));
  EXPECT_EQ(Ask(channel, token).error_code(), StatusCode::UNAUTHENTICATED);
  node->Write("node/identity.yaml", settings);
}

// A person's stream over what the node says of them at any moment.
class WatchingStrangersTest : public StrangersTest {
 protected:
  // Begins to watch, and waits until that is granted.
  void Watch(const std::string& bearer) {
    context = std::make_unique<grpc::ClientContext>();
    context->set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(30)));
    context->AddMetadata("authorization", absl::StrCat("Bearer ", bearer));
    context->AddMetadata("kith-purpose", "early_help");
    api::v1::WatchWorklistRequest request;
    request.set_worklist(api::v1::WORKLIST_DUPLICATES);
    stub = std::make_unique<api::v1::WatchService::Stub>(node->Connect(good));
    reader = stub->WatchWorklist(context.get(), request);
    api::v1::WatchWorklistResponse response;
    ASSERT_TRUE(reader->Read(&response)) << reader->Finish().error_message();
  }
  // The right ended then: so does the stream, a second later at the latest and
  // not before.
  void ExpectToEnd(absl::Time lost) const {
    api::v1::WatchWorklistResponse response;
    while (reader->Read(&response)) {
    }
    EXPECT_EQ(reader->Finish().error_code(), StatusCode::UNAUTHENTICATED);
    EXPECT_GE(absl::Now(), lost);
    EXPECT_LT(absl::Now() - lost, absl::Seconds(1) + kSlack);
  }

  // What a busy machine takes to carry the news.
  static constexpr absl::Duration kSlack = absl::Milliseconds(100);
  std::unique_ptr<grpc::ClientContext> context;
  std::unique_ptr<api::v1::WatchService::Stub> stub;
  std::unique_ptr<grpc::ClientReader<api::v1::WatchWorklistResponse>> reader;
};

TEST_F(WatchingStrangersTest, ADeniedTokenEndsAStreamWithinASecond) {
  const std::string claims = With(node->Claims("council"), "jti", "stolen");
  Watch(Sign(Header(), claims));
  node->Write("node/denied", "token stolen\n");
  ExpectToEnd(absl::Now());
}

TEST_F(WatchingStrangersTest, ADeniedKeyEndsAStreamWithinASecond) {
  Watch(token);
  const std::string digest = Need(authority::KeyDigestOf(good.certificate));
  node->Write("node/denied", absl::StrCat("key ", digest, "\n"));
  ExpectToEnd(absl::Now());
}

TEST_F(WatchingStrangersTest, ADisabledAgencyEndsAStreamWithinASecond) {
  Watch(token);
  const std::string settings = node->Read("node/identity.yaml");
  node->Write("node/identity.yaml",
              absl::StrReplaceAll(
                  settings, {{"council: {", "council: {enabled: false, "}}));
  ExpectToEnd(absl::Now());
  node->Write("node/identity.yaml", settings);
}

TEST_F(WatchingStrangersTest, ATokenThatExpiresEndsAStreamWithinASecond) {
  // Times in tokens are whole seconds; clocks may differ by `kSkew`.
  const absl::Time ends = absl::FromUnixSeconds(
      absl::ToUnixSeconds(absl::Now() + absl::Seconds(3)));
  const int64_t expires = absl::ToUnixSeconds(ends - identity::kSkew);
  std::string claims = With(node->Claims("council"), "exp", expires);
  claims = With(claims, "iat", expires - 300);
  claims = With(claims, "nbf", expires - 300);
  Watch(Sign(Header(), claims));
  ExpectToEnd(ends);
}

// Health and reflection belong to gRPC; they too answer only who is admitted.
TEST_F(StrangersTest, TheDeniedMayNotEvenAskForHealthOrDescriptions) {
  const auto channel = node->Connect(good);
  const auto health = [&channel] {
    grpc::ClientContext context;
    grpc::health::v1::HealthCheckResponse response;
    return grpc::health::v1::Health::Stub(channel)
        .Check(&context, {}, &response)
        .error_code();
  };
  const auto reflection = [&channel] {
    return server_tests::CallGeneric(
               *channel,
               "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
               {}, {std::string("\x3a\x01*")})
        .status.error_code();
  };
  EXPECT_EQ(health(), StatusCode::OK);
  EXPECT_EQ(reflection(), StatusCode::OK);
  node->Write("node/denied", "agency council\n");
  EXPECT_EQ(health(), StatusCode::UNAUTHENTICATED);
  EXPECT_EQ(reflection(), StatusCode::UNAUTHENTICATED);
}

TEST_F(StrangersTest, WithoutATokenThereIsIntakeAndNothingElse) {
  ExpectRefused(std::string());
  const auto get_source = [](const Identity& identity) {
    grpc::ClientContext context;
    api::v1::GetSourceRequest request;
    request.set_source("nobodys");
    api::v1::GetSourceResponse response;
    return api::v1::IntakeService::Stub(node->Connect(identity))
        .GetSource(&context, request, &response)
        .error_code();
  };
  EXPECT_EQ(get_source(good), StatusCode::NOT_FOUND);
  EXPECT_EQ(get_source(node->Issue(Besieged::SpecOf("hospital"))),
            StatusCode::UNAUTHENTICATED);
}

// How many intake streams have ended so.
int StreamsEnded(const Besieged& node, const std::string& code) {
  const std::string metrics =
      server_tests::HttpGet(node.kithd().http_port(), "/metrics");
  const std::string name = absl::StrCat("kith_calls_total{code=\"", code,
                                        "\",method=\"IntakeService.Submit\"} ");
  const size_t found = metrics.find(name);
  if (found == std::string::npos) return 0;
  return std::atoi(metrics.c_str() + found + name.size());
}

TEST_F(StrangersTest, IntakeStreamsCountAmongTheCalls) {
  const int ended = StreamsEnded(*node, "OK");
  const int refused = StreamsEnded(*node, "UNAUTHENTICATED");
  const auto submit = [](const Identity& identity) {
    grpc::ClientContext context;
    const auto stream =
        api::v1::IntakeService::Stub(node->Connect(identity)).Submit(&context);
    stream->WritesDone();
    return stream->Finish().error_code();
  };
  EXPECT_EQ(submit(good), StatusCode::OK);
  EXPECT_EQ(submit(node->Issue(Besieged::SpecOf("hospital"))),
            StatusCode::UNAUTHENTICATED);
  EXPECT_EQ(StreamsEnded(*node, "OK"), ended + 1);
  EXPECT_EQ(StreamsEnded(*node, "UNAUTHENTICATED"), refused + 1);
}

TEST_F(StrangersTest, AnUnsignedTokenIsRefused) {
  const std::string header = With(Header(), "alg", "none");
  const std::string text =
      absl::StrCat(absl::WebSafeBase64Escape(header), ".",
                   absl::WebSafeBase64Escape(node->Claims("council")), ".");
  ExpectRefused(text);
  ExpectRefused(text.substr(0, text.size() - 1));
}

// The issuer's public key is known to all: it must not serve as an HMAC's key.
TEST_F(StrangersTest, AKeyIsNotTakenForAnotherAlgorithm) {
  const std::string jwk = Need(authority::JwkOf(node->issuer()));
  for (const std::string& secret : {jwk, json::parse(jwk)["x"].dump()}) {
    const std::string text =
        absl::StrCat(absl::WebSafeBase64Escape(With(Header(), "alg", "HS256")),
                     ".", absl::WebSafeBase64Escape(node->Claims("council")));
    ExpectRefused(absl::StrCat(
        text, ".", absl::WebSafeBase64Escape(base::HmacSha256(secret, text))));
  }
  ExpectRefused(Sign(With(Header(), "alg", "RS256"), node->Claims("council")));
  const authority::SigningKey own =
      Need(authority::MakeSigningKey(node->issuer().id, "ES256"));
  ExpectRefused(Need(
      authority::Sign(own, authority::HeaderOf(own), node->Claims("council"))));
  ExpectRefused(
      Sign(With(Header(), "jwk", json::parse(Need(authority::JwkOf(own)))),
           node->Claims("council")));
}

TEST_F(StrangersTest, AnotherServicesAgencysOrIssuersTokenIsRefused) {
  const std::string claims = node->Claims("council");
  ExpectRefused(Sign(Header(), With(claims, "aud", "mosaic")));
  ExpectRefused(Sign(Header(), With(claims, "iss", "https://evil.example")));
  ExpectRefused(Sign(Header(), With(claims, "exp", 1'700'000'000)));
  ExpectRefused(Sign(With(Header(), "typ", "JWT"), claims));
  ExpectRefused(Sign(Header(), With(claims, "kith_role", "root")));
  ExpectRefused(node->TokenOf("school"));
}

TEST_F(StrangersTest, ATokenThatSaysSomethingTwiceIsRefused) {
  std::string claims = node->Claims("council");
  claims.insert(1, R"("kith_agency":"council",)");
  ExpectRefused(Sign(Header(), claims));
  std::string header = Header();
  header.insert(1, R"("alg":"ES256",)");
  ExpectRefused(Sign(header, node->Claims("council")));
  EXPECT_EQ(
      Code(good, token, {{"authorization", absl::StrCat("Bearer ", token)}}),
      StatusCode::UNAUTHENTICATED);
  EXPECT_EQ(Code(good, token, {{"kith-purpose", "audit"}}),
            StatusCode::UNAUTHENTICATED);
}

TEST_F(StrangersTest, ATokenOfMoreThanEightKibibytesIsRefused) {
  const std::string claims = node->Claims("council");
  ExpectRefused(Sign(Header(), With(claims, "x", std::string(6500, 'x'))));
  EXPECT_EQ(Code(good, std::string(20'000, 'x')),
            StatusCode::RESOURCE_EXHAUSTED);
}

TEST_F(StrangersTest, MetadataChangeNobodysIdentity) {
  const auto status_of = [](const std::string& role, const Metadata& metadata) {
    grpc::ClientContext context;
    context.AddMetadata(
        "authorization",
        absl::StrCat("Bearer ", node->TokenOf("council", role)));
    context.AddMetadata("kith-purpose", "operations");
    for (const auto& [key, value] : metadata) context.AddMetadata(key, value);
    api::v1::GetStatusResponse response;
    return api::v1::OperationsService::Stub(node->Connect(node->Of("council")))
        .GetStatus(&context, {}, &response)
        .error_code();
  };
  EXPECT_EQ(status_of("hub_administrator", {}), StatusCode::OK);
  EXPECT_EQ(status_of("practitioner", {{"kith-role", "hub_administrator"}}),
            status_of("practitioner", {}));
  EXPECT_NE(status_of("practitioner", {}), StatusCode::OK);
  EXPECT_EQ(status_of("hub_administrator", {{"kith-agency", "school"},
                                            {"kith-role", "practitioner"},
                                            {"kith-practitioner", "x"}}),
            StatusCode::OK);
}

TEST_F(StrangersTest, OldTlsAndPlaintextAreRefused) {
  EXPECT_FALSE(RawConnection(node->port()).StartTls(good, TLS1_VERSION));
  EXPECT_FALSE(RawConnection(node->port()).StartTls(good, TLS1_1_VERSION));
  EXPECT_TRUE(RawConnection(node->port()).StartTls(good, TLS1_2_VERSION));
  EXPECT_TRUE(RawConnection(node->port()).StartTls(good, TLS1_3_VERSION));
  RawConnection plain(node->port());
  EXPECT_TRUE(plain.Send(Preface()));
  std::string answer;
  while (!plain.IsClosedWithin(absl::ZeroDuration())) {
    answer += plain.Receive(absl::Seconds(10));
  }
  EXPECT_THAT(FrameTypes(answer),
              ::testing::Not(::testing::Contains(kSettings)));
}

TEST_F(StrangersTest, AnIssuersNewKeysCountFromTheNextCallOn) {
  const std::string keys = node->Read("node/jwks.json");
  const authority::SigningKey next =
      Need(authority::MakeSigningKey("development-2", "EdDSA"));
  const std::string fresh = Need(authority::Sign(
      next, authority::HeaderOf(next), node->Claims("council")));
  const auto channel = node->Connect(good);
  EXPECT_EQ(Ask(channel, token).error_code(), StatusCode::NOT_FOUND);
  EXPECT_EQ(Ask(channel, fresh).error_code(), StatusCode::UNAUTHENTICATED);
  node->Write("node/jwks.json",
              absl::StrCat("{\"keys\": [", Need(authority::JwkOf(next)), "]}"));
  EXPECT_EQ(Ask(channel, token).error_code(), StatusCode::UNAUTHENTICATED);
  EXPECT_EQ(Ask(channel, fresh).error_code(), StatusCode::NOT_FOUND);
  node->Write("node/jwks.json", keys);
}

TEST_F(StrangersTest, WhileIdentityDoesNotReadNobodyIsAdmitted) {
  const auto channel = node->Connect(good);
  node->Write("node/denied", "agency\n");
  EXPECT_EQ(Ask(channel, token).error_code(), StatusCode::UNAVAILABLE);
  const std::string ready =
      server_tests::HttpGet(node->kithd().http_port(), "/readyz");
  EXPECT_TRUE(absl::StrContains(ready, "503")) << ready;
  EXPECT_TRUE(absl::StrContains(ready, "denied")) << ready;
}

// The certificates of the node and of its clients' authority change under it.
TEST_F(StrangersTest, ANewAuthorityIsBelievedWithoutARestart) {
  const Identity other = Need(authority::MakeAuthority(
      "next", absl::Now() - absl::Hours(1), absl::Now() + absl::Hours(1)));
  CertificateSpec spec = Besieged::SpecOf("police");
  const Identity police = Need(authority::Issue(other, spec));
  ExpectNoHandshake(police);
  node->Write("node/clients.crt",
              absl::StrCat(node->authority_pem(), other.certificate));
  const absl::Time end = absl::Now() + absl::Seconds(60);
  StatusCode code = StatusCode::UNAVAILABLE;
  while (code == StatusCode::UNAVAILABLE && absl::Now() < end) {
    code = Code(police, token);
  }
  EXPECT_EQ(code, StatusCode::UNAUTHENTICATED);  // its agency is not listed
  node->Write("node/clients.crt", node->authority_pem());
}

}  // namespace
}  // namespace kith::hostile
