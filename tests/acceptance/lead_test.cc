// Rows about the one lead professional of a family.
#include "gtest/gtest.h"
#include "services/core/lead/registry.h"
#include "services/views/read.h"
#include "services/views/testing.h"
#include "tests/acceptance/readers.h"
#include "tests/acceptance/world.h"

namespace kith::acceptance {
namespace {

using agency::v1::LeadAppointed;
using agency::v1::LeadEnded;
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
  const std::pair<const char*, const char*> able[] = {
      {"health/gp", "GP"},
      {"council/fsw", "family support worker"},
      {"health/nurse", "school nurse"},
      {"school/teacher", "teacher"},
      {"health/visitor", "health visitor"},
      {"school/senco", "SENCO"},
      {"charity/befriender", ""}};  // it is no job
  for (const auto& [worker, profession] : able) {
    LeadAppointed said = AtMeeting(worker);
    said.mutable_practitioner()->set_profession(profession);
    EXPECT_THAT(world.Says(said), Records(Fact::kLeadTaken)) << worker;
    auto ends = Of<LeadEnded>();
    ends.set_reason("the next one's turn");
    world.By(Local(worker).agency(), Local(worker).local_id());
    EXPECT_THAT(world.Says(ends), Records(Fact::kLeadLeft)) << worker;
  }
  EXPECT_THAT(world.Says(AtMeeting("health/gp")), IsAccepted());  // once more
}

TEST_F(LeadRows, R108NobodyAndWhoMeetsNoFamilyAppointNobody) {
  LeadAppointed nobody = AtMeeting("health/nurse");
  nobody.mutable_practitioner()->clear_local_id();
  EXPECT_THAT(world.Says(nobody), IsQuarantined("PRACTITIONER_EMPTY"));
  for (const auto role :
       {agency::v1::ROLE_LEADERSHIP_MANAGER, agency::v1::ROLE_AUDITOR,
        agency::v1::ROLE_PRIVACY_OFFICER,
        agency::v1::ROLE_INTEGRATION_ENGINEER}) {
    world.By("council", "w1", role);
    EXPECT_THAT(world.Says(AtMeeting("council/w1")),
                RefusedFor("ROLE_MAY_NOT", "R-262"));
  }
  EXPECT_TRUE(Open().empty());
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

TEST_F(LeadRows, R110OnlyThePanelAppointsAtThePanel) {
  const LeadAppointed said =
      Appoints("health/nurse", agency::v1::APPOINTED_AT_PANEL);
  for (const auto role :
       {agency::v1::ROLE_PRACTITIONER, agency::v1::ROLE_LEAD_PROFESSIONAL,
        agency::v1::ROLE_ACCESS_TEAM, agency::v1::ROLE_SAFEGUARDING_LEAD,
        agency::v1::ROLE_FAMILY_MEMBER}) {
    world.By("council", "w1", role);
    EXPECT_THAT(world.Says(said), RefusedFor("ROLE_MAY_NOT", "R-262"));
  }
  EXPECT_TRUE(Open().empty());
  world.By("council", "admin", agency::v1::ROLE_HUB_ADMINISTRATOR);
  EXPECT_THAT(world.Says(said), Records(Fact::kLeadTaken));
}

TEST_F(LeadRows, R110ThePanelsChairAppointsNowhereElse) {
  world.By("council", "chair", agency::v1::ROLE_PANEL_CHAIR);
  EXPECT_THAT(world.Says(AtMeeting("health/nurse")),
              RefusedFor("ROLE_MAY_NOT", "R-262"));
  EXPECT_THAT(
      world.Says(Appoints("health/nurse", agency::v1::APPOINTED_AT_INTERIM)),
      RefusedFor("ROLE_MAY_NOT", "R-262"));
  EXPECT_TRUE(Open().empty());
}

TEST_F(LeadRows, R110WithTheFamilysWordThePanelsAppointmentIsFirm) {
  world.By("council", "chair", agency::v1::ROLE_PANEL_CHAIR);
  LeadAppointed said = Appoints("health/nurse", agency::v1::APPOINTED_AT_PANEL);
  *said.add_agreed_by() = Person("council/mother");
  EXPECT_THAT(world.Says(said), Records(Fact::kLeadTaken));
  EXPECT_EQ(Open()[0].state(), ledger::v1::LEAD_STATE_APPOINTED);
  said = Appoints("school/senco", agency::v1::APPOINTED_AT_PANEL);
  EXPECT_THAT(world.Says(said), RefusedFor("LEAD_EXISTS", "R-107"));
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

TEST_F(LeadRows, R121TheLeadGivesNoticeAndNobodyForThem) {
  EXPECT_THAT(world.Says(Of<LeadNoticeGiven>()),
              RefusedFor("NO_LEAD", "R-116"));
  ASSERT_THAT(world.Says(AtMeeting("health/nurse")), IsAccepted());
  EXPECT_THAT(world.Says(Of<LeadNoticeGiven>()),
              RefusedFor("NOT_THE_LEAD", "R-121"));
  world.By("health", "nurse");
  EXPECT_THAT(world.Says(Of<LeadNoticeGiven>()), Records(Fact::kLeadNoticed));
  EXPECT_EQ(Open().size(), 1u);  // and leads on
}

TEST_F(LeadRows, R121TheHubMayGiveNoticeForALeadWhoCannot) {
  ASSERT_THAT(world.Says(AtMeeting("health/nurse")), IsAccepted());
  world.By("council", "admin", agency::v1::ROLE_HUB_ADMINISTRATOR);
  EXPECT_THAT(world.Says(Of<LeadNoticeGiven>()), Records(Fact::kLeadNoticed));
}

TEST_F(LeadRows, R121TheSuccessorIsAnotherWhomTheFamilyAgreesTo) {
  world.Feed("council");
  world.Person("neighbour", absl::CivilDay(1970, 1, 1));
  world.By("council", "w1");
  ASSERT_THAT(world.Says(AtMeeting("council/w1")), IsAccepted());
  ASSERT_THAT(world.Says(Of<LeadNoticeGiven>()), IsAccepted());
  LeadSuccessorAgreed said = Succeeds("health/nurse");
  *said.mutable_agreed_by(0) = Person("council/neighbour");
  EXPECT_THAT(world.Says(said), RefusedFor("FAMILY_NOT_ASKED", "R-121"));
  said.clear_agreed_by();
  EXPECT_THAT(world.Says(said), RefusedFor("FAMILY_NOT_ASKED", "R-121"));
  EXPECT_THAT(world.Says(Succeeds("council/w1")),
              RefusedFor("OWN_SUCCESSOR", "R-121"));
  EXPECT_THAT(world.Says(Succeeds("health/nurse")),
              Records(Fact::kLeadSuccessorNamed));
  EXPECT_THAT(world.Says(Succeeds("health/nurse")), ChangedNothing());
  EXPECT_THAT(world.Says(Succeeds("school/senco")),  // they think again
              Records(Fact::kLeadSuccessorNamed));
}

TEST_F(LeadRows, R121ItIsHandedOverByOneOfTheTwo) {
  ASSERT_THAT(world.Says(AtMeeting("council/w1")), IsAccepted());
  ASSERT_THAT(world.Says(Of<LeadNoticeGiven>()), IsAccepted());
  ASSERT_THAT(world.Says(Succeeds("health/nurse")), IsAccepted());
  world.By("school", "teacher");
  EXPECT_THAT(world.Says(Of<LeadHandedOver>()),
              RefusedFor("NOT_THE_LEAD", "R-121"));
  world.By("health", "nurse");
  EXPECT_THAT(world.Says(Of<LeadHandedOver>()),
              Records(Fact::kLeadLeft, Fact::kLeadTaken));
  EXPECT_THAT(world.Says(Of<LeadHandedOver>()),
              RefusedFor("NO_SUCCESSOR", "R-121"));
  EXPECT_EQ(Open().size(), 1u);
}

// That somebody leads is known to all who may ask; that they intend to go is
// seen with it.
TEST_F(LeadRows, R121TheNoticeIsSeenByTheFamilyAndByWhoWorksWithIt) {
  ASSERT_THAT(world.Says(AtMeeting("council/w1")), IsAccepted());
  const auto state_shown_to = [&](const disclosure::Reader& reader) {
    return ShownTo(world, reader,
                   views::testing::Held(views::FamilyPieces(
                       world.views(), world.Number(family), world.now())))
        .lead()
        .state();
  };
  const auto told = [&] {
    return std::vector{state_shown_to(MemberOf(world, "council/mother")),
                       state_shown_to(MemberOf(world, "council/child")),
                       state_shown_to(PractitionerOf(world, "council/w2"))};
  };
  EXPECT_THAT(told(), ::testing::Each(ledger::v1::LEAD_STATE_APPOINTED));
  ASSERT_THAT(world.Says(Of<LeadNoticeGiven>()), IsAccepted());
  EXPECT_THAT(told(), ::testing::Each(ledger::v1::LEAD_STATE_NOTICE_GIVEN));
}

// Families that each have a lead are joined: both go on, and whose lead is
// meant must be said.
TEST_F(LeadRows, R125TwoLeadsOfJoinedFamiliesAreADispute) {
  const auto another = [&](const std::string& key) {
    return world.Family(key, {"council/child"}, "council/child");
  };
  const auto joins = [&](const std::string& other) {
    agency::v1::FamiliesJoinDecided said;
    *said.mutable_one() = ThingWithId(family);
    *said.mutable_other() = ThingWithId(other);
    said.set_joined(true);
    said.set_reason("one household");
    EXPECT_THAT(world.Says(said), IsAccepted());
  };
  const auto ends = [&](const std::string& of) {
    LeadEnded said;
    *said.mutable_family() = ThingWithId(of);
    said.set_reason("the other goes on");
    return world.Says(said);
  };
  const std::string second = another("G"), third = another("H");
  ASSERT_THAT(world.Says(AtMeeting("council/w1")), IsAccepted());
  LeadAppointed appoints = AtMeeting("health/nurse");
  *appoints.mutable_family() = ThingWithId(second);
  *appoints.mutable_agreed_by(0) = Person("council/child");
  ASSERT_THAT(world.Says(appoints), IsAccepted());
  joins(third);
  EXPECT_FALSE(Disputed());
  joins(second);
  EXPECT_TRUE(Disputed());
  EXPECT_EQ(Open().size(), 2u);
  EXPECT_THAT(world.Says(AtMeeting("school/senco")),
              RefusedFor("LEAD_EXISTS", "R-107"));
  EXPECT_THAT(ends(third), RefusedFor("LEAD_DISPUTED", "R-125"));
  world.By("health", "nurse");
  EXPECT_THAT(ends(second), Records(Fact::kLeadLeft));
  EXPECT_FALSE(Disputed());
  world.By("council", "w1");
  EXPECT_THAT(ends(third), Records(Fact::kLeadLeft));  // the one that is left
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
