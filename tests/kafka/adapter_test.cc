// The adapters as programs, through Kafka: killed in the midst of a file, on a
// disk that takes no more, looked into while they work; what a node then makes
// of their statements; and what tools other than ours see in the topic.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <algorithm>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "adapters/publisher/command.h"
#include "adapters/publisher/outbox.h"
#include "nlohmann/json.hpp"
#include "tests/kafka/broker.h"
#include "tests/kafka/feed.h"
#include "tests/kafka/ledger.h"
#include "tests/kafka/node.h"
#include "tests/kafka/oracle.h"
#include "tests/kafka/topics.h"
#include "tests/server/process.h"
#include "wire/topics.h"

namespace kith::kafka_tests {
namespace {

using server_tests::Ended;
using server_tests::Process;
using server_tests::RunProgram;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using Words = std::vector<std::string>;

class AdapterTest : public ::testing::Test {
 protected:
  void SetUp() override {
    KITH_NEEDS_KAFKA();
    static int tests = 0;
    partnership_ = absl::StrCat("a", ++tests);
    topic_ = wire::InboxTopic(partnership_);
    address_ = SharedBroker().address();
    MakeTopic(address_, topic_);
    key_file_ =
        folder_.Write("council_feed.council_feed_k1.key", std::string(64, 'a'));
  }

  // A persons file with as many rows, no two of them alike.
  std::string Persons(size_t rows) const {
    std::string text = "Person ID,First Name,Surname,Date of Birth\n";
    for (size_t row = 1; row <= rows; ++row) {
      absl::StrAppendFormat(&text, "P%d,Ada,Specimen%d,%02d/%02d/%d\n", row,
                            row, 1 + row % 28, 1 + row / 28 % 12,
                            1950 + row / 336);
    }
    return folder_.Write("persons.csv", text);
  }
  Words Running(const std::string& file) const {
    return {KITH_COUNCIL_PROGRAM,
            "run",
            file,
            "--partnership",
            partnership_,
            "--agency",
            "council",
            "--source",
            "council_feed",
            "--outbox",
            outbox(),
            "--key-file",
            key_file_,
            "--kafka-brokers",
            address_};
  }
  Words About(const std::string& command) const {
    Words words = {KITH_COUNCIL_PROGRAM, command, "--outbox", outbox()};
    if (command == "status") {
      words.insert(words.end(), {"--output", "json"});
    } else {
      words.insert(words.end(),
                   {"--agency", "council", "--kafka-brokers", address_});
    }
    return words;
  }
  std::string outbox() const { return absl::StrCat(folder_.path(), "/outbox"); }
  nlohmann::json Status() const {
    return nlohmann::json::parse(
        RunProgram(About("status"), folder_.path()).out);
  }
  int64_t Held() const { return Bounds(address_, topic_).second; }
  // What the adapter has in the topic; a node's records are left out.
  std::vector<Record> Frames() const {
    std::vector<Record> records = ReadTopic(address_, topic_);
    const auto foreign = [](const Record& record) {
      return record.key != "council_feed";
    };
    records.erase(std::remove_if(records.begin(), records.end(), foreign),
                  records.end());
    return records;
  }

  // A node that decides what comes while the adapter is at work.
  std::unique_ptr<Node> StartNode() const {
    NodeOptions options;
    options.partnership = partnership_;
    options.folder = folder_.path() + "/node";
    options.keys = folder_.path() + "/keys";
    options.brokers = address_;
    auto node = std::make_unique<Node>(options);
    EXPECT_TRUE(node->WaitReady()) << node->Log();
    engine::testing::TestSource source(partnership_, "council_feed",
                                       agency::v1::SOURCE_KIND_OUTBOX,
                                       "council");
    source.UseKey("council_feed_k1", std::string(32, '\xaa'));
    engine::testing::PutKey(options.keys, source);
    const grpc::Status registered = node->Register(source.Registration());
    EXPECT_TRUE(registered.ok()) << registered.error_message();
    return node;
  }
  // Ends the node and holds its ledger against what the outbox was told: each
  // of its numbers has one outcome, each row of the file is one record.
  void ExpectDecided(Node& node, size_t rows) const {
    EXPECT_TRUE(node.WaitReady()) << node.Ready() << node.Log();
    EXPECT_TRUE(node.WaitForOffset(Held())) << node.Ready() << node.Log();
    EXPECT_EQ(node.Terminate().code, 0) << node.Log();
    {
      const auto status = Status();
      Oracle oracle(node.data(), partnership_, folder_.path() + "/keys");
      oracle.ExpectOneOutcomeEach("council_feed",
                                  status["epoch"].get<uint64_t>(),
                                  status["next_sequence"].get<uint64_t>() - 1);
      oracle.ExpectAtTheEndOf(address_, topic_);
      oracle.ExpectViewsEqualARebuild();
    }
    std::multiset<std::string> stated;
    for (const LedgerFact& fact : FactsIn(node.data())) {
      if (!fact.fact.has_record_stated()) continue;
      stated.insert(fact.fact.record_stated().said().record().local_id());
    }
    EXPECT_EQ(stated.size(), rows);
    EXPECT_EQ(std::set<std::string>(stated.begin(), stated.end()).size(), rows);
  }

  // Every statement that the outbox holds or ever held stands in the topic, in
  // order; none waits.
  void ExpectAllHeld() const {
    const auto status = Status();
    EXPECT_EQ(status["waiting"], 0);
    const Order order = ExpectOrdered(Frames());
    EXPECT_EQ(order.last + 1, status["next_sequence"].get<uint64_t>());
  }

  const server_tests::TestFolder folder_;
  std::string partnership_, topic_, address_, key_file_;
};

TEST_F(AdapterTest, KilledInTheMidstOfAFileAndRunAgainLosesNothing) {
  const auto node = StartNode();
  const std::string file = Persons(6000);
  uint64_t delivered_before = 0;
  for (const int64_t until : {200, 2500, 4000}) {
    const int64_t held = Held();
    Process adapter(Running(file), folder_.path());
    const absl::Time end = absl::Now() + absl::Minutes(1);
    while (Held() < held + until && absl::Now() < end) {
      absl::SleepFor(absl::Milliseconds(1));
    }
    adapter.Signal(SIGKILL);
    ASSERT_EQ(adapter.Wait().code, 128 + SIGKILL) << "it was done too early";
    // What the outbox calls delivered is really there.
    const auto status = Status();
    const uint64_t delivered = status["next_sequence"].get<uint64_t>() - 1 -
                               status["waiting"].get<uint64_t>();
    EXPECT_GE(delivered, delivered_before);
    EXPECT_GE(ExpectOrdered(Frames()).last, delivered);
    delivered_before = delivered;
  }
  const Ended ended = RunProgram(Running(file), folder_.path());
  EXPECT_EQ(ended.code, adapters::kExitDone) << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("all items: 6000 = 6000 delivered"));
  ExpectAllHeld();
  ExpectDecided(*node, 6000);
}

TEST_F(AdapterTest, ADiskThatTakesNoMoreEndsTheRunAndLosesNothing) {
  const auto node = StartNode();
  const std::string file = Persons(6000);
  // Files may grow to 1 MiB, then writes fail in the midst.
  Words limited = {"bash", "-c", "trap '' XFSZ; ulimit -f 1024; exec \"$@\"",
                   "limited"};
  const Words running = Running(file);
  limited.insert(limited.end(), running.begin(), running.end());
  const Ended ended = RunProgram(limited, folder_.path());
  EXPECT_EQ(ended.code, adapters::kExitOutbox) << ended.err;
  EXPECT_THAT(ended.err, HasSubstr("write outbox: File too large"));
  EXPECT_GT(Frames().size(), 0u) << "the limit came too early";
  EXPECT_LT(Frames().size(), 6000u) << "the limit came too late";
  EXPECT_EQ(RunProgram(About("deliver"), folder_.path()).code,
            adapters::kExitDone);
  ExpectAllHeld();
  EXPECT_EQ(RunProgram(running, folder_.path()).code, adapters::kExitDone);
  ExpectAllHeld();
  ExpectDecided(*node, 6000);
}

TEST_F(AdapterTest, WhatWaitsAndSinceWhenIsShownAlsoWhileItWorks) {
  SharedBroker().Freeze();
  Process adapter(Running(Persons(300)), folder_.path());
  const absl::Time end = absl::Now() + absl::Seconds(20);
  nlohmann::json status;
  while (absl::Now() < end) {
    const Ended shown = RunProgram(About("status"), folder_.path());
    if (shown.code == 0) status = nlohmann::json::parse(shown.out);
    if (!status.empty() && status["waiting"] == 300 &&
        status["oldest_waiting_seconds"] > 0) {
      break;
    }
  }
  EXPECT_EQ(status["waiting"], 300);
  EXPECT_GT(status["oldest_waiting_seconds"], 0);
  EXPECT_EQ(RunProgram(About("deliver"), folder_.path()).code,
            adapters::kExitOutbox)
      << "one process at a time";
  SharedBroker().Thaw();
  SharedBroker().AwaitAnswer();
  adapter.Wait();
  RunProgram(About("deliver"), folder_.path());
  ExpectAllHeld();
}

TEST_F(AdapterTest, WhatWaitsIsThereForPrometheusToo) {
  RunProgram(Running(Persons(10)), folder_.path());
  Words status = About("status");
  status.back() = "metrics";
  const Ended shown = RunProgram(status, folder_.path());
  ASSERT_EQ(shown.code, adapters::kExitDone) << shown.err;
  EXPECT_THAT(shown.out, HasSubstr("\nkith_outbox_statements{partnership=\""));
  EXPECT_THAT(shown.out, HasSubstr("kith_outbox_age_seconds{"));
  const Ended checked = server_tests::CheckMetrics(shown.out, folder_.path());
  EXPECT_EQ(checked.code, 0) << checked.out << checked.err;
}

TEST_F(AdapterTest, TheSummarySaysWhatIsKnownAndWhereTheRestIs) {
  const Ended ended = RunProgram(Running(Persons(2)), folder_.path());
  EXPECT_EQ(ended.code, adapters::kExitDone) << ended.err;
  EXPECT_THAT(ended.out, HasSubstr("2 delivered"));
  EXPECT_THAT(ended.out, HasSubstr("decided when a server"));
  EXPECT_THAT(ended.out, HasSubstr("kith source list"));
  EXPECT_THAT(
      RunProgram({KITH_COUNCIL_PROGRAM, "run", "--help"}, folder_.path()).out,
      HasSubstr("it counts as delivered"));
}

TEST_F(AdapterTest, WhatIsKeptIsSentAgainOnDemand) {
  RunProgram(Running(Persons(10)), folder_.path());
  Words again = About("resend");
  again.insert(again.end(), {"--from", "3", "--to", "7"});
  const Ended ended = RunProgram(again, folder_.path());
  EXPECT_EQ(ended.code, adapters::kExitDone) << ended.err;
  EXPECT_EQ(ExpectOrdered(ReadTopic(address_, topic_)).repeats, 5u);
}

TEST_F(AdapterTest, KcatReadsKeyAndHeadersAsDocumented) {
  RunProgram(Running(Persons(1)), folder_.path());
  const Ended ended =
      RunProgram({"kcat", "-C", "-b", address_, "-t", topic_, "-p", "0", "-o",
                  "beginning", "-e", "-q", "-f", "%k\\n%h\\n%S\\n"},
                 folder_.path());
  ASSERT_EQ(ended.code, 0) << ended.err;
  const std::vector<std::string> lines = absl::StrSplit(ended.out, '\n');
  ASSERT_GE(lines.size(), 3u);
  EXPECT_EQ(lines[0], "council_feed");
  const uint64_t epoch = Status()["epoch"];
  EXPECT_THAT(
      std::vector<std::string>(absl::StrSplit(lines[1], ',')),
      ElementsAre(
          "content-type=application/protobuf", "ce_specversion=1.0",
          absl::StrCat("ce_id=council_feed/", epoch, "/1"),
          absl::StrCat("ce_source=/kith/", partnership_, "/council_feed"),
          "ce_type=kith.agency.v1.Frame",
          MatchesRegex("ce_time=[0-9-]{10}T[0-9:]{8}\\.[0-9]{6}Z"),
          "ce_subject=council", "ce_partitionkey=council_feed",
          MatchesRegex(absl::StrCat("ce_sequence=0{10}", epoch, "-0{19}1")),
          "ce_dataschema=urn:kith:proto:kith.agency.v1.Frame",
          MatchesRegex("ce_traceparent=00-[0-9a-f]{32}-[0-9a-f]{16}-01")));
  EXPECT_FALSE(absl::StrContains(lines[1], "Specimen"));
}

}  // namespace
}  // namespace kith::kafka_tests
