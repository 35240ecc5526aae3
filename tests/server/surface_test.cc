// What any gRPC client finds: every method described and callable, health,
// limits.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "grpc/health/v1/health.grpc.pb.h"
#include "kith/api/v1/intake_service.grpc.pb.h"
#include "tests/server/family_story.h"
#include "tests/server/generic_client.h"

namespace kith::server_tests {
namespace {

namespace health = grpc::health::v1;
using grpc::StatusCode;
using ::testing::IsSupersetOf;

class SurfaceTest : public ::testing::Test {
 protected:
  // Calls `visit` with the path of every method of Kith's services.
  template <class Visit>
  void ForEachMethod(const Reflected& reflected, const Visit& visit) {
    int methods = 0;
    for (const std::string& name : reflected.services()) {
      if (!absl::StartsWith(name, "kith.")) continue;
      const auto* service = reflected.Service(name);
      ASSERT_NE(service, nullptr) << name;
      for (int i = 0; i < service->method_count(); ++i, ++methods) {
        visit(absl::StrCat("/", name, "/", service->method(i)->name()));
      }
    }
    EXPECT_GE(methods, 60);
  }
  health::HealthCheckResponse::ServingStatus HealthOf(
      const std::string& service) {
    health::HealthCheckRequest request;
    request.set_service(service);
    const auto answer =
        server.Call(Who(), &health::Health::Stub::Check, request);
    EXPECT_TRUE(answer.ok()) << service;
    return answer.value.status();
  }

  TestServer server;
};

TEST_F(SurfaceTest, AGenericClientFindsEveryService) {
  const Reflected reflected(*server.channel());
  EXPECT_THAT(
      reflected.services(),
      IsSupersetOf(
          {"grpc.health.v1.Health", "kith.api.v1.AssessmentService",
           "kith.api.v1.AuditService", "kith.api.v1.ConsentService",
           "kith.api.v1.DuplicateService", "kith.api.v1.FamilyService",
           "kith.api.v1.IntakeService", "kith.api.v1.LeadService",
           "kith.api.v1.MeetingService", "kith.api.v1.OperationsService",
           "kith.api.v1.OverrideService", "kith.api.v1.PlanService",
           "kith.api.v1.ReferralService", "kith.api.v1.WatchService"}));
  for (const std::string& name : reflected.services()) {
    const auto* service = reflected.Service(name);
    ASSERT_NE(service, nullptr) << name;
    EXPECT_GT(service->method_count(), 0) << name;
  }
}

// How many details say what went wrong.
int InfosIn(const grpc::Status& status) {
  google::rpc::Status rich;
  EXPECT_TRUE(rich.ParseFromString(status.error_details()));
  int infos = 0;
  for (const auto& detail : rich.details()) {
    infos += detail.Is<google::rpc::ErrorInfo>() ? 1 : 0;
  }
  return infos;
}

TEST_F(SurfaceTest, EveryErrorOfAMethodBearsOneErrorInfo) {
  const Reflected reflected(*server.channel());
  Who nobody;
  nobody.agency = "";
  int errors = 0;
  ForEachMethod(reflected, [&](const std::string& path) {
    for (const Who& who : {Who(), nobody}) {
      const auto answer = CallGeneric(*server.channel(), path, who, {""});
      if (answer.status.ok()) continue;
      ++errors;
      EXPECT_EQ(InfosIn(answer.status), 1) << path;
    }
  });
  EXPECT_GT(errors, 0);
}

TEST_F(SurfaceTest, EveryMethodAnswersAnEmptyRequest) {
  const Reflected reflected(*server.channel());
  ForEachMethod(reflected, [&](const std::string& path) {
    const auto code =
        CallGeneric(*server.channel(), path, Who(), {""}).status.error_code();
    EXPECT_NE(code, StatusCode::UNIMPLEMENTED) << path;
    EXPECT_NE(code, StatusCode::UNKNOWN) << path;
    EXPECT_NE(code, StatusCode::INTERNAL) << path;
    EXPECT_NE(code, StatusCode::UNAVAILABLE) << path;
    EXPECT_NE(code, StatusCode::DEADLINE_EXCEEDED) << path;
  });
}

TEST_F(SurfaceTest, NoMethodAnswersWhoDoesNotSayWhoTheyAre) {
  const Reflected reflected(*server.channel());
  Who nobody;
  nobody.agency = "";
  ForEachMethod(reflected, [&](const std::string& path) {
    const GenericAnswer answer =
        CallGeneric(*server.channel(), path, nobody, {""});
    EXPECT_EQ(answer.status.error_code(), StatusCode::UNAUTHENTICATED) << path;
    EXPECT_TRUE(answer.messages.empty()) << path;
  });
}

TEST_F(SurfaceTest, BytesThatAreNoRequestDoNoHarm) {
  const Reflected reflected(*server.channel());
  ForEachMethod(reflected, [&](const std::string& path) {
    const auto answer = CallGeneric(*server.channel(), path, Who(),
                                    {std::string("\xff\xff\xff\x01", 4)});
    EXPECT_TRUE(answer.messages.empty()) << path;
    // To a stream of frames it used to look like the end.
    EXPECT_FALSE(answer.status.ok()) << path;
  });
  EXPECT_EQ(HealthOf(""), health::HealthCheckResponse::SERVING);
}

TEST_F(SurfaceTest, HealthIsToldForEachService) {
  const Reflected reflected(*server.channel());
  EXPECT_EQ(HealthOf(""), health::HealthCheckResponse::SERVING);
  for (const std::string& name : reflected.services()) {
    if (!absl::StartsWith(name, "kith.")) continue;
    EXPECT_EQ(HealthOf(name), health::HealthCheckResponse::SERVING) << name;
  }
  server.server().SetServing(false);
  EXPECT_EQ(HealthOf("kith.api.v1.PlanService"),
            health::HealthCheckResponse::NOT_SERVING);
  health::HealthCheckRequest request;
  request.set_service("kith.api.v1.NoSuchService");
  const auto unknown =
      server.Call(Who(), &health::Health::Stub::Check, request);
  EXPECT_EQ(unknown.code(), StatusCode::NOT_FOUND);
  EXPECT_EQ(InfosIn(unknown.status), 1);
}

TEST_F(SurfaceTest, AWatcherIsToldOfTheDrainAndLetsItEnd) {
  grpc::ClientContext context;
  health::Health::Stub stub(server.channel());
  const auto reader = stub.Watch(&context, health::HealthCheckRequest());
  health::HealthCheckResponse response;
  ASSERT_TRUE(reader->Read(&response));
  EXPECT_EQ(response.status(), health::HealthCheckResponse::SERVING);
  server.server().SetServing(false);
  ASSERT_TRUE(reader->Read(&response));
  EXPECT_EQ(response.status(), health::HealthCheckResponse::NOT_SERVING);
  std::thread drain([&] { server.server().Drain(absl::Seconds(60)); });
  while (reader->Read(&response)) {
  }
  drain.join();
  EXPECT_TRUE(reader->Finish().ok());
}

TEST_F(SurfaceTest, ACallAfterTheDrainIsUnavailable) {
  server.server().Drain(absl::Seconds(60));
  api::v1::GetFamilyRequest request;
  EXPECT_EQ(server.Call(Who(), &FamilyService::Stub::GetFamily, request).code(),
            StatusCode::UNAVAILABLE);
}

TEST_F(SurfaceTest, AMessageThatIsTooLargeIsRefused) {
  api::v1::GetFamilyRequest request;
  request.set_family_id(std::string((1 << 20) + 1, 'f'));
  EXPECT_EQ(server.Call(Who(), &FamilyService::Stub::GetFamily, request).code(),
            StatusCode::RESOURCE_EXHAUSTED);
  request.set_family_id(std::string((1 << 20) - 100, 'f'));
  EXPECT_EQ(server.Call(Who(), &FamilyService::Stub::GetFamily, request).code(),
            StatusCode::NOT_FOUND);
}

TEST_F(SurfaceTest, MetadataThatIsTooLargeIsRefused) {
  grpc::ClientContext context;
  Introduce(Who(), context);
  context.AddMetadata("kith-other", std::string(17 * 1024, 'x'));
  FamilyService::Stub stub(server.channel());
  api::v1::GetFamilyResponse response;
  EXPECT_EQ(stub.GetFamily(&context, api::v1::GetFamilyRequest(), &response)
                .error_code(),
            StatusCode::RESOURCE_EXHAUSTED);
}

TEST_F(SurfaceTest, AnotherPartnershipIsNotServed) {
  grpc::ClientContext context;
  Introduce(Who(), context);
  context.AddMetadata("kith-partnership", "islington");
  FamilyService::Stub stub(server.channel());
  api::v1::GetFamilyResponse response;
  EXPECT_EQ(stub.GetFamily(&context, api::v1::GetFamilyRequest(), &response)
                .error_code(),
            StatusCode::UNAVAILABLE);
}

TEST_F(SurfaceTest, TwoServersDoNotShareAPort) {
  api::ServerOptions options;
  options.listen = absl::StrCat("127.0.0.1:", server.server().port());
  EXPECT_EQ(api::Server::Start(options, server.shell()).status().code(),
            absl::StatusCode::kUnavailable);
}

}  // namespace
}  // namespace kith::server_tests
