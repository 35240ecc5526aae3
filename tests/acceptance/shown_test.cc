// Rows by what is shown of them: statements in, and what the views then hold
// for readers, each piece with the label that disclosure decides by.
#include "base/civil_date.h"
#include "gtest/gtest.h"
#include "services/views/find.h"
#include "services/views/read.h"
#include "services/views/testing.h"
#include "tests/acceptance/world.h"

namespace kith::acceptance {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using views::testing::Held;
using views::testing::LabelText;
using views::testing::Merged;

class Shown : public ::testing::Test {
 protected:
  Shown() {
    world.Feed("council");
    world.Person("mother", absl::CivilDay(1985, 5, 5));
    world.Person("child", absl::CivilDay(2014, 5, 5));
    world.Parent("council/mother", "council/child");
    world.By("council", "w1");
    family = world.Family("F", {"council/mother", "council/child"},
                          "council/mother");
  }

  api::v1::FamilyView Family() {
    return Merged(Held(
        views::FamilyPieces(world.views(), world.Number(family), world.now())));
  }
  views::Pieces<api::v1::PlanView> PlanPieces(const std::string& plan) {
    return Held(
        views::PlanPieces(world.views(), world.Number(plan), world.now()));
  }
  api::v1::PlanView Plan(const std::string& plan) {
    return Merged(PlanPieces(plan));
  }
  std::vector<api::v1::ListConsentsResponse> Consents() {
    std::vector<api::v1::ListConsentsResponse> consents;
    const auto page = views::ConsentsAbout(
        world.views(), world.Record("council/child"), views::PageFrom());
    for (const auto& entry : page->entries) {
      consents.push_back(Merged(entry.pieces));
    }
    return consents;
  }
  std::vector<views::Pieces<api::v1::LeadAnswer>> LeadAnswers() {
    const auto families =
        views::FamiliesOfRecords(world.views(), {world.Record("council/child")},
                                 base::LondonDay(world.now()));
    return *views::LeadAnswers(world.views(), *families, world.now());
  }

  agency::v1::PlanOpened Opens() {
    agency::v1::PlanOpened said;
    *said.mutable_family() = ThingWithId(family);
    *said.add_about() = Person("council/child");
    said.mutable_content()->add_goals("sleeps through");
    auto& step = *said.mutable_content()->add_actions();
    step.set_key("1");
    step.set_what("visit on Mondays");
    *step.mutable_practitioner() = Worker("health/nurse");
    step.set_service("school_nursing");
    *step.mutable_by() = Day(2024, 5, 1);
    return said;
  }
  std::string Opened(const agency::v1::PlanOpened& said) {
    world.By("council", "w1");
    const Ended opened = world.Says(said);
    EXPECT_THAT(opened, IsAccepted());
    return opened.id();
  }
  void Agrees(const std::string& plan) {
    agency::v1::PlanAgreed said;
    *said.mutable_plan() = ThingWithId(plan);
    said.set_version(1);
    *said.add_agreed_by() = Person("council/mother");
    EXPECT_THAT(world.Says(said), IsAccepted());
  }
  void Appoint(absl::string_view worker) {
    agency::v1::LeadAppointed said;
    *said.mutable_family() = ThingWithId(family);
    *said.mutable_practitioner() = Worker(worker);
    said.mutable_practitioner()->set_name("N. Tan");
    said.mutable_practitioner()->set_contact("01603 000000");
    said.set_at(agency::v1::APPOINTED_AT_TEAM_AROUND_FAMILY);
    *said.add_agreed_by() = Person("council/mother");
    said.set_accepted(true);
    EXPECT_THAT(world.Says(said), IsAccepted());
  }
  static agency::v1::ConsentStated Answers(agency::v1::ConsentKind kind) {
    agency::v1::ConsentStated said;
    *said.add_about() = Person("council/child");
    said.set_kind(kind);
    said.set_answer(agency::v1::CONSENT_ANSWER_GIVEN);
    said.set_understood(agency::v1::ANSWER_YES);
    *said.mutable_answered_by() = Person("council/mother");
    return said;
  }
  static agency::v1::ConsentStated Shares(absl::string_view agency) {
    agency::v1::ConsentStated said = Answers(agency::v1::CONSENT_KIND_SHARE);
    said.add_recipients()->set_agency(std::string(agency));
    said.set_purpose("early_help");
    return said;
  }

  World world;
  std::string family;
};

TEST_F(Shown, R001R002TheFamilyAsStatedAndItsNetworkApart) {
  agency::v1::NetworkMemberStated said;
  *said.mutable_family() = ThingWithId(family);
  said.set_name("Rose");
  said.set_relationship("neighbour");
  ASSERT_THAT(world.Says(said), IsAccepted());
  const auto shown = Family();
  EXPECT_THAT(shown.members(), SizeIs(2));
  ASSERT_THAT(shown.network(), SizeIs(1));
  EXPECT_EQ(shown.network(0).said().name(), "Rose");
  EXPECT_EQ(shown.defined_by_person_id(), shown.members(0).person_id());
}

TEST_F(Shown, R003WhoLeftIsShownAsFormerFromThatDayOn) {
  world.On(2024, 6, 1);
  EXPECT_FALSE(Family().members(1).ended());
  agency::v1::MembershipEnded said;
  *said.mutable_family() = ThingWithId(family);
  *said.mutable_person() = Person("council/child");
  *said.mutable_said_by() = Person("council/mother");
  ASSERT_THAT(world.Says(said), IsAccepted());
  const auto shown = Family();
  ASSERT_THAT(shown.members(), SizeIs(2));
  EXPECT_NE(shown.members(0).ended(), shown.members(1).ended());
}

TEST_F(Shown, R072R080EachAnswerIsShownByItselfAndItsEndToo) {
  ASSERT_THAT(world.Says(Answers(agency::v1::CONSENT_KIND_RECORD)),
              IsAccepted());
  const std::string share = world.Says(Shares("health")).id();
  ASSERT_THAT(Consents(), SizeIs(2));
  agency::v1::ConsentWithdrawn said;
  *said.mutable_consent() = ThingWithId(share);
  *said.mutable_withdrawn_by() = Person("council/mother");
  ASSERT_THAT(world.Says(said), IsAccepted());
  for (const auto& one : Consents()) {
    ASSERT_THAT(one.consents(), SizeIs(1));
    EXPECT_EQ(one.consents(0).has_ended_at(),
              one.consents(0).consent_id() == share);
  }
}

// The family signs for the services named in the plan: the plan's label names
// whom a copy may go to, the consent says to whom it may.
TEST_F(Shown, R073R099APlansCopyIsForTheServicesItNamesAndConsentCovers) {
  const std::string plan = Opened(Opens());
  ASSERT_THAT(world.Says(Shares("health")), IsAccepted());
  const auto pieces = PlanPieces(plan);
  ASSERT_THAT(pieces, Not(IsEmpty()));
  for (const auto& piece : pieces) {
    EXPECT_THAT(piece.label.named_agencies(),
                ElementsAre("health", "school_nursing"));
  }
  ASSERT_THAT(Consents(), SizeIs(1));
  const auto consent = Consents()[0].consents(0);
  ASSERT_THAT(consent.recipients(), SizeIs(1));
  EXPECT_EQ(consent.recipients(0).agency(), "health");
}

TEST_F(Shown, R076NoMoreIsNotedDownThanWasAgreed) {
  agency::v1::NeedStated need;
  *need.mutable_person() = Person("council/child");
  need.set_need("debt");
  need.set_state(agency::v1::NEED_STATE_IDENTIFIED);
  ASSERT_THAT(world.Says(need), IsAccepted());
  const auto needs = [&] {
    return Merged(
               Held(views::PersonPieces(
                   world.views(), world.Record("council/child"), world.now())))
        .needs_size();
  };
  EXPECT_EQ(needs(), 1);
  agency::v1::ConsentStated refused = Answers(agency::v1::CONSENT_KIND_RECORD);
  refused.set_answer(agency::v1::CONSENT_ANSWER_REFUSED);
  ASSERT_THAT(world.Says(refused), IsAccepted());
  need.set_need("housing");
  EXPECT_THAT(world.Says(need), RefusedFor("NOT_RECORDED", "R-076"));
  EXPECT_EQ(needs(), 1);
}

TEST_F(Shown, R077R107AnOutsiderMayLearnOfTheLeadAndOfNothingElse) {
  EXPECT_THAT(LeadAnswers(), IsEmpty());
  Appoint("health/nurse");
  const auto answers = LeadAnswers();
  ASSERT_THAT(answers, SizeIs(1));
  for (const auto& piece : answers[0]) {
    EXPECT_EQ(piece.label.class_(), agency::v1::ITEM_CLASS_LEAD)
        << LabelText(piece.label);
  }
  const api::v1::LeadAnswer answer = Merged(answers[0]);
  EXPECT_EQ(answer.practitioner().name(), "N. Tan");
  EXPECT_EQ(answer.practitioner().contact(), "01603 000000");
}

TEST_F(Shown, R106TheFamilysViewNamesItsOneLead) {
  EXPECT_FALSE(Family().has_lead());
  Appoint("health/nurse");
  EXPECT_EQ(Family().lead().practitioner().name(), "N. Tan");
  EXPECT_EQ(Family().lead().state(), ledger::v1::LEAD_STATE_APPOINTED);
}

TEST_F(Shown, R129EveryStepOfAReferralIsShown) {
  agency::v1::ReferralStated said;
  *said.add_about() = Person("council/child");
  said.set_referrer(agency::v1::REFERRER_KIND_PRACTITIONER);
  said.set_to_agency("health");
  said.set_family_agreed(agency::v1::ANSWER_YES);
  const std::string referral = world.Says(said).id();
  world.By("health", "nurse");
  agency::v1::ReferralMoved moved;
  *moved.mutable_referral() = ThingWithId(referral);
  moved.set_to(agency::v1::REFERRAL_STATE_RECEIVED);
  ASSERT_THAT(world.Says(moved), IsAccepted());
  moved.set_to(agency::v1::REFERRAL_STATE_DECLINED);
  moved.set_reason_code("full");
  moved.set_reason("no places before summer");
  ASSERT_THAT(world.Says(moved), IsAccepted());
  const auto shown = Merged(
      Held(views::ReferralPieces(world.views(), world.Number(referral))));
  ASSERT_THAT(shown.steps(), SizeIs(2));
  EXPECT_EQ(shown.steps(1).said().reason(), "no places before summer");
}

TEST_F(Shown, R062R063ChangesAreToldByInstrumentAndNeverAveraged) {
  agency::v1::AssessmentStated said;
  *said.add_about() = Person("council/child");
  said.set_type("early_help");
  auto& worry = *said.add_worries();
  worry.set_key("w1");
  worry.set_worry("misses school");
  const std::string assessment = world.Says(said).id();
  const auto score = [&](const std::string& instrument, int32_t value,
                         agency::v1::ScorePhase phase) {
    agency::v1::ScoreGiven given;
    *given.mutable_assessment() = ThingWithId(assessment);
    given.mutable_score()->set_instrument(instrument);
    given.mutable_score()->set_item(instrument == "wf-outcome" ? "5" : "w1");
    given.mutable_score()->set_value(value);
    given.mutable_score()->set_phase(phase);
    *given.mutable_score()->mutable_scored_by() = Person("council/mother");
    EXPECT_THAT(world.Says(given), IsAccepted());
  };
  for (const char* instrument : {"norfolk-scaling", "wf-outcome"}) {
    score(instrument, 4, agency::v1::SCORE_PHASE_BEGINNING);
  }
  world.On(2024, 6, 1);
  for (const char* instrument : {"norfolk-scaling", "wf-outcome"}) {
    score(instrument, 2, agency::v1::SCORE_PHASE_END);
  }
  const auto shown = Merged(
      Held(views::AssessmentPieces(world.views(), world.Number(assessment))));
  ASSERT_THAT(shown.changes(), SizeIs(2));
  for (const auto& change : shown.changes()) {
    EXPECT_EQ(change.improvement(),
              change.instrument() == "wf-outcome" ? 2 : -2);
  }
}

TEST_F(Shown, R170R174AMeetingWithTheFamilyMovesTheNextReview) {
  const std::string plan = Opened(Opens());
  Agrees(plan);
  const auto before = Plan(plan).review_due();
  world.On(2024, 4, 20);
  agency::v1::MeetingStated said;
  *said.mutable_family() = ThingWithId(family);
  *said.mutable_plan() = ThingWithId(plan);
  said.set_state(agency::v1::MEETING_STATE_HELD);
  said.mutable_at()->set_seconds(absl::ToUnixSeconds(world.now()) - 3600);
  said.set_kind(agency::v1::MEETING_KIND_PROFESSIONALS);
  ASSERT_THAT(world.Says(said), IsAccepted());
  EXPECT_EQ(Plan(plan).review_due().SerializeAsString(),
            before.SerializeAsString());
  said.set_kind(agency::v1::MEETING_KIND_TEAM_AROUND_FAMILY);
  *said.add_family_present() = Person("council/mother");
  ASSERT_THAT(world.Says(said), IsAccepted());
  const auto due = Plan(plan).review_due();
  EXPECT_EQ(due.from().SerializeAsString(),
            Day(2024, 6, 1).SerializeAsString());
  EXPECT_EQ(due.until().SerializeAsString(),
            Day(2024, 6, 15).SerializeAsString());
}

TEST_F(Shown, R186R187BothSidesOfADuplicateAndWhomToContact) {
  const std::string first = Opened(Opens());
  EXPECT_THAT(Family().duplicates(), IsEmpty());
  world.Feed("school");
  agency::v1::PlanStated said;
  said.mutable_plan()->set_system("main");
  said.mutable_plan()->set_local_id("P1");
  *said.add_about() = Person("council/child");
  said.set_state(agency::v1::PLAN_STATE_AGREED);
  ASSERT_THAT(world.Says(said), IsAccepted());
  ASSERT_THAT(Family().duplicates(), SizeIs(1));
  const auto shown = Family().duplicates(0);
  EXPECT_EQ(shown.level(), ledger::v1::DUPLICATE_LEVEL_SAME_PERSON);
  ASSERT_THAT(shown.sides(), SizeIs(2));
  EXPECT_NE(shown.sides(0).agency(), shown.sides(1).agency());
}

TEST_F(Shown, R189APlanHasStepsWhoDoesThemSignsOfSuccessAndItsReview) {
  agency::v1::PlanOpened said = Opens();
  said.mutable_content()->add_success_signs("asleep by eight");
  *said.mutable_content()->mutable_next_review() = Day(2024, 4, 20);
  const std::string plan = Opened(said);
  Agrees(plan);
  const auto shown = Plan(plan);
  ASSERT_THAT(shown.content().actions(), SizeIs(1));
  EXPECT_EQ(shown.content().actions(0).service(), "school_nursing");
  ASSERT_THAT(shown.doers(), SizeIs(1));
  EXPECT_EQ(shown.doers(0).practitioner().agency(), "health");
  EXPECT_THAT(shown.content().success_signs(), ElementsAre("asleep by eight"));
  EXPECT_EQ(shown.review_due().until().SerializeAsString(),
            Day(2024, 4, 20).SerializeAsString());
}

TEST_F(Shown, R189AReviewIsScheduledThoughNobodySetADay) {
  const std::string plan = Opened(Opens());
  EXPECT_FALSE(Plan(plan).has_review_due());  // a draft
  Agrees(plan);
  EXPECT_TRUE(Plan(plan).has_review_due());
}

TEST_F(Shown, R214R222ClosedAsResolvedByTheLeadAndStillToBeRead) {
  const std::string plan = Opened(Opens());
  Agrees(plan);
  Appoint("council/w1");
  agency::v1::PlanClosed said;
  *said.mutable_plan() = ThingWithId(plan);
  said.set_reason(agency::v1::CLOSURE_REASON_RESOLVED);
  world.By("health", "nurse");
  EXPECT_THAT(world.Says(said), RefusedFor("NOT_LEAD", "R-222"));
  EXPECT_EQ(Plan(plan).state(), agency::v1::PLAN_STATE_AGREED);
  world.By("council", "w1");
  ASSERT_THAT(world.Says(said), IsAccepted());
  const auto shown = Plan(plan);
  EXPECT_EQ(shown.state(), agency::v1::PLAN_STATE_CLOSED);
  EXPECT_EQ(shown.closure(), agency::v1::CLOSURE_REASON_RESOLVED);
  EXPECT_FALSE(shown.has_review_due());
  EXPECT_THAT(shown.content().goals(), ElementsAre("sleeps through"));
}

}  // namespace
}  // namespace kith::acceptance
