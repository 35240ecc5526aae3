#include "gtest/gtest.h"
#include "services/core/family/capacity.h"
#include "services/core/family/entries.h"
#include "services/core/family/family.h"
#include "services/core/keys.h"
#include "services/core/testing.h"

namespace kith::core::family {
namespace {

using ledger::v1::Fact;
using testing::Bench;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::IsFact;
using testing::IsOk;
using testing::IsOkAndHolds;
using testing::Local;
using testing::PersonOf;
using testing::RefusedWith;
using ::testing::SizeIs;
using testing::Text;
using testing::ThingOf;

class SaidTest : public ::testing::Test {
 protected:
  SaidTest() {
    agency::v1::PersonStated said;
    *said.mutable_birth_date() = testing::DateOf(absl::CivilDay(2010, 7, 1));
    mia = bench.AddRecord("council", "mia", said);
    mother = bench.AddRecord("council", "mother");
    family = bench.AddFamily("council", "F1", {mia, mother}, mother);
  }

  template <class T>
  absl::StatusOr<std::vector<NewFact>> Say(const T& said) {
    return bench.Say([&](Decision& d) { return Decide(said, d); });
  }
  agency::v1::InvolvementStated Involvement(absl::string_view key) {
    auto said = Text<agency::v1::InvolvementStated>(
        "service: 'school' role: 'class teacher'");
    if (!key.empty()) *said.mutable_involvement() = Local("", key);
    *said.mutable_person() = PersonOf(Local("council", "mia"));
    return said;
  }
  agency::v1::CompetenceJudged Judged(bool competent) {
    agency::v1::CompetenceJudged said;
    *said.mutable_person() = PersonOf(Local("council", "mia"));
    said.set_matter("sharing");
    said.set_competent(competent);
    said.set_reasons("explained it back in her own words");
    return said;
  }

  Bench bench{{Evolve}};
  EntityNumber mia = 0;
  EntityNumber mother = 0;
  EntityNumber family = 0;
};

TEST_F(SaidTest, R002R006TheNetworkIsNotTheFamily) {
  agency::v1::NetworkMemberStated said;
  *said.mutable_family() = ThingOf(Local("council", "F1"));
  said.set_name("Aunt Rose");
  said.set_relationship("aunt");
  said.set_supporting(agency::v1::ANSWER_YES);
  const auto facts = Say(said);
  ASSERT_THAT(facts, IsOk());
  EXPECT_EQ(facts->back().fact.what_case(), Fact::kNetworkRecorded);
  EXPECT_FALSE(facts->back().fact.network_recorded().said().has_family());
  said.clear_name();
  EXPECT_THAT(Say(said), RefusedWith("PART_MISSING"));
}

TEST_F(SaidTest, ANetworkEntryOfAFeedIsOneByItsKey) {
  bench.Feed("council");
  agency::v1::NetworkMemberStated said;
  *said.mutable_family() = ThingOf(Local("council", "F1"));
  said.set_name("Aunt Rose");
  EXPECT_THAT(Say(said), RefusedWith("KEY_MISSING"));
  *said.mutable_entry() = Local("", "N1");
  EXPECT_THAT(Say(said), IsOkAndHolds(SizeIs(1)));
  EXPECT_THAT(Say(said), IsOkAndHolds(IsEmpty()));
  said.set_contact("01600 000000");
  const auto facts = Say(said);
  ASSERT_THAT(facts, IsOkAndHolds(SizeIs(1)));
  EXPECT_TRUE((*facts)[0].fact.network_recorded().entry().id().empty());
  *said.mutable_entry() = Local("health", "N1");
  EXPECT_THAT(Say(said), RefusedWith("NOT_YOURS"));
}

TEST_F(SaidTest, R025AnInvolvementHasServiceRoleAndPeriodAndIsKeptUpToDate) {
  bench.Feed("school");
  auto said = Involvement("E1");
  EXPECT_THAT(Say(said),
              IsOkAndHolds(ElementsAre(IsFact(Fact::kInvolvementRecorded))));
  EXPECT_THAT(Say(said), IsOkAndHolds(IsEmpty()));
  *said.mutable_period()->mutable_until() =
      testing::DateOf(absl::CivilDay(2024, 2, 1));
  EXPECT_THAT(Say(said), IsOkAndHolds(SizeIs(1)));
  EXPECT_THAT(*EntriesOf(bench.state(), mia, EntryKind::kInvolvement),
              SizeIs(1));
  *said.mutable_person() = PersonOf(Local("council", "mother"));
  EXPECT_THAT(Say(said), IsOkAndHolds(SizeIs(1)));
  EXPECT_THAT(*EntriesOf(bench.state(), mia, EntryKind::kInvolvement),
              IsEmpty());
  said.clear_service();
  EXPECT_THAT(Say(said), RefusedWith("PART_MISSING"));
}

TEST_F(SaidTest, PeriodsThatCannotBeAreSenseless) {
  bench.Feed("school");
  auto said = Involvement("E1");
  *said.mutable_period() =
      Text<agency::v1::Period>("from { year: 2023 month: 2 day: 29 }");
  EXPECT_THAT(Say(said), RefusedWith("DATE_IMPOSSIBLE"));
  *said.mutable_period() = Text<agency::v1::Period>(
      "from { year: 2024 month: 2 day: 29 } until { year: 2023 }");
  EXPECT_THAT(Say(said), RefusedWith("PERIOD_BACKWARDS"));
  *said.mutable_period() = Text<agency::v1::Period>(
      "from { year: 2024 month: 2 day: 29 } until { year: 2024 }");
  EXPECT_THAT(Say(said), IsOk());
}

TEST_F(SaidTest, R113AStatutoryInterventionUnderAnotherAgencysLeadIsNoted) {
  ledger::v1::LeadRow lead;
  lead.mutable_taken()->set_practitioner(bench.AddPractitioner("school", "t1"));
  const EntityNumber appointment = bench.NextNumber();
  PutRow(bench.state(), family, keys::Lead(appointment), lead);
  auto row = *bench.Row<ledger::v1::FamilyRow>(keys::Family(family));
  row.set_lead(appointment);
  PutRow(bench.state(), family, keys::Family(family), row);

  auto said = Involvement("E1");
  said.set_statutory(true);
  bench.Feed("school");
  auto facts = Say(said);
  ASSERT_THAT(facts, IsOkAndHolds(SizeIs(1)));
  EXPECT_THAT((*facts)[0].fact.unmet(), IsEmpty());  // its own worker leads
  bench.Feed("council");
  facts = Say(said);
  ASSERT_THAT(facts, IsOkAndHolds(SizeIs(1)));
  EXPECT_THAT((*facts)[0].fact.unmet(), ElementsAre("R-113"));
  *said.mutable_involvement() = Local("", "E2");
  *said.mutable_period()->mutable_until() =
      testing::DateOf(absl::CivilDay(2024, 3, 3));
  facts = Say(said);
  ASSERT_THAT(facts, IsOkAndHolds(SizeIs(1)));
  EXPECT_THAT((*facts)[0].fact.unmet(), IsEmpty());  // over
}

TEST_F(SaidTest, ANeedIsKeptWithItsState) {
  bench.Feed("school");
  auto said = Text<agency::v1::NeedStated>(
      "need: 'mental_health' state: NEED_STATE_IDENTIFIED");
  *said.mutable_entry() = Local("", "N1");
  *said.mutable_person() = PersonOf(Local("council", "mia"));
  EXPECT_THAT(Say(said),
              IsOkAndHolds(ElementsAre(IsFact(Fact::kNeedRecorded))));
  EXPECT_THAT(Say(said), IsOkAndHolds(IsEmpty()));
  said.set_state(agency::v1::NEED_STATE_MET);
  EXPECT_THAT(Say(said), IsOkAndHolds(SizeIs(1)));
}

TEST_F(SaidTest, R016AYoungCarerIsYesOrNoPerAgency) {
  bench.Feed("school");
  agency::v1::YoungCarerStated said;
  *said.mutable_person() = PersonOf(Local("council", "mia"));
  EXPECT_THAT(Say(said), RefusedWith("PART_MISSING"));
  said.set_young_carer(agency::v1::ANSWER_YES);
  *said.mutable_cares_for() = PersonOf(Local("council", "mother"));
  const auto facts = Say(said);
  ASSERT_THAT(facts,
              IsOkAndHolds(ElementsAre(IsFact(Fact::kYoungCarerRecorded))));
  EXPECT_EQ((*facts)[0].fact.young_carer_recorded().cares_for(), mother);
  EXPECT_THAT((*facts)[0].also_about, ElementsAre(mother));
  EXPECT_THAT(Say(said), IsOkAndHolds(IsEmpty()));
  bench.Feed("health");
  EXPECT_THAT(Say(said), IsOkAndHolds(SizeIs(1)));
}

TEST_F(SaidTest, R018AStayIsOneByChildAndFirstDay) {
  agency::v1::FosteringStayStated said;
  *said.mutable_child() = PersonOf(Local("council", "mia"));
  *said.mutable_carer() = PersonOf(Local("council", "mother"));
  EXPECT_THAT(Say(said), RefusedWith("PART_MISSING"));
  *said.mutable_period()->mutable_from() =
      testing::DateOf(absl::CivilDay(2024, 2, 1));
  EXPECT_THAT(Say(said), IsOk());
  EXPECT_THAT(Say(said), IsOkAndHolds(IsEmpty()));
  *said.mutable_period()->mutable_until() =
      testing::DateOf(absl::CivilDay(2024, 3, 6));
  EXPECT_THAT(Say(said), IsOkAndHolds(SizeIs(1)));
  EXPECT_THAT(*EntriesOf(bench.state(), mia, EntryKind::kStay), SizeIs(1));
}

TEST_F(SaidTest, R018AStayIsPrivateFosteringFromItsTwentyEighthDay) {
  agency::v1::FosteringStayStated stay;
  *stay.mutable_period()->mutable_from() =
      testing::DateOf(absl::CivilDay(2024, 2, 1));
  EXPECT_EQ(PrivateFosteringFrom(stay, bench.rules()),
            absl::CivilDay(2024, 2, 28));
  *stay.mutable_period()->mutable_until() =
      testing::DateOf(absl::CivilDay(2024, 2, 27));
  EXPECT_EQ(PrivateFosteringFrom(stay, bench.rules()), std::nullopt);
  *stay.mutable_period()->mutable_until() =
      testing::DateOf(absl::CivilDay(2024, 2, 28));
  EXPECT_TRUE(PrivateFosteringFrom(stay, bench.rules()).has_value());
  stay.set_close_relative(agency::v1::ANSWER_YES);
  EXPECT_EQ(PrivateFosteringFrom(stay, bench.rules()), std::nullopt);
}

TEST_F(SaidTest, R069CompetenceIsJudgedFromTheTwelfthToTheSixteenthBirthday) {
  // Born on 1 July 2010.
  bench.On(absl::CivilDay(2022, 6, 30));
  EXPECT_THAT(Say(Judged(true)), RefusedWith("TOO_YOUNG_TO_JUDGE"));
  bench.On(absl::CivilDay(2022, 7, 1));
  EXPECT_THAT(Say(Judged(true)), IsOk());
  bench.On(absl::CivilDay(2026, 6, 30));
  EXPECT_THAT(Say(Judged(true)), IsOk());
  bench.On(absl::CivilDay(2026, 7, 1));
  EXPECT_THAT(Say(Judged(true)), RefusedWith("CAPACITY_PRESUMED"));
}

TEST_F(SaidTest, R069AFeedsJudgementOutsideTheAgesIsNoted) {
  bench.Feed("council").On(absl::CivilDay(2022, 6, 30));
  const auto facts = Say(Judged(true));
  ASSERT_THAT(facts, IsOkAndHolds(SizeIs(1)));
  EXPECT_THAT((*facts)[0].fact.unmet(), ElementsAre("R-068", "R-069"));
}

TEST_F(SaidTest, R070JudgementsStandBesideEachOtherAndTheLatestCounts) {
  const auto competent = [&](absl::CivilDay day) {
    return *IsJudgedCompetent(bench.state(), mia, {"sharing"}, day);
  };
  ASSERT_THAT(Say(Judged(true)), IsOk());
  EXPECT_THAT(Say(Judged(true)), IsOkAndHolds(IsEmpty()));
  EXPECT_FALSE(competent(absl::CivilDay(2024, 3, 3)));
  EXPECT_TRUE(competent(absl::CivilDay(2024, 3, 4)));
  EXPECT_FALSE(*IsJudgedCompetent(bench.state(), mia, {"plan"},
                                  absl::CivilDay(2024, 3, 4)));
  bench.On(absl::CivilDay(2024, 4, 1));
  ASSERT_THAT(Say(Judged(false)), IsOk());
  EXPECT_TRUE(competent(absl::CivilDay(2024, 3, 31)));
  EXPECT_FALSE(competent(absl::CivilDay(2024, 4, 1)));
  EXPECT_THAT(*EntriesOf(bench.state(), mia, EntryKind::kCompetence),
              SizeIs(2));
}

TEST_F(SaidTest, R069AJudgementHasReasonsAndAPermittedJudge) {
  auto said = Judged(true);
  said.clear_reasons();
  EXPECT_THAT(Say(said), RefusedWith("PART_MISSING"));
  bench.Act("council", "a1", agency::v1::ROLE_HUB_ADMINISTRATOR);
  EXPECT_THAT(Say(Judged(true)), RefusedWith("ROLE_MAY_NOT"));
  bench.Act("council", "a2", agency::v1::ROLE_SAFEGUARDING_LEAD);
  EXPECT_THAT(Say(Judged(true)), IsOk());
}

TEST(AgeBandTest, R249BirthdaysOfTheTwentyNinthOfFebruaryAreOnTheFirstOfMarch) {
  const Bench bench({});
  const auto birth = testing::DateOf(absl::CivilDay(2008, 2, 29));
  const auto at = [&](int year, int month, int day) {
    return AgeBandAt(birth, absl::CivilDay(year, month, day), bench.rules());
  };
  EXPECT_EQ(at(2020, 2, 28), AgeBand::kParentMustConsent);
  EXPECT_EQ(at(2020, 2, 29), AgeBand::kJudged);  // twelve, in a leap year
  EXPECT_EQ(at(2024, 2, 28), AgeBand::kJudged);
  EXPECT_EQ(at(2024, 2, 29), AgeBand::kCapacityPresumed);
  const auto other = testing::DateOf(absl::CivilDay(2012, 2, 29));
  const auto rules = bench.rules();
  EXPECT_EQ(AgeBandAt(other, absl::CivilDay(2028, 2, 28), rules),
            AgeBand::kJudged);
  ledger::v1::Rules thirteen = rules;
  thirteen.set_age_parent_must_consent(13);
  EXPECT_EQ(AgeBandAt(other, absl::CivilDay(2025, 2, 28), thirteen),
            AgeBand::kParentMustConsent);
  EXPECT_EQ(AgeBandAt(other, absl::CivilDay(2025, 3, 1), thirteen),
            AgeBand::kJudged);
}

TEST(AgeBandTest, ACoarseBirthDateTellsOnlyWhatAllItsDaysTell) {
  const Bench bench({});
  const auto birth = Text<agency::v1::Date>("year: 2010");
  EXPECT_EQ(AgeBandAt(birth, absl::CivilDay(2021, 12, 31), bench.rules()),
            AgeBand::kParentMustConsent);
  EXPECT_EQ(AgeBandAt(birth, absl::CivilDay(2022, 1, 1), bench.rules()),
            AgeBand::kUnknown);
  EXPECT_EQ(AgeBandAt(birth, absl::CivilDay(2022, 12, 31), bench.rules()),
            AgeBand::kJudged);
}

}  // namespace
}  // namespace kith::core::family
