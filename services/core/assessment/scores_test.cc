#include "services/core/assessment/scores.h"

#include "gtest/gtest.h"
#include "services/core/parts.h"
#include "services/core/rules.h"
#include "services/core/testing.h"

namespace kith::core::assessment {
namespace {

using ledger::v1::Instrument;
using ledger::v1::ScoreRow;
using ::testing::ElementsAre;
using ::testing::SizeIs;

Instrument Named(absl::string_view code) {
  return *FindInstrument(DefaultRules(), code);
}

ScoreRow Scored(absl::string_view instrument, absl::string_view item,
                EntityNumber scorer, int32_t value, int day,
                agency::v1::ScorePhase phase) {
  static EntityNumber number = 0;
  ScoreRow row;
  ledger::v1::ScoreRecorded& recorded = *row.mutable_recorded();
  recorded.mutable_score()->set_number(++number);
  recorded.set_scored_by(scorer);
  *recorded.mutable_instrument() = Named(instrument);
  recorded.mutable_said()->set_item(std::string(item));
  recorded.mutable_said()->set_value(value);
  recorded.mutable_said()->set_phase(phase);
  *recorded.mutable_said()->mutable_scored_on() =
      ToDate(absl::CivilDay(2024, 1, day));
  row.set_practitioner(7);
  return row;
}

constexpr auto kBeginning = agency::v1::SCORE_PHASE_BEGINNING;
constexpr auto kMonitoring = agency::v1::SCORE_PHASE_MONITORING;
constexpr auto kEnd = agency::v1::SCORE_PHASE_END;

// the two instruments point in opposite directions.
TEST(ScoresTest, AFallOnWfOutcomeAndARiseOnNorfolkScalingAreImprovements) {
  EXPECT_EQ(Change(4, 2, Named("wf-outcome")), 2);
  EXPECT_EQ(Change(2, 4, Named("wf-outcome")), -2);
  EXPECT_EQ(Change(4, 2, Named("norfolk-scaling")), -2);
  EXPECT_EQ(Change(2, 4, Named("norfolk-scaling")), 2);
  EXPECT_EQ(Change(3, 3, Named("wf-outcome")), 0);
}

//
TEST(ScoresTest, WhatWasScoredOnceHasNoChange) {
  EXPECT_EQ(Change(4, std::nullopt, Named("wf-outcome")), std::nullopt);
  EXPECT_EQ(Change(std::nullopt, 4, Named("wf-outcome")), std::nullopt);
}

TEST(ScoresTest, RangesHaveBothEnds) {
  EXPECT_FALSE(InRange(Named("wf-outcome"), 0));
  EXPECT_TRUE(InRange(Named("wf-outcome"), 1));
  EXPECT_TRUE(InRange(Named("wf-outcome"), 5));
  EXPECT_FALSE(InRange(Named("wf-outcome"), 6));
  EXPECT_TRUE(InRange(Named("norfolk-scaling"), 0));
  EXPECT_FALSE(InRange(Named("norfolk-scaling"), -1));
  EXPECT_TRUE(InRange(Named("norfolk-scaling"), 10));
  EXPECT_FALSE(InRange(Named("norfolk-scaling"), 11));
}

//
TEST(ScoresTest, EachScorerHasASeriesOfTheirOwnByDay) {
  const auto series =
      SeriesOf({Scored("norfolk-scaling", "w1", 1, 6, 20, kMonitoring),
                Scored("norfolk-scaling", "w1", 2, 3, 5, kBeginning),
                Scored("norfolk-scaling", "w1", 1, 4, 5, kBeginning)});
  ASSERT_THAT(series, SizeIs(2));
  EXPECT_EQ(series[0].scored_by, 1u);
  ASSERT_THAT(series[0].points, SizeIs(2));
  EXPECT_EQ(series[0].points[0].value, 4);
  EXPECT_EQ(series[0].points[1].value, 6);
  EXPECT_EQ(series[1].scored_by, 2u);
}

//
TEST(ScoresTest, TheChangeOverTheWorkNeedsABeginningAndAnEnd) {
  const auto before = Scored("wf-outcome", "3", 1, 5, 5, kBeginning);
  const auto between = Scored("wf-outcome", "3", 1, 1, 10, kMonitoring);
  const auto after = Scored("wf-outcome", "3", 1, 3, 20, kEnd);
  EXPECT_EQ(SeriesOf({before, between})[0].ChangeOverWork(), std::nullopt);
  EXPECT_TRUE(SeriesOf({before, between})[0].LacksEnd());
  EXPECT_EQ(SeriesOf({before, between, after})[0].ChangeOverWork(), 2);
  EXPECT_FALSE(SeriesOf({before, between, after})[0].LacksEnd());
  EXPECT_FALSE(SeriesOf({between})[0].LacksEnd());
}

TEST(ScoresTest, InstrumentsNeverShareASeries) {
  EXPECT_THAT(SeriesOf({Scored("wf-outcome", "3", 1, 5, 5, kBeginning),
                        Scored("norfolk-scaling", "3", 1, 5, 5, kBeginning)}),
              SizeIs(2));
}

TEST(ScoresTest, ARangeThatLaterRulesChangedBeginsAnotherSeries) {
  const auto before = Scored("norfolk-scaling", "w1", 1, 6, 5, kBeginning);
  auto after = Scored("norfolk-scaling", "w1", 1, 60, 20, kEnd);
  after.mutable_recorded()->mutable_instrument()->set_max(100);
  EXPECT_THAT(SeriesOf({before, after}), SizeIs(2));
}

}  // namespace
}  // namespace kith::core::assessment
