#include "services/core/lead/lead.h"

#include "gtest/gtest.h"
#include "services/core/family/family.h"
#include "services/core/family/resolve.h"
#include "services/core/keys.h"
#include "services/core/lead/registry.h"
#include "services/core/testing.h"

namespace kith::core::lead {
namespace {

using agency::v1::LeadAppointed;
using agency::v1::LeadEnded;
using agency::v1::LeadHandedOver;
using agency::v1::LeadNoticeGiven;
using agency::v1::LeadStated;
using agency::v1::LeadSuccessorAgreed;
using ledger::v1::Fact;
using ledger::v1::LeadState;
using testing::Bench;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::IsFact;
using testing::IsOk;
using testing::IsOkAndHolds;
using testing::Local;
using testing::PersonOf;
using testing::RefusedWith;
using ::testing::SizeIs;

class LeadTest : public ::testing::Test {
 protected:
  LeadTest() {
    mother = bench.AddRecord("council", "mother");
    child = bench.AddRecord("council", "child");
    stranger = bench.AddRecord("council", "stranger");
    for (const char* who : {"w1", "w2", "hub"}) {
      bench.AddPractitioner("council", who);
    }
    nurse = bench.AddPractitioner("health", "nurse");
    teacher = bench.AddPractitioner("school", "teacher");
    family = bench.AddFamily("council", "F", {mother, child}, mother);
  }

  template <class T>
  absl::StatusOr<std::vector<NewFact>> Say(const T& said) {
    return bench.Say([&](Decision& d) { return Decide(said, d); },
                     {family::Conclude, Conclude});
  }
  template <class T>
  static T OfFamily(T said = {}, absl::string_view key = "F") {
    *said.mutable_family() = testing::ThingOf(Local("council", key));
    return said;
  }
  static agency::v1::PractitionerRef Worker(absl::string_view agency,
                                            absl::string_view local_id) {
    agency::v1::PractitionerRef ref;
    ref.set_agency(std::string(agency));
    ref.set_local_id(std::string(local_id));
    return ref;
  }
  static LeadAppointed Appointed(
      agency::v1::PractitionerRef who,
      agency::v1::AppointedAt at =
          agency::v1::APPOINTED_AT_TEAM_AROUND_FAMILY) {
    auto said = OfFamily<LeadAppointed>();
    *said.mutable_practitioner() = std::move(who);
    said.set_at(at);
    said.set_accepted(true);
    if (at == agency::v1::APPOINTED_AT_TEAM_AROUND_FAMILY) {
      *said.add_agreed_by() = PersonOf(Local("council", "mother"));
    }
    return said;
  }
  static LeadSuccessorAgreed Successor(agency::v1::PractitionerRef who) {
    auto said = OfFamily<LeadSuccessorAgreed>();
    *said.mutable_practitioner() = std::move(who);
    *said.add_agreed_by() = PersonOf(Local("council", "mother"));
    return said;
  }
  static LeadEnded Ended() {
    auto said = OfFamily<LeadEnded>();
    said.set_reason("all is well");
    return said;
  }
  static LeadStated Stated(absl::string_view key,
                           agency::v1::PractitionerRef who) {
    auto said = OfFamily<LeadStated>();
    *said.mutable_appointment() = Local("", key);
    *said.mutable_practitioner() = std::move(who);
    return said;
  }
  static LeadStated Over(LeadStated said, absl::CivilDay until) {
    *said.mutable_period()->mutable_until() = testing::DateOf(until);
    return said;
  }
  // Number of who leads; 0 when nobody does.
  EntityNumber Leader() {
    const auto open = *OpenLeads(bench.state(), family);
    return open.empty() ? 0 : open.front().taken().practitioner();
  }
  LeadState State() {
    return OpenLeads(bench.state(), family)->front().state();
  }
  bool Disputed() { return *IsDisputed(bench.state(), family); }

  const absl::CivilDay today{2024, 3, 4};
  Bench bench{{Evolve, family::Evolve}};
  EntityNumber mother, child, stranger, nurse, teacher, family;
};

TEST_F(LeadTest, R108R109AnyPractitionerIsAppointedWithTheFamily) {
  const auto facts = Say(Appointed(Worker("health", "nurse")));
  ASSERT_THAT(facts, IsOkAndHolds(ElementsAre(IsFact(Fact::kLeadTaken))));
  const auto& taken = (*facts)[0].fact.lead_taken();
  EXPECT_EQ(taken.practitioner(), nurse);
  EXPECT_FALSE(taken.provisional());
  EXPECT_THAT(taken.agreed_by(), ElementsAre(mother));
  EXPECT_EQ((*facts)[0].subject, family);
  EXPECT_EQ(Leader(), nurse);
  EXPECT_EQ(State(), ledger::v1::LEAD_STATE_APPOINTED);
  EXPECT_THAT(Say(Appointed(Worker("health", "nurse"))),
              IsOkAndHolds(IsEmpty()));
}

TEST_F(LeadTest, R109AMeetingNeedsTheFamilysAgreement) {
  LeadAppointed said = Appointed(Worker("health", "nurse"));
  said.clear_agreed_by();
  EXPECT_THAT(Say(said), RefusedWith("FAMILY_NOT_ASKED"));
  *said.add_agreed_by() = PersonOf(Local("council", "stranger"));
  EXPECT_THAT(Say(said), RefusedWith("FAMILY_NOT_ASKED"));
  *said.add_agreed_by() = PersonOf(Local("council", "child"));
  EXPECT_THAT(Say(said), IsOk());
}

TEST_F(LeadTest, R111NobodyLeadsWhoDidNotAccept) {
  LeadAppointed said = Appointed(Worker("health", "nurse"));
  said.set_accepted(false);
  EXPECT_THAT(Say(said), RefusedWith("NOT_ACCEPTED"));
}

TEST_F(LeadTest, R107R116ASecondLeadIsToldToAskTheFirst) {
  ASSERT_THAT(Say(Appointed(Worker("health", "nurse"))), IsOk());
  EXPECT_THAT(Say(Appointed(Worker("school", "teacher"))),
              RefusedWith("LEAD_EXISTS"));
  EXPECT_THAT(Say(Appointed(Worker("school", "teacher"),
                            agency::v1::APPOINTED_AT_INTERIM)),
              RefusedWith("LEAD_EXISTS"));
  EXPECT_EQ(Leader(), nurse);
}

TEST_F(LeadTest, R110APanelAppointsProvisionallyAndTheFamilyConfirms) {
  const auto by_panel =
      Appointed(Worker("health", "nurse"), agency::v1::APPOINTED_AT_PANEL);
  EXPECT_THAT(Say(by_panel), RefusedWith("ROLE_MAY_NOT"));
  bench.Act("council", "hub", agency::v1::ROLE_PANEL_CHAIR);
  ASSERT_THAT(Say(by_panel), IsOk());
  EXPECT_EQ(State(), ledger::v1::LEAD_STATE_PROVISIONAL);
  EXPECT_THAT(Say(by_panel), IsOkAndHolds(IsEmpty()));
  bench.Act("council");
  const auto facts = Say(Appointed(Worker("health", "nurse")));
  ASSERT_THAT(facts, IsOkAndHolds(ElementsAre(IsFact(Fact::kLeadTaken))));
  EXPECT_TRUE((*facts)[0].fact.lead_taken().appointment().id().empty());
  EXPECT_EQ(State(), ledger::v1::LEAD_STATE_APPOINTED);
}

TEST_F(LeadTest, R120AnInterimLeadMakesRoomForWhomTheMeetingAppoints) {
  const auto interim =
      Appointed(Worker("council", "w1"), agency::v1::APPOINTED_AT_INTERIM);
  ASSERT_THAT(Say(interim), IsOk());
  EXPECT_EQ(State(), ledger::v1::LEAD_STATE_PROVISIONAL);
  EXPECT_THAT(
      Say(Appointed(Worker("council", "w2"), agency::v1::APPOINTED_AT_INTERIM)),
      RefusedWith("LEAD_EXISTS"));
  const auto facts = Say(Appointed(Worker("health", "nurse")));
  ASSERT_THAT(facts, IsOkAndHolds(ElementsAre(IsFact(Fact::kLeadLeft),
                                              IsFact(Fact::kLeadTaken))));
  EXPECT_EQ((*facts)[0].fact.lead_left().reason(), "replaced");
  EXPECT_EQ((*facts)[1].fact.lead_taken().takes_over_from(),
            (*facts)[0].fact.lead_left().appointment());
  EXPECT_EQ(Leader(), nurse);
  EXPECT_THAT(*OpenLeads(bench.state(), family), SizeIs(1));
}

TEST_F(LeadTest, R121NoticeThenSuccessorThenHandover) {
  ASSERT_THAT(Say(Appointed(Worker("council", "w1"))), IsOk());
  EXPECT_THAT(Say(Successor(Worker("health", "nurse"))),
              RefusedWith("NO_NOTICE"));
  EXPECT_THAT(Say(OfFamily<LeadHandedOver>()), RefusedWith("NO_SUCCESSOR"));

  bench.Act("council", "w2");
  EXPECT_THAT(Say(OfFamily<LeadNoticeGiven>()), RefusedWith("NOT_THE_LEAD"));
  bench.Act("council", "w1");
  EXPECT_THAT(Say(OfFamily<LeadNoticeGiven>()),
              IsOkAndHolds(ElementsAre(IsFact(Fact::kLeadNoticed))));
  EXPECT_EQ(State(), ledger::v1::LEAD_STATE_NOTICE_GIVEN);
  EXPECT_THAT(Say(OfFamily<LeadNoticeGiven>()), IsOkAndHolds(IsEmpty()));
  EXPECT_THAT(Say(OfFamily<LeadHandedOver>()), RefusedWith("NO_SUCCESSOR"));
  EXPECT_THAT(Say(Appointed(Worker("health", "nurse"))),
              RefusedWith("LEAD_EXISTS"));

  EXPECT_THAT(Say(Successor(Worker("council", "w1"))),
              RefusedWith("OWN_SUCCESSOR"));
  LeadSuccessorAgreed unasked = Successor(Worker("health", "nurse"));
  unasked.clear_agreed_by();
  EXPECT_THAT(Say(unasked), RefusedWith("FAMILY_NOT_ASKED"));
  EXPECT_THAT(Say(Successor(Worker("health", "nurse"))),
              IsOkAndHolds(ElementsAre(IsFact(Fact::kLeadSuccessorNamed))));
  EXPECT_THAT(Say(Successor(Worker("health", "nurse"))),
              IsOkAndHolds(IsEmpty()));

  bench.Act("council", "w2");
  EXPECT_THAT(Say(OfFamily<LeadHandedOver>()), RefusedWith("NOT_THE_LEAD"));
  bench.Act("health", "nurse");
  const auto facts = Say(OfFamily<LeadHandedOver>());
  ASSERT_THAT(facts, IsOkAndHolds(ElementsAre(IsFact(Fact::kLeadLeft),
                                              IsFact(Fact::kLeadTaken))));
  EXPECT_EQ((*facts)[0].fact.lead_left().reason(), "handed_over");
  EXPECT_EQ(Leader(), nurse);
  EXPECT_EQ(State(), ledger::v1::LEAD_STATE_APPOINTED);
  EXPECT_THAT(Say(OfFamily<LeadHandedOver>()), RefusedWith("NO_SUCCESSOR"));
}

TEST_F(LeadTest, TheAgreedSuccessorMayBeAppointedAtTheMeeting) {
  ASSERT_THAT(Say(Appointed(Worker("council", "w1"))), IsOk());
  ASSERT_THAT(Say(OfFamily<LeadNoticeGiven>()), IsOk());
  ASSERT_THAT(Say(Successor(Worker("health", "nurse"))), IsOk());
  EXPECT_THAT(Say(Appointed(Worker("school", "teacher"))),
              RefusedWith("LEAD_EXISTS"));
  EXPECT_THAT(Say(Appointed(Worker("health", "nurse"))), IsOk());
  EXPECT_EQ(Leader(), nurse);
}

TEST_F(LeadTest, WhoLedBeforeMayLeadAgain) {
  ASSERT_THAT(Say(Appointed(Worker("council", "w1"))), IsOk());
  EXPECT_THAT(Say(Ended()), IsOk());
  EXPECT_EQ(Leader(), 0u);
  EXPECT_THAT(Say(Ended()), IsOkAndHolds(IsEmpty()));
  EXPECT_THAT(Say(OfFamily<LeadNoticeGiven>()), RefusedWith("NO_LEAD"));
  EXPECT_THAT(Say(Appointed(Worker("council", "w1"))), IsOk());
}

TEST_F(LeadTest, OnlyTheLeadOrTheHubEndsIt) {
  ASSERT_THAT(Say(Appointed(Worker("council", "w1"))), IsOk());
  bench.Act("council", "w2");
  EXPECT_THAT(Say(Ended()), RefusedWith("NOT_THE_LEAD"));
  bench.Act("council", "hub", agency::v1::ROLE_HUB_ADMINISTRATOR);
  EXPECT_THAT(Say(Ended()), IsOk());
}

TEST_F(LeadTest, ActsAreNotReportsNorReportsActs) {
  EXPECT_THAT(Say(Stated("L1", Worker("", "w1"))), RefusedWith("REPORTS_ONLY"));
  bench.Feed("council");
  EXPECT_THAT(Say(Appointed(Worker("council", "w1"))),
              RefusedWith("ACTS_ONLY"));
  EXPECT_THAT(Say(Ended()), RefusedWith("ACTS_ONLY"));
}

TEST_F(LeadTest, R113ALeadBesideAStatutoryInterventionIsNoted) {
  Fact statutory;
  auto& involvement = *statutory.mutable_involvement_recorded();
  involvement.mutable_involvement()->set_number(bench.NextNumber());
  involvement.set_record(child);
  involvement.mutable_said()->set_service("social_care");
  involvement.mutable_said()->set_statutory(true);
  ASSERT_THAT(
      bench.Say([&](Decision& d) { return d.Add(child, {}, statutory); }),
      IsOk());
  auto facts = Say(
      Appointed(Worker("health", "nurse"), agency::v1::APPOINTED_AT_INTERIM));
  ASSERT_THAT(facts, IsOk());
  EXPECT_THAT((*facts)[0].fact.unmet(), ElementsAre("R-113"));
  facts = Say(Appointed(Worker("council", "w2")));
  ASSERT_THAT(facts, IsOkAndHolds(SizeIs(2)));
  EXPECT_THAT((*facts)[1].fact.unmet(), IsEmpty());
}

TEST_F(LeadTest, AFeedsLeadIsTakenWhereNobodyLeads) {
  bench.Feed("health");
  const auto said = Stated("L1", Worker("", "nurse"));
  const auto facts = Say(said);
  ASSERT_THAT(facts, IsOkAndHolds(ElementsAre(IsFact(Fact::kLeadTaken))));
  EXPECT_EQ(Leader(), nurse);
  EXPECT_TRUE(OpenLeads(bench.state(), family)->front().reported());
  EXPECT_THAT(Say(said), IsOkAndHolds(IsEmpty()));
  EXPECT_THAT(Say(Over(said, today)),
              IsOkAndHolds(ElementsAre(IsFact(Fact::kLeadLeft))));
  EXPECT_EQ(Leader(), 0u);
  EXPECT_THAT(Say(Over(said, today)), IsOkAndHolds(IsEmpty()));
}

TEST_F(LeadTest, AnAppointmentOfThePastIsNotTaken) {
  bench.Feed("health");
  EXPECT_THAT(Say(Over(Stated("L1", Worker("", "nurse")), today)),
              IsOkAndHolds(IsEmpty()));
  EXPECT_THAT(Say(Over(Stated("L1", Worker("", "nurse")), today + 1)),
              IsOkAndHolds(SizeIs(1)));
}

TEST_F(LeadTest, AFeedReplacesItsOwnLead) {
  bench.AddPractitioner("health", "midwife");
  bench.Feed("health");
  ASSERT_THAT(Say(Stated("L1", Worker("", "nurse"))), IsOk());
  EXPECT_THAT(Say(Stated("L1", Worker("", "midwife"))),
              IsOkAndHolds(ElementsAre(IsFact(Fact::kLeadLeft),
                                       IsFact(Fact::kLeadTaken))));
  EXPECT_NE(Leader(), nurse);
  EXPECT_THAT(Say(Over(Stated("L1", Worker("", "midwife")), today)),
              IsOkAndHolds(SizeIs(1)));
}

TEST_F(LeadTest, ARivalClaimChangesNothingAndIsDisputed) {
  ASSERT_THAT(Say(Appointed(Worker("council", "w1"))), IsOk());
  bench.Feed("health");
  const auto claim = Stated("L1", Worker("", "nurse"));
  const auto facts = Say(claim);
  ASSERT_THAT(facts, IsOkAndHolds(ElementsAre(IsFact(Fact::kLeadDisputed))));
  EXPECT_EQ((*facts)[0].fact.lead_disputed().claimed(), nurse);
  EXPECT_NE(Leader(), nurse);
  EXPECT_TRUE(Disputed());
  EXPECT_THAT(OpenLeads(bench.state(), family)->front().claimed(),
              ElementsAre(nurse));
  EXPECT_THAT(Say(claim), IsOkAndHolds(IsEmpty()));
  EXPECT_THAT(Say(Over(claim, today)),
              IsOkAndHolds(ElementsAre(IsFact(Fact::kLeadDisputed))));
  EXPECT_FALSE(Disputed());
}

TEST_F(LeadTest, AnAppointmentClosesTheClaims) {
  ASSERT_THAT(
      Say(Appointed(Worker("council", "w1"), agency::v1::APPOINTED_AT_INTERIM)),
      IsOk());
  bench.Feed("health");
  ASSERT_THAT(Say(Stated("L1", Worker("", "nurse"))), IsOk());
  ASSERT_TRUE(Disputed());
  bench.Act("council");
  EXPECT_THAT(Say(Appointed(Worker("council", "w2"))),
              IsOkAndHolds(ElementsAre(IsFact(Fact::kLeadLeft),
                                       IsFact(Fact::kLeadTaken),
                                       IsFact(Fact::kLeadDisputed))));
  EXPECT_FALSE(Disputed());
}

TEST_F(LeadTest, AClaimIsTakenUpWhenNobodyElseLeads) {
  ASSERT_THAT(Say(Appointed(Worker("council", "w1"))), IsOk());
  bench.Feed("health");
  ASSERT_THAT(Say(Stated("L1", Worker("", "nurse"))), IsOk());
  bench.Feed("school");
  ASSERT_THAT(Say(Stated("L2", Worker("", "teacher"))), IsOk());
  bench.Act("council", "w1");
  EXPECT_THAT(Say(Ended()),
              IsOkAndHolds(ElementsAre(
                  IsFact(Fact::kLeadLeft), IsFact(Fact::kLeadDisputed),
                  IsFact(Fact::kLeadTaken), IsFact(Fact::kLeadDisputed))));
  EXPECT_EQ(Leader(), nurse);  // the claims go by their feeds' keys
  EXPECT_TRUE(Disputed());
  bench.Feed("health");
  ASSERT_THAT(Say(Over(Stated("L1", Worker("", "nurse")), today)), IsOk());
  EXPECT_EQ(Leader(), teacher);
  EXPECT_FALSE(Disputed());
}

TEST_F(LeadTest, AFeedThatNamesTheLeadGivesUpItsClaim) {
  ASSERT_THAT(Say(Appointed(Worker("council", "w1"))), IsOk());
  bench.Feed("health");
  ASSERT_THAT(Say(Stated("L1", Worker("", "nurse"))), IsOk());
  EXPECT_THAT(Say(Stated("L1", Worker("council", "w1"))),
              IsOkAndHolds(ElementsAre(IsFact(Fact::kLeadDisputed))));
  EXPECT_FALSE(Disputed());
}

TEST_F(LeadTest, AFeedWithoutAFamilyLeadsTheOneItsAgencyStates) {
  bench.Feed("council");
  LeadStated said = Stated("L1", Worker("", "w1"));
  said.clear_family();
  *said.mutable_person() = PersonOf(Local("council", "child"));
  ASSERT_THAT(Say(said), IsOk());
  EXPECT_NE(Leader(), 0u);
  bench.Feed("health");
  *said.mutable_appointment() = Local("", "L1");
  *said.mutable_practitioner() = Worker("", "nurse");
  const auto facts = Say(said);  // health states no family for the child
  ASSERT_THAT(facts, IsOk());
  EXPECT_EQ((*facts)[0].fact.what_case(), Fact::kFamilyFounded);
}

TEST_F(LeadTest, AJoinWithTwoLeadsChangesNeitherAndIsDisputed) {
  const auto other = bench.AddFamily("council", "G", {stranger}, stranger);
  ASSERT_THAT(Say(Appointed(Worker("council", "w1"))), IsOk());
  LeadAppointed second = Appointed(Worker("council", "w2"));
  second = OfFamily(second, "G");
  *second.mutable_agreed_by(0) = PersonOf(Local("council", "stranger"));
  ASSERT_THAT(Say(second), IsOk());
  EXPECT_FALSE(Disputed());
  Fact join;
  join.mutable_families_joined()->set_survivor(family);
  join.mutable_families_joined()->set_joined(other);
  join.mutable_families_joined()->set_decided(true);
  EXPECT_THAT(bench.Say([&](Decision& d) { return d.Add(other, {}, join); },
                        {Conclude}),
              IsOkAndHolds(SizeIs(1)));
  EXPECT_TRUE(Disputed());
  EXPECT_THAT(*OpenLeads(bench.state(), other), SizeIs(2));
  EXPECT_THAT(Say(Appointed(Worker("health", "nurse"))),
              RefusedWith("LEAD_EXISTS"));
  bench.Act("council", "w2");
  EXPECT_THAT(Say(OfFamily(Ended(), "G")), IsOk());
  EXPECT_FALSE(Disputed());
}

TEST_F(LeadTest, AJoinedFamilyIsLedByItsOthersLead) {
  const auto other = bench.AddFamily("council", "G", {child});
  ASSERT_THAT(Say(Appointed(Worker("council", "w1"))), IsOk());
  Fact join;
  join.mutable_families_joined()->set_survivor(family);
  join.mutable_families_joined()->set_joined(other);
  ASSERT_THAT(bench.Say([&](Decision& d) { return d.Add(other, {}, join); }),
              IsOk());
  EXPECT_THAT(Say(OfFamily(Appointed(Worker("health", "nurse")), "G")),
              RefusedWith("LEAD_EXISTS"));
  EXPECT_THAT(Say(OfFamily(LeadNoticeGiven(), "G")), IsOk());
  EXPECT_EQ(State(), ledger::v1::LEAD_STATE_NOTICE_GIVEN);
}

}  // namespace
}  // namespace kith::core::lead
