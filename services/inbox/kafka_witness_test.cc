#include "services/inbox/kafka_witness.h"

#include <memory>
#include <vector>

#include "absl/time/clock.h"
#include "gtest/gtest.h"
#include "services/inbox/kafka_mock.h"
#include "services/inbox/kafka_reader.h"
#include "services/inbox/kafka_writer.h"
#include "wire/topics.h"

namespace kith::inbox {
namespace {

using testing::kPartnership;

class KafkaWitnessTest : public ::testing::Test {
 protected:
  KafkaWitnessTest() {
    topic_.partnership = kPartnership;
    topic_.settings = false;
  }

  // Writes three records and returns them as a reader applied them.
  std::vector<KafkaApplied> ThreeApplied() {
    KafkaWriterOptions options;
    options.topic = wire::InboxTopic(kPartnership);
    options.connection = cluster_.connection();
    options.node = "node-1";
    const auto writer = *KafkaWriter::Make(options, nullptr);
    for (const char* value : {"one", "two", "three"}) {
      EXPECT_TRUE(writer->Write({"", value, {}}, /*ticket=*/0).ok());
    }
    EXPECT_TRUE(writer->Flush().ok());
    KafkaReaderOptions reading;
    reading.topic = topic_;
    reading.connection = cluster_.connection();
    reading.node = "node-1";
    const auto reader = *KafkaReader::Make(reading, {});
    std::vector<KafkaApplied> applied;
    const absl::Time give_up = absl::Now() + absl::Seconds(30);
    while (applied.size() < 3 && absl::Now() < give_up) {
      const auto record = reader->Next(absl::Milliseconds(100));
      if (!record.ok() || !record->has_value()) continue;
      applied.push_back({(*record)->offset, DigestOf(**record)});
    }
    EXPECT_EQ(applied.size(), 3u);
    return applied;
  }

  KafkaLook Look(KafkaWitness::Question question) {
    EXPECT_FALSE(witness_->is_asked());
    witness_->Ask(std::move(question));
    EXPECT_TRUE(witness_->is_asked());
    std::optional<KafkaLook> answer;
    while (!(answer = witness_->TakeAnswer()).has_value()) {
      absl::SleepFor(absl::Milliseconds(5));
    }
    return *answer;
  }

  testing::MockCluster cluster_;
  KafkaTopicCheck topic_;
  std::unique_ptr<KafkaWitness> witness_ = std::make_unique<KafkaWitness>(
      KafkaTopicCheck{kPartnership, /*settings=*/false},
      wire::Properties{
          {"bootstrap.servers", cluster_.connection().front().second},
          {"group.id", "witness"},
          {"enable.partition.eof", "true"},
          {"auto.offset.reset", "error"}});
};

TEST_F(KafkaWitnessTest, ARecordInItsPlaceRaisesNoDoubt) {
  const auto applied = ThreeApplied();
  // As often as it is asked: each look begins anew.
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(Look({3, {applied[0], applied[2]}}), KafkaLook::kSame);
    EXPECT_EQ(Look({3, {applied[2]}}), KafkaLook::kSame);
  }
}

TEST_F(KafkaWitnessTest, AnotherRecordInItsPlaceIsADoubt) {
  const auto applied = ThreeApplied();
  EXPECT_EQ(Look({3, {{0, applied[1].digest}, applied[2]}}),
            KafkaLook::kDoubtful);
}

TEST_F(KafkaWitnessTest, WhatTheTopicNoLongerHoldsIsADoubt) {
  const auto applied = ThreeApplied();
  EXPECT_EQ(Look({4, {applied[0]}}), KafkaLook::kDoubtful);  // it was cut short
  EXPECT_EQ(Look({3, {{3, applied[2].digest}}}), KafkaLook::kDoubtful);
}

TEST_F(KafkaWitnessTest, WithNothingToCompareTheTopicAloneIsLookedAt) {
  ThreeApplied();
  EXPECT_EQ(Look({3, {{}, {}}}), KafkaLook::kSame);
}

TEST_F(KafkaWitnessTest, ABrokerThatIsAwayNeitherRaisesNorTakesADoubt) {
  const auto applied = ThreeApplied();
  cluster_.SetDown();
  EXPECT_EQ(Look({3, {applied[0]}}), KafkaLook::kUnanswered);
  cluster_.SetUp();
}

TEST_F(KafkaWitnessTest, IsDoneWithInTheMidstOfALook) {
  const auto applied = ThreeApplied();
  witness_->Ask({3, {applied[0]}});
  witness_.reset();
}

}  // namespace
}  // namespace kith::inbox
