// What a hub administrator decides with `kith`, against the real broker: keys
// that change, what lies in quarantine, statements that are lost.
#include <filesystem>

#include "kith/agency/v1/frame.pb.h"
#include "nlohmann/json.hpp"
#include "services/core/frame_check.h"
#include "services/engine/testing_node.h"
#include "tests/kafka/ledger.h"
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

// The frame with that schema version, as one of the row "row-1".
std::string OfRow(const std::string& bytes, uint32_t schema_version,
                  const engine::testing::TestSource& source) {
  agency::v1::Frame frame;
  agency::v1::Body body;
  EXPECT_TRUE(frame.ParseFromString(bytes) &&
              body.ParseFromString(frame.body()));
  body.mutable_envelope()->set_schema_version(schema_version);
  body.mutable_envelope()->set_order_key("row-1");
  return core::SignFrame(body.SerializeAsString(), source.key_id(),
                         source.key());
}

agency::v1::Statement Siblings(const std::string& one,
                               const std::string& other) {
  agency::v1::Statement statement;
  auto& said = *statement.mutable_relationship_stated();
  for (auto [id, person] : {std::pair(one, said.mutable_person()),
                            std::pair(other, said.mutable_to())}) {
    person->mutable_record()->set_agency("school");
    person->mutable_record()->set_system("main");
    person->mutable_record()->set_local_id(id);
  }
  said.set_kind(agency::v1::RELATIONSHIP_KIND_SIBLING);
  return statement;
}

nlohmann::json ItemOf(const Node& node, const std::string& id) {
  return JsonOf(node, {"quarantine", "show", id})["item"];
}

// All facts in quarantine about this frame: how often it had been tried.
std::vector<uint32_t> AttemptsAt(const Node& node, const std::string& frame) {
  std::vector<uint32_t> attempts;
  for (const LedgerFact& fact : FactsIn(node.data())) {
    const auto& quarantined = fact.fact.frame_quarantined();
    if (quarantined.frame() == frame)
      attempts.push_back(quarantined.attempts());
  }
  return attempts;
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

TEST_F(KafkaServerTest, WhatCannotBeReadIsKeptWholeUntilAPersonDecides) {
  const auto node = NewNode("node-1");
  ASSERT_TRUE(node->WaitReady()) << node->Log();
  const auto feed = NewFeed(*node, "school_feed", "school");
  const auto other_feed = NewFeed(*node, "health_feed", "health");
  const std::string unknown = OfRow(feed->NextFrame(), 9, feed->source());
  const std::string behind = OfRow(feed->NextFrame(), 1, feed->source());
  Produce(address(), topic_, {RecordOf(unknown), RecordOf(behind)});
  const absl::Time came = ReadTopic(address(), topic_)[End() - 2].time;
  feed->Say(5);
  other_feed->Say(5);
  feed->AwaitAcknowledged();
  other_feed->AwaitAcknowledged();
  ASSERT_TRUE(node->WaitForOffset(End())) << node->Log();
  // What belongs to it waits; everything else flows.
  const auto counts = [&] {
    const nlohmann::json source = SourceOf(*node, "school_feed");
    return Words{source.value("accepted", "0"),
                 source.value("quarantined", "0"), source.value("parked", "0")};
  };
  EXPECT_THAT(counts(), ElementsAre("5", "1", "1"));
  EXPECT_EQ(SourceOf(*node, "health_feed")["accepted"], "5");

  const auto list = JsonOf(*node, {"quarantine", "list"})["items"];
  ASSERT_EQ(list.size(), 1u);
  const std::string id = list[0]["item_id"];
  const nlohmann::json seen = ItemOf(*node, id);
  EXPECT_EQ(seen["state"], "quarantined");
  EXPECT_EQ(seen["reason"]["code"], "SCHEMA_VERSION");
  EXPECT_EQ(seen["statement"]["sequence"], "1");
  EXPECT_EQ(seen["attempts"], 1);
  EXPECT_EQ(seen["frame_bytes"], absl::StrCat(unknown.size()));
  absl::Time first_seen;
  EXPECT_TRUE(absl::ParseTime(absl::RFC3339_full,
                              std::string(seen["first_seen"]), &first_seen,
                              nullptr));
  EXPECT_EQ(first_seen, came);

  // Each decision is one more record in the topic.
  const int64_t end = End();
  const auto decide = [&](const char* verb) {
    return node->Kith({"quarantine", verb, id, "--reason", "looked at it"});
  };
  const auto retried = decide("retry");
  EXPECT_EQ(retried.code, 0) << retried.err;
  EXPECT_EQ(End(), end + 1);
  EXPECT_EQ(ItemOf(*node, id)["attempts"], 2);
  EXPECT_EQ(ItemOf(*node, id)["state"], "quarantined");
  EXPECT_EQ(ItemOf(*node, id)["first_seen"], seen["first_seen"]);
  EXPECT_THAT(counts(), ElementsAre("5", "2", "1"));
  EXPECT_EQ(decide("discard").code, 0);
  EXPECT_EQ(End(), end + 2);
  EXPECT_EQ(ItemOf(*node, id)["state"], "discarded");
  EXPECT_THAT(counts(), ElementsAre("6", "2", "0"));
  EXPECT_EQ(decide("discard").code, 1);

  // A replica learns of them from the topic, and so decides alike.
  const auto replica = NewNode("node-2");
  ASSERT_TRUE(replica->WaitReady()) << replica->Log();
  const auto one = ExpectWhole(*node, {feed.get()}, {1});
  const auto two = ExpectWhole(*replica, {other_feed.get()});
  EXPECT_EQ(one.digest, two.digest);
  EXPECT_THAT(AttemptsAt(*node, unknown), ElementsAre(1, 2));
}

TEST_F(KafkaServerTest, AStatementWaitsForWhatItRefersToAndTheRestFlows) {
  const auto node = NewNode();
  ASSERT_TRUE(node->WaitReady()) << node->Log();
  const auto feed = NewFeed(*node, "school_feed", "school");
  const auto parked = [&] {
    return SourceOf(*node, "school_feed").value("parked", "0");
  };
  const auto person = [](const char* id) {
    return engine::testing::Person("school", id, id);
  };
  feed->Say(person("ada"));
  feed->Say(Siblings("ada", "ben"));
  feed->Say(Siblings("ben", "cleo"));
  feed->Say(5);
  feed->AwaitAcknowledged();
  ASSERT_TRUE(node->WaitForOffset(End())) << node->Log();
  EXPECT_EQ(parked(), "2");
  EXPECT_EQ(SourceOf(*node, "school_feed")["accepted"], "6");
  EXPECT_THAT(node->QuarantineReasons(), IsEmpty());
  const auto waiting = JsonOf(*node, {"quarantine", "list", "--parked"});
  ASSERT_EQ(waiting["items"].size(), 2u);
  for (const auto& item : waiting["items"]) {
    EXPECT_EQ(item["state"], "parked");
    EXPECT_THAT(item["waits_for"], ElementsAre("person"));
  }
  // They wait in the ledger, not in a process.
  node->Kill();
  node->Start();
  ASSERT_TRUE(node->WaitReady()) << node->Log();
  feed->Say(person("ben"));
  feed->AwaitAcknowledged();
  ASSERT_TRUE(node->WaitForOffset(End())) << node->Log();
  EXPECT_EQ(parked(), "1") << "who waits for two is not done with one";
  feed->Say(person("cleo"));
  feed->AwaitAcknowledged();
  ASSERT_TRUE(node->WaitForOffset(End())) << node->Log();
  EXPECT_EQ(parked(), "0");
  ExpectWhole(*node, {feed.get()});
}

TEST_F(KafkaServerTest, AResumedSourceGoesOnWithTheFramesThatWereHeld) {
  const auto node = NewNode();
  ASSERT_TRUE(node->WaitReady()) << node->Log();
  const auto feed = NewFeed(*node, "school_feed", "school");
  const auto other_feed = NewFeed(*node, "health_feed", "health");
  feed->Say(2);
  feed->AwaitAcknowledged();
  const std::string lost = feed->NextFrame();
  feed->Say(4);
  other_feed->Say(4);
  feed->AwaitAcknowledged();
  other_feed->AwaitAcknowledged();
  ASSERT_TRUE(node->WaitForOffset(End())) << node->Log();
  EXPECT_TRUE(node->WaitForMetric("kith_sources_stopped", 1));
  EXPECT_TRUE(node->WaitForMetric("kith_frames_held", 4));
  EXPECT_EQ(SourceOf(*node, "school_feed")["mark"], "2");
  EXPECT_EQ(SourceOf(*node, "health_feed")["mark"], "4");
  const auto resume = [&](const char* next) {
    return node->Kith({"source", "resume", "school_feed", "--epoch", "1",
                       "--next", next, "--reason", "disk lost"});
  };
  // Only what is missing is given up.
  const auto too_far = resume("5");
  EXPECT_EQ(too_far.code, 1);
  EXPECT_THAT(too_far.err, HasSubstr("SOURCE_HELD"));
  const auto resumed = resume("4");
  EXPECT_EQ(resumed.code, 0) << resumed.err;
  EXPECT_TRUE(node->WaitForMetric("kith_sources_stopped", 0));
  EXPECT_TRUE(node->WaitForMetric("kith_frames_held", 0));
  EXPECT_EQ(SourceOf(*node, "school_feed")["mark"], "7");
  // Should it turn up after all, a person sees it.
  Produce(address(), topic_, {RecordOf(lost)});
  feed->Say(2);
  feed->AwaitAcknowledged();
  ASSERT_TRUE(node->WaitForOffset(End())) << node->Log();
  EXPECT_THAT(node->QuarantineReasons(), ElementsAre("SEQUENCE_LOST"));
  ExpectWhole(*node, {feed.get()}, {3});
}

}  // namespace
}  // namespace kith::kafka_tests
