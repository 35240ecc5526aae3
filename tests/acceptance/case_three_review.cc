// What becomes of it: other help comes in, and six to eight weeks after the
// first meeting all is looked at again.
#include "absl/strings/str_cat.h"
#include "base/civil_date.h"
#include "gtest/gtest.h"
#include "services/core/assessment/scores.h"
#include "services/core/keys.h"
#include "services/views/read.h"
#include "services/views/testing.h"
#include "services/views/worklists.h"
#include "tests/acceptance/case_three_story.h"
#include "tests/acceptance/readers.h"

namespace kith::acceptance {

using ledger::v1::Fact;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<api::v1::DueEntry> Story::DueOn(absl::string_view kind,
                                            absl::CivilDay day) {
  const auto page =
      views::Due(world_.views(), views::DueFilter(),
                 base::LondonMidnight(day) + absl::Hours(9), views::PageFrom());
  std::vector<api::v1::DueEntry> due;
  EXPECT_TRUE(page.ok());
  for (const auto& entry : page->entries) {
    api::v1::DueEntry one;
    for (const auto& piece : entry.pieces) one.MergeFrom(piece.part);
    if (one.kind() == kind) due.push_back(std::move(one));
  }
  return due;
}

// further help makes one ask who should lead. Help that the
// family chooses leaves that with the family; where social care comes in by
// statute, the lead of another agency is put on the due list, and is replaced
// by nobody.
void Story::TheInterventionsChange() {
  world_.On(2024, 4, 15).Feed("council");
  const auto lead = OnlyLead().taken().practitioner();
  agency::v1::InvolvementStated said;
  said.mutable_involvement()->set_local_id("group-2");
  *said.mutable_person() = Person("council/daughter");
  said.set_service("young_carers");
  const Ended group = world_.Says(said);
  ASSERT_THAT(group, Records(Fact::kInvolvementRecorded));
  EXPECT_THAT(group.Find(Fact::kInvolvementRecorded).unmet(), IsEmpty());
  EXPECT_THAT(DueOn("unmet_row", world_.today()), IsEmpty());
  said.mutable_involvement()->set_local_id("case-31");
  said.set_service("social_care");
  said.set_statutory(true);
  const Ended case_31 = world_.Says(said);
  ASSERT_THAT(case_31, Records(Fact::kInvolvementRecorded));
  EXPECT_THAT(case_31.Find(Fact::kInvolvementRecorded).unmet(),
              ElementsAre("R-113"));
  const auto due = DueOn("unmet_row", world_.today());
  ASSERT_EQ(due.size(), 1u);
  EXPECT_THAT(due[0].rows(), ElementsAre("R-113"));
  EXPECT_EQ(OnlyLead().taken().practitioner(), lead);
  world_.By("health", "nurse", agency::v1::ROLE_LEAD_PROFESSIONAL);
  agency::v1::LeadNoticeGiven notice;
  *notice.mutable_family() = ThingWithId(family_);
  *notice.mutable_review_on() = Day(2024, 5, 16);
  EXPECT_THAT(world_.Says(notice), Records(Fact::kLeadNoticed));
}

// six to eight weeks after the first meeting, from day 42 to day 56. The
// day before nothing is due, the day after it is overdue.
void Story::TheReviewFallsDue() {
  const absl::CivilDay met(2024, 3, 25);
  EXPECT_THAT(DueOn("review", met + 41), IsEmpty());
  for (const int day : {42, 56, 57}) {
    const auto due = DueOn("review", met + day);
    ASSERT_EQ(due.size(), 1u) << "day " << day;
    EXPECT_EQ(due[0].about_id(), plan_);
    EXPECT_EQ(due[0].overdue(), day == 57) << "day " << day;
    EXPECT_THAT(due[0].rows(), ElementsAre("R-174"));
  }
}

// on day 52 they meet again, and the next six to eight
// weeks begin.
void Story::TheReviewMeeting() {
  world_.On(2024, 5, 16)
      .By("health", "nurse", agency::v1::ROLE_LEAD_PROFESSIONAL);
  EXPECT_EQ(DueOn("review", world_.today()).size(), 1u);
  agency::v1::MeetingStated said =
      Held(agency::v1::MEETING_KIND_TEAM_AROUND_FAMILY);
  *said.mutable_plan() = ThingWithId(plan_);
  *said.add_practitioners() = Worker("health/nurse");
  *said.add_practitioners() = Worker("council/social_worker");
  *said.mutable_chair() = Worker("health/nurse");
  *said.add_family_present() = Person("health/mother");
  *said.add_family_present() = Person("council/friend");
  EXPECT_THAT(world_.Says(said), RefusedFor("NOT_OF_THE_FAMILY", "R-170"));
  *said.mutable_family_present(1) = Person("council/daughter");
  const Ended met = world_.Says(said);
  ASSERT_THAT(met, Records(Fact::kMeetingRecorded));
  agency::v1::ActionUpdated done;
  *done.mutable_plan() = ThingWithId(plan_);
  done.set_action("1");
  done.set_state(agency::v1::ACTION_STATE_DONE);
  done.set_difference("Tuesdays are hers");
  EXPECT_THAT(world_.Says(done), IsAccepted());
  agency::v1::PlanReviewed reviewed;
  *reviewed.mutable_plan() = ThingWithId(plan_);
  *reviewed.mutable_meeting() = ThingWithId(met.id());
  reviewed.set_summary("the evenings work, the nights do not");
  EXPECT_THAT(world_.Says(reviewed), Records(Fact::kPlanReviewHeld));
  EXPECT_THAT(DueOn("review", world_.today() + 41), IsEmpty());
  EXPECT_EQ(DueOn("review", world_.today() + 42).size(), 1u);
}

// at that review the family agrees to the social worker, and the
// nurse hands over; then nothing is left of the exception.
void Story::TheLeadIsHandedOver() {
  const auto before = OnlyLead().taken();
  agency::v1::LeadSuccessorAgreed agreed;
  *agreed.mutable_family() = ThingWithId(family_);
  *agreed.mutable_practitioner() = Worker("council/social_worker");
  EXPECT_THAT(world_.Says(agreed), RefusedFor("FAMILY_NOT_ASKED", "R-121"));
  *agreed.add_agreed_by() = Person("health/mother");
  *agreed.add_agreed_by() = Person("council/daughter");
  EXPECT_THAT(world_.Says(agreed), Records(Fact::kLeadSuccessorNamed));
  EXPECT_EQ(OnlyLead().taken().practitioner(), before.practitioner());
  agency::v1::LeadHandedOver handed;
  *handed.mutable_family() = ThingWithId(family_);
  handed.set_outgoing_attended(agency::v1::ANSWER_YES);
  const Ended over = world_.Says(handed);
  ASSERT_THAT(over, Records(Fact::kLeadLeft, Fact::kLeadTaken));
  EXPECT_THAT(over.Find(Fact::kLeadTaken).unmet(), IsEmpty());
  EXPECT_NE(OnlyLead().taken().practitioner(), before.practitioner());
  EXPECT_EQ(OnlyLead().taken().takes_over_from(),
            before.appointment().number());
}

// the same list again after the review. A fall is better:
// at home it goes better for both; her health gets worse, as it must; and what
// the daughter has not scored again shows no change and still lacks its end.
void Story::TheOutcomesAfter() {
  constexpr auto kAfter = agency::v1::SCORE_PHASE_END;
  EXPECT_THAT(Scores(kFunctioning, "council/mother", 3, kAfter),
              Records(Fact::kScoreRecorded));
  EXPECT_THAT(Scores(kFunctioning, "council/daughter", 2, kAfter),
              Records(Fact::kScoreRecorded));
  EXPECT_THAT(Scores(kHealth, "council/mother", 5, kAfter),
              Records(Fact::kScoreRecorded));
  const auto shown = views::testing::Merged(views::testing::Held(
      views::AssessmentPieces(world_.views(), world_.Number(early_help_))));
  EXPECT_EQ(shown.scores_size(), 7);
  std::vector<std::string> changes;
  for (const auto& change : shown.changes()) {
    changes.push_back(absl::StrCat(
        change.item(), ": ", change.first(), " to ", change.latest(), ", ",
        change.has_change() ? absl::StrCat(change.improvement()) : "once"));
  }
  EXPECT_THAT(changes, ::testing::UnorderedElementsAre(
                           "1: 4 to 3, 1", "1: 5 to 2, 3", "3: 4 to 5, -1",
                           "17: 5 to 5, once"));
  int lack_end = 0;
  for (const auto& series :
       core::assessment::SeriesOf(*core::assessment::ScoresOf(
           world_.state(), world_.Number(early_help_)))) {
    lack_end += series.LacksEnd();
  }
  EXPECT_EQ(lack_end, 1);
}

}  // namespace kith::acceptance
