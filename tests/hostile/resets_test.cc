// Streams that are begun and given up as fast as they can be sent, and calls
// that never come to an end, on connections of certified clients and before
// them.
#include <thread>
#include <vector>

#include "absl/time/clock.h"
#include "tests/hostile/flooded.h"

namespace kith::hostile {
namespace {

using grpc::StatusCode;
using ::testing::Contains;

constexpr uint32_t kAtOnce = 100;

const std::string& Cancel() {
  static const std::string kCancel("\0\0\0\x08", 4);
  return kCancel;
}

// A message of gRPC that holds these bytes.
std::string Message(const std::string& bytes) {
  return std::string(4, '\0') + static_cast<char>(bytes.size()) + bytes;
}

// `streams` streams, each of the frames that `make` gives for its number, until
// the other side closes. Nothing that comes is looked at.
template <class Make>
void Flood(RawConnection& connection, uint32_t streams, const Make& make) {
  for (uint32_t i = 0; i < streams; i += kAtOnce) {
    std::string frames;
    for (uint32_t n = i; n < i + kAtOnce; ++n) frames += make(1 + 2 * n);
    if (!connection.Send(frames)) return;
    connection.Receive(absl::ZeroDuration());
  }
}

std::string Headers(const std::string& path = "") {
  auto headers = CallHeaders();
  if (!path.empty()) headers[2].second = path;
  return HeaderBlock(headers);
}

void ResetRapidly(RawConnection& connection, uint32_t streams,
                  const std::string& block = Headers()) {
  Flood(connection, streams, [&block](uint32_t stream) {
    return Frame(kHeaders, kEndHeaders | kEndStream, stream, block) +
           Frame(kRstStream, 0, stream, Cancel());
  });
}

// With the message: the call is complete when it is given up.
void GiveUpRapidly(RawConnection& connection, uint32_t streams) {
  const std::string block = Headers();
  const std::string message = Message(
      "\x0a\x03"
      "f-1");
  Flood(connection, streams, [&](uint32_t stream) {
    return Frame(kHeaders, kEndHeaders, stream, block) +
           Frame(kData, kEndStream, stream, message) +
           Frame(kRstStream, 0, stream, Cancel());
  });
}

class ResetsTest : public Flooded {
 protected:
  // The same on two connections, as many as gRPC has threads here.
  template <class Run>
  void OnTwo(const Run& run) const {
    std::vector<std::thread> threads;
    for (int i = 0; i < 2; ++i) {
      threads.emplace_back([this, &run] { run(*Established()); });
    }
    for (std::thread& thread : threads) thread.join();
  }
};

TEST_F(ResetsTest, RapidResetsAreOutlivedAndDoNotAddUp) {
  std::vector<uint64_t> megabytes;
  for (int round = 0; round < 3; ++round) {
    OnTwo([](RawConnection& connection) { ResetRapidly(connection, 20'000); });
    ExpectAnswers();
    megabytes.push_back(Megabytes("VmRSS"));
  }
  EXPECT_LE(megabytes[2], megabytes[0] + 100)
      << testing::PrintToString(megabytes);
}

TEST_F(ResetsTest, WholeCallsThatAreGivenUpAreOutlived) {
  OnTwo([](RawConnection& connection) { GiveUpRapidly(connection, 20'000); });
}

TEST_F(ResetsTest, ResetsOfGrpcsOwnServicesAreOutlived) {
  OnTwo([](RawConnection& connection) {
    ResetRapidly(connection, 20'000, Headers("/grpc.health.v1.Health/Check"));
  });
}

TEST_F(ResetsTest, OneAgencysFloodDoesNotShutOutAnother) {
  const auto school = node->Connect(node->Of("school"));
  const std::string teacher = node->TokenOf("school");
  std::thread flood([this] {
    const auto connection = Established();
    ResetRapidly(*connection, 20'000);
  });
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(Ask(school, teacher).error_code(), StatusCode::NOT_FOUND);
  }
  flood.join();
}

TEST_F(ResetsTest, WhoBeginsTooManyCallsIsRefusedAndForgivenSoon) {
  ResetRapidly(*Established(), 5'000);
  const auto channel = node->Connect(identity);
  const absl::Time end = absl::Now() + absl::Seconds(60);
  StatusCode code = StatusCode::RESOURCE_EXHAUSTED;
  while (code == StatusCode::RESOURCE_EXHAUSTED && absl::Now() < end) {
    code = Ask(channel, token).error_code();
  }
  EXPECT_EQ(code, StatusCode::NOT_FOUND);
}

// A client that never says it has read the settings is not held to the number
// of streams they allow.
TEST_F(ResetsTest, CallsWithoutEndOfAClientThatReadsNoSettingsAreOutlived) {
  RawConnection connection(node->port());
  ASSERT_TRUE(connection.StartTls(identity));
  ASSERT_TRUE(connection.Send(Preface()));
  const std::string block = Headers();
  Flood(connection, 20'000, [&block](uint32_t stream) {
    return Frame(kHeaders, kEndHeaders, stream, block);
  });
}

TEST_F(ResetsTest, RapidResetsWithoutACertificateReachNobody) {
  RawConnection connection(node->port());
  // With TLS 1.3 a client learns only later that it was refused.
  connection.StartTls({});
  connection.Send(Preface());
  ResetRapidly(connection, 20'000);
  EXPECT_TRUE(connection.IsClosedWithin(absl::Seconds(20)));
}

}  // namespace
}  // namespace kith::hostile
