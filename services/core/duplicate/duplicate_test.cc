#include "services/core/duplicate/duplicate.h"

#include <string>

#include "gtest/gtest.h"
#include "services/core/duplicate/scene_testing.h"

namespace kith::core::duplicate {
namespace {

using ledger::v1::CaseRow;
using ledger::v1::Fact;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::IsFact;
using testing::IsOk;
using testing::IsOkAndHolds;
using testing::RefusedWith;
using testing::StatusIs;

constexpr auto kSibling = agency::v1::RELATIONSHIP_KIND_SIBLING;
constexpr auto kParent = agency::v1::RELATIONSHIP_KIND_PARENT;
constexpr auto kFriend = agency::v1::RELATIONSHIP_KIND_FRIEND;
constexpr auto kSame = agency::v1::DUPLICATE_DECISION_SAME;
constexpr auto kDifferent = agency::v1::DUPLICATE_DECISION_DIFFERENT;
constexpr auto kWithdrawn = agency::v1::DUPLICATE_DECISION_WITHDRAWN;
constexpr auto kPossible = ledger::v1::PAIR_OUTCOME_POSSIBLE;
constexpr auto kNone = ledger::v1::PAIR_OUTCOME_NONE;

// Anna, known to the school, and Ben, known to health; each gets a plan.
class DuplicateTest : public ::testing::Test {
 protected:
  DuplicateTest() {
    anna = town.Person("school", "anna");
    ben = town.Person("health", "ben");
  }
  void BothPlans() {
    ASSERT_THAT(town.Report("school", "P1", {anna}), IsOk());
    ASSERT_THAT(town.Report("health", "P2", {ben}), IsOk());
    one = town.Plan("school", "P1");
    other = town.Plan("health", "P2");
  }
  CaseRow Case() { return *town.Case(one, other); }
  bool HasCase() { return town.Case(one, other).has_value(); }
  std::vector<std::string> Basis() {
    const CaseRow row = Case();
    std::vector<std::string> kinds;
    for (const auto& step : row.found().basis()) {
      kinds.push_back(step.kind());
    }
    return kinds;
  }
  void Siblings() {
    BothPlans();
    ASSERT_THAT(town.Relate(anna, ben, kSibling), IsOk());
  }

  Town town;
  EntityNumber anna = 0;
  EntityNumber ben = 0;
  EntityNumber one = 0;
  EntityNumber other = 0;
};

// Levels.

TEST_F(DuplicateTest, PlansOfStrangersMakeNoCase) {
  BothPlans();
  EXPECT_FALSE(HasCase());
}

TEST_F(DuplicateTest, TwoPlansForOnePersonAreFoundWhenTheSecondComes) {
  ASSERT_THAT(town.Report("school", "P1", {anna}), IsOk());
  const auto facts = town.Report("health", "P2", {anna});
  ASSERT_THAT(facts, IsOk());
  EXPECT_THAT(facts->back(), IsFact(Fact::kDuplicatePlanFound));
  const auto& found = facts->back().fact.duplicate_plan_found();
  EXPECT_EQ(found.level(), ledger::v1::DUPLICATE_LEVEL_SAME_PERSON);
  EXPECT_EQ(found.one(), town.Plan("school", "P1"));
  // The later plan's family first, the other's besides.
  const auto family = [&](EntityNumber plan) {
    return town.PlanRow(plan).recorded().family();
  };
  EXPECT_EQ(facts->back().subject, family(found.other()));
  EXPECT_THAT(facts->back().also_about, ElementsAre(family(found.one())));
  EXPECT_EQ(found.case_().id().substr(0, 12), "testshire-u-");
}

TEST_F(DuplicateTest, ALaterRelationMakesACaseOfSiblings) {
  BothPlans();
  EXPECT_THAT(town.Relate(anna, ben, kSibling),
              IsOkAndHolds(ElementsAre(IsFact(Fact::kRelationshipRecorded),
                                       IsFact(Fact::kDuplicatePlanFound))));
  EXPECT_EQ(Case().found().level(),
            ledger::v1::DUPLICATE_LEVEL_HOUSEHOLD_OR_SIBLING);
  EXPECT_THAT(Basis(), ElementsAre("sibling"));
  EXPECT_THAT(town.Relate(anna, ben, kSibling),
              IsOkAndHolds(ElementsAre(IsFact(Fact::kRelationshipRecorded))));
}

TEST_F(DuplicateTest, ChildrenOfOneParentAreSiblings) {
  const EntityNumber mum = town.Person("council", "mum");
  BothPlans();
  EXPECT_THAT(town.Relate(mum, anna, kParent), IsOk());
  EXPECT_FALSE(HasCase());
  EXPECT_THAT(town.Relate(mum, ben, kParent), IsOk());
  EXPECT_THAT(Basis(), ElementsAre("child", "parent"));
  EXPECT_EQ(Case().found().basis(0).from(), anna);
  EXPECT_EQ(Case().found().basis(1).to(), ben);
}

TEST_F(DuplicateTest, WhoLivesTogetherIsAHousehold) {
  BothPlans();
  EXPECT_THAT(town.Relate(anna, ben, kFriend, /*lives_with=*/true), IsOk());
  EXPECT_EQ(Case().found().level(),
            ledger::v1::DUPLICATE_LEVEL_HOUSEHOLD_OR_SIBLING);
}

TEST_F(DuplicateTest, AFriendIsOfTheNetworkOnly) {
  BothPlans();
  EXPECT_THAT(town.Relate(anna, ben, kFriend), IsOk());
  EXPECT_EQ(Case().found().level(),
            ledger::v1::DUPLICATE_LEVEL_NETWORK_OR_ADDRESS);
}

TEST_F(DuplicateTest, ARelationThatHasEndedLeadsNowhere) {
  Siblings();
  const auto facts = town.Relate(anna, ben, kSibling, false, /*ended=*/true);
  ASSERT_THAT(facts,
              IsOkAndHolds(ElementsAre(IsFact(Fact::kRelationshipRecorded),
                                       IsFact(Fact::kDuplicateGone))));
  EXPECT_EQ(facts->back().fact.duplicate_gone().cause(), "basis_ended");
}

TEST_F(DuplicateTest, MembersOfOneStatedFamilyMakeACase) {
  BothPlans();
  const EntityNumber family = town.bench().AddFamily("council", "F", {anna});
  EXPECT_THAT(town.Join(family, ben), IsOk());
  EXPECT_THAT(Basis(), ElementsAre("family", "family"));
  EXPECT_THAT(town.Leave(family, ben), IsOk());
  EXPECT_EQ(Case().state(), ledger::v1::CASE_STATE_GONE);
}

// A plan touches whom it is for, not every member of the family.
TEST_F(DuplicateTest, AMemberWhoHasNoPlanMakesNoCaseWithOthers) {
  const EntityNumber cleo = town.Person("council", "cleo");
  BothPlans();
  town.bench().AddFamily("council", "F", {anna, cleo});
  town.bench().AddFamily("council", "G", {ben});
  EXPECT_THAT(town.Relate(cleo, ben, kSibling), IsOk());
  EXPECT_FALSE(HasCase());
}

agency::v1::PersonStated Living(const std::string& lines,
                                const std::string& postcode,
                                const std::string& uprn = "",
                                bool is_protected = false) {
  agency::v1::PersonStated said;
  auto& address = *said.add_addresses();
  address.add_lines(lines);
  address.set_postcode(postcode);
  address.set_uprn(uprn);
  address.set_protected_(is_protected);
  return said;
}

TEST_F(DuplicateTest, AnAddressAloneIsWeak) {
  BothPlans();
  EXPECT_THAT(town.State(anna, Living("Flat 2, 14 Elm Road", "N1 2AB")),
              IsOk());
  EXPECT_THAT(town.State(ben, Living("14 Elm Rd", "n12ab")), IsOk());
  EXPECT_FALSE(HasCase());
  EXPECT_THAT(town.State(ben, Living("flat 2 14 Elm Rd", "n12ab")), IsOk());
  EXPECT_EQ(Case().found().level(),
            ledger::v1::DUPLICATE_LEVEL_NETWORK_OR_ADDRESS);
  EXPECT_THAT(Basis(), ElementsAre("address"));
  EXPECT_THAT(town.State(ben, Living("1 Oak Road", "N1 2AC")), IsOk());
  EXPECT_EQ(Case().state(), ledger::v1::CASE_STATE_GONE);
}

TEST_F(DuplicateTest, GenericAndProtectedAddressesLeadNowhere) {
  BothPlans();
  EXPECT_THAT(town.State(anna, Living("1 Nowhere", "ZZ99 3VZ")), IsOk());
  EXPECT_THAT(town.State(ben, Living("1 Nowhere", "ZZ99 3VZ")), IsOk());
  EXPECT_FALSE(HasCase());
  EXPECT_THAT(town.State(anna, Living("1 Elm", "N1 2AB", "100")), IsOk());
  EXPECT_THAT(town.State(ben, Living("1 Elm", "N1 2AB", "100", true)), IsOk());
  EXPECT_FALSE(HasCase());
}

TEST_F(DuplicateTest, AnAddressThatManyShareLeadsNowhere) {
  BothPlans();
  for (int i = 0; i < 31; ++i) {
    const auto lodger = town.Person("council", "lodger" + std::to_string(i));
    EXPECT_THAT(town.State(lodger, Living("1 Hostel", "N1 2AB")), IsOk());
  }
  EXPECT_THAT(town.State(anna, Living("1 Hostel", "N1 2AB")), IsOk());
  EXPECT_THAT(town.State(ben, Living("1 Hostel", "N1 2AB")), IsOk());
  EXPECT_FALSE(HasCase());
}

// Later links.

TEST_F(DuplicateTest, APossibleMatchMakesACaseAndItsDecisionMovesTheLevel) {
  BothPlans();
  EXPECT_THAT(town.Compare(anna, ben, kPossible), IsOk());
  EXPECT_EQ(Case().found().level(), ledger::v1::DUPLICATE_LEVEL_POSSIBLE_MATCH);
  EXPECT_THAT(town.Merge(anna, ben, {ben}),
              IsOkAndHolds(ElementsAre(IsFact(Fact::kPersonsMerged),
                                       IsFact(Fact::kDuplicatePlanFound))));
  EXPECT_EQ(Case().found().level(), ledger::v1::DUPLICATE_LEVEL_SAME_PERSON);
  EXPECT_THAT(town.Split(anna, ben, {ben}), IsOk());
  EXPECT_EQ(Case().found().level(), ledger::v1::DUPLICATE_LEVEL_POSSIBLE_MATCH);
  EXPECT_THAT(town.Compare(anna, ben, kNone), IsOk());
  EXPECT_EQ(Case().state(), ledger::v1::CASE_STATE_GONE);
}

TEST_F(DuplicateTest, ASiblingWhoIsPerhapsTheOtherMakesAPossibleCase) {
  const EntityNumber twin = town.Person("council", "twin");
  BothPlans();
  EXPECT_THAT(town.Relate(anna, twin, kSibling), IsOk());
  EXPECT_THAT(town.Compare(twin, ben, kPossible), IsOk());
  EXPECT_EQ(Case().found().level(), ledger::v1::DUPLICATE_LEVEL_POSSIBLE_MATCH);
  EXPECT_THAT(Basis(), ElementsAre("sibling", "possible_match"));
}

TEST_F(DuplicateTest, LinkingTwoMothersMakesTheirChildrenSiblings) {
  const EntityNumber mum = town.Person("council", "mum");
  const EntityNumber mother = town.Person("school", "mother");
  BothPlans();
  EXPECT_THAT(town.Relate(mum, anna, kParent), IsOk());
  EXPECT_THAT(town.Relate(mother, ben, kParent), IsOk());
  EXPECT_FALSE(HasCase());
  EXPECT_THAT(town.Merge(mum, mother, {mother}), IsOk());
  EXPECT_THAT(Basis(), ElementsAre("child", "parent"));
  EXPECT_THAT(town.Split(mum, mother, {mother}), IsOk());
  EXPECT_EQ(Case().state(), ledger::v1::CASE_STATE_GONE);
}

// Closing and opening again.

TEST_F(DuplicateTest, ACaseGoesWithOneOfItsPlansAndComesBackWithIt) {
  Siblings();
  const auto facts = town.Close("health", "P2", {ben});
  ASSERT_THAT(facts, IsOkAndHolds(ElementsAre(IsFact(Fact::kPlanRecorded),
                                              IsFact(Fact::kDuplicateGone))));
  EXPECT_EQ(facts->back().fact.duplicate_gone().cause(), "plan_closed");
  EXPECT_TRUE(facts->back().fact.unmet().empty());
  const std::string id = Case().found().case_().id();
  EXPECT_THAT(town.Report("health", "P2", {ben}), IsOk());
  EXPECT_EQ(Case().state(), ledger::v1::CASE_STATE_OPEN);
  EXPECT_EQ(Case().found().case_().id(), id);
}

// Decisions.

TEST_F(DuplicateTest, ADecisionNeedsAReasonAndACase) {
  Siblings();
  agency::v1::DuplicateDecided said;
  said.set_case_id(Case().found().case_().id());
  said.set_decision(kDifferent);
  town.bench().Act("council");
  EXPECT_THAT(town.Say(said), RefusedWith("REASON_MISSING"));
  said.set_reason("no");
  said.set_case_id("testshire-u-00000000000000000000000000");
  EXPECT_THAT(town.Say(said), StatusIs(absl::StatusCode::kNotFound));
  said.clear_decision();
  EXPECT_THAT(town.Say(said), RefusedWith("UNKNOWN_CODE"));
}

TEST_F(DuplicateTest, DifferentStandsUntilTheLevelRises) {
  Siblings();
  EXPECT_THAT(town.Rule(Case(), kDifferent, 0, 2),
              StatusIs(absl::StatusCode::kAborted));
  EXPECT_THAT(town.Rule(Case(), kDifferent, 0, 1), IsOk());
  EXPECT_THAT(town.Rule(Case(), kDifferent, 0, 1), IsOkAndHolds(IsEmpty()));
  EXPECT_THAT(town.Rule(Case(), kSame, one), RefusedWith("CASE_DECIDED"));
  // A weaker way beside it changes nothing, a stronger one reopens.
  EXPECT_THAT(town.Compare(anna, ben, kPossible), IsOk());
  EXPECT_EQ(Case().state(), ledger::v1::CASE_STATE_DIFFERENT);
  const auto facts = town.Merge(anna, ben, {ben});
  ASSERT_THAT(facts,
              IsOkAndHolds(ElementsAre(IsFact(Fact::kPersonsMerged),
                                       IsFact(Fact::kDuplicatePlanFound),
                                       IsFact(Fact::kDuplicateReopened))));
  EXPECT_EQ(facts->back().fact.duplicate_reopened().cause(), "level_rose");
  EXPECT_EQ(Case().state(), ledger::v1::CASE_STATE_OPEN);
}

TEST_F(DuplicateTest, ADecisionEndsWithTheWayItNamed) {
  Siblings();
  EXPECT_THAT(town.Rule(Case(), kDifferent), IsOk());
  const EntityNumber family = town.bench().AddFamily("council", "F", {anna});
  EXPECT_THAT(town.Join(family, ben), IsOk());
  EXPECT_EQ(Case().state(), ledger::v1::CASE_STATE_DIFFERENT);
  const auto facts = town.Relate(anna, ben, kSibling, false, /*ended=*/true);
  ASSERT_THAT(facts, IsOk());
  EXPECT_EQ(facts->back().fact.duplicate_reopened().cause(), "basis_ended");
  EXPECT_THAT(Basis(), ElementsAre("family", "family"));
}

TEST_F(DuplicateTest, SameMergesAndWithdrawingParts) {
  Siblings();
  EXPECT_THAT(town.Rule(Case(), kSame), RefusedWith("SURVIVOR_MISSING"));
  EXPECT_THAT(town.Rule(Case(), kSame, one), IsOk());
  EXPECT_EQ(town.PlanRow(other).merged_into(), one);
  EXPECT_EQ(Case().state(), ledger::v1::CASE_STATE_SAME);
  EXPECT_THAT(town.Rule(Case(), kSame, one), IsOkAndHolds(IsEmpty()));
  EXPECT_THAT(town.Rule(Case(), kWithdrawn),
              IsOkAndHolds(ElementsAre(IsFact(Fact::kDuplicateRuled),
                                       IsFact(Fact::kPlansParted),
                                       IsFact(Fact::kDuplicateReopened))));
  EXPECT_EQ(town.PlanRow(other).merged_into(), 0u);
  EXPECT_EQ(Case().state(), ledger::v1::CASE_STATE_OPEN);
  EXPECT_THAT(town.Rule(Case(), kWithdrawn), IsOkAndHolds(IsEmpty()));
}

TEST_F(DuplicateTest, PlansPartWhenWhatMadeThemOneEnds) {
  BothPlans();
  ASSERT_THAT(town.Merge(anna, ben, {ben}), IsOk());
  ASSERT_THAT(town.Rule(Case(), kSame, one), IsOk());
  EXPECT_THAT(town.Split(anna, ben, {ben}),
              IsOkAndHolds(ElementsAre(IsFact(Fact::kPersonSplit),
                                       IsFact(Fact::kPlansParted),
                                       IsFact(Fact::kDuplicateGone))));
  EXPECT_EQ(town.PlanRow(other).merged_into(), 0u);
}

TEST_F(DuplicateTest, WhatTheMergedPlanTouchesCountsForTheSurvivor) {
  const EntityNumber cleo = town.Person("council", "cleo");
  Siblings();
  ASSERT_THAT(town.Report("council", "P3", {cleo}), IsOk());
  const EntityNumber third = town.Plan("council", "P3");
  ASSERT_THAT(town.Relate(ben, cleo, kSibling), IsOk());
  EXPECT_TRUE(town.Case(other, third).has_value());
  EXPECT_FALSE(town.Case(one, third).has_value());
  ASSERT_THAT(town.Rule(Case(), kSame, one), IsOk());
  EXPECT_EQ(town.Case(other, third)->state(), ledger::v1::CASE_STATE_GONE);
  EXPECT_EQ(town.Case(one, third)->state(), ledger::v1::CASE_STATE_OPEN);
  ASSERT_THAT(town.Rule(Case(), kWithdrawn), IsOk());
  EXPECT_EQ(town.Case(other, third)->state(), ledger::v1::CASE_STATE_OPEN);
  EXPECT_EQ(town.Case(one, third)->state(), ledger::v1::CASE_STATE_GONE);
}

TEST_F(DuplicateTest, OnlyTheHubDecidesAPossibleMatch) {
  BothPlans();
  ASSERT_THAT(town.Compare(anna, ben, kPossible), IsOk());
  const auto by = [&](agency::v1::Role role) {
    return town.Rule(Case(), kDifferent, 0, 0, role);
  };
  EXPECT_THAT(by(agency::v1::ROLE_LEAD_PROFESSIONAL),
              RefusedWith("POSSIBLE_MATCH"));
  EXPECT_THAT(by(agency::v1::ROLE_PRACTITIONER), RefusedWith("POSSIBLE_MATCH"));
  EXPECT_THAT(by(agency::v1::ROLE_HUB_ADMINISTRATOR), IsOk());
}

TEST_F(DuplicateTest, PractitionersDecideOtherCasesAndAuditorsNone) {
  Siblings();
  EXPECT_THAT(town.Rule(Case(), kDifferent, 0, 0, agency::v1::ROLE_AUDITOR),
              RefusedWith("ROLE_MAY_NOT"));
  EXPECT_THAT(
      town.Rule(Case(), kDifferent, 0, 0, agency::v1::ROLE_PRACTITIONER),
      IsOk());
}

TEST_F(DuplicateTest, ACaseThatIsGoneIsNotDecided) {
  Siblings();
  ASSERT_THAT(town.Close("health", "P2", {ben}), IsOk());
  EXPECT_THAT(town.Rule(Case(), kDifferent), RefusedWith("CASE_GONE"));
}

}  // namespace
}  // namespace kith::core::duplicate
