// Rows about the end of a plan: who learns that it is closed, and who does not.
#include "gtest/gtest.h"
#include "services/views/read.h"
#include "services/views/testing.h"
#include "services/views/worklists.h"
#include "tests/acceptance/readers.h"

namespace kith::acceptance {
namespace {

using ledger::v1::Fact;
using ::testing::Contains;
using ::testing::Not;

constexpr char kEnded[] = "plan ended";

// A plan of the council, with steps for health and for a housing charity. What
// concerns mother and child is shared with health and the school.
class ClosureRows : public ::testing::Test {
 protected:
  ClosureRows() {
    world.Feed("council");
    world.Person("mother", absl::CivilDay(1985, 5, 5));
    world.Person("child", absl::CivilDay(2014, 5, 5));
    world.Person("father", absl::CivilDay(1984, 5, 5));
    world.Person("neighbour", absl::CivilDay(1970, 5, 5));
    world.Parent("council/mother", "council/child");
    world.By("council", "w1");
    family =
        world.Family("F", {"council/mother", "council/child", "council/father"},
                     "council/mother");
    Share({"health", "school"});
    plan = Opened();
  }

  void Share(const std::vector<std::string>& agencies) {
    for (const char* about : {"council/mother", "council/child"}) {
      agency::v1::ConsentStated said;
      *said.add_about() = Person(about);
      said.set_kind(agency::v1::CONSENT_KIND_SHARE);
      said.set_answer(agency::v1::CONSENT_ANSWER_GIVEN);
      said.set_understood(agency::v1::ANSWER_YES);
      said.set_purpose("early_help");
      *said.mutable_answered_by() = Person("council/mother");
      for (const std::string& agency : agencies) {
        said.add_recipients()->set_agency(agency);
      }
      const Ended ended = world.Says(said);
      EXPECT_THAT(ended, IsAccepted());
      consent = ended.id();
    }
  }
  std::string Opened() {
    agency::v1::PlanOpened said;
    *said.mutable_family() = ThingWithId(family);
    *said.add_about() = Person("council/mother");
    *said.add_about() = Person("council/child");
    for (const char* worker : {"health/nurse", "charity/adviser"}) {
      auto& step = *said.mutable_content()->add_actions();
      step.set_key(worker);
      step.set_what("help with the damp");
      *step.mutable_practitioner() = Worker(worker);
      *step.mutable_by() = Day(2024, 4, 1);
    }
    const Ended opened = world.Says(said);
    EXPECT_THAT(opened, IsAccepted());
    return opened.id();
  }
  void Agree() {
    agency::v1::PlanAgreed said;
    *said.mutable_plan() = ThingWithId(plan);
    said.set_version(1);
    *said.add_agreed_by() = Person("council/mother");
    EXPECT_THAT(world.Says(said), IsAccepted());
    agency::v1::LeadAppointed lead;
    *lead.mutable_family() = ThingWithId(family);
    *lead.mutable_practitioner() = Worker("council/w1");
    lead.set_at(agency::v1::APPOINTED_AT_TEAM_AROUND_FAMILY);
    *lead.add_agreed_by() = Person("council/mother");
    lead.set_accepted(true);
    EXPECT_THAT(world.Says(lead), IsAccepted());
  }
  Ended Closes(
      agency::v1::ClosureReason reason = agency::v1::CLOSURE_REASON_RESOLVED) {
    agency::v1::PlanClosed said;
    *said.mutable_plan() = ThingWithId(plan);
    said.set_reason(reason);
    return world.Says(said);
  }
  std::vector<std::string> Told(const disclosure::Reader& reader) {
    return TimelineShownTo(world, reader, world.Number(family));
  }
  std::vector<std::string> ToldAgency(const std::string& agency) {
    return Told(PractitionerOf(world, agency + "/anybody"));
  }
  std::vector<std::string> ToldMember(const std::string& who) {
    return Told(MemberOf(world, "council/" + who));
  }
  agency::v1::PlanState StateShownTo(const disclosure::Reader& reader) {
    return ShownTo(world, reader,
                   views::testing::Held(views::PlanPieces(
                       world.views(), world.Number(plan), world.now())))
        .state();
  }

  World world;
  std::string family;
  std::string plan;
  std::string consent;  // about the child
};

TEST_F(ClosureRows, R214EverybodyInvolvedIsToldAndNobodyBefore) {
  Agree();
  EXPECT_THAT(ToldAgency("health"), Not(Contains(kEnded)));
  EXPECT_THAT(ToldMember("mother"), Not(Contains(kEnded)));
  ASSERT_THAT(Closes(), Records(Fact::kPlanEnded));
  EXPECT_THAT(ToldAgency("council"), Contains(kEnded));  // whose plan it is
  EXPECT_THAT(ToldAgency("health"), Contains(kEnded));   // who has a step
  EXPECT_THAT(ToldMember("mother"), Contains(kEnded));
  EXPECT_THAT(ToldMember("child"), Contains(kEnded));
  EXPECT_THAT(ToldMember("father"), Contains(kEnded));  // of the family
  EXPECT_EQ(StateShownTo(PractitionerOf(world, "health/nurse")),
            agency::v1::PLAN_STATE_CLOSED);
}

TEST_F(ClosureRows, R214WhoHasNoPartInItIsNotTold) {
  Agree();
  ASSERT_THAT(Closes(), IsAccepted());
  // Shared with the school is much, but the plan has no step for it.
  EXPECT_THAT(ToldAgency("school"), Not(Contains(kEnded)));
  // A step for the charity, which the family has not let know.
  EXPECT_THAT(ToldAgency("charity"), Not(Contains(kEnded)));
  EXPECT_THAT(ToldAgency("police"), Not(Contains(kEnded)));
  EXPECT_THAT(ToldMember("neighbour"), Not(Contains(kEnded)));
  Share({"health", "school", "charity"});
  EXPECT_THAT(ToldAgency("charity"), Contains(kEnded));
  EXPECT_THAT(ToldAgency("school"), Not(Contains(kEnded)));
}

TEST_F(ClosureRows, R214WhoLeftTheFamilyBeforeIsNotTold) {
  Agree();
  agency::v1::MembershipEnded left;
  *left.mutable_family() = ThingWithId(family);
  *left.mutable_person() = Person("council/father");
  *left.mutable_said_by() = Person("council/mother");
  ASSERT_THAT(world.Says(left), IsAccepted());
  world.On(2024, 3, 6);
  ASSERT_THAT(Closes(), IsAccepted());
  EXPECT_THAT(ToldMember("father"), Not(Contains(kEnded)));
  EXPECT_THAT(ToldMember("child"), Contains(kEnded));
}

TEST_F(ClosureRows, R214WhoseConsentWasTakenBackIsNotTold) {
  Agree();
  agency::v1::ConsentWithdrawn withdrawn;
  *withdrawn.mutable_consent() = ThingWithId(consent);
  *withdrawn.mutable_withdrawn_by() = Person("council/mother");
  ASSERT_THAT(world.Says(withdrawn), IsAccepted());
  ASSERT_THAT(Closes(), IsAccepted());
  // It is about the mother too, and her consent still stands.
  EXPECT_THAT(ToldAgency("health"), Not(Contains(kEnded)));
  EXPECT_THAT(ToldAgency("council"), Contains(kEnded));
}

TEST_F(ClosureRows, R214R081WhoIsBarredFromThePlanIsNotTold) {
  Agree();
  agency::v1::RestrictionStated bar;
  *bar.add_about() = Person("council/mother");
  *bar.mutable_asked_by() = Person("council/mother");
  bar.add_barred()->set_agency("health");
  *bar.add_barred()->mutable_person() = Person("council/father");
  bar.add_classes(agency::v1::ITEM_CLASS_PLAN);
  ASSERT_THAT(world.Says(bar), IsAccepted());
  ASSERT_THAT(Closes(), IsAccepted());
  EXPECT_THAT(ToldAgency("health"), Not(Contains(kEnded)));
  EXPECT_THAT(ToldMember("father"), Not(Contains(kEnded)));
  EXPECT_THAT(ToldMember("child"), Contains(kEnded));
}

// What was never agreed to was never theirs to read.
TEST_F(ClosureRows, R208R214ADraftThatIsClosedStaysWithItsAgency) {
  EXPECT_THAT(ToldAgency("health"), Not(Contains("plan recorded")));
  ASSERT_THAT(Closes(), Records(Fact::kPlanEnded));
  EXPECT_THAT(ToldAgency("council"), Contains(kEnded));
  EXPECT_THAT(ToldAgency("health"), Not(Contains(kEnded)));
  EXPECT_THAT(ToldMember("mother"), Not(Contains(kEnded)));
}

TEST_F(ClosureRows, R214TheReasonIsRecordedAndNothingIsDueAnyMore) {
  Agree();
  const auto reviews = [&] {
    const auto page =
        views::Due(world.views(), views::DueFilter(),
                   world.now() + absl::Hours(24 * 50), views::PageFrom());
    int count = 0;
    for (const auto& entry : page->entries) {
      count += entry.pieces.front().part.kind() == "review";
    }
    return count;
  };
  EXPECT_EQ(reviews(), 1);
  for (const auto reason : {agency::v1::CLOSURE_REASON_UNSPECIFIED,
                            agency::v1::CLOSURE_REASON_OTHER}) {
    EXPECT_THAT(Closes(reason), RefusedFor("REASON_MISSING", "R-214"));
  }
  EXPECT_EQ(reviews(), 1);
  const Ended closed = Closes();
  ASSERT_THAT(closed, Records(Fact::kPlanEnded));
  EXPECT_EQ(closed.Find(Fact::kPlanEnded).plan_ended().reason(),
            agency::v1::CLOSURE_REASON_RESOLVED);
  EXPECT_EQ(reviews(), 0);
}

// A feed closes what is its own; the reason it does not give is noted.
TEST_F(ClosureRows, R214AReportWithoutAReasonIsNoted) {
  agency::v1::PlanStated said;
  said.mutable_plan()->set_system("main");
  said.mutable_plan()->set_local_id("P9");
  *said.add_about() = Person("council/child");
  world.Feed("council");
  const auto unmet = [&](agency::v1::PlanState state,
                         agency::v1::ClosureReason reason) {
    said.set_state(state);
    said.set_closure(reason);
    const auto rows = world.Says(said).Find(Fact::kPlanRecorded).unmet();
    return std::vector<std::string>(rows.begin(), rows.end());
  };
  EXPECT_THAT(unmet(agency::v1::PLAN_STATE_AGREED,
                    agency::v1::CLOSURE_REASON_UNSPECIFIED),
              Not(Contains("R-214")));
  EXPECT_THAT(unmet(agency::v1::PLAN_STATE_CLOSED,
                    agency::v1::CLOSURE_REASON_UNSPECIFIED),
              Contains("R-214"));
  EXPECT_THAT(
      unmet(agency::v1::PLAN_STATE_CLOSED, agency::v1::CLOSURE_REASON_RESOLVED),
      Not(Contains("R-214")));
}

}  // namespace
}  // namespace kith::acceptance
