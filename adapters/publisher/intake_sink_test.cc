// Delivery over gRPC, against a server in the same process.
#include "adapters/publisher/intake_sink.h"

#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <vector>

#include "kith/agency/v1/frame.pb.h"
#include "kith/api/v1/intake_service.grpc.pb.h"

namespace kith::adapters {
namespace {

using api::v1::SubmitRequest;
using api::v1::SubmitResponse;
using ::testing::ElementsAre;
using ::testing::SizeIs;

class FakeIntake final : public api::v1::IntakeService::Service {
 public:
  grpc::Status Submit(grpc::ServerContext* context,
                      grpc::ServerReaderWriter<SubmitResponse, SubmitRequest>*
                          stream) override {
    const auto agency = context->client_metadata().find("kith-agency");
    if (agency == context->client_metadata().end() ||
        agency->second != "council") {
      return {grpc::StatusCode::UNAUTHENTICATED, "who calls?"};
    }
    SubmitRequest request;
    while (stream->Read(&request)) {
      if (request.tag() == break_at) {
        return {grpc::StatusCode::UNAVAILABLE, "draining"};
      }
      SubmitResponse response;
      response.set_tag(request.tag());
      if (request.tag() == gap_at) {
        response.set_expected_sequence(2);
      } else {
        response.mutable_outcome()->set_kind(
            request.frame().body() == "bad"
                ? ledger::v1::OUTCOME_KIND_QUARANTINED
                : ledger::v1::OUTCOME_KIND_ACCEPTED);
        response.mutable_outcome()->mutable_reason()->set_code("CODE");
      }
      stream->Write(response);
    }
    return grpc::Status::OK;
  }

  grpc::Status GetSource(grpc::ServerContext*,
                         const api::v1::GetSourceRequest* request,
                         api::v1::GetSourceResponse* response) override {
    if (request->source() != "feed") {
      return {grpc::StatusCode::NOT_FOUND, "no such source"};
    }
    response->set_epoch(7);
    response->set_mark(41);
    return grpc::Status::OK;
  }

  uint64_t break_at = 0;
  uint64_t gap_at = 0;
};

class IntakeSinkTest : public testing::Test {
 protected:
  void SetUp() override {
    int port = 0;
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(),
                             &port);
    builder.RegisterService(&intake_);
    server_ = builder.BuildAndStart();
    ASSERT_NE(server_, nullptr);
    address_ = "127.0.0.1:" + std::to_string(port);
    sink_ = MakeIntakeSink(address_, "hackney", "council", "feed");
  }

  absl::Status Send(uint64_t count, const std::string& body = "good") {
    uint64_t next = 0;
    agency::v1::Frame frame;
    frame.set_body(body);
    return sink_->Send(
        [&]() -> absl::StatusOr<std::optional<OutboxFrame>> {
          if (next == count) return std::optional<OutboxFrame>();
          return std::optional<OutboxFrame>(
              OutboxFrame{++next, frame.SerializeAsString()});
        },
        [this](const Answer& answer) {
          answers_.push_back(answer);
          return absl::OkStatus();
        });
  }

  FakeIntake intake_;
  std::unique_ptr<grpc::Server> server_;
  std::string address_;
  std::unique_ptr<Sink> sink_;
  std::vector<Answer> answers_;
};

TEST_F(IntakeSinkTest, EachFrameIsAnsweredInOrder) {
  ASSERT_TRUE(Send(3000).ok());  // several windows
  ASSERT_THAT(answers_, SizeIs(3000));
  for (uint64_t i = 0; i < answers_.size(); ++i) {
    EXPECT_EQ(answers_[i].sequence, i + 1);
    EXPECT_EQ(answers_[i].ending, Ending::kAccepted);
  }
}

TEST_F(IntakeSinkTest, AQuarantinedFrameIsSetAsideWithItsReason) {
  ASSERT_TRUE(Send(1, "bad").ok());
  EXPECT_EQ(answers_[0].ending, Ending::kSetAside);
  EXPECT_EQ(answers_[0].reason, "CODE");
}

TEST_F(IntakeSinkTest, AGapNamesTheNumberThatIsExpected) {
  intake_.gap_at = 1;
  ASSERT_TRUE(Send(1).ok());
  EXPECT_EQ(answers_[0].expected_sequence, 2u);
}

TEST_F(IntakeSinkTest, AStreamThatEndsEarlyIsUnavailable) {
  intake_.break_at = 5;
  EXPECT_TRUE(absl::IsUnavailable(Send(2000)));
  EXPECT_LE(answers_.size(), 4u);
}

TEST_F(IntakeSinkTest, TheServersMarkIsReadAndItsRefusalTold) {
  const auto mark = sink_->MarkOf("feed");
  ASSERT_TRUE(mark.ok()) << mark.status();
  EXPECT_EQ((*mark)->epoch, 7u);
  EXPECT_EQ((*mark)->sequence, 41u);
  EXPECT_TRUE(absl::IsNotFound(sink_->MarkOf("other").status()));
  sink_ = MakeIntakeSink(address_, "hackney", "nobody", "feed");
  EXPECT_TRUE(absl::IsUnauthenticated(Send(1)));
}

TEST_F(IntakeSinkTest, AServerThatIsGoneIsUnavailable) {
  server_->Shutdown();
  server_->Wait();
  server_.reset();
  sink_ = MakeIntakeSink(address_, "hackney", "council", "feed");
  EXPECT_TRUE(absl::IsUnavailable(sink_->MarkOf("feed").status()));
  EXPECT_TRUE(absl::IsUnavailable(Send(1)));
}

}  // namespace
}  // namespace kith::adapters
