#include "base/civil_date.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace kith::base {
namespace {

using ::testing::Eq;
using ::testing::Optional;

absl::Time Utc(int year, int month, int day, int hour, int minute, int second) {
  return absl::FromCivil(
      absl::CivilSecond(year, month, day, hour, minute, second),
      absl::UTCTimeZone());
}

TEST(CivilDateTest, InWinterTheDayIsThatOfUtc) {
  EXPECT_EQ(LondonDay(Utc(2024, 1, 15, 23, 59, 59)),
            absl::CivilDay(2024, 1, 15));
  EXPECT_EQ(LondonDay(Utc(2024, 1, 16, 0, 0, 0)), absl::CivilDay(2024, 1, 16));
}

TEST(CivilDateTest, InSummerTheDayBeginsAnHourBeforeThatOfUtc) {
  EXPECT_EQ(LondonDay(Utc(2024, 7, 15, 22, 59, 59)),
            absl::CivilDay(2024, 7, 15));
  EXPECT_EQ(LondonDay(Utc(2024, 7, 15, 23, 0, 0)), absl::CivilDay(2024, 7, 16));
}

TEST(CivilDateTest, SummerBeginsOnTheLastSundayOfMarch) {
  // 2024: 31 March. The night before it is still winter's.
  EXPECT_EQ(LondonDay(Utc(2024, 3, 30, 23, 30, 0)),
            absl::CivilDay(2024, 3, 30));
  EXPECT_EQ(LondonDay(Utc(2024, 3, 31, 0, 59, 59)),
            absl::CivilDay(2024, 3, 31));
  EXPECT_EQ(LondonDay(Utc(2024, 3, 31, 23, 0, 0)), absl::CivilDay(2024, 4, 1));
}

TEST(CivilDateTest, SummerEndsOnTheLastSundayOfOctober) {
  // 2024: 27 October.
  EXPECT_EQ(LondonDay(Utc(2024, 10, 26, 23, 0, 0)),
            absl::CivilDay(2024, 10, 27));
  EXPECT_EQ(LondonDay(Utc(2024, 10, 27, 23, 30, 0)),
            absl::CivilDay(2024, 10, 27));
}

TEST(CivilDateTest, InstantsBefore1970HaveDaysToo) {
  EXPECT_EQ(LondonDay(Utc(1951, 2, 3, 12, 0, 0)), absl::CivilDay(1951, 2, 3));
}

TEST(CivilDateTest, MidnightIsTheFirstInstantOfItsDay) {
  for (absl::CivilDay day(2023, 12, 30); day < absl::CivilDay(2025, 1, 2);
       ++day) {
    EXPECT_EQ(LondonDay(LondonMidnight(day)), day);
    EXPECT_EQ(LondonDay(LondonMidnight(day) - absl::Nanoseconds(1)), day - 1);
  }
}

TEST(CivilDateTest, AgeGrowsOnTheBirthday) {
  const absl::CivilDay birth(2010, 5, 17);
  EXPECT_EQ(AgeOn(birth, absl::CivilDay(2024, 5, 16)), 13);
  EXPECT_EQ(AgeOn(birth, absl::CivilDay(2024, 5, 17)), 14);
  EXPECT_EQ(AgeOn(birth, birth), 0);
  EXPECT_EQ(AgeOn(birth, birth - 1), -1);
}

TEST(CivilDateTest, WhoIsBornOnALeapDayTurnsOlderOnTheFirstOfMarch) {
  const absl::CivilDay birth(2008, 2, 29);
  EXPECT_EQ(Birthday(birth, 16), absl::CivilDay(2024, 2, 29));
  EXPECT_EQ(Birthday(birth, 17), absl::CivilDay(2025, 3, 1));
  EXPECT_EQ(AgeOn(birth, absl::CivilDay(2025, 2, 28)), 16);
  EXPECT_EQ(AgeOn(birth, absl::CivilDay(2025, 3, 1)), 17);
}

TEST(CivilDateTest, IsoDaysReadBack) {
  EXPECT_THAT(ParseIsoDay("2024-02-29"), Optional(absl::CivilDay(2024, 2, 29)));
  EXPECT_THAT(FormatIsoDay(absl::CivilDay(2024, 2, 29)), Eq("2024-02-29"));
  EXPECT_THAT(FormatIsoDay(absl::CivilDay(987, 1, 2)), Eq("0987-01-02"));
}

TEST(CivilDateTest, DaysThatDoNotExistAreNotRead) {
  for (const char* text :
       {"2023-02-29", "2024-13-01", "2024-00-10", "2024-04-31", "2024-04-00",
        "0000-01-01", "2024-4-01", "2024/04/01", "20240401", "2024-04-01 ",
        "2024-04-0x", "-024-04-01", ""}) {
    EXPECT_FALSE(ParseIsoDay(text).has_value()) << text;
  }
}

}  // namespace
}  // namespace kith::base
