// The publisher against a broker that fails: after every fault the outbox's
// word is compared with what the topic holds.
#include <gmock/gmock.h>
#include <gtest/gtest-spi.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "adapters/common/feed.h"
#include "adapters/publisher/deliver.h"
#include "base/bytes.h"
#include "kith/agency/v1/frame.pb.h"
#include "tests/kafka/broker.h"
#include "tests/kafka/feed.h"
#include "tests/kafka/topics.h"
#include "wire/topics.h"

namespace kith::kafka_tests {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

std::string PartnershipOfTest() {
  static int tests = 0;
  return absl::StrCat("p", ++tests);
}

class PublisherTest : public ::testing::Test {
 protected:
  void SetUp() override {
    KITH_NEEDS_KAFKA();
    address_ = SharedBroker().address();
    feed_.emplace(address_, PartnershipOfTest());
  }
  void TearDown() override {
    if (!feed_) return;
    SharedBroker().proxy().Set(Proxy::Mode::kPass);
  }

  // Delivers on a thread of its own; `sink` must not be used meanwhile.
  void Begin(adapters::Sink& sink) {
    delivering_ =
        std::thread([this, &sink] { result_ = feed_->Deliver(sink); });
  }
  absl::Status End() {
    delivering_.join();
    return result_;
  }
  void AwaitDelivered(uint64_t count) {
    const absl::Time end = absl::Now() + absl::Minutes(1);
    while (feed_->delivered() < count && absl::Now() < end) {
      absl::SleepFor(absl::Milliseconds(1));
    }
    ASSERT_GE(feed_->delivered(), count);
  }

  // So small that a fault lies in the midst of a delivery.
  static adapters::KafkaLimits Trickle() {
    adapters::KafkaLimits limits;
    limits.messages_max = 20;
    return limits;
  }

  std::string address_;
  std::optional<Feed> feed_;
  std::thread delivering_;
  absl::Status result_;
};

TEST_F(PublisherTest, EverythingArrivesOnceInOrderAndStaysDelivered) {
  feed_->Say(5000);
  const auto sink = feed_->SinkThrough(address_);
  EXPECT_EQ(feed_->Deliver(*sink), absl::OkStatus());
  EXPECT_EQ(feed_->ExpectHeld(address_), 0u);
  EXPECT_THAT(ReadTopic(address_, feed_->topic()), SizeIs(5000));
  feed_->Reopen();
  EXPECT_EQ(feed_->outbox().first_waiting(), 5001u);
  EXPECT_EQ(feed_->Deliver(*sink), absl::OkStatus());
  EXPECT_EQ(feed_->delivered(), 5000u);
}

// The broker's own file, as it lies on disk: batches of several records, each
// compressed with zstd (KIP-98's record batch: the codec is in the low bits of
// the attributes).
TEST_F(PublisherTest, BatchesAreCompressedWithZstd) {
  feed_->Say(2000, 1000);
  const auto sink = feed_->SinkThrough(address_);
  ASSERT_EQ(feed_->Deliver(*sink), absl::OkStatus());
  std::ifstream file(
      absl::StrCat(SharedBroker().folder(), "/data/", feed_->topic(),
                   "-0/00000000000000000000.log"),
      std::ios::binary);
  const std::string log{std::istreambuf_iterator<char>(file), {}};
  constexpr size_t kLengthAt = 8, kHeadBytes = 12, kAttributesAt = 21;
  constexpr int kZstd = 4;
  size_t batches = 0;
  for (size_t at = 0; at + kAttributesAt < log.size(); ++batches) {
    EXPECT_EQ(log[at + kAttributesAt + 1] & 7, kZstd) << batches;
    const auto head = base::ReadBigEndian64(log.substr(at + kLengthAt, 8));
    at += kHeadBytes + (*head >> 32);
  }
  EXPECT_GT(batches, 0u);
  EXPECT_LT(batches, 500u) << "records do not share batches";
  EXPECT_LT(log.size(), 2000u * 1000 / 2);
}

TEST_F(PublisherTest, ABrokerKilledInMidBatchLosesNothing) {
  feed_->Say(3000);
  const auto sink = feed_->SinkThrough(address_, Trickle());
  Begin(*sink);
  AwaitDelivered(300);
  SharedBroker().Kill();
  SharedBroker().Start();
  EXPECT_EQ(End(), absl::OkStatus());
  EXPECT_EQ(feed_->outbox().first_waiting(), 3001u);
  feed_->ExpectHeld(address_);
}

TEST_F(PublisherTest, ABrokerFrozenForLongerThanTheAdapterWaitsLosesNothing) {
  feed_->Say(3000);
  adapters::KafkaLimits limits = Trickle();
  limits.silence = absl::Seconds(3);
  const auto sink = feed_->SinkThrough(address_, limits);
  Begin(*sink);
  AwaitDelivered(300);
  SharedBroker().Freeze();
  EXPECT_TRUE(absl::IsDeadlineExceeded(End()));
  EXPECT_LT(feed_->outbox().first_waiting(), 3001u);
  limits.connect = absl::Seconds(1);
  const auto later = feed_->SinkThrough(address_, limits);
  EXPECT_TRUE(absl::IsUnavailable(feed_->Deliver(*later)));
  SharedBroker().Thaw();
  SharedBroker().AwaitAnswer();
  EXPECT_EQ(feed_->Deliver(*sink), absl::OkStatus());
  feed_->ExpectHeld(address_);
}

TEST_F(PublisherTest, ABrokerFrozenBeyondTheProducersTimeoutsIsWaitedFor) {
  feed_->Say(3000);
  const auto sink =
      feed_->SinkThrough(address_, Trickle(), {{"socket.timeout.ms", "1000"}});
  Begin(*sink);
  AwaitDelivered(300);
  SharedBroker().Freeze();
  absl::SleepFor(absl::Seconds(5));
  SharedBroker().Thaw();
  EXPECT_EQ(End(), absl::OkStatus());
  EXPECT_EQ(feed_->ExpectHeld(address_), 0u) << "the producer is idempotent";
}

class NetworkTest : public PublisherTest,
                    public ::testing::WithParamInterface<Proxy::Mode> {};

TEST_P(NetworkTest, AFaultInMidBatchLosesAndDoublesNothing) {
  feed_->Say(3000);
  const auto sink =
      feed_->SinkThrough(SharedBroker().proxied_address(), Trickle(),
                         {{"socket.timeout.ms", "1000"}});
  Begin(*sink);
  AwaitDelivered(300);
  SharedBroker().proxy().Set(GetParam());
  absl::SleepFor(absl::Seconds(3));
  EXPECT_LT(feed_->delivered(), 3000u) << "the fault came too late";
  SharedBroker().proxy().Set(Proxy::Mode::kPass);
  EXPECT_EQ(End(), absl::OkStatus());
  EXPECT_EQ(feed_->ExpectHeld(address_), 0u) << "the producer is idempotent";
}

INSTANTIATE_TEST_SUITE_P(Each, NetworkTest,
                         ::testing::Values(Proxy::Mode::kCut,
                                           Proxy::Mode::kBlackHole,
                                           Proxy::Mode::kDropAnswers));

// The answers are lost and the adapter gives up: it cannot know what arrived,
// so what it sends again are repeats for the consumer to drop.
TEST_F(PublisherTest, WhatArrivedWithoutAnAnswerIsSentAgain) {
  feed_->Say(100);
  adapters::KafkaLimits limits;
  limits.silence = absl::Seconds(2);
  limits.messages_max = 20;
  const auto sink =
      feed_->SinkThrough(SharedBroker().proxied_address(), limits);
  Begin(*sink);
  AwaitDelivered(20);
  SharedBroker().proxy().Set(Proxy::Mode::kDropAnswers);
  const absl::Status given_up = End();
  if (given_up.ok()) GTEST_FAIL() << "the fault came too late";
  SharedBroker().proxy().Set(Proxy::Mode::kPass);
  EXPECT_EQ(feed_->Deliver(*sink), absl::OkStatus());
  feed_->ExpectHeld(address_);
}

// A broker that refuses a batch would leave a gap behind it: the producer
// stops for good instead, and a new one takes its place.
TEST_F(PublisherTest, AfterAFatalErrorANewProducerSendsTheOutboxAgain) {
  const Settings usual = {{"message.timestamp.type", "LogAppendTime"}};
  Settings small = usual;
  small["max.message.bytes"] = "300";
  SetTopic(address_, feed_->topic(), small);
  feed_->Say(500);
  const auto sink = feed_->SinkThrough(address_);
  Begin(*sink);
  absl::SleepFor(absl::Seconds(1));
  EXPECT_EQ(feed_->delivered(), 0u);
  SetTopic(address_, feed_->topic(), usual);
  EXPECT_EQ(End(), absl::OkStatus());
  feed_->ExpectHeld(address_);

  SetTopic(address_, feed_->topic(), small);
  feed_->Say(1, 1000);
  const absl::Status refused = feed_->Deliver(*sink);
  EXPECT_TRUE(absl::IsFailedPrecondition(refused)) << refused;
  EXPECT_THAT(std::string(refused.message()), HasSubstr("too large"));
  EXPECT_EQ(feed_->outbox().first_waiting(), 501u);
}

TEST_F(PublisherTest, TheLongestStatementPassesAndALongerOneIsNeverKept) {
  feed_->Say(3, adapters::kBodyBytesMax - 400);
  const auto sink = feed_->SinkThrough(address_);
  EXPECT_EQ(feed_->Deliver(*sink), absl::OkStatus());
  feed_->ExpectHeld(address_);
  adapters::Item item;
  const adapters::Feed feed{"council", "mosaic", absl::Now(), "", ""};
  adapters::Say(feed, "k", absl::Now(), item)
      .mutable_need_stated()
      ->set_wording(std::string(adapters::kBodyBytesMax, 'x'));
  EXPECT_TRUE(absl::IsResourceExhausted(
      adapters::MakeFrame({"p", "council", "feed", {"k", "s"}}, 1, 1,
                          item.said.front())
          .status()));
}

TEST_F(PublisherTest, WhatIsKeptCanBeSentAgain) {
  feed_->Say(50);
  const auto sink = feed_->SinkThrough(address_);
  ASSERT_EQ(feed_->Deliver(*sink), absl::OkStatus());
  size_t told = 0;
  const auto count = [&](const adapters::Answer&) { ++told; };
  EXPECT_EQ(adapters::Resend(feed_->outbox(), *sink, 11, 40, count),
            absl::OkStatus());
  EXPECT_EQ(told, 30u);
  EXPECT_EQ(feed_->ExpectHeld(address_), 30u);
  EXPECT_TRUE(absl::IsOutOfRange(
      adapters::Resend(feed_->outbox(), *sink, 11, 51, count)));
  EXPECT_TRUE(absl::IsOutOfRange(
      adapters::Resend(feed_->outbox(), *sink, 0, 51, count)));
}

TEST_F(PublisherTest, WithoutItsTopicNothingIsSentAndTheCommandIsNamed) {
  feed_->Say(1);
  const auto sink = feed_->SinkThrough(address_);
  DeleteTopic(address_, feed_->topic());
  const absl::Status missing = feed_->Deliver(*sink);
  EXPECT_TRUE(absl::IsFailedPrecondition(missing)) << missing;
  EXPECT_THAT(std::string(missing.message()), HasSubstr("kith topics apply"));
}

TEST_F(PublisherTest, WithoutABrokerItSaysSoAndKeepsEverything) {
  feed_->Say(1);
  adapters::KafkaLimits limits;
  limits.connect = absl::Seconds(1);
  // Port 1 is nobody's.
  const auto sink = feed_->SinkThrough("127.0.0.1:1", limits);
  const absl::Status status = feed_->Deliver(*sink);
  EXPECT_TRUE(absl::IsUnavailable(status)) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr("refused"));
  EXPECT_EQ(feed_->outbox().first_waiting(), 1u);
}

// The comparison that all of this rests on must be able to fail.
TEST(OracleTest, AGapAReorderingAndAChangedRepeatAreSeen) {
  const auto record = [](uint64_t sequence, const std::string& salt) {
    agency::v1::Body body;
    body.mutable_envelope()->set_sequence(sequence);
    body.mutable_envelope()->set_salt(salt);
    agency::v1::Frame frame;
    frame.set_body(body.SerializeAsString());
    Record made;
    made.value = frame.SerializeAsString();
    return made;
  };
  const auto one = record(1, ""), two = record(2, ""), three = record(3, "");
  EXPECT_EQ(ExpectOrdered({one, two, one, two, three}).repeats, 2u);
  EXPECT_NONFATAL_FAILURE(ExpectOrdered({one, three}), "was due");
  EXPECT_NONFATAL_FAILURE(ExpectOrdered({two, one}), "was due");
  EXPECT_NONFATAL_FAILURE(ExpectOrdered({one, record(1, "x")}), "value");
}

}  // namespace
}  // namespace kith::kafka_tests
