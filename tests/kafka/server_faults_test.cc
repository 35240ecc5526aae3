// A node on the real broker while one of the two, the network or the disk
// fails. After every fault each acknowledged statement has exactly one outcome,
// the views equal a rebuild, and the position is that of the last record.
#include <csignal>
#include <cstdlib>
#include <random>

#include "absl/time/clock.h"
#include "tests/kafka/server_world.h"

namespace kith::kafka_tests {
namespace {

// The soak takes two minutes.
absl::Duration UnderLoad() {
  const char* seconds = std::getenv("KITH_LOAD_SECONDS");
  return absl::Seconds(seconds == nullptr ? 25 : std::atoi(seconds));
}

using KafkaServerFaultsTest = ServerTest;

TEST_F(KafkaServerFaultsTest, KilledAtRandomUnderLoadTwoNodesReachOneHead) {
  const auto steady = NewNode("node-1");
  ASSERT_TRUE(steady->WaitReady()) << steady->Log();
  const auto killed = NewNode("node-2");
  ASSERT_TRUE(killed->WaitReady()) << killed->Log();
  const auto school = NewFeed(*steady, "school_feed", "school");
  const auto health = NewFeed(*steady, "health_feed", "health");

  const uint32_t seed = std::random_device()();
  SCOPED_TRACE(absl::StrCat("seed ", seed));
  std::mt19937 random(seed);
  int kills = 0;
  const absl::Time end = absl::Now() + UnderLoad();
  while (absl::Now() < end) {
    const absl::Time kill_at =
        absl::Now() + absl::Milliseconds(200 + random() % 2500);
    while (absl::Now() < kill_at) {
      school->Say(5);
      health->Say(5);
      absl::SleepFor(absl::Milliseconds(20));
    }
    killed->Kill();
    ++kills;
    killed->Start();
  }
  EXPECT_GE(kills, 3);
  school->AwaitAcknowledged();
  health->AwaitAcknowledged();
  const auto one = ExpectWhole(*steady, {school.get(), health.get()});
  const auto other = ExpectWhole(*killed, {school.get(), health.get()});
  EXPECT_EQ(one.next, other.next);
  EXPECT_EQ(one.digest, other.digest);
}

// A node that dies at every step between a record and its answer, the first
// time and later: what it had taken is decided once, all the same.
TEST_F(KafkaServerFaultsTest, KilledBetweenAnyTwoStepsItDecidesEachOnce) {
  const auto node = NewNode();
  ASSERT_TRUE(node->WaitReady()) << node->Log();
  const auto feed = NewFeed(*node, "school_feed", "school");
  ASSERT_TRUE(node->WaitForOffset(End()));
  node->Terminate();
  int asked = 0;
  for (const char* step : {"checked", "decided", "written", "answered"}) {
    for (const char* time : {"1", "2", "3"}) {
      SCOPED_TRACE(absl::StrCat(step, ":", time));
      node->options().kill_at = absl::StrCat(step, ":", time);
      node->Launch();
      const absl::Time patience = absl::Now() + absl::Seconds(60);
      while (!node->HasEnded() && absl::Now() < patience) {
        feed->Say(5);
        feed->AwaitAcknowledged();
        absl::SleepFor(absl::Milliseconds(20));
      }
      ASSERT_TRUE(node->HasEnded()) << node->Log();
      const server_tests::Ended ended = node->Wait();
      EXPECT_EQ(ended.code, 128 + SIGKILL) << ended.err;
      ++asked;
    }
  }
  EXPECT_EQ(asked, 12);
  node->options().kill_at.clear();
  node->Start();
  ASSERT_TRUE(node->WaitReady()) << node->Log();
  ExpectWhole(*node, {feed.get()});
}

// What a caller said has one outcome too, whenever the node died: the same
// request finds it.
TEST_F(KafkaServerFaultsTest, KilledBetweenAnyTwoStepsACallersWriteIsFoundOut) {
  const auto node = NewNode();
  ASSERT_TRUE(node->WaitReady()) << node->Log();
  NewFeed(*node, "first_feed", "school");
  ASSERT_TRUE(node->WaitForOffset(End()));
  const uint64_t before = node->Status().facts();
  uint64_t registered = 0;
  for (const char* step : {"checked", "decided", "written", "answered"}) {
    SCOPED_TRACE(step);
    const engine::testing::TestSource other(
        partnership_, absl::StrCat(step, "_feed"),
        agency::v1::SOURCE_KIND_OUTBOX, "council");
    engine::testing::PutKey(keys(), other);
    node->Terminate();
    node->options().kill_at = absl::StrCat(step, ":1");
    node->Start();
    ASSERT_TRUE(node->WaitReady()) << node->Log();
    const auto cut =
        node->Register(other.Registration(), step, absl::Seconds(30));
    EXPECT_EQ(node->Wait().code, 128 + SIGKILL);
    // It may have been answered just before.
    if (!cut.status.ok()) {
      EXPECT_EQ(cut.status.error_code(), grpc::StatusCode::UNAVAILABLE);
    }
    node->options().kill_at.clear();
    node->Start();
    ASSERT_TRUE(node->WaitReady()) << node->Log();
    const auto known =
        node->Register(other.Registration(), step, absl::Seconds(60));
    ASSERT_TRUE(known.status.ok()) << known.status.error_message();
    EXPECT_EQ(known.outcome.kind(), ledger::v1::OUTCOME_KIND_ACCEPTED);
    ASSERT_TRUE(node->WaitForOffset(End()));
    EXPECT_EQ(node->Status().facts(), before + ++registered);
  }
}

TEST_F(KafkaServerFaultsTest, ABrokerKilledUnderLoadComesBackWithoutHands) {
  const auto node = NewNode();
  ASSERT_TRUE(node->WaitReady()) << node->Log();
  const auto feed = NewFeed(*node, "school_feed", "school");
  feed->Say(500);
  broker_->Kill();
  feed->Say(100);
  // Reading what is recorded needs no broker.
  EXPECT_EQ(node->Status().partnership(), partnership_);
  broker_->Start();
  feed->Say(100);
  feed->AwaitAcknowledged();
  ExpectWhole(*node, {feed.get()});
}

TEST_F(KafkaServerFaultsTest, ABrokerFrozenBeyondEveryTimeoutIsReadOnFrom) {
  const auto node = NewNode();
  ASSERT_TRUE(node->WaitReady()) << node->Log();
  const auto feed = NewFeed(*node, "school_feed", "school");
  feed->Say(200);
  broker_->Freeze();
  feed->Say(200);
  // The clients' requests time out after 10 s.
  absl::SleepFor(absl::Seconds(14));
  EXPECT_EQ(node->Status().partnership(), partnership_);
  broker_->Thaw();
  broker_->AwaitAnswer();
  feed->Say(50);
  feed->AwaitAcknowledged();
  ExpectWhole(*node, {feed.get()});
}

TEST_F(KafkaServerFaultsTest, AWriteThatTimedOutIsFoundOutByTheSameRequest) {
  const auto node = NewNode();
  ASSERT_TRUE(node->WaitReady()) << node->Log();
  // Who acts is recorded with their first statement.
  const auto feed = NewFeed(*node, "school_feed", "school");
  const engine::testing::TestSource other(
      partnership_, "other_feed", agency::v1::SOURCE_KIND_OUTBOX, "council");
  engine::testing::PutKey(keys(), other);
  const uint64_t before = node->Status().facts();
  broker_->Freeze();
  const auto unknown =
      node->Register(other.Registration(), "slow", absl::Seconds(2));
  EXPECT_EQ(unknown.status.error_code(), grpc::StatusCode::DEADLINE_EXCEEDED);
  broker_->Thaw();
  broker_->AwaitAnswer();
  const auto known =
      node->Register(other.Registration(), "slow", absl::Seconds(60));
  ASSERT_TRUE(known.status.ok()) << known.status.error_message();
  EXPECT_EQ(known.outcome.kind(), ledger::v1::OUTCOME_KIND_ACCEPTED);
  ASSERT_TRUE(node->WaitForOffset(End()));
  EXPECT_EQ(node->Status().facts(), before + 1);
}

TEST_F(KafkaServerFaultsTest, ANetworkThatIsCutOrHalfOpenIsWaitedFor) {
  NodeOptions options = OptionsOf("node-1");
  options.brokers = broker_->proxied_address();
  Node node(options);
  ASSERT_TRUE(node.WaitReady()) << node.Log();
  const auto feed = NewFeed(node, "school_feed", "school");
  for (const Proxy::Mode mode : {Proxy::Mode::kCut, Proxy::Mode::kBlackHole,
                                 Proxy::Mode::kDropAnswers}) {
    feed->Say(100);
    broker_->proxy().Set(mode);
    feed->Say(100);
    absl::SleepFor(absl::Seconds(3));
    broker_->proxy().Set(Proxy::Mode::kPass);
    feed->AwaitAcknowledged();
    ASSERT_TRUE(node.WaitForOffset(End())) << node.Ready() << node.Log();
  }
  ExpectWhole(node, {feed.get()});
}

TEST_F(KafkaServerFaultsTest, AFullDiskStopsTheNodeAndNothingIsLost) {
  const auto node = NewNode();
  ASSERT_TRUE(node->WaitReady()) << node->Log();
  const auto feed = NewFeed(*node, "school_feed", "school");
  ASSERT_TRUE(node->WaitForOffset(End()));
  node->Terminate();
  node->options().file_size_max_kib = 512;
  node->Start();
  feed->Say(3000);
  feed->AwaitAcknowledged();
  const server_tests::Ended ended = node->Wait();
  EXPECT_EQ(ended.code, 1) << ended.err;
  node->options().file_size_max_kib = 0;
  node->Start();
  ExpectWhole(*node, {feed.get()});
}

}  // namespace
}  // namespace kith::kafka_tests
