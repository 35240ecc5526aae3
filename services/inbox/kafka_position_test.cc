#include "services/inbox/kafka_position.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace kith::inbox {
namespace {

using ::testing::HasSubstr;

TEST(KafkaPositionTest, WhatIsStoredReadsBack) {
  const KafkaPosition position{42, std::string(32, '\x7f'), 1700000000000000};
  EXPECT_EQ(*ParsePosition(ToText(position)), position);
  EXPECT_EQ(*ParsePosition(ToText({})), KafkaPosition());
}

TEST(KafkaPositionTest, AnEmptyPositionIsBeforeTheFirstRecord) {
  EXPECT_EQ(ParsePosition("")->next, 0);
}

TEST(KafkaPositionTest, AStoredPositionOfThisReleaseStaysReadable) {
  const auto position = ParsePosition(
      "kafka1 42 "
      "7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f "
      "1700000000000000");
  EXPECT_EQ(*position,
            (KafkaPosition{42, std::string(32, '\x7f'), 1700000000000000}));
}

TEST(KafkaPositionTest, APositionOfAnotherKindIsNotGuessedAt) {
  for (const char* text :
       {"17", "kafka2 1 - 0", "kafka1 -1 - 0", "kafka1 1 abcd 0", "kafka1 1"}) {
    EXPECT_TRUE(absl::IsFailedPrecondition(ParsePosition(text).status()))
        << text;
  }
}

TEST(KafkaPositionTest, ATopicMadeAnewHasOtherDigestsForEqualFrames) {
  EXPECT_NE(RecordDigest(1, 1000, "frame"), RecordDigest(1, 1001, "frame"));
  EXPECT_NE(RecordDigest(1, 1000, "frame"), RecordDigest(2, 1000, "frame"));
  EXPECT_NE(RecordDigest(1, 1000, "frame"), RecordDigest(1, 1000, "other"));
}

TEST(KafkaGapTest, ALedgerAtEitherEdgeOfTheTopicGoesOn) {
  EXPECT_FALSE(GapOf({.next = 10}, 10, 20).has_value());
  EXPECT_FALSE(GapOf({.next = 20}, 10, 20).has_value());
  EXPECT_FALSE(GapOf({.next = 0}, 0, 0).has_value());
}

TEST(KafkaGapTest, WhatRetentionTookIsNamedExactly) {
  const auto gap = GapOf({.next = 120}, 181, 500);
  ASSERT_TRUE(gap.has_value());
  EXPECT_EQ(gap->missing, (AcceptedGap{120, 181}));
  const absl::Status error = GapError("hackney", *gap);
  EXPECT_TRUE(absl::IsFailedPrecondition(error));
  EXPECT_THAT(std::string(error.message()),
              HasSubstr("records 120 to 180 are gone"));
  EXPECT_THAT(std::string(error.message()),
              HasSubstr("--accept-gap hackney=120:181"));
}

TEST(KafkaGapTest, ATopicThatEndsBeforeTheLedgerWasMadeAnew) {
  const auto gap = GapOf({.next = 500}, 0, 20);
  ASSERT_TRUE(gap.has_value());
  EXPECT_EQ(gap->missing, (AcceptedGap{500, 0}));
  EXPECT_THAT(gap->why, HasSubstr("made anew"));
}

TEST(KafkaGapTest, APersonAcceptsExactlyOneGap) {
  EXPECT_EQ(*ParseGap("120:181"), (AcceptedGap{120, 181}));
  for (const char* text : {"", "120", "a:b", "1:2:3", "-1:2"}) {
    EXPECT_FALSE(ParseGap(text).ok()) << text;
  }
}

}  // namespace
}  // namespace kith::inbox
