// Rows about scores on scales that point in opposite directions.
#include "gtest/gtest.h"
#include "services/core/assessment/scores.h"
#include "tests/acceptance/world.h"

namespace kith::acceptance {
namespace {

using core::assessment::Series;
using core::assessment::SeriesOf;
using ledger::v1::Fact;

class ScoreRows : public ::testing::Test {
 protected:
  ScoreRows() {
    world.Feed("council");
    world.Person("mother", absl::CivilDay(1985, 5, 5));
    world.Person("child", absl::CivilDay(2014, 5, 5));
    world.By("council", "w1");
    agency::v1::AssessmentStated said;
    *said.add_about() = Person("council/child");
    said.set_type("early_help");
    auto& worry = *said.add_worries();
    worry.set_key("w1");
    worry.set_worry("misses school");
    const Ended begun = world.Says(said);
    EXPECT_THAT(begun, Records(Fact::kAssessmentRecorded));
    assessment = begun.id();
  }

  Ended Scores(const std::string& instrument, const std::string& item,
               int32_t value, agency::v1::ScorePhase phase,
               const std::string& by = "council/mother") {
    agency::v1::ScoreGiven said;
    *said.mutable_assessment() = ThingWithId(assessment);
    said.mutable_score()->set_instrument(instrument);
    said.mutable_score()->set_item(item);
    said.mutable_score()->set_value(value);
    said.mutable_score()->set_phase(phase);
    *said.mutable_score()->mutable_scored_by() = Person(by);
    return world.Says(said);
  }
  std::vector<Series> AllSeries() {
    return SeriesOf(
        *core::assessment::ScoresOf(world.state(), world.Number(assessment)));
  }

  World world;
  std::string assessment;
};

constexpr auto kBeginning = agency::v1::SCORE_PHASE_BEGINNING;
constexpr auto kEnd = agency::v1::SCORE_PHASE_END;

TEST_F(ScoreRows, R057R062ValuesLieWithinTheirInstrument) {
  EXPECT_THAT(Scores("norfolk-scaling", "w1", -1, kBeginning),
              IsQuarantined("SCORE_OUT_OF_RANGE"));
  EXPECT_THAT(Scores("norfolk-scaling", "w1", 0, kBeginning), IsAccepted());
  EXPECT_THAT(Scores("norfolk-scaling", "w1", 10, kEnd), IsAccepted());
  EXPECT_THAT(Scores("norfolk-scaling", "w1", 11, kEnd),
              IsQuarantined("SCORE_OUT_OF_RANGE"));
  EXPECT_THAT(Scores("wf-outcome", "5", 0, kBeginning),
              IsQuarantined("SCORE_OUT_OF_RANGE"));
  EXPECT_THAT(Scores("wf-outcome", "5", 1, kBeginning), IsAccepted());
  EXPECT_THAT(Scores("wf-outcome", "5", 5, kEnd), IsAccepted());
  EXPECT_THAT(Scores("wf-outcome", "5", 6, kEnd),
              IsQuarantined("SCORE_OUT_OF_RANGE"));
}

TEST_F(ScoreRows, R062R063AFallIsABetterOutcomeAndARiseABetterScaling) {
  EXPECT_THAT(Scores("wf-outcome", "5", 4, kBeginning), IsAccepted());
  EXPECT_THAT(Scores("norfolk-scaling", "w1", 4, kBeginning), IsAccepted());
  world.On(2024, 6, 1);
  EXPECT_THAT(Scores("wf-outcome", "5", 2, kEnd), IsAccepted());
  EXPECT_THAT(Scores("norfolk-scaling", "w1", 2, kEnd), IsAccepted());
  const auto series = AllSeries();
  ASSERT_EQ(series.size(), 2u);  // never one across instruments
  EXPECT_EQ(series[0].instrument.code(), "norfolk-scaling");
  EXPECT_EQ(series[0].ChangeOverWork(), -2);
  EXPECT_EQ(series[1].instrument.code(), "wf-outcome");
  EXPECT_EQ(series[1].ChangeOverWork(), 2);
}

TEST_F(ScoreRows, R063R061WhatWasScoredOnceHasNoChangeAndLacksItsEnd) {
  EXPECT_THAT(Scores("wf-outcome", "5", 4, kBeginning), IsAccepted());
  EXPECT_EQ(AllSeries().at(0).ChangeOverWork(), std::nullopt);
  EXPECT_TRUE(AllSeries().at(0).LacksEnd());
}

TEST_F(ScoreRows, R057R058EachScorerOfOnePairIsKept) {
  EXPECT_THAT(Scores("norfolk-scaling", "w1", 3, kBeginning), IsAccepted());
  EXPECT_THAT(Scores("norfolk-scaling", "w1", 3, kBeginning), ChangedNothing());
  EXPECT_THAT(Scores("norfolk-scaling", "w1", 7, kBeginning, "council/child"),
              IsAccepted());
  EXPECT_EQ(AllSeries().size(), 2u);
}

TEST_F(ScoreRows, R061AScoreSaysItsPhase) {
  EXPECT_THAT(Scores("wf-outcome", "5", 4, agency::v1::SCORE_PHASE_UNSPECIFIED),
              RefusedFor("PHASE_MISSING", "R-061"));
}

}  // namespace
}  // namespace kith::acceptance
