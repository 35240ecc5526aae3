// Readers who ask for streams and take nothing of them: they keep nobody else
// waiting, and are given up.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/substitute.h"
#include "absl/time/clock.h"
#include "kith/api/v1/audit_service.pb.h"
#include "kith/api/v1/watch_service.pb.h"
#include "tests/hostile/raw_connection.h"
#include "tests/server/family_story.h"

namespace kith::hostile {
namespace {

using server_tests::FamilyStory;
using server_tests::TestServer;

constexpr uint32_t kStreams = 40;  // more than there are workers

// Calls `method` as often, on one connection whose window for answers is
// closed.
void AskFor(RawConnection& connection, const std::string& method,
            const std::string& request, uint32_t streams) {
  const auto size = static_cast<uint32_t>(request.size());
  const std::string message = std::string(3, '\0') +
                              static_cast<char>(size >> 8) +
                              static_cast<char>(size & 0xff) + request;
  auto headers = CallHeaders();
  headers[2].second = method;
  for (const auto& [key, value] : {std::pair("kith-agency", "council"),
                                   std::pair("kith-practitioner", "w1"),
                                   std::pair("kith-role", "practitioner"),
                                   std::pair("kith-purpose", "early_help")}) {
    headers.emplace_back(key, value);
  }
  const std::string block = HeaderBlock(headers);
  std::string frames =
      Preface() + Frame(kSettings, 0, 0, std::string("\0\x04\0\0\0\0", 6));
  for (uint32_t n = 0; n < streams; ++n) {
    frames += Frame(kHeaders, kEndHeaders, 1 + 2 * n, block);
    frames += Frame(kData, kEndStream, 1 + 2 * n, message);
  }
  ASSERT_TRUE(connection.Send(frames));
}

bool IsEnded(const std::string& taken) {
  const auto types = FrameTypes(taken);
  return std::count(types.begin(), types.end(), kRstStream) > 0;
}

// A watch of a family, from `after` on, whose window for answers is closed.
void AskForAWatch(RawConnection& connection, const std::string& family,
                  const std::string& after) {
  api::v1::WatchFamilyRequest request;
  request.set_family_id(family);
  request.set_after_position(after);
  AskFor(connection, "/kith.api.v1.WatchService/WatchFamily",
         request.SerializeAsString(), 1);
}

// So much that gRPC's own buffer does not hold it.
void SayMuch(FamilyStory& story) {
  for (int i = 0; i < 6; ++i) {
    story.Made(&server_tests::FamilyService::Stub::StateInvolvement,
               absl::Substitute(R"(involvement {
                   involvement { system: "main" local_id: "episode-$0" }
                   person { $1 } service: "$2" })",
                                i, server_tests::RecordText("child"),
                                std::string(40'000, 'x')));
  }
}

TEST(SlowReadersTest, AWatchHoldsOneMessageAndIsGivenUp) {
  server_tests::TestServerOptions options;
  options.times.slow_reader_max = absl::Seconds(3);
  TestServer server(options);
  FamilyStory story(server);
  SayMuch(story);
  RawConnection slow(server.server().port());
  int looks = server.LooksAt(story.family());
  const absl::Time begun = absl::Now();
  AskForAWatch(slow, story.family(), story.registered());
  const auto looks_by_others = [&] {
    const int now = server.LooksAt(story.family());
    return now - std::exchange(looks, now) - 1;  // and the one before
  };
  while (looks_by_others() == 0) {
    ASSERT_LT(absl::Now() - begun, absl::Seconds(2));
  }
  // What happens now is not decided before it could be sent.
  for (int i = 0; i < 5; ++i) story.OpenPlan(absl::StrCat("walks ", i));
  EXPECT_EQ(looks_by_others(), 0);
  std::string taken;
  while (!IsEnded(taken) && absl::Now() - begun < absl::Seconds(20)) {
    taken += slow.Receive(absl::Milliseconds(100));
  }
  EXPECT_TRUE(IsEnded(taken));
  EXPECT_GE(absl::Now() - begun, absl::Seconds(3));
  EXPECT_LT(absl::Now() - begun, absl::Seconds(10));
  EXPECT_EQ(looks_by_others(), 0);
}

TEST(SlowReadersTest, TheyKeepNobodyWaitingAndAreGivenUp) {
  TestServer server;
  const FamilyStory story(server);
  RawConnection slow(server.server().port());
  api::v1::ReplayRequest request;
  request.set_family_id(story.family());
  AskFor(slow, "/kith.api.v1.AuditService/Replay", request.SerializeAsString(),
         kStreams);
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
