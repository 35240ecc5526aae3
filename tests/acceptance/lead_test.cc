// Rows about the one lead professional of a family.
#include "gtest/gtest.h"
#include "services/core/lead/registry.h"
#include "tests/acceptance/world.h"

namespace kith::acceptance {
namespace {

using agency::v1::LeadAppointed;
using agency::v1::LeadHandedOver;
using agency::v1::LeadNoticeGiven;
using agency::v1::LeadStated;
using agency::v1::LeadSuccessorAgreed;
using ledger::v1::Fact;

class LeadRows : public ::testing::Test {
 protected:
  LeadRows() {
    world.Feed("council");
    world.Person("mother", absl::CivilDay(1985, 5, 5));
    world.Person("child", absl::CivilDay(2014, 5, 5));
    world.By("council", "w1");
    family = world.Family("F", {"council/mother", "council/child"},
                          "council/mother");
  }

  template <class T>
  T Of() {
    T said;
    *said.mutable_family() = ThingWithId(family);
    return said;
  }
  LeadAppointed Appoints(absl::string_view worker, agency::v1::AppointedAt at) {
    auto said = Of<LeadAppointed>();
    *said.mutable_practitioner() = Worker(worker);
    said.set_at(at);
    said.set_accepted(true);
    return said;
  }
  LeadAppointed AtMeeting(absl::string_view worker) {
    LeadAppointed said =
        Appoints(worker, agency::v1::APPOINTED_AT_TEAM_AROUND_FAMILY);
    *said.add_agreed_by() = Person("council/mother");
    return said;
  }
  LeadSuccessorAgreed Succeeds(absl::string_view worker) {
    auto said = Of<LeadSuccessorAgreed>();
    *said.mutable_practitioner() = Worker(worker);
    *said.add_agreed_by() = Person("council/mother");
    return said;
  }
  std::vector<ledger::v1::LeadRow> Open() {
    return *core::lead::OpenLeads(world.state(), world.Number(family));
  }
  bool Disputed() {
    return *core::lead::IsDisputed(world.state(), world.Number(family));
  }

  World world;
  std::string family;
};

TEST_F(LeadRows, R106TheRegistryKnowsWhetherAFamilyHasALead) {
  EXPECT_TRUE(Open().empty());
  ASSERT_THAT(world.Says(AtMeeting("council/w1")), Records(Fact::kLeadTaken));
  EXPECT_EQ(Open().size(), 1u);
}

TEST_F(LeadRows, R107R116WhoeverComesSecondIsSentToTheLead) {
  ASSERT_THAT(world.Says(AtMeeting("council/w1")), IsAccepted());
  EXPECT_THAT(world.Says(AtMeeting("health/nurse")),
              RefusedFor("LEAD_EXISTS", "R-107"));
  EXPECT_THAT(world.Says(AtMeeting("health/nurse")),
              RefusedFor("LEAD_EXISTS", "R-116"));
  EXPECT_THAT(world.Says(AtMeeting("council/w1")), ChangedNothing());
  EXPECT_EQ(Open().size(), 1u);
}

TEST_F(LeadRows, R108AnyPractitionerOfAnyServiceMayLead) {
  LeadAppointed said = AtMeeting("school/senco");
  said.mutable_practitioner()->set_profession("SENCO");
  EXPECT_THAT(world.Says(said), IsAccepted());
}

TEST_F(LeadRows, R109TheFirstMeetingAppointsWithTheFamily) {
  EXPECT_THAT(world.Says(Appoints("health/nurse",
                                  agency::v1::APPOINTED_AT_TEAM_AROUND_FAMILY)),
              RefusedFor("FAMILY_NOT_ASKED", "R-109"));
  EXPECT_THAT(world.Says(AtMeeting("health/nurse")), IsAccepted());
}

TEST_F(LeadRows, R110APanelAppointsUntilTheFamilyAgrees) {
  world.By("council", "chair", agency::v1::ROLE_PANEL_CHAIR);
  ASSERT_THAT(
      world.Says(Appoints("health/nurse", agency::v1::APPOINTED_AT_PANEL)),
      IsAccepted());
  EXPECT_EQ(Open()[0].state(), ledger::v1::LEAD_STATE_PROVISIONAL);
  world.By("council", "w1");
  ASSERT_THAT(world.Says(AtMeeting("health/nurse")), IsAccepted());
  EXPECT_EQ(Open()[0].state(), ledger::v1::LEAD_STATE_APPOINTED);
}

TEST_F(LeadRows, R111NobodyIsMadeToLead) {
  LeadAppointed said = AtMeeting("health/nurse");
  said.set_accepted(false);
  EXPECT_THAT(world.Says(said), RefusedFor("NOT_ACCEPTED", "R-111"));
}

TEST_F(LeadRows, R113AStatutoryInterventionFlagsALeadOfAnotherAgency) {
  ASSERT_THAT(world.Says(AtMeeting("health/nurse")), IsAccepted());
  world.Feed("council");
  agency::v1::InvolvementStated said;
  said.mutable_involvement()->set_local_id("CP1");
  *said.mutable_person() = Person("council/child");
  said.set_service("social_care");
  said.set_statutory(true);
  const Ended ended = world.Says(said);
  ASSERT_THAT(ended, Records(Fact::kInvolvementRecorded));
  EXPECT_THAT(ended.Find(Fact::kInvolvementRecorded).unmet(),
              ::testing::ElementsAre("R-113"));
  EXPECT_EQ(Open().size(), 1u);  // nobody is replaced
}

TEST_F(LeadRows, R120TheInitiatorHoldsItUntilAnotherTakesIt) {
  ASSERT_THAT(
      world.Says(Appoints("council/w1", agency::v1::APPOINTED_AT_INTERIM)),
      IsAccepted());
  EXPECT_EQ(Open()[0].state(), ledger::v1::LEAD_STATE_PROVISIONAL);
  EXPECT_THAT(world.Says(AtMeeting("health/nurse")),
              Records(Fact::kLeadLeft, Fact::kLeadTaken));
  EXPECT_EQ(Open().size(), 1u);
}

TEST_F(LeadRows, R121NoticeSuccessorHandoverInThisOrder) {
  ASSERT_THAT(world.Says(AtMeeting("council/w1")), IsAccepted());
  EXPECT_THAT(world.Says(Of<LeadHandedOver>()),
              RefusedFor("NO_SUCCESSOR", "R-121"));
  EXPECT_THAT(world.Says(Succeeds("health/nurse")),
              RefusedFor("NO_NOTICE", "R-121"));
  EXPECT_THAT(world.Says(Of<LeadNoticeGiven>()), Records(Fact::kLeadNoticed));
  EXPECT_THAT(world.Says(Of<LeadNoticeGiven>()), ChangedNothing());
  EXPECT_THAT(world.Says(Succeeds("health/nurse")),
              Records(Fact::kLeadSuccessorNamed));
  EXPECT_THAT(world.Says(Of<LeadHandedOver>()),
              Records(Fact::kLeadLeft, Fact::kLeadTaken));
  ASSERT_EQ(Open().size(), 1u);
  EXPECT_NE(Open()[0].taken().takes_over_from(), 0u);
}

TEST_F(LeadRows, R116AFeedsRivalClaimIsDisputedAndChangesNothing) {
  ASSERT_THAT(world.Says(AtMeeting("council/w1")), IsAccepted());
  const auto before = Open()[0].taken().practitioner();
  world.Feed("health");
  auto said = Of<LeadStated>();
  said.mutable_appointment()->set_local_id("L1");
  *said.mutable_practitioner() = Worker("health/nurse");
  EXPECT_THAT(world.Says(said), Records(Fact::kLeadDisputed));
  EXPECT_THAT(world.Says(said), ChangedNothing());
  EXPECT_EQ(Open()[0].taken().practitioner(), before);
  EXPECT_TRUE(Disputed());
  *said.mutable_period()->mutable_until() = Day(2024, 3, 4);
  EXPECT_THAT(world.Says(said), Records(Fact::kLeadDisputed));
  EXPECT_FALSE(Disputed());
}

}  // namespace
}  // namespace kith::acceptance
