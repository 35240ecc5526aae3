#include "services/core/referral/referral.h"

#include <string>

#include "gtest/gtest.h"
#include "services/core/keys.h"
#include "services/core/testing.h"

namespace kith::core::referral {
namespace {

using agency::v1::ReferralMoved;
using agency::v1::ReferralStated;
using ledger::v1::Fact;
using ledger::v1::ReferralRow;
using testing::Bench;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::IsFact;
using testing::IsOk;
using testing::IsOkAndHolds;
using testing::RefusedWith;
using testing::StatusIs;
using testing::Text;

class ReferralTest : public ::testing::Test {
 protected:
  ReferralTest() {
    anna = bench.AddRecord("school", "anna");
    family = bench.AddFamily("school", "F", {anna});
    bench.AddPractitioner("school", "w1");
    bench.AddPractitioner("council", "w1");
    bench.Act("school");
  }

  static ReferralStated Made() {
    return Text<ReferralStated>(R"(
      about { record { agency: "school" system: "main" local_id: "anna" } }
      referrer: REFERRER_KIND_PRACTITIONER
      to_agency: "council" service: "early_help" reason: "debt"
      family_agreed: ANSWER_YES)");
  }
  static ReferralStated Reported(const std::string& more) {
    ReferralStated said = Made();
    said.MergeFrom(Text<ReferralStated>(
        R"(referral { system: "main" local_id: "R1" } )" + more));
    return said;
  }
  // Makes the referral and returns its id.
  std::string Make() {
    EXPECT_THAT(Say(Made()), IsOk());
    return bench.made().at(0).id();
  }
  template <class T>
  absl::StatusOr<std::vector<NewFact>> Say(const T& said) {
    return bench.Say([&](Decision& d) { return Decide(said, d); });
  }
  absl::StatusOr<std::vector<NewFact>> Move(const std::string& id,
                                            const std::string& text) {
    auto said = Text<ReferralMoved>(text);
    said.mutable_referral()->set_id(id);
    return Say(said);
  }
  ReferralRow Row(EntityNumber number) {
    return *bench.Row<ReferralRow>(keys::Referral(number));
  }

  Bench bench{{Evolve}};
  EntityNumber anna = 0;
  EntityNumber family = 0;
};

constexpr char kDeclined[] =
    R"(to: REFERRAL_STATE_DECLINED reason_code: "full" reason: "no places")";

TEST_F(ReferralTest, AnActMakesOneAboutItsFirstRecord) {
  ReferralStated said = Made();
  *said.mutable_family() = testing::ThingOf(testing::Local("school", "F"));
  const auto facts = Say(said);
  ASSERT_THAT(facts,
              IsOkAndHolds(ElementsAre(IsFact(Fact::kReferralRecorded))));
  EXPECT_EQ((*facts)[0].subject, anna);
  EXPECT_THAT((*facts)[0].also_about, ElementsAre(family));
  const auto& recorded = (*facts)[0].fact.referral_recorded();
  EXPECT_EQ(recorded.said().state(), agency::v1::REFERRAL_STATE_MADE);
  EXPECT_EQ(recorded.said().made_on().day(), 4);
  EXPECT_TRUE(recorded.said().about().empty());
  EXPECT_EQ(Row(recorded.referral().number()).version(), 1u);
  EXPECT_EQ(Row(recorded.referral().number()).agency(), "school");
}

// R-083, R-129: agreement, or a safeguarding reason, or the family's own
// asking.
TEST_F(ReferralTest, WithoutAgreementItNeedsASafeguardingReason) {
  ReferralStated said = Made();
  said.set_family_agreed(agency::v1::ANSWER_NO);
  EXPECT_THAT(Say(said), RefusedWith("NO_AGREEMENT"));
  said.clear_family_agreed();
  EXPECT_THAT(Say(said), RefusedWith("NO_AGREEMENT"));
  said.set_without_agreement_reason("risk of harm if asked");
  EXPECT_THAT(Say(said), IsOk());
}

TEST_F(ReferralTest, AFamilyThatAsksAgreesUnlessItSaysNo) {
  ReferralStated said = Made();
  said.set_referrer(agency::v1::REFERRER_KIND_FAMILY);
  said.clear_family_agreed();
  EXPECT_THAT(Say(said), IsOk());
  said.set_family_agreed(agency::v1::ANSWER_NO);
  EXPECT_THAT(Say(said), RefusedWith("NO_AGREEMENT"));
}

TEST_F(ReferralTest, AnActNamesReferrerAndReceiverAndNoState) {
  ReferralStated said = Made();
  said.clear_to_agency();
  EXPECT_THAT(Say(said), RefusedWith("RECEIVER_MISSING"));
  said = Made();
  said.clear_referrer();
  EXPECT_THAT(Say(said), RefusedWith("REFERRER_MISSING"));
  said = Made();
  said.set_state(agency::v1::REFERRAL_STATE_ACCEPTED);
  EXPECT_THAT(Say(said), RefusedWith("STATE_GIVEN"));
}

TEST_F(ReferralTest, WhatMakesNoSenseIsSenseless) {
  ReferralStated said = Made();
  said.clear_about();
  EXPECT_THAT(Say(said), RefusedWith("ABOUT_NOBODY"));
  said = Made();
  said.mutable_made_on()->set_year(2023);
  said.mutable_made_on()->set_month(2);
  said.mutable_made_on()->set_day(29);
  EXPECT_THAT(Say(said), RefusedWith("DATE_IMPOSSIBLE"));
  said.mutable_made_on()->set_year(2024);
  EXPECT_THAT(Say(said), IsOk());
  said = Made();
  for (int i = 0; i < 20; ++i) *said.add_about() = said.about(0);
  EXPECT_THAT(Say(said), RefusedWith("TOO_MANY"));
}

TEST_F(ReferralTest, AReportNotesWhatItDoesNotMeet) {
  bench.Feed("school");
  ReferralStated said = Reported("state: REFERRAL_STATE_ACCEPTED");
  said.clear_family_agreed();
  const auto facts = Say(said);
  ASSERT_THAT(facts, IsOk());
  EXPECT_THAT((*facts)[0].fact.unmet(), ElementsAre("R-071", "R-083"));
  EXPECT_EQ((*facts)[0].fact.referral_recorded().said().state(),
            agency::v1::REFERRAL_STATE_ACCEPTED);
}

TEST_F(ReferralTest, AReportRepeatedOnALaterDayChangesNothing) {
  bench.Feed("school");
  EXPECT_THAT(Say(Reported("state: REFERRAL_STATE_MADE")), IsOk());
  bench.On(absl::CivilDay(2024, 4, 1));
  EXPECT_THAT(Say(Reported("state: REFERRAL_STATE_MADE")),
              IsOkAndHolds(IsEmpty()));
  const auto facts = Say(Reported("state: REFERRAL_STATE_RECEIVED"));
  ASSERT_THAT(facts,
              IsOkAndHolds(ElementsAre(IsFact(Fact::kReferralRecorded))));
  EXPECT_EQ((*facts)[0].fact.referral_recorded().referral().id(), "");
}

TEST_F(ReferralTest, AReportThatLagsDoesNotUndoTheReceiversStep) {
  bench.Feed("school");
  EXPECT_THAT(Say(Reported("state: REFERRAL_STATE_MADE")), IsOk());
  const std::string id = bench.made().at(0).id();
  const EntityNumber number = bench.made().at(0).number();
  bench.Act("council");
  EXPECT_THAT(Move(id, "to: REFERRAL_STATE_RECEIVED"), IsOk());
  bench.Feed("school");
  EXPECT_THAT(Say(Reported("state: REFERRAL_STATE_MADE")),
              IsOkAndHolds(IsEmpty()));
  ReferralStated other = Reported("state: REFERRAL_STATE_MADE");
  other.set_reason("rent");
  EXPECT_THAT(Say(other), IsOk());
  EXPECT_EQ(Row(number).recorded().said().state(),
            agency::v1::REFERRAL_STATE_RECEIVED);
  EXPECT_THAT(Say(Reported("state: REFERRAL_STATE_WITHDRAWN")), IsOk());
  EXPECT_EQ(Row(number).recorded().said().state(),
            agency::v1::REFERRAL_STATE_WITHDRAWN);
}

TEST_F(ReferralTest, AFeedStatesOnlyItsOwnAgencysReferrals) {
  bench.Feed("health");
  ReferralStated said = Reported("state: REFERRAL_STATE_MADE");
  said.mutable_referral()->set_agency("school");
  EXPECT_THAT(Say(said), RefusedWith("NOT_YOURS"));
}

TEST_F(ReferralTest, TheReceiverMovesItStepByStep) {
  const std::string id = Make();
  bench.Act("council");
  EXPECT_THAT(Move(id, "to: REFERRAL_STATE_ACCEPTED"),
              RefusedWith("REFERRAL_STEP"));
  EXPECT_THAT(Move(id, "to: REFERRAL_STATE_RECEIVED"),
              IsOkAndHolds(ElementsAre(IsFact(Fact::kReferralStepped))));
  EXPECT_THAT(Move(id, "to: REFERRAL_STATE_RECEIVED"), IsOkAndHolds(IsEmpty()));
  EXPECT_THAT(Move(id, "to: REFERRAL_STATE_ACCEPTED"), IsOk());
  EXPECT_THAT(Move(id, kDeclined), RefusedWith("REFERRAL_STEP"));
  EXPECT_THAT(Move(id, R"(to: REFERRAL_STATE_OUTCOME_TOLD outcome: "joined")"),
              IsOk());
}

TEST_F(ReferralTest, OnlyTheReceiverMovesAndOnlyTheReferrerWithdraws) {
  const std::string id = Make();
  EXPECT_THAT(Move(id, "to: REFERRAL_STATE_RECEIVED"),
              RefusedWith("NOT_YOURS"));
  bench.Act("council");
  EXPECT_THAT(Move(id, "to: REFERRAL_STATE_WITHDRAWN"),
              RefusedWith("NOT_YOURS"));
  bench.Act("school");
  EXPECT_THAT(Move(id, "to: REFERRAL_STATE_WITHDRAWN"), IsOk());
  bench.Act("council");
  EXPECT_THAT(Move(id, "to: REFERRAL_STATE_RECEIVED"),
              RefusedWith("REFERRAL_STEP"));
}

TEST_F(ReferralTest, DecliningNeedsACodeAndWords) {
  const std::string id = Make();
  bench.Act("council");
  EXPECT_THAT(Move(id, "to: REFERRAL_STATE_RECEIVED"), IsOk());
  EXPECT_THAT(Move(id, R"(to: REFERRAL_STATE_DECLINED reason_code: "full")"),
              RefusedWith("REASON_MISSING"));
  EXPECT_THAT(Move(id, R"(to: REFERRAL_STATE_DECLINED reason: "no places")"),
              RefusedWith("REASON_MISSING"));
  EXPECT_THAT(Move(id, kDeclined), IsOk());
}

TEST_F(ReferralTest, SignpostingSaysWhereToAndAnOutcomeSaysWhat) {
  const std::string id = Make();
  bench.Act("council");
  EXPECT_THAT(Move(id, "to: REFERRAL_STATE_RECEIVED"), IsOk());
  EXPECT_THAT(Move(id, "to: REFERRAL_STATE_SIGNPOSTED"),
              RefusedWith("SIGNPOST_MISSING"));
  EXPECT_THAT(
      Move(id, R"(to: REFERRAL_STATE_SIGNPOSTED signposted_to: "library")"),
      IsOk());
  EXPECT_THAT(Move(id, "to: REFERRAL_STATE_OUTCOME_TOLD"),
              RefusedWith("OUTCOME_MISSING"));
}

TEST_F(ReferralTest, AStaleVersionIsAborted) {
  const std::string id = Make();
  bench.Act("council");
  EXPECT_THAT(Move(id, "to: REFERRAL_STATE_RECEIVED version: 2"),
              StatusIs(absl::StatusCode::kAborted));
  EXPECT_THAT(Move(id, "to: REFERRAL_STATE_RECEIVED version: 1"), IsOk());
  // The same request again is no conflict: it was done.
  EXPECT_THAT(Move(id, "to: REFERRAL_STATE_RECEIVED version: 1"),
              IsOkAndHolds(IsEmpty()));
}

TEST_F(ReferralTest, AReferralThatNobodyStatedIsMissing) {
  EXPECT_THAT(Move("testshire-r-00000000000000000000000000",
                   "to: REFERRAL_STATE_RECEIVED"),
              StatusIs(absl::StatusCode::kNotFound));
}

}  // namespace
}  // namespace kith::core::referral
