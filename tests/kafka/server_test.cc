// A node on the real broker: what it takes, what it stops for, what it says.
#include <algorithm>
#include <filesystem>
#include <regex>

#include "absl/time/clock.h"
#include "kith/agency/v1/frame.pb.h"
#include "services/core/frame_check.h"
#include "tests/kafka/ledger.h"
#include "tests/kafka/server_world.h"

namespace kith::kafka_tests {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

using KafkaServerTest = ServerTest;

// The flag that lets it go on, as /readyz names it.
std::vector<std::string> AcceptedGap(const Node& node) {
  const std::string ready = node.Ready();
  std::smatch gap;
  if (std::regex_search(ready, gap,
                        std::regex("--accept-gap (\\w+=\\d+:\\d+)"))) {
    return {"--accept-gap", gap[1]};
  }
  ADD_FAILURE() << ready;
  return {};
}

std::string Body(const std::string& out) {
  return out.substr(out.find("\r\n\r\n") + 4);
}

TEST_F(KafkaServerTest, FramesOfFeedsAndCallersAreAppliedAndAnswered) {
  const auto node = NewNode();
  ASSERT_TRUE(node->WaitReady()) << node->Log();
  const auto feed = NewFeed(*node, "school_feed", "school");
  feed->Say(50);
  feed->AwaitAcknowledged();
  // A caller's write travels through the topic too, behind those.
  const engine::testing::TestSource other(
      partnership_, "other_feed", agency::v1::SOURCE_KIND_OUTBOX, "council");
  engine::testing::PutKey(keys(), other);
  const auto answer =
      node->Register(other.Registration(), "once", absl::Seconds(60));
  ASSERT_TRUE(answer.status.ok()) << answer.status.error_message();
  EXPECT_EQ(answer.outcome.kind(), ledger::v1::OUTCOME_KIND_ACCEPTED);
  EXPECT_FALSE(answer.outcome.position().empty());
  // Asking again is no second statement.
  const auto again =
      node->Register(other.Registration(), "once", absl::Seconds(60));
  EXPECT_EQ(again.outcome.kind(), ledger::v1::OUTCOME_KIND_ACCEPTED);
  ExpectWhole(*node, {feed.get()});
}

TEST_F(KafkaServerTest, PoisonIsQuarantinedWithItsReasonAndBlocksNothing) {
  const auto node = NewNode();
  ASSERT_TRUE(node->WaitReady()) << node->Log();
  const auto feed = NewFeed(*node, "school_feed", "school");
  engine::testing::TestSource& source = feed->source();

  const std::string frame = feed->NextFrame();
  Record random = RecordOf(frame);
  random.value = std::string("\xff\x00\x80 no frame", 12);
  Record truncated = RecordOf(frame);
  truncated.value->resize(truncated.value->size() / 2);
  Record large = RecordOf(frame);
  large.value = std::string(300 * 1024, 'x');
  Record foreign = RecordOf(frame);
  for (auto& [name, value] : foreign.headers) {
    if (name == "ce_type") value = "com.example.order";
  }
  Record bare = RecordOf(frame);
  bare.headers.clear();
  Record tombstone = RecordOf(frame);
  tombstone.value.reset();
  // Signed with a key that is not the source's.
  agency::v1::Frame forged;
  ASSERT_TRUE(forged.ParseFromString(frame));
  forged.set_mac(std::string(32, 'x'));
  // A schema that this version does not know, signed as it should be: it has
  // its number.
  agency::v1::Frame later;
  ASSERT_TRUE(later.ParseFromString(feed->NextFrame()));
  agency::v1::Body body;
  ASSERT_TRUE(body.ParseFromString(later.body()));
  body.mutable_envelope()->set_schema_version(9);
  Produce(address(), topic_,
          {random, truncated, large, foreign, bare, tombstone,
           RecordOf(forged.SerializeAsString()), RecordOf(frame),
           RecordOf(core::SignFrame(body.SerializeAsString(), source.key_id(),
                                    source.key()))});
  feed->Say(10);
  feed->AwaitAcknowledged();
  ASSERT_TRUE(node->WaitForOffset(End())) << node->Log();
  EXPECT_THAT(
      node->QuarantineReasons(),
      ElementsAre("FOREIGN_TYPE", "FOREIGN_TYPE", "FORGED_MAC", "FORGED_MAC",
                  "FORGED_MAC", "NO_VALUE", "SCHEMA_VERSION", "TOO_LARGE"));
  EXPECT_EQ(source.last_sequence(), 12u);
  ExpectWhole(*node, {feed.get()}, {2});
}

TEST_F(KafkaServerTest, TheWholeTopicDeliveredTwiceChangesNothing) {
  const auto node = NewNode();
  ASSERT_TRUE(node->WaitReady()) << node->Log();
  const auto school = NewFeed(*node, "school_feed", "school");
  const auto health = NewFeed(*node, "health_feed", "health");
  school->Say(100);
  health->Say(100);
  school->AwaitAcknowledged();
  health->AwaitAcknowledged();
  ASSERT_TRUE(node->WaitForOffset(End()));
  const api::v1::NodeStatus before = node->Status();
  Produce(address(), topic_, ReadTopic(address(), topic_));
  ASSERT_TRUE(node->WaitForOffset(End()));
  EXPECT_EQ(node->Status().head_digest(), before.head_digest());
  EXPECT_EQ(node->Status().facts(), before.facts());
  ExpectWhole(*node, {school.get(), health.get()});
}

TEST_F(KafkaServerTest, StatementsOfTwoSourcesInAnyOrderEachCountOnce) {
  const auto node = NewNode();
  ASSERT_TRUE(node->WaitReady()) << node->Log();
  const auto school = NewFeed(*node, "school_feed", "school");
  const auto health = NewFeed(*node, "health_feed", "health");
  std::vector<Record> records;
  for (int i = 0; i < 20; ++i) {
    records.push_back(RecordOf(school->NextFrame()));
    records.push_back(RecordOf(health->NextFrame()));
  }
  // Beyond gaps first: what lies there is held, and decided when they fill.
  std::reverse(records.begin(), records.end());
  Produce(address(), topic_, records);
  ASSERT_TRUE(node->WaitForOffset(End()));
  EXPECT_EQ(node->QuarantineReasons().size(), 0u);
  ExpectWhole(*node, {school.get(), health.get()});
}

TEST_F(KafkaServerTest, APositionThatRetentionHasPassedStopsAndNamesTheGap) {
  const auto node = NewNode();
  ASSERT_TRUE(node->WaitReady()) << node->Log();
  const auto feed = NewFeed(*node, "school_feed", "school");
  feed->Say(5);
  feed->AwaitAcknowledged();
  ASSERT_TRUE(node->WaitForOffset(End()));
  const int64_t applied = End();
  node->Kill();
  feed->Say(10);
  feed->AwaitAcknowledged();
  std::vector<Record> lost = ReadTopic(address(), topic_);
  lost.erase(lost.begin(), lost.begin() + applied);
  lost.resize(4);
  DeleteBefore(address(), topic_, applied + 4);
  node->Start();
  const std::string gap =
      absl::StrCat("records ", applied, " to ", applied + 3, " are gone");
  ASSERT_TRUE(node->WaitFor(gap)) << node->Ready() << node->Log();
  EXPECT_THAT(node->Ready(), HasSubstr("503"));
  EXPECT_EQ(node->Metric("kith_ready"), 0);
  // What is recorded can still be read, and says why nothing is taken.
  EXPECT_FALSE(node->Status().serving());
  EXPECT_THAT(node->Status().reason(), HasSubstr(gap));
  // It never goes on by itself; a person decides, for exactly this gap.
  const std::string accepted = absl::StrCat("--accept-gap ", partnership_, "=",
                                            applied, ":", applied + 4);
  EXPECT_THAT(Body(node->Ready()), HasSubstr(accepted));
  node->Terminate();
  node->options().flags = {
      "--accept-gap",
      absl::StrCat(partnership_, "=", applied, ":", applied + 4)};
  node->Start();
  ASSERT_TRUE(node->WaitReady()) << node->Log();
  ASSERT_TRUE(node->WaitForOffset(End()));
  // The source's numbers tell what is missing: the rest is held, not dropped.
  EXPECT_TRUE(node->WaitForMetric("kith_sources_stopped", 1));
  EXPECT_TRUE(node->WaitForMetric("kith_frames_held", 6));
  // The decision is recorded with the position: the flag may go.
  node->Terminate();
  node->options().flags.clear();
  node->Start();
  ASSERT_TRUE(node->WaitReady()) << node->Log();
  // The adapter sends again what it keeps, and nothing is missing.
  Produce(address(), topic_, lost);
  ExpectWhole(*node, {feed.get()});
}

// `kith checkpoint restore` over the data of a node that does not run.
void Restore(const std::string& checkpoint, const Node& node,
             const std::vector<std::string>& flags) {
  std::filesystem::remove_all(node.data() + "/store");
  std::vector<std::string> command = {KITH_KITH_PROGRAM, "checkpoint",
                                      "restore",         checkpoint,
                                      "--data",          node.data()};
  command.insert(command.end(), flags.begin(), flags.end());
  const server_tests::Ended restored =
      server_tests::RunProgram(command, node.data());
  EXPECT_EQ(restored.code, 0) << restored.err;
}

TEST_F(KafkaServerTest,
       ARestoredCheckpointOpensAndCatchesUpToThePublishedHead) {
  NodeOptions options = OptionsOf("node-1");
  options.flags = {"--checkpoints", folder_.path() + "/checkpoints"};
  Node node(options);
  ASSERT_TRUE(node.WaitReady()) << node.Log();
  const auto feed = NewFeed(node, "school_feed", "school");
  feed->Say(5);
  feed->AwaitAcknowledged();
  ASSERT_TRUE(node.WaitForOffset(End()));
  const std::string checkpoint = node.Checkpoint("first");
  feed->Say(10);
  feed->AwaitAcknowledged();
  ASSERT_TRUE(node.WaitForOffset(End()));
  const api::v1::NodeStatus published = node.Status();
  // A clean close: the head is kept as one that was reached.
  EXPECT_EQ(node.Terminate().code, 0);
  Restore(checkpoint, node, {});
  EXPECT_LT(FactsIn(node.data()).size(), published.facts());
  node.Start();
  ASSERT_TRUE(node.WaitReady()) << node.Ready() << node.Log();
  ASSERT_TRUE(node.WaitForOffset(End())) << node.Ready() << node.Log();
  EXPECT_EQ(node.Status().head_digest(), published.head_digest());
  EXPECT_EQ(node.Status().facts(), published.facts());
  ExpectWhole(node, {feed.get()});
}

// What it lacks may be that consent was taken back.
TEST_F(KafkaServerTest, ARestoredLedgerAnswersNobodyBeforeItHasCaughtUp) {
  NodeOptions options = OptionsOf("node-1");
  options.brokers = broker_->proxied_address();
  options.flags = {"--checkpoints", folder_.path() + "/checkpoints"};
  Node node(options);
  ASSERT_TRUE(node.WaitReady()) << node.Log();
  const auto feed = NewFeed(node, "school_feed", "school");
  const std::string checkpoint = node.Checkpoint("first");
  feed->Say(5);
  feed->AwaitAcknowledged();
  ASSERT_TRUE(node.WaitForOffset(End()));
  EXPECT_EQ(node.Terminate().code, 0);
  // With the broker away, what was not restored answers: it knows all that it
  // ever did.
  broker_->proxy().Set(Proxy::Mode::kCut);
  node.Start();
  EXPECT_TRUE(node.WaitReady()) << node.Ready() << node.Log();
  EXPECT_GT(node.Status().facts(), 0u);
  EXPECT_EQ(node.Terminate().code, 0);
  Restore(checkpoint, node, {});
  node.Start();
  EXPECT_TRUE(node.WaitFor("its ledger was restored")) << node.Ready();
  const auto answer =
      node.Register(feed->source().Registration(), "early", absl::Seconds(10));
  EXPECT_EQ(answer.status.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_THAT(answer.status.error_message(),
              HasSubstr("its ledger was restored"));
  // Nor when it is started again.
  EXPECT_EQ(node.Terminate().code, 0);
  node.Start();
  EXPECT_TRUE(node.WaitFor("its ledger was restored")) << node.Ready();
  broker_->proxy().Set(Proxy::Mode::kPass);
  ASSERT_TRUE(node.WaitReady()) << node.Ready() << node.Log();
  ExpectWhole(node, {feed.get()});
  broker_->proxy().Set(Proxy::Mode::kCut);
  node.Start();
  EXPECT_TRUE(node.WaitReady()) << node.Ready() << node.Log();
  broker_->proxy().Set(Proxy::Mode::kPass);
}

TEST_F(KafkaServerTest, ACheckpointFromBeyondTheGapBringsAnotherNodeBack) {
  NodeOptions options = OptionsOf("node-1");
  options.flags = {"--checkpoints", folder_.path() + "/checkpoints"};
  Node node(options);
  ASSERT_TRUE(node.WaitReady()) << node.Log();
  const auto away = NewNode("node-2");
  ASSERT_TRUE(away->WaitReady()) << away->Log();
  const auto feed = NewFeed(node, "school_feed", "school");
  away->Terminate();
  feed->Say(5);
  feed->AwaitAcknowledged();
  ASSERT_TRUE(node.WaitForOffset(End()));
  const std::string checkpoint = node.Checkpoint("beyond");
  DeleteBefore(address(), topic_, End());
  feed->Say(5);
  feed->AwaitAcknowledged();
  away->Start();
  ASSERT_TRUE(away->WaitFor("kith checkpoint restore")) << away->Ready();
  away->Terminate();
  // Its own access log stays.
  std::filesystem::copy_file(node.data() + "/store.key",
                             away->data() + "/store.key",
                             std::filesystem::copy_options::overwrite_existing);
  Restore(checkpoint, *away, {"--another-node"});
  away->Start();
  ASSERT_TRUE(away->WaitForOffset(End())) << away->Ready() << away->Log();
  EXPECT_TRUE(away->WaitReady()) << away->Ready();
  ASSERT_TRUE(node.WaitForOffset(End()));
  EXPECT_EQ(away->Status().head_digest(), node.Status().head_digest());
}

TEST_F(KafkaServerTest, ATopicMadeAnewStopsThePartnershipWhateverItHolds) {
  const auto node = NewNode();
  ASSERT_TRUE(node->WaitReady()) << node->Log();
  const auto feed = NewFeed(*node, "school_feed", "school");
  feed->Say(5);
  feed->AwaitAcknowledged();
  ASSERT_TRUE(node->WaitForOffset(End()));
  const std::vector<Record> records = ReadTopic(address(), topic_);
  node->Kill();
  DeleteTopic(address(), topic_);
  MakeTopic(address(), topic_);
  node->Start();
  EXPECT_TRUE(node->WaitFor("it was made anew or cut short"))
      << node->Ready() << node->Log();
  node->Terminate();
  // Even with the very same frames: the records are others.
  Produce(address(), topic_, records);
  node->Start();
  EXPECT_TRUE(node->WaitFor("is not the one that was applied"))
      << node->Ready() << node->Log();
  // What the message names mends it; repeats change nothing.
  node->options().flags = AcceptedGap(*node);
  node->Terminate();
  node->Start();
  ASSERT_TRUE(node->WaitReady()) << node->Ready() << node->Log();
  feed->Say(5);
  feed->AwaitAcknowledged();
  ExpectWhole(*node, {feed.get()});
}

TEST_F(KafkaServerTest, ATopicMadeAnewUnderARunningNodeStopsIt) {
  const auto node = NewNode();
  ASSERT_TRUE(node->WaitReady()) << node->Log();
  const auto feed = NewFeed(*node, "school_feed", "school");
  feed->Say(5);
  feed->AwaitAcknowledged();
  ASSERT_TRUE(node->WaitForOffset(End()));
  const std::vector<Record> records = ReadTopic(address(), topic_);
  DeleteTopic(address(), topic_);
  MakeTopic(address(), topic_);
  Produce(address(), topic_, records);
  Produce(address(), topic_, records);
  EXPECT_TRUE(node->WaitFor("503", absl::Seconds(90)))
      << node->Ready() << node->Log();
  // What the message names mends it; repeats change nothing.
  node->options().flags = AcceptedGap(*node);
  node->Terminate();
  node->Start();
  ASSERT_TRUE(node->WaitReady()) << node->Ready() << node->Log();
  feed->Say(5);
  feed->AwaitAcknowledged();
  ExpectWhole(*node, {feed.get()});
}

// Nothing disturbs the reading; the topic's next look finds it.
TEST_F(KafkaServerTest, ATopicSetWrongUnderARunningNodeStopsIt) {
  const auto node = NewNode();
  ASSERT_TRUE(node->WaitReady()) << node->Log();
  const auto feed = NewFeed(*node, "school_feed", "school");
  feed->Say(5);
  feed->AwaitAcknowledged();
  SetTopic(address(), topic_, {{"message.timestamp.type", "CreateTime"}});
  EXPECT_TRUE(node->WaitFor("message.timestamp.type", absl::Seconds(60)))
      << node->Ready() << node->Log();
  SetTopic(address(), topic_, {{"message.timestamp.type", "LogAppendTime"}});
  node->Terminate();
  node->Start();
  ASSERT_TRUE(node->WaitReady()) << node->Ready() << node->Log();
  feed->Say(5);
  feed->AwaitAcknowledged();
  ExpectWhole(*node, {feed.get()});
}

TEST_F(KafkaServerTest, APartnershipWhoseTopicIsWrongIsDownAndTheOthersServe) {
  const std::string config = folder_.Write(
      "kithd.yaml", absl::StrCat("data: ", folder_.path(), "/several/data\n",
                                 "kafka:\n  brokers: ", address(), "\n",
                                 "partnerships:\n", "  - name: ", partnership_,
                                 "\n", "  - name: missing_", partnership_, "\n",
                                 "  - name: differs_", partnership_, "\n"));
  const std::string missing = "missing_" + partnership_;
  const std::string differs = "differs_" + partnership_;
  MakeTopic(address(), wire::InboxTopic(differs),
            {{"cleanup.policy", "compact"}});
  NodeOptions options;
  options.partnership = partnership_;
  options.folder = folder_.path() + "/several";
  options.flags = {"--config", config};
  Node node(options);
  ASSERT_TRUE(node.WaitReady()) << node.Log();
  EXPECT_THAT(node.Ready(),
              HasSubstr(absl::StrCat(
                  "not ready: ", missing, ": ", wire::InboxTopic(missing),
                  " does not exist. Run `kith topics apply")));
  EXPECT_THAT(node.Ready(),
              HasSubstr("has cleanup.policy=compact and must have delete"));
  EXPECT_EQ(node.Metric("kith_ready"), 1);
  EXPECT_THAT(
      node.Metrics(),
      HasSubstr(absl::StrCat("kith_ready{partnership=\"", missing, "\"} 0")));
  EXPECT_TRUE(node.Status().serving());
  // Who asks for one that is down is told why.
  node.options().partnership = missing;
  const auto refused =
      node.Register(agency::v1::Statement(), "x", absl::Seconds(20));
  EXPECT_EQ(refused.status.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_THAT(refused.status.error_message(), HasSubstr("does not exist"));
  // Once mended, it comes up by itself.
  MakeTopic(address(), wire::InboxTopic(missing));
  EXPECT_TRUE(node.WaitForMetric("kith_ready", 1)) << node.Ready();
}

TEST_F(KafkaServerTest, ANodeThatLacksASourcesKeyStopsAndTheOtherGoesOn) {
  const auto first = NewNode("node-1");
  ASSERT_TRUE(first->WaitReady()) << first->Log();
  // A copy of the keys there are now: not of the feed's.
  NodeOptions options = OptionsOf("node-1b");
  options.keys = folder_.path() + "/copy";
  std::filesystem::copy(keys(), options.keys);
  Node second(options);
  ASSERT_TRUE(second.WaitReady()) << second.Log();
  // The first must know the second's key, as operators would see to.
  std::filesystem::copy(options.keys, keys(),
                        std::filesystem::copy_options::recursive |
                            std::filesystem::copy_options::skip_existing);
  const auto feed = NewFeed(*first, "school_feed", "school");
  feed->Say(3);
  feed->AwaitAcknowledged();
  EXPECT_TRUE(second.WaitFor("source school_feed is registered with the key"))
      << second.Ready() << second.Log();
  EXPECT_THAT(second.Ready(), HasSubstr("503"));
  EXPECT_EQ(second.QuarantineReasons().size(), 0u);
  ASSERT_TRUE(first->WaitForOffset(End()));
  EXPECT_THAT(first->Ready(), HasSubstr("200"));
  // With the key it goes on where it stood.
  second.Terminate();
  engine::testing::PutKey(options.keys, feed->source());
  second.Start();
  ASSERT_TRUE(second.WaitForOffset(End())) << second.Ready() << second.Log();
  EXPECT_EQ(second.Status().head_digest(), first->Status().head_digest());
}

TEST_F(KafkaServerTest, ANodeWithoutTheRootsKeyFoundsNoOtherLedger) {
  const auto first = NewNode("node-1");
  ASSERT_TRUE(first->WaitReady()) << first->Log();
  NodeOptions options = OptionsOf("node-2");
  options.keys = folder_.path() + "/empty";
  Node second(options);
  EXPECT_TRUE(second.WaitFor("root.root_k1.key")) << second.Ready();
  EXPECT_THAT(second.Ready(), Not(HasSubstr("200 OK")));
}

TEST_F(KafkaServerTest, MetricsTellTheLagAndPleasePromtool) {
  const auto node = NewNode();
  ASSERT_TRUE(node->WaitReady()) << node->Log();
  ASSERT_TRUE(node->WaitForLag0());
  EXPECT_EQ(node->Metric("kith_inbox_lag_seconds"), 0);
  const auto checked =
      server_tests::CheckMetrics(Body(node->Metrics()), folder_.path());
  EXPECT_EQ(checked.code, 0) << checked.out << checked.err;
}

}  // namespace
}  // namespace kith::kafka_tests
