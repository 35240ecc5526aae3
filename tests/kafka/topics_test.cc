// kith topics against a real broker: what is declared is what there is.
#include "tests/kafka/topics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "tests/kafka/broker.h"
#include "tests/server/process.h"

namespace kith::kafka_tests {
namespace {

using server_tests::Ended;
using ::testing::HasSubstr;
using ::testing::Not;

class TopicsTest : public ::testing::Test {
 protected:
  void SetUp() override { KITH_NEEDS_KAFKA(); }

  Ended Topics(const std::string& verb, const std::string& partnership,
               const std::string& brokers = SharedBroker().address()) {
    return server_tests::RunProgram(
        {KITH_KITH_PROGRAM, "topics", verb, "--partnership", partnership,
         "--agency", absl::StrCat(partnership, "_council"), "--kafka", brokers},
        folder_.path());
  }

  const server_tests::TestFolder folder_;
};

TEST_F(TopicsTest, WhatIsMissingIsMadeAndThenAsDeclared) {
  const Ended missing = Topics("check", "hackney");
  EXPECT_EQ(missing.code, 1);
  EXPECT_THAT(missing.out, HasSubstr("is missing"));
  EXPECT_EQ(Topics("apply", "hackney").code, 0);
  const Ended there = Topics("check", "hackney");
  EXPECT_EQ(there.code, 0) << there.out << there.err;
  for (const char* topic :
       {"kith.inbox.v1.hackney", "kith.quarantine.v1.hackney",
        "kith.feed.v1.hackney_council"}) {
    EXPECT_THAT(there.out, HasSubstr(topic));
    EXPECT_EQ(Bounds(SharedBroker().address(), topic), std::make_pair(0l, 0l));
  }
  EXPECT_EQ(Topics("apply", "hackney").code, 0) << "again does no harm";
}

TEST_F(TopicsTest, WhatDiffersIsToldAndMendedAndTheRestStays) {
  ASSERT_EQ(Topics("apply", "camden").code, 0);
  SetTopic(
      SharedBroker().address(), "kith.inbox.v1.camden",
      {{"message.timestamp.type", "CreateTime"}, {"segment.bytes", "2000000"}});
  const Ended differs = Topics("check", "camden");
  EXPECT_EQ(differs.code, 1);
  EXPECT_THAT(
      differs.out,
      HasSubstr("message.timestamp.type: CreateTime, not LogAppendTime"));
  EXPECT_EQ(Topics("apply", "camden").code, 0);
  EXPECT_EQ(Topics("check", "camden").code, 0);
  EXPECT_EQ(SettingOf(SharedBroker().address(), "kith.inbox.v1.camden",
                      "segment.bytes"),
            "2000000");
}

TEST_F(TopicsTest, SeveralPartitionsCannotBeMended) {
  MakeTopic(SharedBroker().address(), "kith.inbox.v1.wide", {}, 2);
  const Ended wide = Topics("apply", "wide");
  EXPECT_EQ(wide.code, 1);
  EXPECT_THAT(wide.out, HasSubstr("has 2 partitions"));
}

// A topic made when there was one broker: no setting gives it more copies.
TEST_F(TopicsTest, TooFewCopiesAreToldAndLeftToAPerson) {
  const Broker first;
  ASSERT_EQ(Topics("apply", "grown", first.address()).code, 0);
  const Broker second({"--join", first.folder()});
  Ended checked;
  const absl::Time end = absl::Now() + absl::Minutes(1);
  do {
    checked = Topics("check", "grown", first.address());
  } while (checked.code == 0 && absl::Now() < end);
  EXPECT_EQ(checked.code, 1) << checked.err;
  EXPECT_THAT(checked.out, HasSubstr("replication factor: 1, not 2"));
  EXPECT_THAT(checked.out, HasSubstr("min.insync.replicas: 1, not 2"));
  const Ended applied = Topics("apply", "grown", first.address());
  EXPECT_EQ(applied.code, 1);
  EXPECT_THAT(applied.out, HasSubstr("replication factor: 1, not 2"));
  EXPECT_THAT(applied.out, Not(HasSubstr("min.insync.replicas")));
  // What is made now has a copy on each.
  EXPECT_EQ(Topics("apply", "new", first.address()).code, 0);
  EXPECT_EQ(Topics("check", "new", first.address()).code, 0);
}

TEST_F(TopicsTest, WrongUseAndAbsentBrokersAreToldApart) {
  EXPECT_EQ(Topics("apply", "Not a name").code, 2);
  EXPECT_EQ(Topics("apply", "hackney", "").code, 2);
  // Port 1 is nobody's.
  EXPECT_EQ(Topics("check", "hackney", "127.0.0.1:1").code, 4);
}

}  // namespace
}  // namespace kith::kafka_tests
