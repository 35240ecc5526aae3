// Calls whose time passes: they end, and do nothing more.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <vector>

#include "absl/strings/substitute.h"
#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "kith/api/v1/audit_service.grpc.pb.h"
#include "kith/api/v1/watch_service.grpc.pb.h"
#include "tests/server/family_story.h"

namespace kith::server_tests {
namespace {

using api::v1::AuditService;
using api::v1::WatchService;
using grpc::StatusCode;

class DeadlinesTest : public ::testing::Test {
 protected:
  template <class Stub, class Request, class Response>
  StatusCode CallWithin(absl::Duration patience,
                        grpc::Status (Stub::*method)(grpc::ClientContext*,
                                                     const Request&, Response*),
                        const Request& request) const {
    grpc::ClientContext context;
    Introduce(Who(), context);
    context.set_deadline(absl::ToChronoTime(absl::Now() + patience));
    Stub stub(server.channel());
    Response response;
    return (stub.*method)(&context, request, &response).error_code();
  }
  StatusCode Get(absl::Duration patience,
                 const api::v1::GetFamilyRequest& request) const {
    return CallWithin(patience, &FamilyService::Stub::GetFamily, request);
  }

  // Reads at a position that is not reached.
  api::v1::ReadOptions ToCome() {
    api::v1::ReadOptions read;
    read.set_min_position(server.node().engine().tokens().Seal(100000));
    return read;
  }

  // Keeps every worker busy for so long: reads that wait for what does not
  // come. Returns when no call finds a worker any more.
  std::vector<std::future<StatusCode>> KeepBusy(absl::Duration time) {
    auto to_come = story.Get();
    *to_come.mutable_read() = ToCome();
    std::vector<std::future<StatusCode>> waiting;
    for (size_t i = 0; i < TestServer::kWorkers; ++i) {
      waiting.push_back(std::async(std::launch::async, [this, to_come, time] {
        return Get(time, to_come);
      }));
    }
    api::v1::GetFamilyRequest unknown;
    unknown.set_family_id(Absent(story.family()));
    StatusCode busy = StatusCode::NOT_FOUND;
    for (int i = 0; i < 50 && busy == StatusCode::NOT_FOUND; ++i) {
      busy = Get(absl::Milliseconds(300), unknown);
    }
    EXPECT_EQ(busy, StatusCode::DEADLINE_EXCEEDED);
    return waiting;
  }

  TestServer server;
  FamilyStory story{server};
};

TEST_F(DeadlinesTest, ReadsWaitNoLongerForAPositionToCome) {
  auto get = story.Get();
  *get.mutable_read() = ToCome();
  EXPECT_EQ(Get(absl::Milliseconds(300), get), StatusCode::DEADLINE_EXCEEDED);
  api::v1::GetTimelineRequest list;
  list.set_family_id(story.family());
  *list.mutable_read() = ToCome();
  EXPECT_EQ(CallWithin(absl::Milliseconds(300),
                       &FamilyService::Stub::GetTimeline, list),
            StatusCode::DEADLINE_EXCEEDED);
}

TEST_F(DeadlinesTest, AReplayWaitsNoLongerForAPositionToCome) {
  grpc::ClientContext context;
  Introduce(Who(), context);
  context.set_deadline(
      absl::ToChronoTime(absl::Now() + absl::Milliseconds(300)));
  api::v1::ReplayRequest request;
  request.set_family_id(story.family());
  *request.mutable_read() = ToCome();
  AuditService::Stub stub(server.channel());
  const auto reader = stub.Replay(&context, request);
  api::v1::ReplayResponse response;
  EXPECT_FALSE(reader->Read(&response));
  EXPECT_EQ(reader->Finish().error_code(), StatusCode::DEADLINE_EXCEEDED);
}

TEST_F(DeadlinesTest, AWatchLastsAsLongAsItsDeadline) {
  grpc::ClientContext context;
  Introduce(Who(), context);
  context.set_deadline(
      absl::ToChronoTime(absl::Now() + absl::Milliseconds(500)));
  api::v1::WatchFamilyRequest request;
  request.set_family_id(story.family());
  WatchService::Stub stub(server.channel());
  const auto reader = stub.WatchFamily(&context, request);
  api::v1::WatchFamilyResponse response;
  EXPECT_TRUE(reader->Read(&response));
  while (reader->Read(&response)) {
  }
  EXPECT_EQ(reader->Finish().error_code(), StatusCode::DEADLINE_EXCEEDED);
}

TEST_F(DeadlinesTest, AWriteWhoseTimePassedBeforeItsTurnIsNotSaid) {
  const uint64_t before = server.node().engine().Read().value()->position();
  auto request = story.Opening("walks to school");
  request.mutable_write()->set_request_id("patient-for-long");
  auto waiting = KeepBusy(absl::Seconds(4));
  EXPECT_EQ(CallWithin(absl::Milliseconds(300), &PlanService::Stub::OpenPlan,
                       request),
            StatusCode::DEADLINE_EXCEEDED);
  for (auto& one : waiting) {
    EXPECT_EQ(one.get(), StatusCode::DEADLINE_EXCEEDED);
  }
  // Workers take what waits in order: whatever comes after has come after it.
  ASSERT_TRUE(
      server.Call(Who(), &FamilyService::Stub::GetFamily, story.Get()).ok());
  EXPECT_EQ(server.node().engine().Read().value()->position(), before);
  // With time enough the same request is said, as if for the first time.
  EXPECT_EQ(
      ReasonOf(server.Say(Who(), &PlanService::Stub::OpenPlan, request).status),
      "OK");
  EXPECT_GT(server.node().engine().Read().value()->position(), before);
}

TEST_F(DeadlinesTest, WhatIsKeptIsAnsweredThoughEveryWorkerIsBusy) {
  // Asked for once, it is kept.
  ASSERT_TRUE(
      server.Call(Who(), &FamilyService::Stub::GetFamily, story.Get()).ok());
  auto waiting = KeepBusy(absl::Seconds(5));
  EXPECT_EQ(Get(absl::Seconds(3), story.Get()), StatusCode::OK);
  for (auto& one : waiting) {
    EXPECT_EQ(one.get(), StatusCode::DEADLINE_EXCEEDED);
  }
}

// Each entry that is withheld is recorded before the next one is looked at: a
// replay went on to its end for nobody.
TEST_F(DeadlinesTest, AReplayThatNobodyListensToLooksNoFurther) {
  story.Share("health", "classes: ITEM_CLASS_IDENTITY");
  const std::string plan = story.OpenPlan("step 0");
  constexpr uint64_t kWithheld = 50, kGivenUpAfter = 20;
  for (uint64_t i = 1; i <= kWithheld; ++i) {
    const auto said =
        server.Say(Who(), &PlanService::Stub::AmendPlan,
                   story.Amending(plan, i, absl::Substitute("step $0", i)));
    ASSERT_EQ(ReasonOf(said.status), "OK");
  }
  std::atomic<uint64_t> commits = 0;
  absl::Notification given_up;
  server.access_store().OnCommit([&] {
    if (++commits != kGivenUpAfter) return;
    given_up.WaitForNotificationWithTimeout(absl::Seconds(30));
  });
  grpc::ClientContext context;
  Introduce(Of("health", "hv-7"), context);
  context.set_deadline(
      absl::ToChronoTime(absl::Now() + absl::Milliseconds(500)));
  api::v1::ReplayRequest request;
  request.set_family_id(story.family());
  AuditService::Stub stub(server.channel());
  const auto reader = stub.Replay(&context, request);
  api::v1::ReplayResponse response;
  while (reader->Read(&response)) {
  }
  EXPECT_EQ(reader->Finish().error_code(), StatusCode::DEADLINE_EXCEEDED);
  given_up.Notify();
  server.server().Drain(absl::Seconds(30));
  EXPECT_GE(commits, kGivenUpAfter);
  EXPECT_LT(commits, kGivenUpAfter + 5);
}

}  // namespace
}  // namespace kith::server_tests
