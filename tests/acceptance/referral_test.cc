// Rows about referrals, and the fate of one.
#include "gtest/gtest.h"
#include "services/core/keys.h"
#include "tests/acceptance/world.h"

namespace kith::acceptance {
namespace {

using agency::v1::ReferralMoved;
using agency::v1::ReferralStated;
using ledger::v1::Fact;

class ReferralRows : public ::testing::Test {
 protected:
  ReferralRows() {
    world.Feed("school");
    world.Person("child", absl::CivilDay(2014, 5, 5));
    world.By("school", "teacher");
  }

  static ReferralStated Refers() {
    ReferralStated said;
    *said.add_about() = Person("school/child");
    said.set_referrer(agency::v1::REFERRER_KIND_PRACTITIONER);
    said.set_to_agency("council");
    said.set_family_agreed(agency::v1::ANSWER_YES);
    return said;
  }
  static ReferralMoved Moves(const std::string& referral,
                             agency::v1::ReferralState to) {
    ReferralMoved said;
    *said.mutable_referral() = ThingWithId(referral);
    said.set_to(to);
    return said;
  }
  agency::v1::ReferralState StateOf(const std::string& referral) {
    return world
        .Row<ledger::v1::ReferralRow>(
            core::keys::Referral(world.Number(referral)))
        .recorded()
        .said()
        .state();
  }

  World world;
};

TEST_F(ReferralRows, R071TheInitiatorAsksTheFamilyBeforeAnotherAgency) {
  ReferralStated said = Refers();
  for (const auto answer :
       {agency::v1::ANSWER_UNSPECIFIED, agency::v1::ANSWER_NO}) {
    said.set_family_agreed(answer);
    EXPECT_THAT(world.Says(said), RefusedFor("NO_AGREEMENT", "R-071"));
  }
  said.set_family_agreed(agency::v1::ANSWER_YES);
  EXPECT_THAT(world.Says(said), Records(Fact::kReferralRecorded));
}

TEST_F(ReferralRows, R071R083WithoutConsentOnlyForASafeguardingConcern) {
  ReferralStated said = Refers();
  said.set_family_agreed(agency::v1::ANSWER_NO);
  EXPECT_THAT(world.Says(said), RefusedFor("NO_AGREEMENT", "R-083"));
  said.set_without_agreement_reason("asking would put the child at risk");
  EXPECT_THAT(world.Says(said), Records(Fact::kReferralRecorded));
}

TEST_F(ReferralRows, R129AFamilyMayAskForItself) {
  ReferralStated said = Refers();
  said.clear_family_agreed();
  EXPECT_THAT(world.Says(said), RefusedFor("NO_AGREEMENT", "R-083"));
  said.set_referrer(agency::v1::REFERRER_KIND_FAMILY);
  EXPECT_THAT(world.Says(said), IsAccepted());
  said.clear_referrer();
  EXPECT_THAT(world.Says(said), RefusedFor("REFERRER_MISSING", "R-129"));
}

TEST_F(ReferralRows, R129AVolunteerOfAnyBodyMayRefer) {
  world.By("homestart", "volunteer");
  ReferralStated said = Refers();
  EXPECT_THAT(world.Says(said), Records(Fact::kReferralRecorded));
  said.set_family_agreed(agency::v1::ANSWER_NO);
  EXPECT_THAT(world.Says(said), RefusedFor("NO_AGREEMENT", "R-071"));
  said.set_family_agreed(agency::v1::ANSWER_YES);
  for (const auto role :
       {agency::v1::ROLE_LEADERSHIP_MANAGER, agency::v1::ROLE_AUDITOR,
        agency::v1::ROLE_INTEGRATION_ENGINEER}) {
    world.By("homestart", "manager", role);
    EXPECT_THAT(world.Says(said), RefusedFor("ROLE_MAY_NOT", "R-262"));
  }
}

// That it passed on what others asked for is no agreement of the family's.
TEST_F(ReferralRows, R129TheAccessTeamPassesOnWhatTheFamilyAgreedTo) {
  world.By("council", "front_door", agency::v1::ROLE_ACCESS_TEAM);
  ReferralStated said = Refers();
  said.set_referrer(agency::v1::REFERRER_KIND_ACCESS_TEAM);
  said.set_to_agency("health");
  for (const auto answer :
       {agency::v1::ANSWER_UNSPECIFIED, agency::v1::ANSWER_NO}) {
    said.set_family_agreed(answer);
    EXPECT_THAT(world.Says(said), RefusedFor("NO_AGREEMENT", "R-083"));
  }
  said.set_family_agreed(agency::v1::ANSWER_YES);
  const Ended passed = world.Says(said);
  ASSERT_THAT(passed, Records(Fact::kReferralRecorded));
  EXPECT_EQ(passed.Find(Fact::kReferralRecorded)
                .referral_recorded()
                .said()
                .referrer(),
            agency::v1::REFERRER_KIND_ACCESS_TEAM);
  world.By("health", "nurse");
  EXPECT_THAT(
      world.Says(Moves(passed.id(), agency::v1::REFERRAL_STATE_RECEIVED)),
      IsAccepted());
}

TEST_F(ReferralRows, R129AnActMakesItForSomebodyAndNoMore) {
  ReferralStated said = Refers();
  said.set_state(agency::v1::REFERRAL_STATE_ACCEPTED);
  EXPECT_THAT(world.Says(said), RefusedFor("STATE_GIVEN", "R-129"));
  said = Refers();
  said.clear_to_agency();
  EXPECT_THAT(world.Says(said), RefusedFor("RECEIVER_MISSING", "R-129"));
  said = Refers();
  said.clear_about();
  EXPECT_THAT(world.Says(said), IsQuarantined("ABOUT_NOBODY"));
}

// A feed's is kept as it came, and what is missing is noted.
TEST_F(ReferralRows, R129AReportThatDoesNotSayWhoAsksIsNoted) {
  world.Feed("school");
  ReferralStated said = Refers();
  said.mutable_referral()->set_local_id("R7");
  said.clear_referrer();
  const Ended lacks = world.Says(said);
  ASSERT_THAT(lacks, Records(Fact::kReferralRecorded));
  EXPECT_THAT(lacks.Find(Fact::kReferralRecorded).unmet(),
              ::testing::ElementsAre("R-129"));
  said.set_referrer(agency::v1::REFERRER_KIND_PRACTITIONER);
  const Ended whole = world.Says(said);
  ASSERT_THAT(whole, Records(Fact::kReferralRecorded));
  EXPECT_THAT(whole.Find(Fact::kReferralRecorded).unmet(),
              ::testing::IsEmpty());
}

TEST_F(ReferralRows, R129SignpostingSaysWhereToAndEndsTheWay) {
  const std::string id = world.Says(Refers()).id();
  world.By("council", "w1");
  ReferralMoved points = Moves(id, agency::v1::REFERRAL_STATE_SIGNPOSTED);
  points.set_signposted_to("Citizens Advice");
  EXPECT_THAT(world.Says(points), RefusedFor("REFERRAL_STEP", "R-129"));
  ASSERT_THAT(world.Says(Moves(id, agency::v1::REFERRAL_STATE_RECEIVED)),
              IsAccepted());
  points.clear_signposted_to();
  EXPECT_THAT(world.Says(points), IsQuarantined("SIGNPOST_MISSING"));
  points.set_signposted_to("Citizens Advice");
  const Ended pointed = world.Says(points);
  ASSERT_THAT(pointed, Records(Fact::kReferralStepped));
  EXPECT_EQ(pointed.Find(Fact::kReferralStepped)
                .referral_stepped()
                .said()
                .signposted_to(),
            "Citizens Advice");
  EXPECT_THAT(world.Says(points), ChangedNothing());
  EXPECT_THAT(world.Says(Moves(id, agency::v1::REFERRAL_STATE_ACCEPTED)),
              RefusedFor("REFERRAL_STEP", "R-129"));
  ReferralMoved tells = Moves(id, agency::v1::REFERRAL_STATE_OUTCOME_TOLD);
  EXPECT_THAT(world.Says(tells), IsQuarantined("OUTCOME_MISSING"));
  tells.set_outcome("they went there, and the debts are sorted");
  EXPECT_THAT(world.Says(tells), Records(Fact::kReferralStepped));
  EXPECT_EQ(StateOf(id), agency::v1::REFERRAL_STATE_OUTCOME_TOLD);
}

TEST_F(ReferralRows, R129ItIsReceivedDecidedAndItsOutcomeTold) {
  const std::string id = world.Says(Refers()).id();
  world.By("council", "w1");
  EXPECT_THAT(world.Says(Moves(id, agency::v1::REFERRAL_STATE_ACCEPTED)),
              RefusedFor("REFERRAL_STEP", "R-129"));
  EXPECT_THAT(world.Says(Moves(id, agency::v1::REFERRAL_STATE_RECEIVED)),
              Records(Fact::kReferralStepped));
  ReferralMoved declines = Moves(id, agency::v1::REFERRAL_STATE_DECLINED);
  EXPECT_THAT(world.Says(declines), IsQuarantined("REASON_MISSING"));
  declines.set_reason_code("full");
  EXPECT_THAT(world.Says(declines), IsQuarantined("REASON_MISSING"));
  declines.set_reason("no places before summer");
  EXPECT_THAT(world.Says(declines), IsAccepted());
  EXPECT_THAT(world.Says(declines), ChangedNothing());
  ReferralMoved tells = Moves(id, agency::v1::REFERRAL_STATE_OUTCOME_TOLD);
  tells.set_outcome("offered the summer group instead");
  EXPECT_THAT(world.Says(tells), IsAccepted());
}

TEST_F(ReferralRows, R129TheReceiverMovesItAndTheReferrerWithdrawsIt) {
  const std::string id = world.Says(Refers()).id();
  EXPECT_THAT(world.Says(Moves(id, agency::v1::REFERRAL_STATE_RECEIVED)),
              RefusedFor("NOT_YOURS", "R-129"));
  world.By("council", "w1");
  EXPECT_THAT(world.Says(Moves(id, agency::v1::REFERRAL_STATE_WITHDRAWN)),
              RefusedFor("NOT_YOURS", "R-129"));
  world.By("school", "teacher");
  EXPECT_THAT(world.Says(Moves(id, agency::v1::REFERRAL_STATE_WITHDRAWN)),
              IsAccepted());
}

TEST_F(ReferralRows, AReportThatLagsDoesNotUndoTheReceiversStep) {
  ReferralStated said = Refers();
  said.mutable_referral()->set_local_id("R1");
  said.set_state(agency::v1::REFERRAL_STATE_MADE);
  world.Feed("school");
  const std::string id = world.Says(said).id();
  world.By("council", "w1");
  EXPECT_THAT(world.Says(Moves(id, agency::v1::REFERRAL_STATE_RECEIVED)),
              IsAccepted());
  world.Feed("school");
  EXPECT_THAT(world.Says(said), ChangedNothing());
  EXPECT_EQ(StateOf(id), agency::v1::REFERRAL_STATE_RECEIVED);
}

}  // namespace
}  // namespace kith::acceptance
