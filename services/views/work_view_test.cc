// Plans, referrals, assessments, meetings and leads as pieces.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "services/views/read.h"
#include "services/views/testing.h"

namespace kith::views {
namespace {

using api::v1::PlanView;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::Held;
using testing::History;
using ::testing::IsEmpty;
using testing::LabelText;
using testing::LinesOf;
using testing::Merged;
using testing::PartText;
using ::testing::SizeIs;

constexpr char kTwoActions[] = R"(state: PLAN_STATE_AGREED
    content { actions { key: "a" what: "call" service: "school" }
              actions { key: "b" what: "visit" } }
    doers { key: "b" practitioner: 3 })";

class PlanViewTest : public ::testing::Test {
 protected:
  PlanViewTest() {
    anna_ = history_.Person("Anna", "Smith");
    family_ = history_.Family({anna_});
    nurse_ = history_.Practitioner("health", "nurse");  // number 3
  }

  PlanView View(EntityNumber plan) {
    return Merged(Held(PlanPieces(history_.view(), plan, history_.now())));
  }

  History history_;
  EntityNumber anna_ = 0;
  EntityNumber family_ = 0;
  EntityNumber nurse_ = 0;
};

// R-099: a copy goes only to services that the plan names.
TEST_F(PlanViewTest, NamesTheServicesOfItsActions) {
  const auto plan = history_.Plan(family_, {anna_}, kTwoActions);
  const auto pieces = Held(PlanPieces(history_.view(), plan, history_.now()));
  ASSERT_THAT(pieces, SizeIs(1));
  EXPECT_EQ(LabelText(pieces[0].label),
            "PLAN council [1] f2 named health school");
  EXPECT_EQ(pieces[0].part.doers(0).practitioner().name(), "Name of nurse");
}

// R-208: a draft is not shown as agreed.
TEST_F(PlanViewTest, IsADraftUntilTheFamilyAgrees) {
  const auto plan = history_.Plan(family_, {anna_}, "state: PLAN_STATE_DRAFT");
  const auto draft = Held(PlanPieces(history_.view(), plan, history_.now()));
  EXPECT_TRUE(draft[0].label.draft());
  EXPECT_FALSE(draft[0].part.has_review_due());
  history_.Add(family_, {anna_}, "plan_agreed_to { plan: 4 version: 1 }");
  const auto agreed = Held(PlanPieces(history_.view(), plan, history_.now()));
  EXPECT_FALSE(agreed[0].label.draft());
  EXPECT_EQ(agreed[0].part.agreed_version(), 1u);
}

// R-208: once closed, a draft was shown to whom the family shares its plans
// with.
TEST_F(PlanViewTest, StaysADraftWhenItIsClosedUnagreed) {
  const auto label_of_closed = [&](bool agreed) {
    const auto plan =
        history_.Plan(family_, {anna_}, "state: PLAN_STATE_DRAFT");
    if (agreed) {
      history_.Add(
          family_, {anna_},
          absl::StrCat("plan_agreed_to { plan: ", plan, " version: 1 }"));
    }
    history_.Add(family_, {},
                 absl::StrCat("plan_ended { plan: ", plan,
                              " reason: CLOSURE_REASON_RESOLVED }"));
    return Held(PlanPieces(history_.view(), plan, history_.now()))[0].label;
  };
  history_.Act("council", "w1");
  EXPECT_TRUE(label_of_closed(false).draft());
  EXPECT_FALSE(label_of_closed(true).draft());
  history_.Feed("council");  // does not tell whether it was agreed
  EXPECT_FALSE(label_of_closed(false).draft());
}

// R-174: six to eight weeks after the last review or meeting with the family.
TEST_F(PlanViewTest, IsReviewedInTheWindowAfterTheLastMeeting) {
  const auto plan = history_.Plan(family_, {anna_});
  EXPECT_EQ(PartText(View(plan).review_due()),
            "from { year: 2024 month: 4 day: 15 } until { year: 2024 month: 4 "
            "day: 29 }");
  history_.On(absl::CivilDay(2024, 4, 20));
  history_.Add(family_, {}, R"(meeting_recorded { meeting { number: 9 id: "m9" }
      family: 2 plan: 4 family_present: 1
      said { kind: MEETING_KIND_TEAM_AROUND_FAMILY state: MEETING_STATE_HELD
             at { seconds: 1713610800 } } })");
  EXPECT_EQ(PartText(View(plan).review_due()),
            "from { year: 2024 month: 6 day: 1 } until { year: 2024 month: 6 "
            "day: 15 }");
  history_.Add(family_, {},
               R"(plan_review_held { review { number: 10 id: "o10" }
      plan: 4 said { on { year: 2024 month: 4 day: 21 }
                     next_review { year: 2024 month: 5 day: 2 } } })");
  EXPECT_EQ(PartText(View(plan).review_due()),
            "from { year: 2024 month: 5 day: 2 } until { year: 2024 month: 5 "
            "day: 2 }");
}

TEST_F(PlanViewTest, AProfessionalsMeetingIsNoReview) {
  const auto plan = history_.Plan(family_, {anna_});
  const std::string before = PartText(View(plan).review_due());
  history_.On(absl::CivilDay(2024, 4, 20));
  history_.Add(family_, {}, R"(meeting_recorded { meeting { number: 9 id: "m9" }
      family: 2 plan: 4 said { kind: MEETING_KIND_PROFESSIONALS
                               state: MEETING_STATE_HELD } })");
  EXPECT_EQ(PartText(View(plan).review_due()), before);
}

TEST_F(PlanViewTest, MovesActionsRevisesAndCloses) {
  const auto plan = history_.Plan(family_, {anna_}, kTwoActions);
  history_.Add(family_, {}, R"(action_moved { plan: 4
      said { action: "a" state: ACTION_STATE_DONE difference: "calmer" } })");
  EXPECT_EQ(View(plan).content().actions(0).difference(), "calmer");
  history_.Add(family_, {}, R"(plan_revised { plan: 4 version: 2
      content { goals: "sleep" } agreed_by: 1 })");
  EXPECT_EQ(View(plan).agreed_version(), 2u);
  history_.Add(family_, {}, R"(plan_ended { plan: 4
      reason: CLOSURE_REASON_RESOLVED wording: "done" })");
  EXPECT_EQ(PartText(View(plan)),
            "plan_id: \"l4\" family_id: \"f2\" person_ids: \"p1\" state: "
            "PLAN_STATE_CLOSED version: 2 agreed_version: 2 content { goals: "
            "\"sleep\" } period { until { year: 2024 month: 3 day: 4 } } "
            "closure: CLOSURE_REASON_RESOLVED closure_wording: \"done\"");
}

// R-186: what one agency told another's lead is an item of both.
TEST_F(PlanViewTest, AContactIsAnItemOfBothAgencies) {
  const auto plan = history_.Plan(family_, {anna_});
  history_.Feed("school");
  history_.Add(family_, {}, R"(lead_contacted { contact { number: 9 id: "o9" }
      plan: 4 said { note: "told" } })");
  EXPECT_THAT(LinesOf(Held(PlanPieces(history_.view(), plan, history_.now()))),
              Contains("PLAN school [1] f2 | plan_id: \"l4\" contacts { said { "
                       "note: \"told\" } }"));
  EXPECT_EQ(View(plan).contacts_size(), 1);
}

TEST_F(PlanViewTest, AMergedPlanSaysIntoWhich) {
  const auto one = history_.Plan(family_, {anna_});
  const auto other = history_.Plan(family_, {anna_});
  history_.Add(family_, {}, "plans_merged { survivor: 4 merged: 5 case: 9 }");
  EXPECT_EQ(View(other).merged_into_plan_id(), View(one).plan_id());
  EXPECT_FALSE(View(other).has_review_due());
  history_.Add(family_, {}, "plans_parted { survivor: 4 merged: 5 }");
  EXPECT_EQ(View(other).merged_into_plan_id(), "");
}

TEST_F(PlanViewTest, PlansOfAFamilyComeLatestFirstInParts) {
  history_.Plan(family_, {anna_});
  history_.Plan(family_, {anna_});
  history_.Plan(family_, {anna_});
  const auto page = PlansOf(history_.view(), family_, history_.now(), {"", 2});
  ASSERT_TRUE(page.ok());
  ASSERT_THAT(page->entries, SizeIs(2));
  EXPECT_EQ(page->entries[0].pieces[0].part.plan_id(), "l6");
  const auto rest =
      PlansOf(history_.view(), family_, history_.now(), {page->next, 2});
  ASSERT_THAT(rest->entries, SizeIs(1));
  EXPECT_EQ(rest->entries[0].pieces[0].part.plan_id(), "l4");
  EXPECT_EQ(rest->next, "");
}

TEST_F(PlanViewTest, ReferralsAreItemsOfWhoAsksAndWhoIsAsked) {
  history_.Add(anna_, {}, R"(referral_recorded { referral { number: 9 id: "r9" }
      records: 1 family: 2 said { to_agency: "health" service: "camhs"
                                  state: REFERRAL_STATE_MADE } })");
  history_.Feed("health");
  history_.Add(anna_, {}, R"(referral_stepped { referral: 9
      said { to: REFERRAL_STATE_DECLINED reason: "waiting list" } })");
  const auto pieces = Held(ReferralPieces(history_.view(), 9));
  std::vector<std::string> labels;
  for (const auto& piece : pieces) labels.push_back(LabelText(piece.label));
  EXPECT_THAT(labels,
              ElementsAre("REFERRAL council [1] f2", "REFERRAL health [1] f2",
                          "REFERRAL council [1] f2", "REFERRAL health [1] f2"));
  EXPECT_EQ(PartText(Merged(pieces)),
            "referral_id: \"r9\" person_ids: \"p1\" family_id: \"f2\" said { "
            "to_agency: \"health\" service: \"camhs\" state: "
            "REFERRAL_STATE_DECLINED } steps { said { to: "
            "REFERRAL_STATE_DECLINED reason: \"waiting list\" } } version: 2");
}

// R-062, R-063: instruments point in opposite directions and are never put
// together; what was scored once has no change.
TEST_F(PlanViewTest, ScoresChangeWithinOneInstrumentAndScorer) {
  history_.Add(anna_, {}, R"(assessment_recorded {
      assessment { number: 9 id: "a9" } records: 1 family: 2
      said { type: "early_help" } })");
  const auto score = [&](int number, const std::string& instrument,
                         const std::string& range, int value, int day) {
    history_.Add(
        anna_, {},
        absl::StrCat("score_recorded { score { number: ", number,
                     " id: \"s\" } "
                     "assessment: 9 scored_by: 1 instrument { code: \"",
                     instrument, "\" ", range, " } said { instrument: \"",
                     instrument, "\" item: \"sleep\" value: ", value,
                     " scored_on { year: 2024 month: 3 day: ", day, " } } }"));
  };
  score(10, "norfolk-scaling", "max: 10 high_is_better: true", 3, 1);
  score(11, "norfolk-scaling", "max: 10 high_is_better: true", 7, 9);
  score(12, "wf-outcome", "min: 1 max: 5", 4, 1);
  score(13, "wf-outcome", "min: 1 max: 5", 2, 9);
  score(14, "other", "max: 3", 1, 1);
  const auto view = Merged(Held(AssessmentPieces(history_.view(), 9)));
  std::map<std::string, std::string> changes;
  for (const auto& change : view.changes()) {
    changes[change.instrument()] =
        change.has_change() ? absl::StrCat(change.improvement()) : "none";
  }
  EXPECT_EQ(
      changes,
      (std::map<std::string, std::string>{
          {"norfolk-scaling", "4"}, {"other", "none"}, {"wf-outcome", "2"}}));
}

// R-115, R-263: everybody may learn who leads and how to reach them; the rest
// is an item of the agencies that have a part in it.
TEST_F(PlanViewTest, WhoLeadsIsAPieceOfItsOwn) {
  history_.Lead(family_, nurse_);
  const auto pieces =
      Held(LeadPieces(history_.view(), family_, history_.now()));
  EXPECT_THAT(
      LinesOf(pieces),
      ElementsAre(
          "LEAD council [1] f2 | lead { lead_id: \"d4\" family_id: \"f2\" "
          "practitioner { practitioner_id: \"w3\" agency: \"health\" name: "
          "\"Name of nurse\" contact: \"nurse@health\" } state: "
          "LEAD_STATE_APPOINTED }",
          HasSubstr("INVOLVEMENT council [1] f2 | lead { "),
          HasSubstr("INVOLVEMENT health [1] f2 | lead { ")));
  const auto answers = LeadAnswers(history_.view(), {family_}, history_.now());
  ASSERT_TRUE(answers.ok());
  ASSERT_THAT(*answers, SizeIs(1));
  EXPECT_EQ(PartText((*answers)[0][0].part),
            "family_id: \"f2\" practitioner { practitioner_id: \"w3\" agency: "
            "\"health\" name: \"Name of nurse\" contact: \"nurse@health\" } "
            "state: LEAD_STATE_APPOINTED");
}

// R-125: meanwhile the registry shows that it is disputed.
TEST_F(PlanViewTest, ARivalClaimOrASecondLeadIsADispute) {
  history_.Lead(family_, nurse_);
  history_.Add(family_, {}, R"(lead_disputed { family: 2 appointment: 4
      claimed: 3 open: true })");
  const auto disputed = [&] {
    return Merged(Held(LeadPieces(history_.view(), family_, history_.now())))
        .lead()
        .disputed();
  };
  EXPECT_TRUE(disputed());
  history_.Add(family_, {}, R"(lead_disputed { family: 2 appointment: 4
      claimed: 3 open: false })");
  EXPECT_FALSE(disputed());
  const auto other = history_.Family({});
  history_.Lead(other, history_.Practitioner("school", "head"));
  history_.Join(family_, other);
  EXPECT_TRUE(disputed());
}

TEST_F(PlanViewTest, WhoLedBeforeComesLatestFirst) {
  history_.Lead(family_, nurse_);  // 4
  history_.Add(family_, {}, R"(lead_left { family: 2 appointment: 4
      until { year: 2024 month: 3 day: 4 } reason: "handed_over" })");
  history_.Lead(family_, nurse_);  // 5
  history_.Add(family_, {}, R"(lead_left { family: 2 appointment: 5
      until { year: 2024 month: 3 day: 4 } reason: "handed_over" })");
  const auto view =
      Merged(Held(LeadPieces(history_.view(), family_, history_.now())));
  EXPECT_FALSE(view.has_lead());
  ASSERT_EQ(view.earlier_size(), 2);
  EXPECT_EQ(view.earlier(0).lead_id(), "d5");
  const auto answers = LeadAnswers(history_.view(), {family_}, history_.now());
  EXPECT_THAT(*answers, IsEmpty());
}

// A consent that comes to be about others is found there and not here.
TEST_F(PlanViewTest, AConsentCorrectedToOthersMovesThere) {
  const auto ben = history_.Person("Ben", "Smith");
  const auto consent = history_.Consent({anna_}, "kind: CONSENT_KIND_SHARE");
  history_.Add(ben, {},
               absl::StrCat("consent_recorded { consent { number: ", consent,
                            " } records: ", ben, " }"));
  const auto of_anna = ConsentsAbout(history_.view(), anna_, {});
  EXPECT_THAT(of_anna->entries, IsEmpty());
  const auto of_ben = ConsentsAbout(history_.view(), ben, {});
  ASSERT_THAT(of_ben->entries, SizeIs(1));
  EXPECT_EQ(of_ben->entries[0].pieces[0].part.consents(0).consent_id(), "c5");
}

}  // namespace
}  // namespace kith::views
