// Rows about meetings and the six to eight weeks between them.
#include "base/civil_date.h"
#include "gtest/gtest.h"
#include "services/core/keys.h"
#include "services/core/meeting/review_window.h"
#include "tests/acceptance/readers.h"

namespace kith::acceptance {
namespace {

using agency::v1::MeetingStated;
using ledger::v1::Fact;

class MeetingRows : public ::testing::Test {
 protected:
  MeetingRows() {
    world.Feed("council");
    world.Person("mother", absl::CivilDay(1985, 5, 5));
    world.Person("child", absl::CivilDay(2014, 5, 5));
    world.By("council", "w1");
    family = world.Family("F", {"council/mother", "council/child"},
                          "council/mother");
    agency::v1::PlanOpened said;
    *said.mutable_family() = ThingWithId(family);
    *said.add_about() = Person("council/child");
    plan = world.Says(said).id();
  }

  MeetingStated Held(agency::v1::MeetingKind kind, bool with_family) {
    MeetingStated said;
    *said.mutable_family() = ThingWithId(family);
    *said.mutable_plan() = ThingWithId(plan);
    said.set_kind(kind);
    said.set_state(agency::v1::MEETING_STATE_HELD);
    said.mutable_at()->set_seconds(
        absl::ToUnixSeconds(base::LondonMidnight(world.today())));
    if (with_family) *said.add_family_present() = Person("council/mother");
    return said;
  }
  ledger::v1::PlanRow Plan() {
    return world.Row<ledger::v1::PlanRow>(core::keys::Plan(world.Number(plan)));
  }

  World world;
  std::string family;
  std::string plan;
};

constexpr auto kAround = agency::v1::MEETING_KIND_TEAM_AROUND_FAMILY;

TEST_F(MeetingRows, R170TheTeamAroundTheFamilyMeetsWithTheFamily) {
  EXPECT_THAT(world.Says(Held(kAround, false)),
              RefusedFor("FAMILY_ABSENT", "R-170"));
  EXPECT_THAT(world.Says(Held(kAround, true)), Records(Fact::kMeetingRecorded));
  EXPECT_EQ(Plan().last_review().day(), world.today().day());
}

TEST_F(MeetingRows, R170R229ProfessionalsAndPanelsMeetAloneAndChangeNoPlan) {
  const std::string before = Plan().SerializeAsString();
  for (auto kind : {agency::v1::MEETING_KIND_PROFESSIONALS,
                    agency::v1::MEETING_KIND_PANEL}) {
    const Ended held = world.Says(Held(kind, false));
    EXPECT_THAT(held, IsAccepted());
    agency::v1::PlanReviewed reviewed;
    *reviewed.mutable_plan() = ThingWithId(plan);
    *reviewed.mutable_meeting() = ThingWithId(held.id());
    EXPECT_NE(world.Says(reviewed).outcome.kind(),
              ledger::v1::OUTCOME_KIND_ACCEPTED);
  }
  EXPECT_EQ(Plan().SerializeAsString(), before);
}

TEST_F(MeetingRows, R174TheNextReviewIsDueFromDay42ToDay56) {
  EXPECT_THAT(world.Says(Held(kAround, true)), IsAccepted());
  const absl::CivilDay held = world.today();
  const auto window = core::meeting::ReviewWindow(held, world.rules());
  using core::meeting::Due;
  EXPECT_EQ(DueOn(window, held + 41), Due::kNotYet);
  EXPECT_EQ(DueOn(window, held + 42), Due::kNow);
  EXPECT_EQ(DueOn(window, held + 56), Due::kNow);
  EXPECT_EQ(DueOn(window, held + 57), Due::kOverdue);
}

// The window says when to meet; who meets a day early or late has met.
TEST_F(MeetingRows, R174AReviewBeforeOrAfterItsWindowCountsAsWell) {
  EXPECT_THAT(world.Says(Held(kAround, true)), IsAccepted());
  for (const int days : {41, 57}) {
    const absl::CivilDay day = world.today() + days;
    world.On(static_cast<int>(day.year()), day.month(), day.day());
    EXPECT_THAT(world.Says(Held(kAround, true)),
                Records(Fact::kMeetingRecorded));
    EXPECT_EQ(Plan().last_review().SerializeAsString(),
              Day(static_cast<int>(day.year()), day.month(), day.day())
                  .SerializeAsString());
  }
}

TEST_F(MeetingRows, R227WithoutConsentACaseIsDiscussedWithoutAName) {
  agency::v1::AnonymousPanelItemStated said;
  said.set_question("how to help with debt when a parent will not be named");
  EXPECT_THAT(world.Says(said), RefusedFor("ROLE_MAY_NOT", "R-262"));
  world.By("council", "chair", agency::v1::ROLE_PANEL_CHAIR);
  said.set_advice("ask about 943 476 5919");
  EXPECT_THAT(world.Says(said), RefusedFor("NAMES_SOMEBODY", "R-227"));
  said.set_advice("see " + family);
  EXPECT_THAT(world.Says(said), RefusedFor("NAMES_SOMEBODY", "R-227"));
  said.set_advice("call 207 527 000");
  const Ended discussed = world.Says(said);
  ASSERT_THAT(discussed, Records(Fact::kPanelItemRecorded));  // and no more
  for (const core::NewFact& fact : discussed.facts) {
    EXPECT_THAT(fact.also_about, ::testing::IsEmpty());
    EXPECT_NE(fact.subject, world.Number(family));
  }
}

TEST_F(MeetingRows, R227ThePanelAndTheHubReadItAndNobodyElse) {
  ledger::v1::ItemLabel label;
  label.set_class_(agency::v1::ITEM_CLASS_PANEL);
  label.set_agency("council");
  const auto shown_to = [&](agency::v1::Role role) {
    disclosure::Reader reader = PractitionerOf(world, "council/w1", role);
    reader.purpose = "administration";
    return WhyFor(world, reader, label) == disclosure::Reason::kRole;
  };
  EXPECT_TRUE(shown_to(agency::v1::ROLE_PANEL_CHAIR));
  EXPECT_TRUE(shown_to(agency::v1::ROLE_HUB_ADMINISTRATOR));
  EXPECT_FALSE(shown_to(agency::v1::ROLE_PRACTITIONER));
  EXPECT_FALSE(shown_to(agency::v1::ROLE_LEAD_PROFESSIONAL));
  EXPECT_FALSE(shown_to(agency::v1::ROLE_FAMILY_MEMBER));
}

TEST_F(MeetingRows, R169AMeetingStillToComeWasNotHeld) {
  MeetingStated said = Held(kAround, true);
  said.mutable_at()->set_seconds(
      absl::ToUnixSeconds(base::LondonMidnight(world.today() + 1)));
  EXPECT_THAT(world.Says(said), RefusedFor("NOT_YET", "R-169"));
}

}  // namespace
}  // namespace kith::acceptance
