// Rows about two plans for one family: found when opened, imported or linked,
// and decided by people.
#include <optional>

#include "gtest/gtest.h"
#include "services/core/keys.h"
#include "tests/acceptance/world.h"

namespace kith::acceptance {
namespace {

using agency::v1::DuplicateDecided;
using agency::v1::PlanOpened;
using agency::v1::PlanStated;
using ledger::v1::CaseRow;
using ledger::v1::Fact;

constexpr char kNhsNumber[] = "4505577104";

class DuplicateRows : public ::testing::Test {
 protected:
  DuplicateRows() {
    world.Feed("council");
    world.Person("anna", absl::CivilDay(2014, 5, 5));
    world.Person("ben", absl::CivilDay(2016, 6, 6));
  }

  static PlanOpened Opens(absl::string_view person) {
    PlanOpened said;
    *said.add_about() = Person(person);
    return said;
  }
  static PlanStated Reports(absl::string_view key, absl::string_view person) {
    PlanStated said;
    said.mutable_plan()->set_system("main");
    said.mutable_plan()->set_local_id(std::string(key));
    *said.add_about() = Person(person);
    said.set_state(agency::v1::PLAN_STATE_AGREED);
    return said;
  }
  Ended Opened(absl::string_view person) {
    world.By("school", "teacher");
    Ended opened = world.Says(Opens(person));
    EXPECT_THAT(opened, IsAccepted());
    return opened;
  }
  Ended Reported(absl::string_view agency, absl::string_view person) {
    world.Feed(agency);
    Ended reported = world.Says(Reports("P1", person));
    EXPECT_THAT(reported, IsAccepted());
    return reported;
  }
  void Siblings() {
    agency::v1::RelationshipStated said;
    *said.mutable_person() = Person("council/anna");
    *said.mutable_to() = Person("council/ben");
    said.set_kind(agency::v1::RELATIONSHIP_KIND_SIBLING);
    world.Feed("council");
    EXPECT_THAT(world.Says(said), IsAccepted());
  }
  std::optional<CaseRow> CaseOf(const std::string& one,
                                const std::string& other) {
    const auto number = core::ReadRow<ledger::v1::NumberRow>(
        world.state(), core::keys::CaseOfPlans(
                           std::min(world.Number(one), world.Number(other)),
                           std::max(world.Number(one), world.Number(other))));
    if (!number->has_value()) return std::nullopt;
    return world.Row<CaseRow>(core::keys::Case((*number)->number()));
  }
  Ended Decides(const CaseRow& row, agency::v1::DuplicateDecision decision,
                const std::string& survivor = "") {
    DuplicateDecided said;
    said.set_case_id(row.found().case_().id());
    said.set_decision(decision);
    said.set_reason("both teachers were asked");
    if (!survivor.empty()) {
      *said.mutable_surviving_plan() = ThingWithId(survivor);
    }
    world.By("council", "hub", agency::v1::ROLE_HUB_ADMINISTRATOR);
    return world.Says(said);
  }

  World world;
};

TEST_F(DuplicateRows, R186ASiblingsPlanMakesACaseAndOwesAContact) {
  Siblings();
  const std::string first = Opened("council/anna").id();
  const Ended second = Opened("council/ben");
  EXPECT_EQ(second.Find(Fact::kPlanRecorded).unmet(0), "R-186");
  EXPECT_EQ(
      second.Find(Fact::kDuplicatePlanFound).duplicate_plan_found().level(),
      ledger::v1::DUPLICATE_LEVEL_HOUSEHOLD_OR_SIBLING);
  EXPECT_TRUE(second.Find(Fact::kDuplicatePlanFound).unmet().empty());
}

TEST_F(DuplicateRows, R186AContactMadeBeforehandOwesNothing) {
  Siblings();
  const std::string first = Opened("council/anna").id();
  PlanOpened said = Opens("council/ben");
  *said.mutable_contact_with_lead()->mutable_plan() = ThingWithId(first);
  said.mutable_contact_with_lead()->set_note("rang");
  const Ended second = world.Says(said);
  ASSERT_THAT(second, IsAccepted());
  EXPECT_TRUE(second.Find(Fact::kPlanRecorded).unmet().empty());
  EXPECT_EQ(second.Find(Fact::kLeadContacted).lead_contacted().plan(),
            world.Number(first));
}

TEST_F(DuplicateRows, R186PlansOfStrangersOweNothing) {
  Opened("council/anna");
  const Ended second = Opened("council/ben");
  EXPECT_TRUE(second.Find(Fact::kPlanRecorded).unmet().empty());
  EXPECT_THAT(second, Records(Fact::kFamilyFounded, Fact::kMemberStated,
                              Fact::kPlanRecorded));
}

TEST_F(DuplicateRows, R187FoundAtImport) {
  Opened("council/anna");
  const Ended reported = Reported("health", "council/anna");
  EXPECT_EQ(
      reported.Find(Fact::kDuplicatePlanFound).duplicate_plan_found().level(),
      ledger::v1::DUPLICATE_LEVEL_SAME_PERSON);
  EXPECT_THAT(world.Says(Reports("P1", "council/anna")), ChangedNothing());
}

TEST_F(DuplicateRows, R187FoundByALaterLinkOfTwoRecords) {
  world.Feed("health");
  world.PersonWithNhsNumber("cleo", absl::CivilDay(2013, 1, 2), kNhsNumber);
  const std::string first = Reported("health", "health/cleo").id();
  world.Feed("school");
  world.Person("cleo", absl::CivilDay(2013, 1, 2));
  const std::string second = Opened("school/cleo").id();
  EXPECT_FALSE(CaseOf(first, second).has_value() &&
               CaseOf(first, second)->found().level() ==
                   ledger::v1::DUPLICATE_LEVEL_SAME_PERSON);
  world.Feed("school");
  world.PersonWithNhsNumber("cleo", absl::CivilDay(2013, 1, 2), kNhsNumber);
  ASSERT_TRUE(CaseOf(first, second).has_value());
  EXPECT_EQ(CaseOf(first, second)->found().level(),
            ledger::v1::DUPLICATE_LEVEL_SAME_PERSON);
}

TEST_F(DuplicateRows, R187FoundWhenAPersonJoinsTwoFamilies) {
  const std::string first = Opened("council/anna").id();
  const std::string second = Opened("council/ben").id();
  const auto family_of = [&](const std::string& plan) {
    const auto row =
        world.Row<ledger::v1::PlanRow>(core::keys::Plan(world.Number(plan)));
    return ThingWithId(world
                           .Row<ledger::v1::FamilyRow>(
                               core::keys::Family(row.recorded().family()))
                           .founded()
                           .family()
                           .id());
  };
  agency::v1::FamiliesJoinDecided said;
  *said.mutable_one() = family_of(first);
  *said.mutable_other() = family_of(second);
  said.set_joined(true);
  said.set_reason("they moved together");
  world.By("council", "hub", agency::v1::ROLE_HUB_ADMINISTRATOR);
  EXPECT_THAT(world.Says(said),
              Records(Fact::kFamiliesJoined, Fact::kDuplicatePlanFound));
  said.set_joined(false);
  said.set_reason("they did not");
  EXPECT_THAT(world.Says(said),
              Records(Fact::kFamiliesParted, Fact::kDuplicateGone));
}

TEST_F(DuplicateRows, R186ADecisionStandsUntilTheFactsChange) {
  Siblings();
  const std::string first = Opened("council/anna").id();
  const std::string second = Opened("council/ben").id();
  EXPECT_THAT(
      Decides(*CaseOf(first, second), agency::v1::DUPLICATE_DECISION_DIFFERENT),
      Records(Fact::kDuplicateRuled));
  // A weaker word beside it changes nothing; that it ends does.
  agency::v1::RelationshipStated said;
  *said.mutable_person() = Person("council/anna");
  *said.mutable_to() = Person("council/ben");
  said.set_kind(agency::v1::RELATIONSHIP_KIND_FRIEND);
  world.Feed("school");
  EXPECT_THAT(world.Says(said), Records(Fact::kRelationshipRecorded));
  world.Feed("council");
  const Ended changed = world.Says(said);
  EXPECT_EQ(changed.Find(Fact::kDuplicateReopened).duplicate_reopened().cause(),
            "basis_ended");
}

TEST_F(DuplicateRows, R185OnePlanIsMadeOfTwoAndThatCanBeTakenBack) {
  Siblings();
  const std::string first = Opened("council/anna").id();
  const std::string second = Opened("council/ben").id();
  const CaseRow row = *CaseOf(first, second);
  EXPECT_THAT(Decides(row, agency::v1::DUPLICATE_DECISION_SAME, first),
              Records(Fact::kDuplicateRuled, Fact::kPlansMerged));
  EXPECT_THAT(Decides(row, agency::v1::DUPLICATE_DECISION_SAME, first),
              ChangedNothing());
  EXPECT_THAT(Decides(row, agency::v1::DUPLICATE_DECISION_WITHDRAWN),
              Records(Fact::kDuplicateRuled, Fact::kPlansParted,
                      Fact::kDuplicateReopened));
}

TEST_F(DuplicateRows, ACaseGoesWhenOneOfItsPlansCloses) {
  Siblings();
  const std::string first = Reported("health", "council/anna").id();
  const std::string second = Opened("council/ben").id();
  PlanStated closes = Reports("P1", "council/anna");
  closes.set_state(agency::v1::PLAN_STATE_CLOSED);
  world.Feed("health");
  EXPECT_THAT(world.Says(closes),
              Records(Fact::kPlanRecorded, Fact::kDuplicateGone));
  EXPECT_EQ(
      Decides(*CaseOf(first, second), agency::v1::DUPLICATE_DECISION_DIFFERENT)
          .outcome.reason()
          .code(),
      "CASE_GONE");
}

}  // namespace
}  // namespace kith::acceptance
