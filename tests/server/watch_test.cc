// Streams that stay open: what they send, how they go on, and how they end.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "absl/strings/match.h"
#include "absl/strings/substitute.h"
#include "absl/time/clock.h"
#include "kith/api/v1/override_service.grpc.pb.h"
#include "kith/api/v1/watch_service.grpc.pb.h"
#include "tests/server/family_story.h"

namespace kith::server_tests {
namespace {

using api::v1::WatchFamilyResponse;
using api::v1::WatchService;
using api::v1::WatchWorklistResponse;
using grpc::StatusCode;
using ::testing::Contains;
using ::testing::IsEmpty;

// One stream of a client, which goes on from its last position where the server
// says that it is too busy to know whether it may.
template <class Request, class Response>
class Watching {
 public:
  using Method = std::unique_ptr<grpc::ClientReader<Response>> (
      WatchService::Stub::*)(grpc::ClientContext*, const Request&);

  Watching(const TestServer& server, const Who& who, Method method,
           Request request)
      : stub_(server.channel()),
        who_(who),
        method_(method),
        request_(std::move(request)) {
    Open();
  }

  // The next message; false: the stream ended.
  bool Next(Response& response) {
    while (!reader_->Read(&response)) {
      status_ = reader_->Finish();
      if (!absl::StartsWith(status_.error_message(), "busy")) return false;
      Open();
    }
    request_.set_after_position(response.info().position());
    return true;
  }
  // Reads to the end and says how it ended.
  grpc::Status End() {
    Response response;
    while (Next(response)) rest_.push_back(response);
    return status_;
  }
  // What `End` still read.
  const std::vector<Response>& rest() const { return rest_; }

 private:
  void Open() {
    reader_.reset();
    context_ = std::make_unique<grpc::ClientContext>();
    Introduce(who_, *context_);
    context_->set_deadline(std::chrono::system_clock::now() +
                           std::chrono::seconds(60));
    reader_ = (stub_.*method_)(context_.get(), request_);
  }

  WatchService::Stub stub_;
  const Who who_;
  const Method method_;
  Request request_;
  std::unique_ptr<grpc::ClientContext> context_;
  std::unique_ptr<grpc::ClientReader<Response>> reader_;
  grpc::Status status_;
  std::vector<Response> rest_;
};
using FamilyWatch = Watching<api::v1::WatchFamilyRequest, WatchFamilyResponse>;
using ListWatch =
    Watching<api::v1::WatchWorklistRequest, WatchWorklistResponse>;

class WatchTest : public ::testing::Test {
 protected:
  FamilyWatch Watch(const Who& who, const std::string& after = "") {
    api::v1::WatchFamilyRequest request;
    request.set_family_id(story.family());
    request.set_after_position(after);
    return FamilyWatch(server, who, &WatchService::Stub::WatchFamily, request);
  }
  // Reads on until a message with entries came.
  static WatchFamilyResponse NextEntries(FamilyWatch& watch) {
    WatchFamilyResponse response;
    while (watch.Next(response)) {
      if (response.entries_size() > 0) return response;
    }
    ADD_FAILURE() << "the stream ended";
    return response;
  }
  static std::vector<std::string> WhatOf(const WatchFamilyResponse& response) {
    std::vector<std::string> all;
    for (const auto& entry : response.entries()) all.push_back(entry.what());
    return all;
  }

  TestServer server;
  FamilyStory story{server};
  const Who health = Of("health", "hv-7");
};

TEST_F(WatchTest, AStreamBeginsWithAPositionAndSendsWhatHappens) {
  FamilyWatch watch = Watch(Who());
  WatchFamilyResponse first;
  ASSERT_TRUE(watch.Next(first));
  EXPECT_THAT(WhatOf(first), IsEmpty());
  EXPECT_NE(first.info().position(), "");
  story.OpenPlan();
  EXPECT_THAT(WhatOf(NextEntries(watch)), Contains("plan recorded"));
}

TEST_F(WatchTest, AStreamGoesOnFromAPositionWithoutGapOrRepeat) {
  std::vector<std::string> at_once;
  std::vector<std::string> in_two;
  story.OpenPlan("a");
  story.OpenPlan("b");
  {
    FamilyWatch watch = Watch(Who(), story.registered());
    const WatchFamilyResponse all = NextEntries(watch);
    for (const auto& entry : all.entries()) at_once.push_back(entry.text());
  }
  ASSERT_GE(at_once.size(), 2u);
  std::string position = story.registered();
  {
    FamilyWatch watch = Watch(Who(), position);
    const WatchFamilyResponse some = NextEntries(watch);
    for (const auto& entry : some.entries()) in_two.push_back(entry.text());
    position = some.info().position();
  }
  story.OpenPlan("c");
  FamilyWatch watch = Watch(Who(), position);
  const WatchFamilyResponse rest = NextEntries(watch);
  EXPECT_EQ(in_two, at_once);
  EXPECT_THAT(WhatOf(rest), Contains("plan recorded"));
}

TEST_F(WatchTest, TheStreamEndsWithinASecondOfLosingItsRight) {
  const std::string consent = story.Share("health");
  FamilyWatch watch = Watch(health);
  WatchFamilyResponse first;
  ASSERT_TRUE(watch.Next(first));
  story.Withdraw(consent);
  const absl::Time withdrawn = absl::Now();
  story.OpenPlan("after the withdrawal");
  EXPECT_EQ(watch.End().error_code(), StatusCode::NOT_FOUND);
  EXPECT_LT(absl::Now() - withdrawn, absl::Seconds(1) + absl::Seconds(1));
  for (const auto& response : watch.rest()) {
    EXPECT_THAT(WhatOf(response), IsEmpty());
  }
}

TEST_F(WatchTest, WhoSeesOnlyThatSomebodyLeadsMayNotWatch) {
  story.AppointLead();
  EXPECT_EQ(Watch(health).End().error_code(), StatusCode::NOT_FOUND);
  EXPECT_EQ(Watch(Of("police", "p1")).End().error_code(),
            StatusCode::NOT_FOUND);
}

TEST_F(WatchTest, WhatIsNoPositionIsSaid) {
  EXPECT_EQ(Watch(Who(), "forged").End().error_code(),
            StatusCode::INVALID_ARGUMENT);
}

TEST_F(WatchTest, WhatCannotBeRecordedIsNotSent) {
  FamilyWatch watch = Watch(Who());
  WatchFamilyResponse first;
  ASSERT_TRUE(watch.Next(first));
  server.access_store().FailNextCommit(
      engine::testing::FailingStore::Failure::kBeforeWriting);
  story.OpenPlan();
  EXPECT_EQ(watch.End().error_code(), StatusCode::UNAVAILABLE);
  EXPECT_THAT(watch.rest(), IsEmpty());
}

TEST_F(WatchTest, EveryMessageOfAStreamIsALook) {
  const int before = server.LooksAt(story.family());
  FamilyWatch watch = Watch(Who(), story.registered());
  story.OpenPlan();
  NextEntries(watch);
  EXPECT_EQ(server.LooksAt(story.family()), before + 2);  // and that one
}

TEST_F(WatchTest, OneCallerHoldsABoundedNumberOfStreams) {
  std::vector<std::unique_ptr<FamilyWatch>> open;
  for (int i = 0; i < 8; ++i) {
    api::v1::WatchFamilyRequest request;
    request.set_family_id(story.family());
    open.push_back(std::make_unique<FamilyWatch>(
        server, Who(), &WatchService::Stub::WatchFamily, request));
    WatchFamilyResponse first;
    ASSERT_TRUE(open.back()->Next(first));
  }
  EXPECT_EQ(Watch(Who()).End().error_code(), StatusCode::RESOURCE_EXHAUSTED);
  open.clear();  // cancels none by itself
}

TEST_F(WatchTest, ADrainEndsStreamsAtOnce) {
  FamilyWatch watch = Watch(Who());
  WatchFamilyResponse first;
  ASSERT_TRUE(watch.Next(first));
  std::thread draining([&] { server.server().Drain(absl::Seconds(20)); });
  EXPECT_EQ(watch.End().error_code(), StatusCode::UNAVAILABLE);
  draining.join();
}

TEST_F(WatchTest, AWorklistTellsOfWhatIsNewOnIt) {
  api::v1::WatchWorklistRequest request;
  request.set_worklist(api::v1::WORKLIST_REVIEWS);
  ListWatch watch(server, Of("council", "dpo", "privacy_officer"),
                  &WatchService::Stub::WatchWorklist, request);
  WatchWorklistResponse response;
  ASSERT_TRUE(watch.Next(response));
  const auto broken = server.Say(
      health, &api::v1::OverrideService::Stub::BreakGlass,
      Text<api::v1::BreakGlassRequest>(absl::Substitute(
          R"(glass { family { id: "$0" } reason: OVERRIDE_REASON_THREAT_TO_LIFE
                     wording: "collapsed" basis: LEGAL_BASIS_VITAL_INTERESTS
                     minutes: 60 })",
          story.family())));
  ASSERT_EQ(ReasonOf(broken.status), "OK");
  while (watch.Next(response) && response.reviews_size() == 0) {
  }
  ASSERT_EQ(response.reviews_size(), 1);
  EXPECT_EQ(response.reviews(0).override_id(),
            broken.value.outcome().made_ids(0));
}

TEST_F(WatchTest, AWorklistOfAnotherRoleIsForbidden) {
  api::v1::WatchWorklistRequest request;
  request.set_worklist(api::v1::WORKLIST_MATCHES);
  ListWatch watch(server, Who(), &WatchService::Stub::WatchWorklist, request);
  EXPECT_EQ(watch.End().error_code(), StatusCode::PERMISSION_DENIED);
}

}  // namespace
}  // namespace kith::server_tests
