// Readers who ask for streams and take nothing of them: they keep nobody else
// waiting, and are given up.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/time/clock.h"
#include "kith/api/v1/audit_service.pb.h"
#include "tests/hostile/raw_connection.h"
#include "tests/server/family_story.h"

namespace kith::hostile {
namespace {

using server_tests::FamilyStory;
using server_tests::TestServer;

constexpr uint32_t kStreams = 40;  // more than there are workers

// Asks for as many replays of a family on one connection, whose window for
// answers is closed.
void AskForReplays(RawConnection& connection, const std::string& family) {
  api::v1::ReplayRequest request;
  request.set_family_id(family);
  const std::string bytes = request.SerializeAsString();
  const std::string message =
      std::string(4, '\0') + static_cast<char>(bytes.size()) + bytes;
  auto headers = CallHeaders();
  headers[2].second = "/kith.api.v1.AuditService/Replay";
  for (const auto& [key, value] : {std::pair("kith-agency", "council"),
                                   std::pair("kith-practitioner", "w1"),
                                   std::pair("kith-role", "practitioner"),
                                   std::pair("kith-purpose", "early_help")}) {
    headers.emplace_back(key, value);
  }
  const std::string block = HeaderBlock(headers);
  std::string frames =
      Preface() + Frame(kSettings, 0, 0, std::string("\0\x04\0\0\0\0", 6));
  for (uint32_t n = 0; n < kStreams; ++n) {
    frames += Frame(kHeaders, kEndHeaders, 1 + 2 * n, block);
    frames += Frame(kData, kEndStream, 1 + 2 * n, message);
  }
  ASSERT_TRUE(connection.Send(frames));
}

TEST(SlowReadersTest, TheyKeepNobodyWaitingAndAreGivenUp) {
  TestServer server;
  const FamilyStory story(server);
  RawConnection slow(server.server().port());
  AskForReplays(slow, story.family());
  for (int i = 0; i < 20; ++i) {
    const auto answer =
        server.Call(server_tests::Who(),
                    &server_tests::FamilyService::Stub::GetFamily, story.Get());
    EXPECT_EQ(server_tests::ReasonOf(answer.status), "OK");
  }
  std::string taken;
  const absl::Time end = absl::Now() + absl::Seconds(60);
  const auto ended = [&taken] {
    size_t streams = 0;
    for (const int type : FrameTypes(taken)) streams += type == kRstStream;
    return streams;
  };
  // The first are given up, and the others come to be asked for in vain.
  while (ended() < 4 && absl::Now() < end) {
    taken += slow.Receive(absl::Seconds(1));
  }
  EXPECT_GE(ended(), 4u);
}

}  // namespace
}  // namespace kith::hostile
