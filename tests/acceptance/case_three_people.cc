// Who they are, who helps already, and what may be known of them.
#include "base/civil_date.h"
#include "gtest/gtest.h"
#include "services/core/consent/standing.h"
#include "services/core/family/entries.h"
#include "services/core/family/family.h"
#include "services/core/family/resolve.h"
#include "services/core/identity/persons.h"
#include "services/views/read.h"
#include "services/views/testing.h"
#include "tests/acceptance/case_three_story.h"
#include "tests/acceptance/readers.h"

namespace kith::acceptance {

using core::consent::ConsentStanding;
using ledger::v1::Fact;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

namespace {

constexpr char kMothersNhsNumber[] = "9434765919";

}  // namespace

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
// private fostering, which nothing stores, and the day after it is overdue.
void Story::TheFriendsStay() {
  world_.By("school", "teacher");
  agency::v1::FosteringStayStated said;
  *said.mutable_child() = Person("council/friend");
  *said.mutable_carer() = Person("council/mother");
  said.set_close_relative(agency::v1::ANSWER_NO);
  *said.mutable_period()->mutable_from() = Day(2024, 3, 4);
  EXPECT_THAT(world_.Says(said), Records(Fact::kFosteringStayRecorded));
  const absl::CivilDay fostered(2024, 3, 31);
  EXPECT_EQ(PrivateFosteringDay(), fostered);
  EXPECT_THAT(DueOn("private_fostering", fostered - 1), IsEmpty());
  for (const absl::CivilDay day : {fostered, fostered + 1}) {
    const auto due = DueOn("private_fostering", day);
    ASSERT_EQ(due.size(), 1u);
    EXPECT_EQ(due[0].overdue(), day > fostered);
  }
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

// at 13 she answers for herself once the nurse has judged
// that she can; her mother answers for herself; and for the friend only the
// friend's own parent does. Each takes a copy home.
void Story::TheDaughtersConsent() {
  world_.On(2024, 3, 11).By("health", "nurse");
  EXPECT_THAT(ServicesShownTo(PractitionerOf(world_, "school/teacher")),
              IsEmpty());
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
  const Ended shared = world_.Says(Shares("health/mother", "council/mother"));
  ASSERT_THAT(shared, Records(Fact::kConsentRecorded));
  EXPECT_EQ(shared.Find(Fact::kConsentRecorded)
                .consent_recorded()
                .said()
                .copy_given(),
            agency::v1::ANSWER_YES);
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

std::vector<std::string> Story::ServicesShownTo(
    const disclosure::Reader& reader) {
  const auto shown = ShownTo(
      world_, reader,
      views::testing::Held(views::PersonPieces(
          world_.views(), world_.Record("council/mother"), world_.now())));
  std::vector<std::string> services;
  for (const auto& involvement : shown.involvements()) {
    services.push_back(involvement.said().service());
  }
  return services;
}

std::vector<std::string> Story::NeedsShownTo(const disclosure::Reader& reader) {
  const auto shown = ShownTo(
      world_, reader,
      views::testing::Held(views::PersonPieces(
          world_.views(), world_.Record("council/mother"), world_.now())));
  std::vector<std::string> needs;
  for (const auto& need : shown.needs()) {
    if (need.has_need()) needs.push_back(need.need().need());
  }
  return needs;
}

// since they agreed, the school need not ask again who helps already;
// whoever they did not name knows as little as before.
void Story::WhatIsToldOnce() {
  EXPECT_THAT(ServicesShownTo(PractitionerOf(world_, "school/teacher")),
              ElementsAre("district_nursing"));
  EXPECT_THAT(ServicesShownTo(PractitionerOf(world_, "council/fostering")),
              IsEmpty());
}

// The mother lets her daughter, who cares for her, know what she needs,
// but for one thing: that she is at risk from her. What the daughter told the
// nurse is kept from her mother.
void Story::WhatIsKeptFromWhom() {
  agency::v1::ConsentStated to_daughter =
      Shares("health/mother", "council/mother");
  to_daughter.clear_recipients();
  *to_daughter.add_recipients()->mutable_person() = Person("council/daughter");
  to_daughter.set_purpose(kCaring);
  to_daughter.add_classes(agency::v1::ITEM_CLASS_NEED);
  EXPECT_THAT(world_.Says(to_daughter), Records(Fact::kConsentRecorded));
  agency::v1::NeedStated said;
  *said.mutable_person() = Person("health/mother");
  said.set_state(agency::v1::NEED_STATE_IDENTIFIED);
  said.set_need("life_limiting_illness");
  EXPECT_THAT(world_.Says(said), Records(Fact::kNeedRecorded));
  said.set_need("at_risk_at_home");
  const Ended at_risk = world_.Says(said);
  ASSERT_THAT(at_risk, Records(Fact::kNeedRecorded));
  const auto bars = [](absl::string_view about, absl::string_view barred) {
    agency::v1::RestrictionStated bar;
    *bar.add_about() = Person(about);
    *bar.add_barred()->mutable_person() = Person(barred);
    *bar.mutable_asked_by() = Person(about);
    return bar;
  };
  agency::v1::RestrictionStated from_daughter =
      bars("health/mother", "council/daughter");
  from_daughter.add_item_ids(at_risk.id());
  EXPECT_THAT(world_.Says(from_daughter), Records(Fact::kRestrictionRecorded));
  agency::v1::RestrictionStated from_mother =
      bars("council/daughter", "council/mother");
  from_mother.add_classes(agency::v1::ITEM_CLASS_NEED);
  const Ended kept = world_.Says(from_mother);
  ASSERT_THAT(kept, Records(Fact::kRestrictionRecorded));
  agency::v1::RestrictionLifted lifted;
  *lifted.mutable_restriction() = ThingWithId(kept.id());
  *lifted.mutable_asked_by() = Person("health/mother");  // the same mother
  EXPECT_THAT(world_.Says(lifted), RefusedFor("BARRED_MAY_NOT_LIFT", "R-081"));
}

agency::v1::MeetingStated Story::Held(agency::v1::MeetingKind kind) {
  agency::v1::MeetingStated said;
  *said.mutable_family() = ThingWithId(family_);
  said.set_kind(kind);
  said.set_state(agency::v1::MEETING_STATE_HELD);
  said.mutable_at()->set_seconds(absl::ToUnixSeconds(
      base::LondonMidnight(world_.today()) + absl::Hours(8)));
  return said;
}

// what each needs is explored with them alone, since the mother
// is at risk from her daughter.
void Story::EachIsHeardApart() {
  agency::v1::MeetingStated said =
      Held(agency::v1::MEETING_KIND_SEPARATE_SESSION);
  *said.add_practitioners() = Worker("health/nurse");
  *said.add_family_present() = Person("health/mother");
  said.set_notes("afraid in the evenings");
  EXPECT_THAT(world_.Says(said), Records(Fact::kMeetingRecorded));
  *said.add_family_present() = Person("council/daughter");
  EXPECT_THAT(world_.Says(said), RefusedFor("ONE_MEMBER_APART", "R-305"));
  said.clear_family_present();
  EXPECT_THAT(world_.Says(said), RefusedFor("ONE_MEMBER_APART", "R-305"));
  *said.add_family_present() = Person("council/daughter");
  said.set_notes("worn out, and angry that nobody asks");
  EXPECT_THAT(world_.Says(said), Records(Fact::kMeetingRecorded));
}

}  // namespace kith::acceptance
