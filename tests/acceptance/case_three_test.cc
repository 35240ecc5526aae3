// Case study 3 of requirements A7, from the first worry to the friend's going
// home: a terminally ill mother in her late thirties, her daughter of 13 who
// cares for her, and the daughter's friend, who stays for five weeks.
//
// One story, told in order; each chapter goes on in the world that the chapters
// before it made.
#include "gtest/gtest.h"
#include "services/core/consent/standing.h"
#include "services/core/family/entries.h"
#include "services/core/family/family.h"
#include "services/core/family/resolve.h"
#include "services/core/identity/persons.h"
#include "services/core/keys.h"
#include "services/core/lead/registry.h"
#include "services/views/read.h"
#include "services/views/testing.h"
#include "tests/acceptance/world.h"

namespace kith::acceptance {
namespace {

using core::consent::ConsentStanding;
using ledger::v1::Fact;
using ::testing::ElementsAre;

constexpr char kMothersNhsNumber[] = "9434765919";

class Story {
 public:
  void WhoIsKnown();
  void TheFamily();
  void WhoHelpsAlready();
  void TheYoungCarer();
  void TheFriendsStay();
  void TheDaughtersConsent();
  void WhatIsKeptFromWhom();
  void TheLead();
  void TheReferral();
  void ThePlan();
  void TheMeeting();
  void GoingHome();
  void WhatReadersAreShown();

 private:
  agency::v1::ConsentStated Shares(absl::string_view about,
                                   absl::string_view answered_by);
  absl::CivilDay PrivateFosteringDay();

  World world_;
  std::string family_;
  std::string plan_;
};

// The council knows all three and the friend's mother; health knows the ill
// mother under the same verified NHS number.
void Story::WhoIsKnown() {
  world_.Feed("council");
  world_.PersonWithNhsNumber("mother", absl::CivilDay(1986, 2, 11),
                             kMothersNhsNumber);
  world_.Person("daughter", absl::CivilDay(2010, 6, 20));
  world_.Person("friend", absl::CivilDay(2010, 9, 3));
  world_.Person("friends_mother", absl::CivilDay(1984, 1, 30));
  world_.Parent("council/mother", "council/daughter");
  world_.Parent("council/friends_mother", "council/friend");
  world_.Family("other_home", {"council/friends_mother", "council/friend"});
  world_.Feed("health");
  world_.PersonWithNhsNumber("mother", absl::CivilDay(1986, 2, 11),
                             kMothersNhsNumber);
  EXPECT_EQ(
      *core::identity::PersonOf(world_.state(), world_.Record("health/mother")),
      world_.Record("council/mother"));
}

// the family is the mother's, with the child of another
// family who lives in her home; that child's own family stays as it is.
void Story::TheFamily() {
  world_.By("school", "teacher");
  agency::v1::FamilyStated said;
  *said.mutable_defined_by() = Person("council/mother");
  for (const char* who : {"mother", "daughter", "friend"}) {
    auto& member = *said.add_members();
    *member.mutable_person() = Person(std::string("council/") + who);
    member.set_lives_here(agency::v1::ANSWER_YES);
  }
  said.mutable_members(2)->set_role("daughter's friend");
  *said.mutable_members(2)->mutable_period()->mutable_from() = Day(2024, 3, 4);
  const Ended founded = world_.Says(said);
  ASSERT_THAT(founded, Records(Fact::kFamilyFounded, Fact::kMemberStated,
                               Fact::kMemberStated, Fact::kMemberStated));
  family_ = founded.id();
  EXPECT_THAT(
      *core::family::FamiliesOf(world_.state(), world_.Record("council/friend"),
                                world_.today()),
      ElementsAre(world_.FamilyNumber("council/other_home"),
                  world_.Number(family_)));
}

// the district nurse has worked with the mother since January.
void Story::WhoHelpsAlready() {
  world_.Feed("health");
  agency::v1::InvolvementStated said;
  said.mutable_involvement()->set_local_id("caseload-7");
  *said.mutable_person() = Person("health/mother");
  said.set_service("district_nursing");
  said.set_role("palliative care at home");
  *said.mutable_worker() = Worker("health/nurse");
  said.mutable_worker()->set_profession("district nurse");
  *said.mutable_period()->mutable_from() = Day(2024, 1, 15);
  EXPECT_THAT(world_.Says(said), Records(Fact::kInvolvementRecorded));
  EXPECT_THAT(world_.Says(said), ChangedNothing());
}

// a child who cares, and for whom; each agency says so for itself.
void Story::TheYoungCarer() {
  world_.Feed("school");
  agency::v1::YoungCarerStated said;
  *said.mutable_person() = Person("council/daughter");
  said.set_young_carer(agency::v1::ANSWER_YES);
  *said.mutable_cares_for() = Person("council/mother");
  said.set_identified_by("school");
  const Ended ended = world_.Says(said);
  ASSERT_THAT(ended, Records(Fact::kYoungCarerRecorded));
  EXPECT_EQ(
      ended.Find(Fact::kYoungCarerRecorded).young_carer_recorded().cares_for(),
      world_.Record("council/mother"));
  EXPECT_THAT(world_.Says(said), ChangedNothing());
}

absl::CivilDay Story::PrivateFosteringDay() {
  const auto stays = *core::family::EntriesOfPerson(
      world_.state(), world_.Record("council/friend"),
      core::family::EntryKind::kStay);
  EXPECT_EQ(stays.size(), 1u);
  return core::family::PrivateFosteringFrom(
             stays.front().fostering_stay_recorded().said(), world_.rules())
      .value_or(absl::CivilDay());
}

// the clock starts on the first day of the stay; on the 28th it is
// private fostering, which nothing stores.
void Story::TheFriendsStay() {
  world_.By("school", "teacher");
  agency::v1::FosteringStayStated said;
  *said.mutable_child() = Person("council/friend");
  *said.mutable_carer() = Person("council/mother");
  said.set_close_relative(agency::v1::ANSWER_NO);
  *said.mutable_period()->mutable_from() = Day(2024, 3, 4);
  EXPECT_THAT(world_.Says(said), Records(Fact::kFosteringStayRecorded));
  EXPECT_EQ(PrivateFosteringDay(), absl::CivilDay(2024, 3, 31));
}

agency::v1::ConsentStated Story::Shares(absl::string_view about,
                                        absl::string_view answered_by) {
  agency::v1::ConsentStated said;
  *said.add_about() = Person(about);
  *said.mutable_answered_by() = Person(answered_by);
  said.set_kind(agency::v1::CONSENT_KIND_SHARE);
  said.set_answer(agency::v1::CONSENT_ANSWER_GIVEN);
  said.add_recipients()->set_agency("school");
  said.add_recipients()->set_agency("health");
  said.set_purpose("early_help");
  said.set_understood(agency::v1::ANSWER_YES);
  said.set_copy_given(agency::v1::ANSWER_YES);
  return said;
}

// at 13 she answers for herself once the nurse has judged that
// she can; her mother answers for herself; and for the friend only the friend's
// own parent does.
void Story::TheDaughtersConsent() {
  world_.On(2024, 3, 11).By("health", "nurse");
  EXPECT_THAT(world_.Says(Shares("council/daughter", "council/daughter")),
              RefusedFor("COMPETENCE_NOT_JUDGED", "R-069"));
  agency::v1::CompetenceJudged judged;
  *judged.mutable_person() = Person("council/daughter");
  judged.set_matter("sharing");
  judged.set_competent(true);
  judged.set_reasons("knows what the school will learn, and why");
  ASSERT_THAT(world_.Says(judged), Records(Fact::kCompetenceRecorded));
  EXPECT_THAT(world_.Says(Shares("council/daughter", "council/daughter")),
              Records(Fact::kConsentRecorded));
  EXPECT_THAT(world_.Says(Shares("health/mother", "council/mother")),
              Records(Fact::kConsentRecorded));
  EXPECT_THAT(world_.Says(Shares("council/friend", "council/mother")),
              RefusedFor("NOT_THEIRS_TO_ANSWER", "R-069"));
  EXPECT_THAT(world_.Says(Shares("council/friend", "council/friends_mother")),
              Records(Fact::kConsentRecorded));
  EXPECT_EQ(core::consent::Standing(
                *core::consent::ConsentsOf(world_.state(),
                                           world_.Record("council/mother")),
                agency::v1::CONSENT_KIND_SHARE, "early_help", world_.today()),
            ConsentStanding::kGiven);
}

// The mother is at risk from her daughter: what is noted of that is kept from
// the daughter, and what the daughter told the nurse from her mother (R-070,
//
void Story::WhatIsKeptFromWhom() {
  agency::v1::NeedStated at_risk;
  *at_risk.mutable_person() = Person("health/mother");
  at_risk.set_need("at_risk_at_home");
  at_risk.set_state(agency::v1::NEED_STATE_IDENTIFIED);
  EXPECT_THAT(world_.Says(at_risk), Records(Fact::kNeedRecorded));
  const auto bars = [](absl::string_view about, absl::string_view barred) {
    agency::v1::RestrictionStated said;
    *said.add_about() = Person(about);
    *said.add_barred()->mutable_person() = Person(barred);
    said.add_classes(agency::v1::ITEM_CLASS_NEED);
    *said.mutable_asked_by() = Person(about);
    return said;
  };
  EXPECT_THAT(world_.Says(bars("health/mother", "council/daughter")),
              Records(Fact::kRestrictionRecorded));
  const Ended kept = world_.Says(bars("council/daughter", "council/mother"));
  EXPECT_THAT(kept, Records(Fact::kRestrictionRecorded));
  agency::v1::RestrictionLifted lifted;
  *lifted.mutable_restriction() = ThingWithId(kept.id());
  *lifted.mutable_asked_by() = Person("health/mother");  // the same mother
  EXPECT_THAT(world_.Says(lifted), RefusedFor("BARRED_MAY_NOT_LIFT", "R-081"));
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
  const auto open =
      *core::lead::OpenLeads(world_.state(), world_.Number(family_));
  ASSERT_EQ(open.size(), 1u);
  EXPECT_EQ(open[0].state(), ledger::v1::LEAD_STATE_APPOINTED);
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

// one meeting for all, with the mother and her daughter there.
void Story::TheMeeting() {
  world_.On(2024, 3, 25)
      .By("health", "nurse", agency::v1::ROLE_LEAD_PROFESSIONAL);
  agency::v1::MeetingStated said;
  *said.mutable_family() = ThingWithId(family_);
  *said.mutable_plan() = ThingWithId(plan_);
  said.set_kind(agency::v1::MEETING_KIND_TEAM_AROUND_FAMILY);
  said.set_state(agency::v1::MEETING_STATE_HELD);
  said.mutable_at()->set_seconds(absl::ToUnixSeconds(
      absl::FromCivil(absl::CivilHour(2024, 3, 25, 8), absl::UTCTimeZone())));
  *said.add_practitioners() = Worker("health/nurse");
  *said.add_practitioners() = Worker("school/teacher");
  *said.mutable_chair() = Worker("health/nurse");
  EXPECT_THAT(world_.Says(said), ::testing::Not(IsAccepted()));
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

// What is left for readers: the mother and daughter with their nurse, one plan,
// one meeting, and who was there and is gone.
void Story::WhatReadersAreShown() {
  const auto shown =
      views::testing::Merged(views::testing::Held(views::FamilyPieces(
          world_.views(), world_.Number(family_), world_.now())));
  std::vector<std::string> gone;
  for (const auto& member : shown.members()) {
    if (member.ended()) gone.push_back(member.said().role());
  }
  EXPECT_EQ(shown.members_size(), 3);
  EXPECT_THAT(gone, ElementsAre("daughter's friend"));
  EXPECT_EQ(shown.lead().practitioner().agency(), "health");
  ASSERT_EQ(shown.plans_size(), 1);
  EXPECT_EQ(shown.plans(0).plan_id(), plan_);
  EXPECT_EQ(shown.plans(0).agreed_version(), 1u);
  EXPECT_EQ(shown.meetings_size(), 1);
  EXPECT_EQ(shown.restrictions_size(), 2);
}

TEST(CaseStudyThree, IsTheStoryOfAMotherADaughterAndHerFriend) {
  Story story;
  for (const auto chapter :
       {&Story::WhoIsKnown, &Story::TheFamily, &Story::WhoHelpsAlready,
        &Story::TheYoungCarer, &Story::TheFriendsStay,
        &Story::TheDaughtersConsent, &Story::WhatIsKeptFromWhom,
        &Story::TheLead, &Story::TheReferral, &Story::ThePlan,
        &Story::TheMeeting, &Story::GoingHome, &Story::WhatReadersAreShown}) {
    (story.*chapter)();
    if (::testing::Test::HasFatalFailure()) return;
  }
}

}  // namespace
}  // namespace kith::acceptance
