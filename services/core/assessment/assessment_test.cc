#include "services/core/assessment/assessment.h"

#include <string>

#include "gtest/gtest.h"
#include "services/core/assessment/scores.h"
#include "services/core/keys.h"
#include "services/core/testing.h"

namespace kith::core::assessment {
namespace {

using agency::v1::AssessmentStated;
using agency::v1::ScoreGiven;
using ledger::v1::Fact;
using testing::Bench;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::IsFact;
using testing::IsOk;
using testing::IsOkAndHolds;
using testing::RefusedWith;
using ::testing::SizeIs;
using testing::Text;

class AssessmentTest : public ::testing::Test {
 protected:
  AssessmentTest() {
    anna = bench.AddRecord("council", "anna");
    ben = bench.AddRecord("council", "ben");
    bench.AddPractitioner("council", "w1");
    bench.AddPractitioner("council", "w2");
    bench.AddPractitioner("school", "w1");
  }

  static AssessmentStated Stated(const std::string& more = "") {
    return Text<AssessmentStated>(R"(
      about { record { agency: "council" system: "main" local_id: "anna" } }
      type: "early_help"
      worries { key: "w1" worry: "debt" goal: "bills paid" } )" +
                                  more);
  }
  static AssessmentStated Keyed(const std::string& more = "") {
    return Stated(R"(assessment { system: "main" local_id: "A1" } )" + more);
  }
  static ScoreGiven Given(const std::string& id, const std::string& score) {
    auto said = Text<ScoreGiven>("score { " + score + " }");
    said.mutable_assessment()->set_id(id);
    return said;
  }
  template <class T>
  absl::StatusOr<std::vector<NewFact>> Say(const T& said) {
    return bench.Say([&](Decision& d) { return Decide(said, d); });
  }
  std::string Begin() {
    EXPECT_THAT(Say(Stated()), IsOk());
    number = bench.made().at(0).number();
    return bench.made().at(0).id();
  }

  Bench bench{{Evolve}};
  EntityNumber anna = 0;
  EntityNumber ben = 0;
  EntityNumber number = 0;
};

constexpr char kNorfolk[] =
    R"(instrument: "norfolk-scaling" item: "w1" value: 3
       phase: SCORE_PHASE_BEGINNING)";

TEST_F(AssessmentTest, AScoreCarriesItsInstrumentsRangeAndDirection) {
  const std::string id = Begin();
  const auto facts =
      Say(Given(id, R"(instrument: "wf-outcome" item: "12" value: 5
             phase: SCORE_PHASE_BEGINNING)"));
  ASSERT_THAT(facts, IsOkAndHolds(ElementsAre(IsFact(Fact::kScoreRecorded))));
  const auto& recorded = (*facts)[0].fact.score_recorded();
  EXPECT_EQ((*facts)[0].subject, anna);
  EXPECT_EQ(recorded.instrument().min(), 1);
  EXPECT_EQ(recorded.instrument().max(), 5);
  EXPECT_FALSE(recorded.instrument().high_is_better());
  EXPECT_EQ(recorded.said().scored_on().day(), 4);
}

// R-057, R-062: both ends of both instruments.
TEST_F(AssessmentTest, AValueOutOfRangeIsSenseless) {
  const std::string id = Begin();
  const auto say = [&](const std::string& instrument, const std::string& item,
                       int value) {
    return Say(Given(id, "instrument: '" + instrument + "' item: '" + item +
                             "' value: " + std::to_string(value) +
                             " phase: SCORE_PHASE_BEGINNING"));
  };
  EXPECT_THAT(say("wf-outcome", "1", 0), RefusedWith("SCORE_OUT_OF_RANGE"));
  EXPECT_THAT(say("wf-outcome", "1", 1), IsOk());
  EXPECT_THAT(say("wf-outcome", "2", 5), IsOk());
  EXPECT_THAT(say("wf-outcome", "2", 6), RefusedWith("SCORE_OUT_OF_RANGE"));
  EXPECT_THAT(say("norfolk-scaling", "w1", -1),
              RefusedWith("SCORE_OUT_OF_RANGE"));
  EXPECT_THAT(say("norfolk-scaling", "w1", 0), IsOk());
  EXPECT_THAT(say("norfolk-scaling", "w2", 10), IsOk());
  EXPECT_THAT(say("norfolk-scaling", "w2", 11),
              RefusedWith("SCORE_OUT_OF_RANGE"));
}

TEST_F(AssessmentTest, InstrumentAndItemMustBeKnown) {
  const std::string id = Begin();
  EXPECT_THAT(Say(Given(id, R"(instrument: "guess" item: "1" value: 3)")),
              RefusedWith("INSTRUMENT_UNKNOWN"));
  EXPECT_THAT(Say(Given(id, R"(instrument: "wf-outcome" item: "22" value: 3)")),
              RefusedWith("ITEM_UNKNOWN"));
  EXPECT_THAT(Say(Given(id, R"(instrument: "norfolk-scaling" value: 3)")),
              RefusedWith("ITEM_UNKNOWN"));
}

// R-057: several people may score the same pair.
TEST_F(AssessmentTest, SeveralScorersOfOnePairAreKept) {
  const std::string id = Begin();
  EXPECT_THAT(Say(Given(id, kNorfolk)), IsOk());
  EXPECT_THAT(Say(Given(id, kNorfolk)), IsOkAndHolds(IsEmpty()));
  EXPECT_THAT(Say(Given(id, std::string(kNorfolk) + R"(
      scored_by { record { system: "main" local_id: "anna" } })")),
              IsOkAndHolds(SizeIs(1)));
  bench.Act("council", "w2");
  EXPECT_THAT(Say(Given(id, kNorfolk)), IsOkAndHolds(SizeIs(1)));
  const auto scores = ScoresOf(bench.state(), number);
  ASSERT_THAT(scores, IsOkAndHolds(SizeIs(3)));
  EXPECT_THAT(SeriesOf(*scores), SizeIs(3));
}

// It was in the scorer's history, but not among the facts from which a moment
// of that history is read.
TEST_F(AssessmentTest, AScoreIsAboutItsScorerTooAndAboutEachOnce) {
  const std::string id = Begin();
  const auto by = [&](const std::string& who) {
    return Say(
        Given(id, std::string(kNorfolk) +
                      " scored_by { record { system: 'main' local_id: '" + who +
                      "' } }"));
  };
  const auto another = by("ben");
  ASSERT_THAT(another, IsOkAndHolds(SizeIs(1)));
  EXPECT_THAT((*another)[0].also_about, ElementsAre(ben));
  const auto self = by("anna");
  ASSERT_THAT(self, IsOkAndHolds(SizeIs(1)));
  EXPECT_THAT((*self)[0].also_about, IsEmpty());
}

// R-057, R-097: one member's word stood as another's.
TEST_F(AssessmentTest, AFamilyMemberScoresAsThemselvesAlone) {
  const std::string id = Begin();
  bench.Act("council", bench.IdOf(base::IdKind::kPerson, ben),
            agency::v1::ROLE_FAMILY_MEMBER);
  const auto by = [](const std::string& who) {
    return std::string(kNorfolk) +
           " scored_by { record { system: 'main' local_id: '" + who + "' } }";
  };
  EXPECT_THAT(Say(Given(id, by("anna"))), RefusedWith("NOT_YOURSELF"));
  EXPECT_THAT(Say(Stated("scores { " + by("anna") + " }")),
              RefusedWith("NOT_YOURSELF"));
  EXPECT_THAT(Say(Given(id, by("ben"))), IsOk());
  EXPECT_THAT(Say(Given(id, kNorfolk)), IsOk());  // their own, as recorder
}

TEST_F(AssessmentTest, AnotherDayIsAnotherScoreAndTheSameDayACorrection) {
  const std::string id = Begin();
  EXPECT_THAT(Say(Given(id, kNorfolk)), IsOk());
  EXPECT_THAT(Say(Given(id, R"(instrument: "norfolk-scaling" item: "w1" value: 4
                               phase: SCORE_PHASE_BEGINNING)")),
              IsOkAndHolds(SizeIs(1)));
  EXPECT_THAT(ScoresOf(bench.state(), number), IsOkAndHolds(SizeIs(1)));
  bench.On(absl::CivilDay(2024, 3, 5));
  EXPECT_THAT(Say(Given(id, kNorfolk)), IsOkAndHolds(SizeIs(1)));
  EXPECT_THAT(ScoresOf(bench.state(), number), IsOkAndHolds(SizeIs(2)));
}

// R-061, R-057: an act says phase and scorer, a report is noted.
TEST_F(AssessmentTest, AnActSaysThePhaseAndAReportIsNoted) {
  const std::string id = Begin();
  EXPECT_THAT(
      Say(Given(id, R"(instrument: "norfolk-scaling" item: "w1" value: 3)")),
      RefusedWith("PHASE_MISSING"));
  bench.Feed("council");
  const auto facts =
      Say(Given(id, R"(instrument: "norfolk-scaling" item: "w1" value: 3)"));
  ASSERT_THAT(facts, IsOkAndHolds(SizeIs(1)));
  EXPECT_THAT((*facts)[0].fact.unmet(), ElementsAre("R-061", "R-057"));
}

TEST_F(AssessmentTest, AReportRepeatedLaterChangesNothing) {
  bench.Feed("council");
  const auto said = Keyed(
      R"(scores { instrument: "wf-outcome" item: "1" value: 4
                  phase: SCORE_PHASE_BEGINNING
                  scored_by { record { local_id: "anna" system: "main" } } })");
  EXPECT_THAT(Say(said),
              IsOkAndHolds(ElementsAre(IsFact(Fact::kAssessmentRecorded),
                                       IsFact(Fact::kScoreRecorded))));
  bench.On(absl::CivilDay(2024, 5, 1));
  EXPECT_THAT(Say(said), IsOkAndHolds(IsEmpty()));
  AssessmentStated ended = said;
  *ended.mutable_period()->mutable_until() =
      testing::DateOf(absl::CivilDay(2024, 4, 30));
  EXPECT_THAT(Say(ended),
              IsOkAndHolds(ElementsAre(IsFact(Fact::kAssessmentRecorded))));
}

TEST_F(AssessmentTest, AFeedScoresOnlyItsOwnAgencysAssessments) {
  const std::string id = Begin();
  bench.Feed("school");
  EXPECT_THAT(Say(Given(id, kNorfolk)), RefusedWith("NOT_YOURS"));
  auto said = Keyed();
  said.mutable_assessment()->set_agency("council");
  EXPECT_THAT(Say(said), RefusedWith("NOT_YOURS"));
  bench.Act("school");
  EXPECT_THAT(Say(Given(id, kNorfolk)), IsOk());
}

TEST_F(AssessmentTest, WhatMakesNoSenseIsSenseless) {
  EXPECT_THAT(Say(AssessmentStated()), RefusedWith("ABOUT_NOBODY"));
  EXPECT_THAT(Say(Stated(R"(worries { key: "w1" })")),
              RefusedWith("WORRY_KEY"));
  EXPECT_THAT(Say(Stated(R"(worries { })")), RefusedWith("WORRY_KEY"));
  EXPECT_THAT(Say(Stated(R"(period { from { year: 2024 month: 3 day: 5 }
                                     until { year: 2024 month: 3 day: 4 } })")),
              RefusedWith("PERIOD_BACKWARDS"));
  AssessmentStated many = Stated();
  for (int i = 0; i < 51; ++i) many.add_strengths("kind");
  EXPECT_THAT(Say(many), RefusedWith("TOO_MANY"));
}

}  // namespace
}  // namespace kith::core::assessment
