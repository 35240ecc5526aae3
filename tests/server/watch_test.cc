// Streams that stay open: what they send, how they go on, and how they end.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <condition_variable>
#include <mutex>
#include <thread>

#include "absl/strings/match.h"
#include "absl/strings/substitute.h"
#include "absl/time/clock.h"
#include "kith/api/v1/duplicate_service.grpc.pb.h"
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
using ::testing::ElementsAre;
using ::testing::IsEmpty;

// A right that is lost ends the stream within a second; what a busy machine
// takes to carry the news comes on top.
constexpr absl::Duration kEndsWithin = absl::Seconds(1);
constexpr absl::Duration kSlack = absl::Milliseconds(100);

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
  explicit WatchTest(const TestServerOptions& options = {}) : server(options) {}

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

class WorklistWatchTest : public WatchTest {
 protected:
  ListWatch Reviews(const std::string& after = "") {
    api::v1::WatchWorklistRequest request;
    request.set_worklist(api::v1::WORKLIST_REVIEWS);
    request.set_after_position(after);
    return ListWatch(server, Of("council", "dpo", "privacy_officer"),
                     &WatchService::Stub::WatchWorklist, request);
  }
  // The id of what then stands on the privacy officer's list.
  std::string BreakGlass(const std::string& practitioner) {
    return story.Made(
        &api::v1::OverrideService::Stub::BreakGlass,
        absl::Substitute(
            R"(glass { family { id: "$0" } reason: OVERRIDE_REASON_THREAT_TO_LIFE
                 wording: "collapsed" basis: LEGAL_BASIS_VITAL_INTERESTS
                 minutes: 60 })",
            story.family()),
        Of("health", practitioner));
  }
  // Ids of the next message that has any; its position in `position`.
  static std::vector<std::string> NextIds(ListWatch& watch,
                                          std::string& position) {
    WatchWorklistResponse response;
    while (watch.Next(response) && response.reviews_size() == 0) {
    }
    std::vector<std::string> ids;
    for (const auto& one : response.reviews()) ids.push_back(one.override_id());
    position = response.info().position();
    return ids;
  }
};

TEST_F(WorklistWatchTest, AWorklistTellsOfWhatIsNewOnIt) {
  ListWatch watch = Reviews();
  WatchWorklistResponse first;
  ASSERT_TRUE(watch.Next(first));
  const std::string broken = BreakGlass("hv-7");
  std::string position;
  EXPECT_THAT(NextIds(watch, position), ElementsAre(broken));
}

TEST_F(WorklistWatchTest, AWorklistGoesOnFromAPositionWithoutGapOrRepeat) {
  std::string begun, told, end;
  std::string first;
  {
    ListWatch watch = Reviews();
    WatchWorklistResponse response;
    ASSERT_TRUE(watch.Next(response));
    begun = response.info().position();
    first = BreakGlass("hv-7");
    EXPECT_THAT(NextIds(watch, told), ElementsAre(first));
  }
  const std::string second = BreakGlass("hv-8");
  ListWatch resumed = Reviews(told);
  EXPECT_THAT(NextIds(resumed, end), ElementsAre(second));
  ListWatch again = Reviews(begun);
  EXPECT_THAT(NextIds(again, end), ElementsAre(first, second));
}

// The ids of the next message that has cases or matches.
class CasesWatchTest : public WatchTest {
 protected:
  ListWatch List(const Who& who, api::v1::Worklist list,
                 const std::string& after = "") {
    api::v1::WatchWorklistRequest request;
    request.set_worklist(list);
    request.set_after_position(after);
    return ListWatch(server, who, &WatchService::Stub::WatchWorklist, request);
  }
  static std::vector<std::string> NextIds(ListWatch& watch,
                                          std::string& position) {
    WatchWorklistResponse response;
    while (watch.Next(response) && response.cases().empty() &&
           response.matches().empty()) {
    }
    std::vector<std::string> ids;
    for (const auto& one : response.cases()) ids.push_back(one.case_id());
    for (const auto& one : response.matches()) ids.push_back(one.match_id());
    position = response.info().position();
    return ids;
  }
  template <class Request, class Method>
  std::string OnlyOne(Method method) {
    const auto listed = server.Call(hub, method, Request());
    EXPECT_EQ(ReasonOf(listed.status), "OK");
    if constexpr (requires { listed.value.cases(); }) {
      EXPECT_EQ(listed.value.cases_size(), 1);
      return listed.value.cases(0).case_id();
    } else {
      EXPECT_EQ(listed.value.matches_size(), 1);
      return listed.value.matches(0).match_id();
    }
  }

  const Who hub = Of("council", "hub", "hub_administrator");
};

TEST_F(CasesWatchTest, ACaseIsToldWhenItIsFoundAndWhenItIsDecided) {
  ListWatch mine = List(Who(), api::v1::WORKLIST_DUPLICATES);
  ListWatch all = List(hub, api::v1::WORKLIST_DUPLICATES);
  WatchWorklistResponse first;
  ASSERT_TRUE(mine.Next(first));
  ASSERT_TRUE(all.Next(first));
  story.OpenPlan();
  story.OpenPlan("a second one");
  const std::string found = OnlyOne<api::v1::ListDuplicatesRequest>(
      &api::v1::DuplicateService::Stub::ListDuplicates);
  std::string told, end;
  EXPECT_THAT(NextIds(mine, told), ElementsAre(found));
  EXPECT_THAT(NextIds(all, told), ElementsAre(found));
  story.Made(&api::v1::DuplicateService::Stub::DecideDuplicate,
             absl::Substitute(R"(decision { case_id: "$0" reason: "two jobs"
                                   decision: DUPLICATE_DECISION_DIFFERENT })",
                              found));
  EXPECT_THAT(NextIds(all, end), ElementsAre(found));
  // Who comes back from there is told of the decision alone.
  ListWatch resumed = List(hub, api::v1::WORKLIST_DUPLICATES, told);
  EXPECT_THAT(NextIds(resumed, end), ElementsAre(found));
}

TEST_F(CasesWatchTest, APossibleMatchIsToldToTheHub) {
  ListWatch watch = List(hub, api::v1::WORKLIST_MATCHES);
  WatchWorklistResponse first;
  ASSERT_TRUE(watch.Next(first));
  story.Made(&FamilyService::Stub::StatePerson,
             R"(person { record { system: "main" local_id: "perhaps" }
             names { use: NAME_USE_USUAL given: "child" family: "Ferris" }
             birth_date { year: 2016 month: 6 day: 2 } })");
  const std::string match = OnlyOne<api::v1::ListMatchesRequest>(
      &api::v1::DuplicateService::Stub::ListMatches);
  std::string told;
  EXPECT_THAT(NextIds(watch, told), ElementsAre(match));
}

TEST_F(WatchTest, AWorklistOfAnotherRoleIsForbidden) {
  api::v1::WatchWorklistRequest request;
  request.set_worklist(api::v1::WORKLIST_MATCHES);
  ListWatch watch(server, Who(), &WatchService::Stub::WatchWorklist, request);
  EXPECT_EQ(watch.End().error_code(), StatusCode::PERMISSION_DENIED);
}

}  // namespace
}  // namespace kith::server_tests
