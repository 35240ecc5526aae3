// Streams that stay open: what they send, how they go on, and how they end.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <condition_variable>
#include <mutex>
#include <thread>

#include "absl/strings/substitute.h"
#include "absl/time/clock.h"
#include "kith/api/v1/override_service.grpc.pb.h"
#include "tests/server/watch_story.h"

namespace kith::server_tests {
namespace {

using api::v1::WatchFamilyResponse;
using api::v1::WatchService;
using grpc::StatusCode;
using ::testing::Contains;
using ::testing::IsEmpty;

// A right that is lost ends the stream within a second; what a busy machine
// takes to carry the news comes on top.
constexpr absl::Duration kEndsWithin = absl::Seconds(1);
constexpr absl::Duration kSlack = absl::Milliseconds(100);

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

// Rights that end while somebody watches.
class LosingTest : public WatchTest {
 protected:
  using WatchTest::WatchTest;

  // Health's, once it has said that it lives.
  FamilyWatch Watching() {
    FamilyWatch watch = Watch(health);
    WatchFamilyResponse first;
    EXPECT_TRUE(watch.Next(first));
    return watch;
  }
  // A need, which health sees where it has a consent. (Of a plan it would see
  // nothing: that is between those whom it names, R-099.)
  void StateNeed(const std::string& code) {
    story.Made(&FamilyService::Stub::StateNeed,
               absl::Substitute(R"(need { person { $0 } need: "$1"
                                      state: NEED_STATE_IDENTIFIED })",
                                RecordText("child"), code));
  }
  void Restrict() {
    story.Made(&ConsentService::Stub::StateRestriction,
               absl::Substitute(R"(restriction { about { $0 } about { $1 }
             barred { agency: "health" } asked_by { $0 } reason: "asked" })",
                                RecordText("mother"), RecordText("child")));
  }
  std::string BreakGlass() {
    return story.Made(
        &api::v1::OverrideService::Stub::BreakGlass,
        absl::Substitute(
            R"(glass { family { id: "$0" } reason: OVERRIDE_REASON_THREAT_TO_LIFE
                 wording: "collapsed" basis: LEGAL_BASIS_VITAL_INTERESTS
                 minutes: 60 })",
            story.family()),
        health);
  }
  // Until the end of today.
  std::string Today() {
    const absl::CivilDay day =
        absl::ToCivilDay(server.clock().Now(), absl::UTCTimeZone());
    return absl::Substitute("period { until { year: $0 month: $1 day: $2 } }",
                            day.year(), day.month(), day.day());
  }
  // The right was lost just now: what happens from then on is not told.
  static void ExpectToEnd(FamilyWatch& watch, absl::Time lost,
                          StatusCode code = StatusCode::NOT_FOUND) {
    EXPECT_EQ(watch.End().error_code(), code);
    EXPECT_LT(absl::Now() - lost, kEndsWithin + kSlack);
    for (const auto& response : watch.rest()) {
      EXPECT_THAT(WhatOf(response), IsEmpty());
    }
  }
};

TEST_F(LosingTest, R080AWithdrawnConsentEndsTheStreamWithinASecond) {
  const std::string consent = story.Share("health");
  FamilyWatch watch = Watching();
  StateNeed("debt");
  EXPECT_THAT(WhatOf(NextEntries(watch)), Contains("need recorded"));
  story.Withdraw(consent);
  const absl::Time lost = absl::Now();
  StateNeed("housing");
  ExpectToEnd(watch, lost);
}

TEST_F(LosingTest, R081ARestrictionEndsTheStreamWithinASecond) {
  story.Share("health");
  FamilyWatch watch = Watching();
  Restrict();
  const absl::Time lost = absl::Now();
  StateNeed("housing");
  ExpectToEnd(watch, lost);
}

TEST_F(LosingTest, R082AConsentWhosePeriodIsOverEndsTheStreamWithinASecond) {
  story.Share("health", Today());
  FamilyWatch watch = Watching();
  server.clock().Advance(absl::Hours(25));
  ExpectToEnd(watch, absl::Now());
}

TEST_F(LosingTest, GlassThatIsWholeAgainEndsTheStreamWithinASecond) {
  BreakGlass();
  FamilyWatch watch = Watching();
  server.clock().Advance(absl::Minutes(59));
  StateNeed("debt");
  EXPECT_THAT(WhatOf(NextEntries(watch)), Contains("need recorded"));
  server.clock().Advance(absl::Minutes(2));
  const absl::Time lost = absl::Now();
  StateNeed("housing");
  ExpectToEnd(watch, lost);
}

// Holds the access log's writes back.
class Gate {
 public:
  void Close() {
    const std::lock_guard<std::mutex> lock(mutex_);
    closed_ = true;
  }
  void Open() {
    const std::lock_guard<std::mutex> lock(mutex_);
    closed_ = false;
    changed_.notify_all();
  }
  // Where one must wait.
  void Pass() {
    std::unique_lock<std::mutex> lock(mutex_);
    waits_ = closed_;
    changed_.notify_all();
    changed_.wait(lock, [this] { return !closed_; });
    waits_ = false;
  }
  void AwaitSomebody() {
    std::unique_lock<std::mutex> lock(mutex_);
    changed_.wait(lock, [this] { return waits_; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool closed_ = false;  // guarded by mutex_
  bool waits_ = false;   // guarded by mutex_
};

// The second was counted from the end of a step, whose decision stood at its
// beginning: whoever lost the right meanwhile went on for longer.
TEST_F(LosingTest, TheSecondIsCountedFromTheDecisionHoweverLongTheStepTakes) {
  Gate gate;
  server.access_store().OnCommit([&gate] { gate.Pass(); });
  FamilyWatch watch = Watch(Who());
  WatchFamilyResponse first;
  ASSERT_TRUE(watch.Next(first));
  StateNeed("debt");
  NextEntries(watch);  // a decision was made just now
  gate.Close();
  StateNeed("housing");
  gate.AwaitSomebody();  // a step has decided, and waits for the disk
  server.door().ShutOut("council");
  const absl::Time lost = absl::Now();
  absl::SleepFor(absl::Milliseconds(750));
  gate.Open();
  EXPECT_EQ(watch.End().error_code(), StatusCode::UNAUTHENTICATED);
  EXPECT_LT(absl::Now() - lost, kEndsWithin + kSlack);
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

TestServerOptions WithHeartbeats(absl::Duration beat) {
  TestServerOptions options;
  options.times.heartbeat = beat;
  return options;
}

constexpr absl::Duration kHeartbeat = absl::Milliseconds(700);

class HeartbeatTest : public WatchTest {
 protected:
  HeartbeatTest() : WatchTest(WithHeartbeats(kHeartbeat)) {}
};

TEST_F(HeartbeatTest, AStreamOnWhichNothingHappensSaysThatItLives) {
  FamilyWatch watch = Watch(Who());
  WatchFamilyResponse first, second;
  ASSERT_TRUE(watch.Next(first));
  const absl::Time begun = absl::Now();
  const int before = server.LooksAt(story.family());
  ASSERT_TRUE(watch.Next(second));
  EXPECT_GE(absl::Now() - begun, kHeartbeat - kSlack);
  EXPECT_THAT(WhatOf(second), IsEmpty());
  EXPECT_EQ(server.PositionOf(second.info().position()),
            server.PositionOf(first.info().position()));
  // It is a look at nobody.
  EXPECT_EQ(server.LooksAt(story.family()), before + 1);  // that one's own
}

}  // namespace
}  // namespace kith::server_tests
