// The stream through which adapters speak: order, gaps, repeats, forgeries,
// and what a drain leaves behind.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "kith/api/v1/intake_service.grpc.pb.h"
#include "kith/api/v1/operations_service.grpc.pb.h"
#include "services/core/keys.h"
#include "tests/server/test_server.h"

namespace kith::server_tests {
namespace {

using api::v1::IntakeService;
using api::v1::SubmitRequest;
using api::v1::SubmitResponse;
using grpc::StatusCode;

Who School() { return Of("school", "feed", "integration_engineer"); }

// One adapter's stream.
class Adapter {
 public:
  explicit Adapter(const TestServer& server)
      : stub_(server.channel()), stream_(Open()) {}

  void Send(const std::string& frame, uint64_t tag) {
    SubmitRequest request;
    KITH_CHECK(request.mutable_frame()->ParseFromString(frame));
    request.set_tag(tag);
    stream_->Write(request);
  }
  bool Receive(SubmitResponse& response) { return stream_->Read(&response); }
  // The answer to `frame`, alone on the stream.
  SubmitResponse Ask(const std::string& frame) {
    Send(frame, 1);
    SubmitResponse response;
    EXPECT_TRUE(Receive(response));
    return response;
  }
  void DoneSending() { stream_->WritesDone(); }
  grpc::Status End() { return stream_->Finish(); }
  void Cancel() { context_.TryCancel(); }

 private:
  std::unique_ptr<grpc::ClientReaderWriter<SubmitRequest, SubmitResponse>>
  Open() {
    Introduce(School(), context_);
    return stub_.Submit(&context_);
  }

  grpc::ClientContext context_;
  IntakeService::Stub stub_;
  std::unique_ptr<grpc::ClientReaderWriter<SubmitRequest, SubmitResponse>>
      stream_;
};

class IntakeTest : public ::testing::Test {
 protected:
  std::string NextFrame() {
    return server.node().feed().Frame(Pupil(), server.clock().Now());
  }
  std::string FrameAt(uint64_t sequence) {
    return server.node().feed().FrameAt(sequence, Pupil(),
                                        server.clock().Now());
  }
  agency::v1::Statement Pupil() {
    return engine::testing::Person("school", absl::StrCat("p", ++pupils_),
                                   "Anna");
  }
  api::v1::GetSourceResponse Source() {
    api::v1::GetSourceRequest request;
    request.set_source("school_feed");
    const auto answer =
        server.Call(School(), &IntakeService::Stub::GetSource, request);
    EXPECT_EQ(ReasonOf(answer.status), "OK");
    return answer.value;
  }

  TestServer server;

 private:
  int pupils_ = 0;
};

TEST_F(IntakeTest, AnswersComeInTheOrderOfTheirFrames) {
  // More than may wait at once: reading pauses meanwhile.
  constexpr uint64_t kFrames = 700;
  Adapter adapter(server);
  std::thread sender([&] {
    for (uint64_t tag = 1; tag <= kFrames; ++tag) {
      adapter.Send(NextFrame(), tag);
    }
    adapter.DoneSending();
  });
  SubmitResponse response;
  uint64_t answered = 0;
  while (adapter.Receive(response)) {
    ASSERT_EQ(response.tag(), ++answered);
    ASSERT_EQ(response.outcome().kind(), ledger::v1::OUTCOME_KIND_ACCEPTED);
  }
  sender.join();
  EXPECT_TRUE(adapter.End().ok());
  EXPECT_EQ(answered, kFrames);
  EXPECT_EQ(Source().mark(), kFrames);
}

TEST_F(IntakeTest, AGapIsAnsweredWithTheNumberThatIsMissing) {
  Adapter adapter(server);
  adapter.Ask(NextFrame());
  const SubmitResponse ahead = adapter.Ask(FrameAt(3));
  EXPECT_EQ(ahead.expected_sequence(), 2u);
  EXPECT_FALSE(ahead.has_outcome());
  EXPECT_EQ(Source().mark(), 1u);
}

TEST_F(IntakeTest, ARepeatedFrameHasItsEarlierOutcome) {
  Adapter adapter(server);
  const std::string frame = NextFrame();
  const SubmitResponse first = adapter.Ask(frame);
  const SubmitResponse again = adapter.Ask(frame);
  EXPECT_FALSE(first.outcome().repeated_delivery());
  EXPECT_TRUE(again.outcome().repeated_delivery());
  EXPECT_EQ(again.outcome().kind(), first.outcome().kind());
  EXPECT_EQ(server.PositionOf(again.outcome().position()),
            server.PositionOf(first.outcome().position()));
}

TEST_F(IntakeTest, AStatementsOutcomeCanBeAskedForLater) {
  Adapter adapter(server);
  adapter.Ask(NextFrame());
  // From two days ahead.
  const SubmitResponse told = adapter.Ask(server.node().feed().Frame(
      Pupil(), server.clock().Now() + absl::Hours(48)));
  api::v1::GetOutcomeRequest request;
  request.set_source("school_feed");
  const auto outcome = [&](const Who& who, uint64_t sequence) {
    request.set_sequence(sequence);
    return server.Call(who, &IntakeService::Stub::GetOutcome, request);
  };
  const auto accepted = outcome(School(), 1);
  ASSERT_EQ(ReasonOf(accepted.status), "OK");
  EXPECT_EQ(accepted.value.outcome().kind(), ledger::v1::OUTCOME_KIND_ACCEPTED);
  const auto refused = outcome(School(), 2);
  ASSERT_EQ(ReasonOf(refused.status), "OK");
  EXPECT_EQ(refused.value.outcome().kind(), ledger::v1::OUTCOME_KIND_REFUSED);
  EXPECT_EQ(refused.value.outcome().reason().code(),
            told.outcome().reason().code());
  EXPECT_EQ(server.PositionOf(refused.value.outcome().position()),
            server.PositionOf(told.outcome().position()));
  EXPECT_EQ(outcome(School(), 3).code(), StatusCode::NOT_FOUND);
  const Who health = Of("health", "feed", "integration_engineer");
  EXPECT_EQ(outcome(health, 1).code(), StatusCode::NOT_FOUND);
  request.set_epoch(7);
  EXPECT_EQ(outcome(School(), 1).code(), StatusCode::NOT_FOUND);
}

TEST_F(IntakeTest, AForgedFrameIsQuarantinedAndMovesNothing) {
  Adapter adapter(server);
  agency::v1::Frame frame;
  ASSERT_TRUE(frame.ParseFromString(FrameAt(1)));
  frame.mutable_mac()->back() ^= 1;
  const SubmitResponse forged = adapter.Ask(frame.SerializeAsString());
  EXPECT_EQ(forged.outcome().kind(), ledger::v1::OUTCOME_KIND_QUARANTINED);
  EXPECT_EQ(forged.outcome().reason().code(), "FORGED_MAC");
  EXPECT_EQ(Source().mark(), 0u);
  EXPECT_EQ(adapter.Ask(FrameAt(1)).outcome().kind(),
            ledger::v1::OUTCOME_KIND_ACCEPTED);
}

TEST_F(IntakeTest, TruncatedAndFlippedBodiesAreQuarantined) {
  Adapter adapter(server);
  agency::v1::Frame frame;
  ASSERT_TRUE(frame.ParseFromString(FrameAt(1)));
  agency::v1::Frame truncated = frame, flipped = frame;
  truncated.mutable_body()->resize(frame.body().size() / 2);
  flipped.mutable_body()->at(frame.body().size() / 2) ^= 0x10;
  for (const auto& bad : {truncated, flipped, agency::v1::Frame()}) {
    EXPECT_EQ(adapter.Ask(bad.SerializeAsString()).outcome().kind(),
              ledger::v1::OUTCOME_KIND_QUARANTINED);
  }
}

TEST_F(IntakeTest, WhatIsQuarantinedIsListedWithItsReasonAndNoContent) {
  Adapter adapter(server);
  agency::v1::Frame frame;
  ASSERT_TRUE(frame.ParseFromString(FrameAt(1)));
  frame.set_mac("no");
  adapter.Ask(frame.SerializeAsString());
  const auto listed =
      server.Call(Of("hub", "h1", "hub_administrator"),
                  &api::v1::OperationsService::Stub::ListQuarantine,
                  api::v1::ListQuarantineRequest());
  ASSERT_EQ(ReasonOf(listed.status), "OK");
  ASSERT_EQ(listed.value.items_size(), 1);
  EXPECT_EQ(listed.value.items(0).reason().code(), "FORGED_MAC");
  EXPECT_EQ(listed.value.SerializeAsString().find("Okafor"), std::string::npos);
  const auto refused = server.Call(
      Of("school", "t-12"), &api::v1::OperationsService::Stub::ListQuarantine,
      api::v1::ListQuarantineRequest());
  EXPECT_EQ(refused.code(), StatusCode::PERMISSION_DENIED);
}

TEST_F(IntakeTest, ASourceIsKnownToItsAgencyOnly) {
  api::v1::GetSourceRequest request;
  request.set_source("school_feed");
  EXPECT_EQ(server
                .Call(Of("health", "feed", "integration_engineer"),
                      &IntakeService::Stub::GetSource, request)
                .code(),
            StatusCode::NOT_FOUND);
  EXPECT_EQ(
      server
          .Call(Of("school", "t-12"), &IntakeService::Stub::GetSource, request)
          .code(),
      StatusCode::PERMISSION_DENIED);
  request.set_source("no_such_feed");
  EXPECT_EQ(
      server.Call(School(), &IntakeService::Stub::GetSource, request).code(),
      StatusCode::NOT_FOUND);
}

TEST_F(IntakeTest, AStreamWithoutACallerIsRefused) {
  grpc::ClientContext context;
  IntakeService::Stub stub(server.channel());
  const auto stream = stub.Submit(&context);
  SubmitResponse response;
  EXPECT_FALSE(stream->Read(&response));
  EXPECT_EQ(stream->Finish().error_code(), StatusCode::UNAUTHENTICATED);
}

// The door was asked once, when the stream began.
TEST_F(IntakeTest, WhoIsShutOutIsRefusedOnTheOpenStreamFromTheNextFrameOn) {
  Adapter adapter(server);
  ASSERT_EQ(adapter.Ask(NextFrame()).outcome().kind(),
            ledger::v1::OUTCOME_KIND_ACCEPTED);
  server.door().ShutOut("school");
  const std::string refused = NextFrame();
  adapter.Send(refused, 2);
  adapter.DoneSending();
  SubmitResponse response;
  EXPECT_FALSE(adapter.Receive(response));
  EXPECT_EQ(adapter.End().error_code(), StatusCode::UNAUTHENTICATED);

  server.door().LetIn("school");
  EXPECT_EQ(Source().mark(), 1u);  // what was acknowledged, and nothing more
  EXPECT_EQ(Adapter(server).Ask(refused).outcome().kind(),
            ledger::v1::OUTCOME_KIND_ACCEPTED);
}

TEST_F(IntakeTest, AnAdapterThatGoesAwayDisturbsNobody) {
  {
    Adapter gone(server);
    for (uint64_t tag = 1; tag <= 50; ++tag) gone.Send(NextFrame(), tag);
    gone.Cancel();
    EXPECT_EQ(gone.End().error_code(), StatusCode::CANCELLED);
  }
  Adapter adapter(server);
  const uint64_t next = Source().mark() + 1;
  EXPECT_FALSE(adapter.Ask(FrameAt(next)).outcome().position().empty());
}

TEST_F(IntakeTest, AnIdleStreamEndsWhenTheServerDrains) {
  Adapter adapter(server);
  adapter.Ask(NextFrame());
  const absl::Time begun = absl::Now();
  server.server().Drain(absl::Seconds(60));
  EXPECT_LT(absl::Now() - begun, absl::Seconds(30));
  EXPECT_EQ(adapter.End().error_code(), StatusCode::UNAVAILABLE);
}

TEST_F(IntakeTest, ADrainUnderLoadLosesNothingThatWasAcknowledged) {
  Adapter adapter(server);
  std::atomic<uint64_t> acknowledged = 0;
  std::thread receiver([&] {
    SubmitResponse response;
    while (adapter.Receive(response)) {
      EXPECT_EQ(response.outcome().kind(), ledger::v1::OUTCOME_KIND_ACCEPTED);
      acknowledged = response.tag();
    }
  });
  std::thread sender([&] {
    // Ends when the stream does, well before the last.
    for (uint64_t tag = 1; tag <= 3000; ++tag) {
      adapter.Send(NextFrame(), tag);
    }
  });
  while (acknowledged < 100) std::this_thread::yield();
  server.server().Drain(absl::Seconds(60));
  receiver.join();
  sender.join();
  EXPECT_EQ(adapter.End().error_code(), StatusCode::UNAVAILABLE);
  const auto view = server.node().Read();
  const auto source = core::ReadRow<ledger::v1::SourceRow>(
      view->state(), core::keys::Source("school_feed"));
  ASSERT_TRUE(source.ok() && source->has_value());
  EXPECT_GE((*source)->mark(), acknowledged);
  EXPECT_GE(acknowledged, 100u);
}

}  // namespace
}  // namespace kith::server_tests
