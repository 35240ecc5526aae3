#include "services/engine/kept_rows.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>

namespace kith::engine {
namespace {

struct Word final : core::Kept {
  explicit Word(std::string said) : text(std::move(said)) { bytes = 100; }
  const std::string text;
};

class KeptRowsTest : public testing::Test {
 protected:
  void Keep(const std::string& group, uint64_t position,
            const std::string& text) {
    rows_.Keep(1, group, {group}, position, std::make_shared<Word>(text));
  }
  // Empty: nothing is kept.
  std::string At(uint64_t position, const std::string& group,
                 uint32_t version = 1) {
    const auto kept = rows_.Find(version, group, position);
    return kept == nullptr ? "" : static_cast<const Word&>(*kept).text;
  }

  KeptRows rows_{size_t{16} * 250};  // two words in each of its parts
};

TEST_F(KeptRowsTest, WhatIsKeptHoldsAtOtherPositionsWhileNothingChanges) {
  EXPECT_EQ(At(5, "a"), "");
  Keep("a", 5, "five");
  EXPECT_EQ(At(5, "a"), "five");
  EXPECT_EQ(At(9, "a"), "five");
  EXPECT_EQ(At(4, "a"), "five");
  EXPECT_EQ(At(5, "b"), "");
}

TEST_F(KeptRowsTest, ATouchEndsItForEveryPositionBeyondAndOnlyThatGroups) {
  Keep("a", 5, "five");
  Keep("b", 5, "other");
  rows_.Touch("a", 6);
  EXPECT_EQ(At(6, "a"), "");
  EXPECT_EQ(At(5, "a"), "");  // not told apart from the later one: read again
  EXPECT_EQ(At(6, "b"), "other");
  Keep("a", 6, "six");
  EXPECT_EQ(At(6, "a"), "six");
  EXPECT_EQ(At(7, "a"), "six");
}

// A reader that finds it untouched spares the next one the look so far back,
// and no more than that.
TEST_F(KeptRowsTest, WhatHeldForOneReaderHoldsForTheNextUntilItIsTouched) {
  Keep("a", 5, "five");
  rows_.Touch("b", 7);
  EXPECT_EQ(At(7, "a"), "five");
  EXPECT_EQ(At(7, "a"), "five");
  EXPECT_EQ(At(6, "a"), "five");
  rows_.Touch("a", 8);
  EXPECT_EQ(At(8, "a"), "");
  EXPECT_EQ(At(7, "a"), "");
}

TEST_F(KeptRowsTest, AReaderBehindATouchKeepsNothingForThoseAheadOfIt) {
  rows_.Touch("a", 6);
  Keep("a", 5, "five");
  EXPECT_EQ(At(6, "a"), "");
  EXPECT_EQ(At(5, "a"), "");
}

TEST_F(KeptRowsTest, AReaderBehindATouchIsNotGivenWhatCameWithIt) {
  rows_.Touch("a", 6);
  Keep("a", 6, "six");
  EXPECT_EQ(At(5, "a"), "");
  EXPECT_EQ(At(6, "a"), "six");
}

TEST_F(KeptRowsTest, ALaterReadingReplacesAnEarlierOneAndNotTheOtherWayRound) {
  Keep("a", 5, "five");
  Keep("a", 7, "seven");
  EXPECT_EQ(At(7, "a"), "seven");
  Keep("a", 6, "six");
  EXPECT_EQ(At(7, "a"), "seven");
}

TEST_F(KeptRowsTest, WhatWasMadeOfSeveralGroupsEndsWithAnyOfThem) {
  rows_.Keep(1, "both", {"a", "b"}, 5, std::make_shared<Word>("five"));
  EXPECT_EQ(At(6, "both"), "five");
  rows_.Touch("c", 6);
  EXPECT_EQ(At(6, "both"), "five");
  rows_.Touch("b", 7);
  EXPECT_EQ(At(7, "both"), "");
}

TEST_F(KeptRowsTest, VersionsOfTheViewsAreKeptApart) {
  Keep("a", 5, "five");
  EXPECT_EQ(At(5, "a", 2), "");
}

TEST_F(KeptRowsTest, WhatWasNotAskedForTheLongestGoesFirst) {
  for (int i = 0; i < 100; ++i) Keep(std::to_string(i), 5, "x");
  EXPECT_LE(rows_.bytes(), size_t{16} * 250);
  EXPECT_EQ(At(5, "0"), "");
  EXPECT_EQ(At(5, "99"), "x");
}

}  // namespace
}  // namespace kith::engine
