// Floods of connections, streams and frames, before and after the handshake.
// After each kithd answers as before and has stayed within its limits.
#include <sys/resource.h>

#include <thread>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "kith/api/v1/family_service.grpc.pb.h"
#include "tests/hostile/flooded.h"
#include "tests/server/test_server.h"

namespace kith::hostile {
namespace {

using grpc::StatusCode;
using ::testing::Contains;
using ::testing::HasSubstr;

class FloodsTest : public Flooded {};

TEST_F(FloodsTest, TheNodeHasNoMoreDescriptorsThanItsSettingsSay) {
  EXPECT_THAT(DescriptorLimit(),
              HasSubstr(absl::StrCat(" ", kDescriptorsMax, " ")));
  EXPECT_LT(Descriptors(), static_cast<size_t>(kDescriptorsMax));
}

TEST_F(FloodsTest, SlowHandshakesAreClosed) {
  std::vector<std::unique_ptr<RawConnection>> slow;
  for (int i = 0; i < 200; ++i) {
    slow.push_back(std::make_unique<RawConnection>(node->port()));
    // The beginning of a hello, or nothing at all.
    if (i % 2 == 0) slow.back()->Send(absl::string_view("\x16\x03\x01", 3));
  }
  ExpectAnswers();
  for (const auto& one : slow) {
    EXPECT_TRUE(one->IsClosedWithin(absl::Seconds(30)));
  }
}

TEST_F(FloodsTest, AClientThatSaysNothingAfterTheHandshakeIsClosed) {
  std::vector<std::unique_ptr<RawConnection>> silent;
  for (int i = 0; i < 20; ++i) {
    silent.push_back(std::make_unique<RawConnection>(node->port()));
    EXPECT_TRUE(silent.back()->StartTls(identity));
  }
  ExpectAnswers();
  for (const auto& one : silent) {
    EXPECT_TRUE(one->IsClosedWithin(absl::Seconds(30)));
  }
}

TEST_F(FloodsTest, ConnectionsThatComeAndGoLeaveNothing) {
  for (int i = 0; i < 2000; ++i) {
    RawConnection connection(node->port());
    if (i % 20 == 0)
      connection.StartTls(i % 40 == 0 ? identity : authority::Identity());
  }
}

TEST_F(FloodsTest, StreamsBeyondTheLimitAreRefused) {
  const auto connection = Established();
  const std::string block = HeaderBlock(CallHeaders());
  std::string calls;
  for (uint32_t i = 0; i < 400; ++i) {
    calls += Frame(kHeaders, kEndHeaders, 1 + 2 * i, block);
  }
  connection->Send(calls);
  std::string answer;
  const absl::Time end = absl::Now() + absl::Seconds(10);
  const auto refused = [&answer] {
    for (const int type : FrameTypes(answer)) {
      if (type == kRstStream || type == kGoAway) return true;
    }
    return false;
  };
  while (!refused() && absl::Now() < end) {
    answer += connection->Receive(absl::Seconds(1));
  }
  EXPECT_TRUE(refused());
}

TEST_F(FloodsTest, HugeMetadataIsRefused) {
  EXPECT_THAT(
      Ask(node->Connect(identity), token, {{"x", std::string(64'000, 'x')}})
          .error_code(),
      StatusCode::RESOURCE_EXHAUSTED);
  Metadata many;
  for (int i = 0; i < 1000; ++i) {
    many.emplace_back(absl::StrCat("x-", i), std::string(30, 'x'));
  }
  EXPECT_EQ(Ask(node->Connect(identity), token, many).error_code(),
            StatusCode::RESOURCE_EXHAUSTED);
}

TEST_F(FloodsTest, AHugeMessageIsRefused) {
  const auto send = [this](size_t bytes) {
    grpc::ClientContext context;
    context.AddMetadata("authorization", absl::StrCat("Bearer ", token));
    context.AddMetadata("kith-purpose", "early_help");
    api::v1::GetFamilyRequest request;
    request.set_family_id(std::string(bytes, 'x'));
    api::v1::GetFamilyResponse response;
    return api::v1::FamilyService::Stub(node->Connect(identity))
        .GetFamily(&context, request, &response)
        .error_code();
  };
  EXPECT_EQ(send(1'000'000), StatusCode::NOT_FOUND);
  EXPECT_EQ(send(2'000'000), StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_EQ(send(50'000'000), StatusCode::RESOURCE_EXHAUSTED);
}

// A message that is announced and never comes.
TEST_F(FloodsTest, AnnouncedMessagesTakeNoMemory) {
  const auto connection = Established();
  const std::string block = HeaderBlock(CallHeaders());
  for (uint32_t i = 0; i < 200; ++i) {
    connection->Send(Frame(kHeaders, kEndHeaders, 1 + 2 * i, block));
    // Not compressed, four gigabytes to come.
    connection->Send(
        Frame(kData, 0, 1 + 2 * i, std::string("\0\xff\xff\xff\xff", 5)));
  }
  connection->Receive(absl::Seconds(1));
}

// A header block that never ends.
void FloodWithHeaders(RawConnection& connection, int frames) {
  const std::string block =
      HeaderBlock({{"x-flood", std::string(16'000, 'x')}});
  connection.Send(Frame(kHeaders, 0, 1, HeaderBlock(CallHeaders())));
  for (int i = 0; i < frames; ++i) {
    if (!connection.Send(Frame(kContinuation, 0, 1, block))) return;
  }
}

TEST_F(FloodsTest, EndlessHeadersAreOutlived) {
  for (int i = 0; i < 4; ++i) {
    const auto connection = Established();
    FloodWithHeaders(*connection, 4000);  // 64 MB
  }
}

TEST_F(FloodsTest, EndlessHeadersWithoutACertificateReachNobody) {
  RawConnection connection(node->port());
  connection.StartTls({});
  connection.Send(Preface());
  FloodWithHeaders(connection, 4000);
  EXPECT_TRUE(connection.IsClosedWithin(absl::Seconds(10)));
}

// Frames that ask for an answer, which nobody reads.
TEST_F(FloodsTest, PingsAndSettingsThatNobodyReadsAreOutlived) {
  const auto connection = Established();
  std::string frames;
  for (int i = 0; i < 500; ++i) {
    frames += Frame(kPing, 0, 0, "01234567");
    frames += Frame(kSettings, 0, 0, "");
  }
  for (int i = 0; i < 200 && connection->Send(frames); ++i) {
  }
}

// Each open stream of reflection has a thread of gRPC's.
TEST_F(FloodsTest, OpenStreamsOfReflectionTakeFewThreads) {
  std::vector<std::unique_ptr<RawConnection>> open;
  auto headers = CallHeaders();
  headers[2].second =
      "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo";
  const std::string block = HeaderBlock(headers);
  for (int i = 0; i < 3; ++i) {
    open.push_back(Established());
    std::string frames;
    for (uint32_t n = 0; n < 250; ++n) {
      frames += Frame(kHeaders, kEndHeaders, 1 + 2 * n, block);
    }
    EXPECT_TRUE(open.back()->Send(frames));
    open.back()->Receive(absl::Seconds(5));
  }
  ExpectAnswers();
  EXPECT_LE(Threads(), kThreadsMax);
}

// Whole calls whose answers may not be sent: the client's window is closed.
TEST_F(FloodsTest, AnswersThatNobodyTakesAreOutlived) {
  std::vector<std::unique_ptr<RawConnection>> slow;
  auto headers = CallHeaders();
  headers[2].second = "/grpc.health.v1.Health/Check";
  const std::string block = HeaderBlock(headers);
  for (int i = 0; i < 4; ++i) {
    slow.push_back(Established());
    const std::string no_window("\0\x04\0\0\0\0", 6);
    std::string frames = Frame(kSettings, 0, 0, no_window);
    for (uint32_t n = 0; n < 250; ++n) {
      frames += Frame(kHeaders, kEndHeaders, 1 + 2 * n, block);
      frames += Frame(kData, kEndStream, 1 + 2 * n, std::string(5, '\0'));
    }
    EXPECT_TRUE(slow.back()->Send(frames));
  }
  ExpectAnswers();
}

// gRPC ends the connection, or takes no notice.
TEST_F(FloodsTest, NonsenseHarmsNobodyElse) {
  for (const std::string& nonsense :
       {std::string(100'000, '\0'), std::string(100'000, '\xff'),
        Frame(kHeaders, kEndHeaders, 1, std::string(10'000, '\xff')),
        Frame(kHeaders, kEndHeaders, 2, HeaderBlock(CallHeaders())),
        Frame(kContinuation, 0, 7, "x"), Frame(kSettings, 0, 0, "xxxxx")}) {
    const auto connection = Established();
    connection->Send(nonsense);
    connection->IsClosedWithin(absl::Seconds(2));
    ExpectAnswers();
  }
}

// Through the socket as it is: TLS makes no difference to these two.
TEST(IdleTest, ConnectionsThatDoNothingOrGrowOldAreClosed) {
  for (const bool idle : {true, false}) {
    server_tests::TestServerOptions options;
    auto& limit = idle ? options.grpc.connection_idle_max
                       : options.grpc.connection_age_max;
    limit = absl::Seconds(1);
    options.grpc.connection_age_grace = absl::Seconds(1);
    server_tests::TestServer server(options);
    RawConnection connection(server.server().port());
    ASSERT_TRUE(connection.Send(Preface()));
    EXPECT_THAT(FrameTypes(connection.Receive(absl::Seconds(20))),
                Contains(kSettings));
    EXPECT_TRUE(connection.IsClosedWithin(absl::Seconds(60))) << idle;
  }
}

// Who vanished in the middle of a call, and whose end was never heard of.
TEST(IdleTest, AConnectionWhoseOtherEndIsGoneIsClosed) {
  server_tests::TestServerOptions options;
  options.grpc.keepalive = absl::Seconds(1);
  options.grpc.keepalive_timeout = absl::Seconds(1);
  server_tests::TestServer server(options);
  RawConnection connection(server.server().port());
  auto headers = CallHeaders();
  headers[2].second =
      "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo";
  ASSERT_TRUE(connection.Send(
      Preface() + Frame(kHeaders, kEndHeaders, 1, HeaderBlock(headers))));
  EXPECT_THAT(FrameTypes(connection.Receive(absl::Seconds(20))),
              Contains(kSettings));
  EXPECT_TRUE(connection.IsClosedWithin(absl::Seconds(20)));
}

// Without descriptors gRPC 1.51 goes deaf for ever (CVE-2023-4785). Then kithd
// ends by itself, and is there again within five seconds of its start.
TEST(DescriptorsTest, ANodeThatWentDeafEndsAndStartsAgain) {
  Besieged node;
  const auto identity = node.Of("council");
  const std::string token = node.TokenOf("council");
  ASSERT_EQ(Ask(node.Connect(identity), token).error_code(),
            StatusCode::NOT_FOUND);
  const rlimit few = {60, 60};
  ASSERT_EQ(prlimit(node.kithd().process().pid(), RLIMIT_NOFILE, &few, nullptr),
            0);
  std::vector<std::unique_ptr<RawConnection>> many;
  for (int i = 0; i < 200; ++i) {
    many.push_back(std::make_unique<RawConnection>(node.port()));
  }
  const server_tests::Ended ended = node.kithd().process().Wait();
  EXPECT_EQ(ended.code, 1);
  EXPECT_TRUE(absl::StrContains(ended.err, "its own listener does not answer"))
      << ended.err;
  many.clear();
  const absl::Time begun = absl::Now();
  node.StartAgain();
  EXPECT_EQ(Ask(node.Connect(identity), token).error_code(),
            StatusCode::NOT_FOUND);
  EXPECT_LT(absl::Now() - begun, absl::Seconds(5));
}

}  // namespace
}  // namespace kith::hostile
