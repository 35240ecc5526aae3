#include "services/core/meeting/meeting.h"

#include <string>

#include "gtest/gtest.h"
#include "services/core/family/family.h"
#include "services/core/keys.h"
#include "services/core/meeting/review_window.h"
#include "services/core/rules.h"
#include "services/core/testing.h"

namespace kith::core::meeting {
namespace {

using agency::v1::MeetingStated;
using ledger::v1::Fact;
using ledger::v1::PlanRow;
using testing::Bench;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::IsFact;
using testing::IsOk;
using testing::IsOkAndHolds;
using testing::RefusedWith;
using testing::Text;

// R-174: both edges of the window, from a meeting on day 0.
TEST(ReviewWindowTest, AReviewIsDueFromDay42ToDay56) {
  const absl::CivilDay held(2024, 1, 10);
  const Window window = ReviewWindow(held, DefaultRules());
  EXPECT_EQ(window.first, absl::CivilDay(2024, 2, 21));
  EXPECT_EQ(window.last, absl::CivilDay(2024, 3, 6));  // over a 29 February
  EXPECT_EQ(DueOn(window, held + 41), Due::kNotYet);
  EXPECT_EQ(DueOn(window, held + 42), Due::kNow);
  EXPECT_EQ(DueOn(window, held + 56), Due::kNow);
  EXPECT_EQ(DueOn(window, held + 57), Due::kOverdue);
}

TEST(ReviewWindowTest, OtherRulesHaveOtherDays) {
  ledger::v1::Rules rules = DefaultRules();
  rules.set_review_days_min(28);
  rules.set_review_days_max(30);
  const absl::CivilDay held(2024, 1, 1);
  EXPECT_EQ(DueOn(ReviewWindow(held, rules), held + 31), Due::kOverdue);
}

// A family with a plan; the statement is made on 4 March 2024 at noon.
class MeetingTest : public ::testing::Test {
 protected:
  MeetingTest() {
    const EntityNumber anna = bench.AddRecord("council", "anna");
    bench.AddRecord("council", "carl");
    family = bench.AddFamily("council", "F", {anna});
    other_family = bench.AddFamily("council", "G", {});
    bench.AddPractitioner("council", "w1");
    bench.AddPractitioner("school", "w1");
    plan = AddPlan(family);
  }

  EntityNumber AddPlan(EntityNumber of) {
    PlanRow row;
    ledger::v1::Identity& identity = *row.mutable_recorded()->mutable_plan();
    identity.set_number(bench.NextNumber());
    identity.set_id(bench.IdOf(base::IdKind::kPlan, identity.number()));
    row.mutable_recorded()->set_family(of);
    row.mutable_recorded()->set_state(agency::v1::PLAN_STATE_AGREED);
    PutRow(bench.state(), of, keys::Plan(identity.number()), row);
    PutNames(bench.state(), bench.hash(), "plan", {}, "", identity);
    return identity.number();
  }
  void ClosePlan() {
    PlanRow row = Plan();
    row.mutable_recorded()->set_state(agency::v1::PLAN_STATE_CLOSED);
    PutRow(bench.state(), family, keys::Plan(plan), row);
  }
  PlanRow Plan() { return *bench.Row<PlanRow>(keys::Plan(plan)); }
  // At noon of 1 March 2024, unless said otherwise.
  MeetingStated Stated(const std::string& more) {
    auto said = Text<MeetingStated>(R"(
      family { local { agency: "council" system: "main" local_id: "F" } }
      at { seconds: 1709294400 } )" +
                                    more);
    said.mutable_plan()->set_id(bench.IdOf(base::IdKind::kPlan, plan));
    return said;
  }
  absl::StatusOr<std::vector<NewFact>> Say(const MeetingStated& said) {
    return bench.Say([&](Decision& d) { return Decide(said, d); });
  }
  // Another word on the meeting said last.
  MeetingStated Again(const std::string& more) {
    MeetingStated said = Stated(more);
    said.mutable_meeting()->set_id(bench.made().at(0).id());
    return said;
  }

  static constexpr char kAround[] =
      "kind: MEETING_KIND_TEAM_AROUND_FAMILY state: MEETING_STATE_HELD ";
  static constexpr char kWithAnna[] = R"(family_present {
      record { agency: "council" system: "main" local_id: "anna" } })";

  Bench bench{{Evolve, family::Evolve}};
  EntityNumber family = 0;
  EntityNumber other_family = 0;
  EntityNumber plan = 0;
};

// R-170
TEST_F(MeetingTest, TheTeamAroundTheFamilyMeetsWithTheFamily) {
  EXPECT_THAT(Say(Stated(kAround)), RefusedWith("FAMILY_ABSENT"));
  EXPECT_THAT(Say(Stated(std::string(kAround) + R"(family_present {
      record { agency: "council" system: "main" local_id: "carl" } })")),
              RefusedWith("NOT_OF_THE_FAMILY"));
  EXPECT_THAT(Say(Stated(std::string(kAround) + kWithAnna)),
              IsOkAndHolds(ElementsAre(IsFact(Fact::kMeetingRecorded))));
  EXPECT_EQ(Plan().last_review().month(), 3);
  EXPECT_EQ(Plan().last_review().day(), 1);
}

TEST_F(MeetingTest, AReportWithoutTheFamilyIsNoted) {
  bench.Feed("school");
  const auto facts = Say(Stated(kAround));
  ASSERT_THAT(facts, IsOk());
  EXPECT_THAT(facts->back().fact.unmet(), ElementsAre("R-170"));
}

// R-170, R-229
TEST_F(MeetingTest, ProfessionalsAndPanelsMeetAloneAndMoveNoPlan) {
  const std::string before = Plan().SerializeAsString();
  EXPECT_THAT(Say(Stated("kind: MEETING_KIND_PROFESSIONALS "
                         "state: MEETING_STATE_HELD")),
              IsOk());
  EXPECT_THAT(Say(Stated("kind: MEETING_KIND_PANEL state: MEETING_STATE_HELD")),
              IsOk());
  EXPECT_EQ(Plan().SerializeAsString(), before);
}

TEST_F(MeetingTest, AMeetingAboutAClosedPlanLeavesItAsItIs) {
  ClosePlan();
  const std::string before = Plan().SerializeAsString();
  EXPECT_THAT(Say(Stated(std::string(kAround) + kWithAnna)), IsOk());
  EXPECT_EQ(Plan().SerializeAsString(), before);
}

// R-169
TEST_F(MeetingTest, AMeetingIsPlannedThenHeldOrCancelled) {
  const std::string planned =
      "kind: MEETING_KIND_TEAM_AROUND_FAMILY state: MEETING_STATE_PLANNED";
  EXPECT_THAT(Say(Stated(planned)), IsOk());
  const MeetingStated held = Again(std::string(kAround) + kWithAnna);
  const MeetingStated cancelled = Again(
      "kind: MEETING_KIND_TEAM_AROUND_FAMILY state: MEETING_STATE_CANCELLED");
  const MeetingStated moved = Again(planned + " place: 'library'");
  EXPECT_THAT(Say(moved), IsOk());
  EXPECT_THAT(Say(moved), IsOkAndHolds(IsEmpty()));
  EXPECT_THAT(Say(held), IsOk());
  EXPECT_THAT(Say(held), IsOkAndHolds(IsEmpty()));
  EXPECT_THAT(Say(cancelled), RefusedWith("MEETING_OVER"));
  EXPECT_THAT(Say(moved), RefusedWith("MEETING_OVER"));
}

TEST_F(MeetingTest, WhatIsStillToComeWasNotHeld) {
  MeetingStated said = Stated(std::string(kAround) + kWithAnna);
  said.mutable_at()->set_seconds(1709596800);  // 5 March 2024, midnight
  EXPECT_THAT(Say(said), RefusedWith("NOT_YET"));
  said.mutable_at()->set_seconds(1709596799);
  EXPECT_THAT(Say(said), IsOk());
}

TEST_F(MeetingTest, AMeetingBelongsToTheAgencyThatCallsIt) {
  EXPECT_THAT(Say(Stated("kind: MEETING_KIND_PROFESSIONALS "
                         "state: MEETING_STATE_PLANNED")),
              IsOk());
  bench.Act("school");
  EXPECT_THAT(Say(Again("kind: MEETING_KIND_PROFESSIONALS "
                        "state: MEETING_STATE_CANCELLED")),
              RefusedWith("NOT_YOURS"));
}

TEST_F(MeetingTest, AReportRepeatedChangesNothing) {
  bench.Feed("school");
  MeetingStated said = Stated(std::string(kAround) + kWithAnna);
  *said.mutable_meeting()->mutable_local() = testing::Local("", "M1");
  EXPECT_THAT(Say(said), IsOk());
  bench.On(absl::CivilDay(2024, 5, 1));
  EXPECT_THAT(Say(said), IsOkAndHolds(IsEmpty()));
}

TEST_F(MeetingTest, ThePlanIsTheFamilys) {
  MeetingStated said = Stated(std::string(kAround) + kWithAnna);
  said.mutable_plan()->set_id(
      bench.IdOf(base::IdKind::kPlan, AddPlan(other_family)));
  EXPECT_THAT(Say(said), RefusedWith("PLAN_OF_ANOTHER_FAMILY"));
}

TEST_F(MeetingTest, WhatMakesNoSenseIsSenseless) {
  EXPECT_THAT(Say(Stated("state: MEETING_STATE_HELD")),
              RefusedWith("UNKNOWN_CODE"));
  MeetingStated said = Stated(std::string(kAround) + kWithAnna);
  said.clear_at();
  EXPECT_THAT(Say(said), RefusedWith("TIME_MISSING"));
  said = Stated(std::string(kAround) + kWithAnna);
  said.clear_family();
  EXPECT_THAT(Say(said), RefusedWith("FAMILY_MISSING"));
}

// R-305: what is said apart is said with one.
TEST_F(MeetingTest, R305ASessionApartIsWithOneMember) {
  const std::string apart =
      "kind: MEETING_KIND_SEPARATE_SESSION state: MEETING_STATE_HELD ";
  EXPECT_THAT(Say(Stated(apart)), RefusedWith("ONE_MEMBER_APART"));
  EXPECT_THAT(Say(Stated(apart + kWithAnna)),
              IsOkAndHolds(ElementsAre(IsFact(Fact::kMeetingRecorded))));
  EXPECT_THAT(Say(Stated(apart + kWithAnna + R"(family_present {
      record { agency: "council" system: "main" local_id: "carl" } })")),
              RefusedWith("ONE_MEMBER_APART"));
}

agency::v1::AnonymousPanelItemStated Case(const std::string& question) {
  agency::v1::AnonymousPanelItemStated said;
  said.set_question(question);
  return said;
}

// R-227
TEST_F(MeetingTest, R227ACaseWithoutANameIsThePanelsAndNobodys) {
  const auto say = [&](const agency::v1::AnonymousPanelItemStated& said) {
    return bench.Say([&](Decision& d) { return Decide(said, d); });
  };
  EXPECT_THAT(say(Case("how to help with debt")), RefusedWith("ROLE_MAY_NOT"));
  bench.Act("council", "w1", agency::v1::ROLE_PANEL_CHAIR);
  const auto facts = say(Case("how to help with debt"));
  EXPECT_THAT(facts,
              IsOkAndHolds(ElementsAre(IsFact(Fact::kPanelItemRecorded))));
  EXPECT_EQ(facts->at(0).subject,
            facts->at(0).fact.panel_item_recorded().item().number());
  EXPECT_THAT(facts->at(0).also_about, IsEmpty());
}

TEST_F(MeetingTest, R227WordsThatLeadToSomebodyAreRefused) {
  bench.Act("council", "w1", agency::v1::ROLE_PANEL_CHAIR);
  const std::string id = bench.IdOf(base::IdKind::kFamily, family);
  for (const std::string& words :
       {"the family " + id + ".", std::string("NHS 943 476 5919"),
        std::string("call 9434765919")}) {
    EXPECT_THAT(bench.Say([&](Decision& d) { return Decide(Case(words), d); }),
                RefusedWith("NAMES_SOMEBODY"))
        << words;
  }
  EXPECT_THAT(bench.Say([&](Decision& d) {
    return Decide(Case("a family of 3, since 2019, in flat 12"), d);
  }),
              IsOk());
}

}  // namespace
}  // namespace kith::core::meeting
