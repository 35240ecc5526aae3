// What a hub administrator decides with `kith`, against the real broker: keys
// that change, what lies in quarantine, statements that are lost.
#include <filesystem>

#include "nlohmann/json.hpp"
#include "services/engine/testing_node.h"
#include "tests/kafka/server_world.h"

namespace kith::kafka_tests {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

using KafkaServerTest = ServerTest;
using Words = std::vector<std::string>;

nlohmann::json JsonOf(const Node& node, Words words) {
  words.insert(words.begin(), {"--output", "json"});
  const server_tests::Ended said = node.Kith(words);
  EXPECT_EQ(said.code, 0) << said.err;
  return nlohmann::json::parse(said.out, nullptr, false);
}

// As `kith source list` tells it.
nlohmann::json SourceOf(const Node& node, const std::string& name) {
  const nlohmann::json answer = JsonOf(node, {"source", "list"});
  for (const auto& source : answer["sources"]) {
    if (source["source"] == name) return source;
  }
  return {};
}

TEST_F(KafkaServerTest, AKeyIsRotatedWithoutLosingWhatTheOldOneSigned) {
  const auto node = NewNode("node-1");
  ASSERT_TRUE(node->WaitReady()) << node->Log();
  const auto other = NewNode("node-2");
  ASSERT_TRUE(other->WaitReady()) << other->Log();
  const auto feed = NewFeed(*node, "school_feed", "school");
  feed->Say(3);
  feed->AwaitAcknowledged();
  ASSERT_TRUE(node->WaitForOffset(End()) && other->WaitForOffset(End()));

  const auto rotated =
      node->Kith({"source", "rotate", "school_feed", "--keys", keys()});
  ASSERT_EQ(rotated.code, 0) << rotated.err;
  const std::string key_file = keys() + "/school_feed.school_feed_k2.key";
  EXPECT_THAT(rotated.out, HasSubstr("key file: " + key_file));
  // What waits in the adapter's outbox is signed already.
  const std::string waited = feed->NextFrame();
  const engine::testing::TestSource thief = feed->source();
  feed->source().UseKey("school_feed_k2",
                        server_tests::ReadWholeFile(key_file));
  Produce(address(), topic_, {RecordOf(waited), RecordOf(feed->NextFrame())});
  ASSERT_TRUE(node->WaitForOffset(End()));
  EXPECT_THAT(node->QuarantineReasons(), IsEmpty());
  const nlohmann::json source = SourceOf(*node, "school_feed");
  EXPECT_THAT(source["key_ids"],
              ElementsAre("school_feed_k1", "school_feed_k2"));
  EXPECT_THAT(source["agencies"], ElementsAre("school"));

  const auto retired = node->Kith(
      {"source", "rotate", "school_feed", "--retire", "school_feed_k1"});
  ASSERT_EQ(retired.code, 0) << retired.err;
  EXPECT_THAT(SourceOf(*node, "school_feed")["key_ids"],
              ElementsAre("school_feed_k2"));
  // One node has seen the old key at work, the other has not: no difference.
  ASSERT_TRUE(other->WaitForOffset(End()));
  other->Terminate();
  other->Start();
  const std::string stolen = thief.FrameAt(
      feed->source().last_sequence() + 1,
      engine::testing::Person("school", "stolen", "Eve"), absl::Now());
  Produce(address(), topic_, {RecordOf(stolen)});
  feed->Say(3);
  feed->AwaitAcknowledged();
  for (const Node* each : {node.get(), other.get()}) {
    ASSERT_TRUE(each->WaitForOffset(End())) << each->Log();
    EXPECT_THAT(each->QuarantineReasons(), ElementsAre("FORGED_MAC"));
  }
  const auto one = ExpectWhole(*node, {feed.get()});
  const auto two = ExpectWhole(*other, {feed.get()});
  EXPECT_EQ(one.digest, two.digest);
}

TEST_F(KafkaServerTest, ARotationThatIsNoneSaysWhyAndChangesNothing) {
  const auto node = NewNode();
  ASSERT_TRUE(node->WaitReady()) << node->Log();
  const auto feed = NewFeed(*node, "school_feed", "school");
  const nlohmann::json before = SourceOf(*node, "school_feed");
  const auto rotate = [&](Words words) {
    words.insert(words.begin(), {"source", "rotate"});
    return node->Kith(words);
  };
  const auto neither = rotate({"school_feed"});
  EXPECT_EQ(neither.code, 2);
  EXPECT_THAT(neither.err, HasSubstr("--keys adds a key, --retire ends one"));
  EXPECT_EQ(rotate({"school_feed", "--key-id", "school_feed_k2"}).code, 2);
  EXPECT_EQ(rotate({"nobody", "--keys", keys()}).code, 3);
  EXPECT_FALSE(std::filesystem::exists(keys() + "/nobody.nobody_k1.key"));
  const auto absent = rotate({"school_feed", "--retire", "school_feed_k9"});
  EXPECT_EQ(absent.code, 3);
  EXPECT_THAT(absent.err, HasSubstr("it has school_feed_k1"));
  const auto last = rotate({"school_feed", "--retire", "school_feed_k1"});
  EXPECT_EQ(last.code, 1);
  EXPECT_THAT(last.err, HasSubstr("NO_KEY"));
  // A node's own source.
  EXPECT_EQ(rotate({"root", "--keys", keys()}).code, 1);
  EXPECT_EQ(SourceOf(*node, "school_feed"), before);
}

}  // namespace
}  // namespace kith::kafka_tests
