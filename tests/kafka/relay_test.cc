// What leaves a node for Kafka: feeds of agencies and what lies in quarantine,
// in ledger order, each at least once, through kills of node and broker.
#include <grpcpp/client_context.h>

#include <algorithm>

#include "kith/api/v1/intake_service.grpc.pb.h"
#include "tests/kafka/relay_world.h"

namespace kith::kafka_tests {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

bool Every(int) { return true; }
bool IsEven(int i) { return i % 2 == 0; }

TEST_F(RelayTest, AnAgencyIsToldOfWhatItMaySeeAndOfNothingElse) {
  const auto node = RelayingNode();
  ASSERT_TRUE(node->WaitReady()) << node->Log();
  const auto school = NewFeed(*node, "school_feed", school_);
  constexpr int kChildren = 10;
  for (int i = 0; i < kChildren; ++i) {
    school->Say(Child(i));
    school->Say(FamilyOf(i));
    if (IsEven(i)) school->Say(ConsentTo(health_, i));
  }
  for (int i = 0; i < kChildren; ++i) school->Say(NeedOf(i));
  school->AwaitAcknowledged();
  ASSERT_TRUE(node->WaitForOffset(End()));
  ASSERT_TRUE(AwaitAllTold(*node));
  const std::string metrics = node->Metrics();
  const auto checked = server_tests::CheckMetrics(
      metrics.substr(metrics.find("\r\n\r\n") + 4), folder_.path());
  EXPECT_EQ(checked.code, 0) << checked.out << checked.err;
  // What is withdrawn is told no more.
  school->Say(Withdrawal(0));
  school->AwaitAcknowledged();
  ASSERT_TRUE(node->WaitForOffset(End()));
  school->Say(NeedOf(0, "second"));
  school->AwaitAcknowledged();
  ASSERT_TRUE(node->WaitForOffset(End()));
  ASSERT_TRUE(AwaitAllTold(*node));
  ASSERT_EQ(node->Terminate().code, 0) << node->Log();

  const auto of_school = NoticesOf(school_, "need_recorded");
  EXPECT_EQ(IdsIn(of_school), IdsOfNeeds(*node, school_, Every));
  auto of_health = IdsOfNeeds(*node, health_, IsEven);
  of_health.pop_back();  // child 0's second need
  EXPECT_EQ(IdsIn(NoticesOf(health_, "need_recorded")), of_health);
  for (const Notice& notice : of_school) {
    EXPECT_EQ(notice.said.family_ids_size(), 1);
    EXPECT_EQ(notice.said.person_ids_size(), 1);
  }
  // Each message has its access record.
  size_t messages = 0;
  for (const std::string& agency : {school_, health_}) {
    for (const Record& record : ReadTopic(address(), wire::FeedTopic(agency))) {
      ++messages;
      std::string all = *record.value;
      for (const auto& [name, value] : record.headers) all += name + value;
      for (const char* personal :
           {"Zephy", "Quillfeather", "child-", "fam-", "need-", "housing"}) {
        EXPECT_THAT(all, Not(HasSubstr(personal)));
      }
    }
  }
  const auto accesses = AccessesIn(node->data(), "Feed.Notice");
  EXPECT_EQ(accesses.size(), messages);
  for (const auto& access : accesses) {
    EXPECT_EQ(access.families_size(), 1) << access.DebugString();
    EXPECT_FALSE(access.copied_to().empty());
  }
}

TEST_F(RelayTest, ThroughKillsOfNodeAndBrokerEachNoticeComesOnceInOrder) {
  const auto node = RelayingNode();
  ASSERT_TRUE(node->WaitReady()) << node->Log();
  const auto school = NewFeed(*node, "school_feed", school_);
  constexpr int kChildren = 400;
  for (int i = 0; i < kChildren; ++i) {
    school->Say(Child(i));
    school->Say(FamilyOf(i));
    if (IsEven(i)) school->Say(ConsentTo(health_, i));
  }
  school->AwaitAcknowledged();
  ASSERT_TRUE(node->WaitForOffset(End()));
  int next = 0;
  const auto say_needs = [&](int count) {
    for (int i = 0; i < count; ++i) school->Say(NeedOf(next++));
  };
  for (int kill = 0; kill < 5; ++kill) {
    say_needs(60);
    // In the midst of telling.
    absl::SleepFor(absl::Milliseconds(60 * kill));
    node->Kill();
    node->Start();
    ASSERT_TRUE(node->WaitReady()) << node->Log();
  }
  say_needs(50);
  broker_->Kill();
  say_needs(50);
  broker_->Start();
  school->AwaitAcknowledged();
  ASSERT_EQ(next, kChildren);
  ASSERT_TRUE(node->WaitForOffset(End()));
  ASSERT_TRUE(AwaitAllTold(*node));
  ASSERT_EQ(node->Terminate().code, 0) << node->Log();
  EXPECT_EQ(IdsIn(NoticesOf(school_, "need_recorded")),
            IdsOfNeeds(*node, school_, Every));
  EXPECT_EQ(IdsIn(NoticesOf(health_, "need_recorded")),
            IdsOfNeeds(*node, health_, IsEven));
}

TEST_F(RelayTest, ANodeThatTakesOverWithoutThePositionTellsAllAgainBySameIds) {
  const auto first = RelayingNode();
  ASSERT_TRUE(first->WaitReady()) << first->Log();
  const auto school = NewFeed(*first, "school_feed", school_);
  constexpr int kChildren = 20;
  for (int i = 0; i < kChildren; ++i) {
    school->Say(Child(i));
    school->Say(FamilyOf(i));
    if (IsEven(i)) school->Say(ConsentTo(health_, i));
    school->Say(NeedOf(i));
  }
  school->AwaitAcknowledged();
  ASSERT_TRUE(first->WaitForOffset(End()));
  ASSERT_TRUE(AwaitAllTold(*first));
  ASSERT_EQ(first->Terminate().code, 0) << first->Log();
  const size_t sent = ReadTopic(address(), wire::FeedTopic(school_)).size();
  const auto told = IdsIn(NoticesOf(school_, "need_recorded"));
  ASSERT_EQ(told.size(), kChildren);

  // Its folder `relay` is empty, and its ledger is the topic's.
  const auto second = RelayingNode("", "node-2");
  ASSERT_TRUE(second->WaitReady()) << second->Log();
  school->Say(NeedOf(0, "second"));
  school->AwaitAcknowledged();
  ASSERT_TRUE(second->WaitForOffset(End()));
  ASSERT_TRUE(AwaitAllTold(*second));
  ASSERT_EQ(second->Terminate().code, 0) << second->Log();
  EXPECT_EQ(ReadTopic(address(), wire::FeedTopic(school_)).size(),
            2 * sent + 1);
  // Who drops repeats by id has each once, in order.
  EXPECT_EQ(IdsIn(NoticesOf(school_, "need_recorded")),
            IdsOfNeeds(*second, school_, Every));
  EXPECT_EQ(IdsIn(NoticesOf(health_, "need_recorded")).size(),
            kChildren / 2 + 1u);
  const auto again = IdsIn(NoticesOf(school_, "need_recorded"));
  EXPECT_TRUE(std::equal(told.begin(), told.end(), again.begin()));
}

// Sends frames through gRPC; whether all were accepted.
bool Submit(const Node& node, const std::string& agency,
            const std::vector<std::string>& frames) {
  grpc::ClientContext context;
  context.AddMetadata("kith-agency", agency);
  context.AddMetadata("kith-practitioner", "f1");
  context.AddMetadata("kith-role", "integration_engineer");
  context.AddMetadata("kith-purpose", "intake");
  const auto stub = api::v1::IntakeService::NewStub(node.channel());
  const auto stream = stub->Submit(&context);
  for (const std::string& frame : frames) {
    api::v1::SubmitRequest request;
    KITH_CHECK(request.mutable_frame()->ParseFromString(frame));
    if (!stream->Write(request)) break;
  }
  stream->WritesDone();
  size_t accepted = 0;
  api::v1::SubmitResponse response;
  while (stream->Read(&response)) {
    accepted += response.outcome().kind() == ledger::v1::OUTCOME_KIND_ACCEPTED;
  }
  const grpc::Status status = stream->Finish();
  EXPECT_TRUE(status.ok()) << status.error_message();
  return accepted == frames.size();
}

TEST_F(RelayTest, AStoppedBrokerDoesNotStopIntakeThroughGrpc) {
  // The brokers are there for notices alone.
  NodeOptions options = OptionsOf("node-1");
  options.brokers.clear();
  options.flags = {
      "--config",
      folder_.Write("kithd.yaml",
                    absl::StrCat(Settings(), "partnership: ", partnership_,
                                 "\nkafka:\n  brokers: ", address(),
                                 "\n  inboxes: false\n"))};
  Node node(options);
  ASSERT_TRUE(node.WaitReady()) << node.Log();
  const auto school = NewFeed(node, "school_feed", school_);
  const std::string topic = wire::FeedTopic(school_);
  engine::testing::TestSource& source = school->source();
  const auto frames_of = [&](const std::vector<agency::v1::Statement>& all) {
    std::vector<std::string> frames;
    for (const auto& one : all)
      frames.push_back(source.Frame(one, absl::Now()));
    return frames;
  };
  ASSERT_TRUE(Submit(node, school_,
                     frames_of({Child(1), FamilyOf(1), NeedOf(1, "a")})));
  ASSERT_TRUE(AwaitTold(node, topic));
  EXPECT_GT(Figure(node, "kith_relay_notices_total", topic), 0);
  broker_->Stop();
  ASSERT_TRUE(Submit(node, school_,
                     frames_of({NeedOf(1, "b"), NeedOf(1, "c"), Child(2),
                                FamilyOf(2), NeedOf(2, "d")})));
  // How much waits, and since when, is there to see.
  EXPECT_GE(Figure(node, "kith_relay_facts", topic), 5);
  absl::SleepFor(absl::Milliseconds(1100));
  EXPECT_GT(Figure(node, "kith_relay_age_seconds", topic), 1);
  broker_->Start();
  ASSERT_TRUE(AwaitAllTold(node));
  EXPECT_EQ(Figure(node, "kith_relay_age_seconds", topic), 0);
  EXPECT_EQ(Figure(node, "kith_relay_waiting", topic), 0);
  ASSERT_EQ(node.Terminate().code, 0) << node.Log();
  const auto told = IdsIn(NoticesOf(school_, "need_recorded"));
  EXPECT_EQ(told, IdsOfNeeds(node, school_, Every));
  EXPECT_EQ(told.size(), 4u);
}

TEST_F(RelayTest, AFeedWithoutItsTopicWaitsAndTheOthersGoOn) {
  DeleteTopic(address(), wire::FeedTopic(health_));
  const auto node = RelayingNode();
  ASSERT_TRUE(node->WaitReady()) << node->Log();
  const auto school = NewFeed(*node, "school_feed", school_);
  school->Say(Child(0));
  school->Say(FamilyOf(0));
  school->Say(ConsentTo(health_, 0));
  school->Say(NeedOf(0));
  school->AwaitAcknowledged();
  ASSERT_TRUE(node->WaitForOffset(End()));
  ASSERT_TRUE(AwaitTold(*node, wire::FeedTopic(school_)));
  EXPECT_GT(Figure(*node, "kith_relay_facts", wire::FeedTopic(health_)), 0);
  MakeTopic(address(), wire::FeedTopic(health_));
  ASSERT_TRUE(AwaitAllTold(*node));
  ASSERT_EQ(node->Terminate().code, 0) << node->Log();
  EXPECT_EQ(IdsIn(NoticesOf(health_, "need_recorded")),
            IdsOfNeeds(*node, health_, Every));
}

TEST_F(RelayTest, WhatLiesInQuarantineIsToldWithoutItsContent) {
  const auto node = RelayingNode();
  ASSERT_TRUE(node->WaitReady()) << node->Log();
  const auto school = NewFeed(*node, "school_feed", school_);
  school->Say(Child(1));
  school->AwaitAcknowledged();
  Record poison;
  poison.key = "stranger";
  poison.value = "Quillfeather in plain text";
  poison.headers = {{"ce_type", "kith.agency.v1.Frame"}};
  Produce(address(), topic_, {poison});
  // Another statement under a number that is taken: of a known source.
  engine::testing::TestSource& source = school->source();
  agency::v1::Frame conflict;
  ASSERT_TRUE(
      conflict.ParseFromString(source.FrameAt(1, Child(7), absl::Now())));
  poison.value = conflict.SerializeAsString();
  Produce(address(), topic_, {poison});
  ASSERT_TRUE(node->WaitForOffset(End()));
  ASSERT_TRUE(AwaitAllTold(*node));
  node->Kill();
  node->Start();
  ASSERT_TRUE(node->WaitReady()) << node->Log();
  ASSERT_TRUE(AwaitAllTold(*node));
  const auto reasons = node->QuarantineReasons();
  ASSERT_EQ(node->Terminate().code, 0) << node->Log();

  std::vector<std::string> told;
  std::set<std::string> seen;
  std::vector<std::pair<std::string, uint64_t>> places;
  for (const Record& record :
       ReadTopic(address(), wire::QuarantineTopic(partnership_))) {
    EXPECT_EQ(record.Header("ce_type"), "kith.api.v1.QuarantineNotice");
    EXPECT_THAT(*record.value, Not(HasSubstr("Quillfeather")));
    api::v1::QuarantineNotice notice;
    ASSERT_TRUE(notice.ParseFromString(*record.value));
    EXPECT_FALSE(notice.item_id().empty());
    if (!seen.insert(*record.Header("ce_id")).second) continue;
    told.push_back(notice.reason());
    places.emplace_back(notice.source(), notice.sequence());
  }
  std::sort(told.begin(), told.end());
  EXPECT_EQ(told, reasons);
  EXPECT_THAT(places, ElementsAre(testing::Pair("", 0),
                                  testing::Pair("school_feed", 1)));
}

}  // namespace
}  // namespace kith::kafka_tests
