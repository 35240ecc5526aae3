// What is done for them, from the first lead to the friend's going home.
#include <set>

#include "gtest/gtest.h"
#include "services/core/family/resolve.h"
#include "services/core/lead/registry.h"
#include "services/views/read.h"
#include "services/views/testing.h"
#include "tests/acceptance/case_three_story.h"
#include "tests/acceptance/readers.h"

namespace kith::acceptance {

using ledger::v1::Fact;
using ::testing::ElementsAre;

ledger::v1::LeadRow Story::OnlyLead() {
  const auto open =
      *core::lead::OpenLeads(world_.state(), world_.Number(family_));
  EXPECT_EQ(open.size(), 1u);
  return open.empty() ? ledger::v1::LeadRow() : open.front();
}

// the teacher who began holds it until the first meeting,
// at which the family agrees to the district nurse.
void Story::TheLead() {
  world_.By("school", "teacher");
  agency::v1::LeadAppointed said;
  *said.mutable_family() = ThingWithId(family_);
  *said.mutable_practitioner() = Worker("school/teacher");
  said.set_at(agency::v1::APPOINTED_AT_INTERIM);
  said.set_accepted(true);
  ASSERT_THAT(world_.Says(said), Records(Fact::kLeadTaken));
  world_.On(2024, 3, 18);
  *said.mutable_practitioner() = Worker("health/nurse");
  said.set_at(agency::v1::APPOINTED_AT_TEAM_AROUND_FAMILY);
  EXPECT_THAT(world_.Says(said), RefusedFor("FAMILY_NOT_ASKED", "R-109"));
  *said.add_agreed_by() = Person("health/mother");
  *said.add_agreed_by() = Person("council/daughter");
  ASSERT_THAT(world_.Says(said), Records(Fact::kLeadLeft, Fact::kLeadTaken));
  EXPECT_EQ(OnlyLead().state(), ledger::v1::LEAD_STATE_APPOINTED);
  *said.mutable_practitioner() = Worker("council/w1");
  EXPECT_THAT(world_.Says(said), RefusedFor("LEAD_EXISTS", "R-107"));
}

// the private fostering service is asked, and takes it on.
void Story::TheReferral() {
  world_.By("health", "nurse");
  agency::v1::ReferralStated said;
  *said.add_about() = Person("council/friend");
  *said.mutable_family() = ThingWithId(family_);
  said.set_referrer(agency::v1::REFERRER_KIND_PRACTITIONER);
  said.set_to_agency("council");
  said.set_service("private_fostering");
  said.set_reason("a friend's child stays beyond four weeks");
  said.set_family_agreed(agency::v1::ANSWER_YES);
  const Ended made = world_.Says(said);
  ASSERT_THAT(made, Records(Fact::kReferralRecorded));
  world_.By("council", "fostering");
  agency::v1::ReferralMoved moved;
  *moved.mutable_referral() = ThingWithId(made.id());
  for (const auto step : {agency::v1::REFERRAL_STATE_RECEIVED,
                          agency::v1::REFERRAL_STATE_ACCEPTED}) {
    moved.set_to(step);
    EXPECT_THAT(world_.Says(moved), Records(Fact::kReferralStepped));
  }
}

std::string Story::Assess(absl::string_view type,
                          const std::vector<std::string>& about) {
  agency::v1::AssessmentStated said;
  for (const std::string& who : about) *said.add_about() = Person(who);
  *said.mutable_family() = ThingWithId(family_);
  said.set_type(std::string(type));
  *said.mutable_period()->mutable_from() = Day(2024, 3, 18);
  const Ended begun = world_.Says(said);
  EXPECT_THAT(begun, Records(Fact::kAssessmentRecorded));
  return begun.id();
}

// of the assessments listed, those that fit, each for whom it is
// for, and one that the lead co-ordinates. One need in one member raises
// questions about others: what it means for each of the three is noted
// before anything is planned. No rule asks for that.
void Story::TheAssessments() {
  world_.By("council", "adults");
  Assess("community_care", {"council/mother"});
  Assess("safeguarding_adults", {"council/mother"});
  world_.By("council", "young_carers");
  Assess("young_carers", {"council/daughter"});
  world_.By("council", "fostering");
  Assess("private_fostering", {"council/friend", "council/mother"});
  world_.By("health", "nurse", agency::v1::ROLE_LEAD_PROFESSIONAL);
  agency::v1::AssessmentStated said;
  *said.add_about() = Person("health/mother");
  *said.add_about() = Person("council/daughter");
  *said.mutable_family() = ThingWithId(family_);
  said.set_type("early_help");
  said.add_strengths("they talk it over in the end");
  const auto worry = [&](const char* key, const char* text, const char* whose) {
    auto& each = *said.add_worries();
    each.set_key(key);
    each.set_worry(text);
    each.set_worried(whose);
  };
  worry("illness", "who sits with her mother when she is out", "daughter");
  worry("caring", "school and friends come last", "mother");
  worry("friend", "no bed of her own", "daughter's friend");
  const Ended begun = world_.Says(said);
  ASSERT_THAT(begun, Records(Fact::kAssessmentRecorded));
  early_help_ = begun.id();
  EXPECT_EQ(begun.Find(Fact::kAssessmentRecorded)
                .assessment_recorded()
                .said()
                .worries_size(),
            3);

  const auto page = views::AssessmentsOf(world_.views(), world_.Number(family_),
                                         world_.now(), views::PageFrom());
  ASSERT_TRUE(page.ok());
  std::vector<std::string> types;
  std::set<std::string> assessed;
  for (const auto& entry : page->entries) {
    const auto one = views::testing::Merged(entry.pieces);
    types.push_back(one.said().type());
    assessed.insert(one.person_ids().begin(), one.person_ids().end());
  }
  EXPECT_THAT(types,
              ElementsAre("early_help", "private_fostering", "young_carers",
                          "safeguarding_adults", "community_care"));
  EXPECT_EQ(assessed.size(), 3u);
}

Ended Story::Scores(const std::string& outcome, absl::string_view by,
                    int32_t value, agency::v1::ScorePhase phase) {
  agency::v1::ScoreGiven said;
  *said.mutable_assessment() = ThingWithId(early_help_);
  said.mutable_score()->set_instrument("wf-outcome");
  said.mutable_score()->set_item(outcome);
  said.mutable_score()->set_value(value);
  said.mutable_score()->set_phase(phase);
  *said.mutable_score()->mutable_scored_by() = Person(by);
  return world_.Says(said);
}

// before the plan each of the two says for herself how
// much it weighs on the family, from 1 to 5, where 5 is the worst.
void Story::TheOutcomesBefore() {
  constexpr auto kBefore = agency::v1::SCORE_PHASE_BEGINNING;
  EXPECT_THAT(Scores(kFunctioning, "council/mother", 4, kBefore),
              Records(Fact::kScoreRecorded));
  EXPECT_THAT(Scores(kFunctioning, "council/daughter", 5, kBefore),
              Records(Fact::kScoreRecorded));
  EXPECT_THAT(Scores(kHealth, "council/mother", 4, kBefore),
              Records(Fact::kScoreRecorded));
  EXPECT_THAT(Scores(kIsolation, "council/daughter", 6, kBefore),
              IsQuarantined("SCORE_OUT_OF_RANGE"));
  EXPECT_THAT(Scores(kIsolation, "council/daughter", 5, kBefore),
              Records(Fact::kScoreRecorded));
}

// one plan for the mother and her daughter, each step with
// who and by when, agreed by both.
void Story::ThePlan() {
  world_.By("health", "nurse", agency::v1::ROLE_LEAD_PROFESSIONAL);
  agency::v1::PlanOpened said;
  *said.mutable_family() = ThingWithId(family_);
  *said.add_about() = Person("health/mother");
  *said.add_about() = Person("council/daughter");
  said.mutable_content()->set_category("family_plan");
  said.mutable_content()->add_goals("she has an evening a week of her own");
  auto& step = *said.mutable_content()->add_actions();
  step.set_key("1");
  step.set_what("sit with the mother on Tuesday evenings");
  *step.mutable_practitioner() = Worker("health/nurse");
  step.set_service("district_nursing");
  *step.mutable_by() = Day(2024, 4, 2);
  const Ended opened = world_.Says(said);
  ASSERT_THAT(opened, IsAccepted());
  plan_ = opened.id();
  EXPECT_EQ(opened.Find(Fact::kPlanRecorded).plan_recorded().state(),
            agency::v1::PLAN_STATE_DRAFT);
  agency::v1::PlanAgreed agreed;
  *agreed.mutable_plan() = ThingWithId(plan_);
  agreed.set_version(1);
  EXPECT_THAT(world_.Says(agreed), RefusedFor("FAMILY_ABSENT", "R-170"));
  *agreed.add_agreed_by() = Person("health/mother");
  *agreed.add_agreed_by() = Person("council/daughter");
  EXPECT_THAT(world_.Says(agreed), Records(Fact::kPlanAgreedTo));
  EXPECT_THAT(world_.Says(agreed), ChangedNothing());
}

// one meeting for those who work with adults and those who
// work with children, with the mother and her daughter there.
void Story::TheMeeting() {
  world_.On(2024, 3, 25)
      .By("health", "nurse", agency::v1::ROLE_LEAD_PROFESSIONAL);
  agency::v1::MeetingStated said =
      Held(agency::v1::MEETING_KIND_TEAM_AROUND_FAMILY);
  *said.mutable_plan() = ThingWithId(plan_);
  *said.add_practitioners() = Worker("health/nurse");
  *said.add_practitioners() = Worker("school/teacher");
  *said.add_practitioners() = Worker("council/adults");
  *said.add_practitioners() = Worker("council/fostering");
  *said.mutable_chair() = Worker("health/nurse");
  EXPECT_THAT(world_.Says(said), RefusedFor("FAMILY_ABSENT", "R-170"));
  *said.add_family_present() = Person("health/mother");
  *said.add_family_present() = Person("council/daughter");
  EXPECT_THAT(world_.Says(said), Records(Fact::kMeetingRecorded));
}

// After five weeks the friend goes home: the stay was private fostering from
// its 28th day on, and the family is as it was.
void Story::GoingHome() {
  world_.On(2024, 4, 7);
  agency::v1::FosteringStayStated stay;
  *stay.mutable_child() = Person("council/friend");
  *stay.mutable_carer() = Person("council/mother");
  stay.set_close_relative(agency::v1::ANSWER_NO);
  *stay.mutable_period()->mutable_from() = Day(2024, 3, 4);
  *stay.mutable_period()->mutable_until() = Day(2024, 4, 7);
  world_.By("school", "teacher");
  EXPECT_THAT(world_.Says(stay), Records(Fact::kFosteringStayRecorded));
  EXPECT_EQ(PrivateFosteringDay(), absl::CivilDay(2024, 3, 31));
  EXPECT_TRUE(DueOn("private_fostering", absl::CivilDay(2024, 4, 8)).empty());
  agency::v1::MembershipEnded left;
  *left.mutable_family() = ThingWithId(family_);
  *left.mutable_person() = Person("council/friend");
  *left.mutable_said_by() = Person("council/mother");
  ASSERT_THAT(world_.Says(left), Records(Fact::kMemberLeft));
  const auto members = [&](absl::CivilDay day) {
    return *core::family::CurrentMembers(world_.state(), world_.Number(family_),
                                         day);
  };
  EXPECT_EQ(members(absl::CivilDay(2024, 4, 6)).size(), 3u);
  EXPECT_EQ(members(absl::CivilDay(2024, 4, 7)).size(), 2u);
  EXPECT_THAT(
      *core::family::FamiliesOf(world_.state(), world_.Record("council/friend"),
                                world_.today()),
      ElementsAre(world_.FamilyNumber("council/other_home")));
}

}  // namespace kith::acceptance
