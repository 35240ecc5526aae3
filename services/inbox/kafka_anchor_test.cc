#include "services/inbox/kafka_anchor.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace kith::inbox {
namespace {

using ::testing::ElementsAre;

// Which are compared: the anchor, and the last that was read.
std::vector<int64_t> Compared(const KafkaAnchor& anchor) {
  std::vector<int64_t> offsets;
  for (const KafkaApplied& applied : anchor.vouchers()) {
    offsets.push_back(applied.offset);
  }
  return offsets;
}

TEST(KafkaAnchorTest, MovesWhenTheTopicWasFoundTheSame) {
  KafkaAnchor anchor({4, "four"});
  anchor.Read({5, "five"});
  EXPECT_THAT(Compared(anchor), ElementsAre(4, 5));
  anchor.Found();
  EXPECT_THAT(Compared(anchor), ElementsAre(5, 5));
}

TEST(KafkaAnchorTest, MovesToWhatTheWitnessWasAskedAbout) {
  KafkaAnchor anchor({4, "four"});
  anchor.Read({5, "five"});
  anchor.Ask();
  anchor.Read({6, "six"});
  EXPECT_FALSE(anchor.Hear(KafkaLook::kSame));
  EXPECT_THAT(Compared(anchor), ElementsAre(5, 6));
}

// A topic made anew and filled past what was read, while the brokers were too
// busy to say so: the next look still compares what was read of the old one.
TEST(KafkaAnchorTest, StaysWhenNobodyAnswered) {
  KafkaAnchor anchor({4, "four"});
  anchor.Read({5, "of another topic"});
  anchor.Ask();
  EXPECT_FALSE(anchor.Hear(KafkaLook::kUnanswered));
  EXPECT_THAT(Compared(anchor), ElementsAre(4, 5));
  anchor.Ask();
  EXPECT_TRUE(anchor.Hear(KafkaLook::kDoubtful));
  EXPECT_THAT(Compared(anchor), ElementsAre(4, 5));
}

TEST(KafkaAnchorTest, IsTheFirstRecordWhereNothingWasReadBefore) {
  KafkaAnchor anchor({-1, ""});
  anchor.Ask();
  anchor.Read({0, "first"});
  anchor.Read({1, "second"});
  EXPECT_FALSE(anchor.Hear(KafkaLook::kSame));  // of nothing
  EXPECT_THAT(Compared(anchor), ElementsAre(0, 1));
}

TEST(KafkaAnchorTest, IsNoneBehindAGap) {
  KafkaAnchor anchor({4, "four"});
  anchor.Lose();
  anchor.Read({9, "nine"});
  EXPECT_THAT(Compared(anchor), ElementsAre(9, 9));
}

TEST(KafkaAnchorTest, HearsNothingOfAQuestionThatIsVoid) {
  KafkaAnchor anchor({4, "four"});
  anchor.Read({5, "five"});
  anchor.Ask();
  anchor.Withdraw();
  EXPECT_FALSE(anchor.Hear(KafkaLook::kDoubtful));
  EXPECT_FALSE(anchor.Hear(KafkaLook::kSame));
  EXPECT_THAT(Compared(anchor), ElementsAre(4, 5));
}

}  // namespace
}  // namespace kith::inbox
