// Rows about sharing and reading without permission, from statement to facts.
#include "gtest/gtest.h"
#include "services/core/keys.h"
#include "tests/acceptance/world.h"

namespace kith::acceptance {
namespace {

using agency::v1::OverrideStated;
using ledger::v1::Fact;

class OverrideRows : public ::testing::Test {
 protected:
  OverrideRows() {
    world.On(2024, 3, 4).Feed("council");
    world.Person("mother", absl::CivilDay(1985, 5, 5));
    world.Person("girl", absl::CivilDay(2012, 9, 1));
    family = world.Family("ferris", {"council/mother", "council/girl"});
    world.By("council", "w1");
  }

  static OverrideStated Shared() {
    OverrideStated said;
    *said.add_about() = Person("council/girl");
    said.add_recipients()->set_agency("health");
    said.set_purpose("safeguarding");
    said.add_classes(agency::v1::ITEM_CLASS_CONTACT);
    *said.mutable_until() = Day(2024, 3, 11);
    said.set_reason(agency::v1::OVERRIDE_REASON_SAFEGUARDING);
    said.set_wording("seen with a bruise");
    said.set_basis(agency::v1::LEGAL_BASIS_PUBLIC_TASK);
    auto& advice = *said.add_advice();
    advice.set_kind(agency::v1::ADVISER_KIND_MANAGER);
    advice.set_adviser("M. Cole");
    *advice.mutable_on() = Day(2024, 3, 4);
    advice.set_wording("share it");
    said.set_told(agency::v1::ANSWER_YES);
    return said;
  }
  agency::v1::OverrideReviewed Reviewed(const std::string& id) {
    agency::v1::OverrideReviewed said;
    *said.mutable_override() = ThingWithId(id);
    said.set_finding(agency::v1::OVERRIDE_FINDING_JUSTIFIED);
    said.set_wording("as it was right");
    return said;
  }
  agency::v1::BreakGlassStated Broken() const {
    agency::v1::BreakGlassStated said;
    *said.mutable_family() = ThingWithId(family);
    said.set_reason(agency::v1::OVERRIDE_REASON_THREAT_TO_LIFE);
    said.set_wording("collapsed");
    said.set_basis(agency::v1::LEGAL_BASIS_VITAL_INTERESTS);
    said.set_minutes(240);
    return said;
  }

  World world;
  std::string family;
};

TEST_F(OverrideRows, R083R084R085R086AnOverrideKeepsReasonsBasisAndAdvice) {
  const Ended ended = world.Says(Shared());
  EXPECT_THAT(ended, Records(Fact::kOverrideRecorded));
  const auto& said =
      ended.Find(Fact::kOverrideRecorded).override_recorded().said();
  EXPECT_EQ(said.basis(), agency::v1::LEGAL_BASIS_PUBLIC_TASK);
  EXPECT_EQ(said.advice(0).adviser(), "M. Cole");
}

TEST_F(OverrideRows, R084ReasonsWithoutALegalBasisAreNotEnough) {
  OverrideStated said = Shared();
  said.clear_basis();
  EXPECT_THAT(world.Says(said), RefusedFor("BASIS_MISSING", "R-084"));
}

TEST_F(OverrideRows, R086TheManagerIsAskedFirst) {
  OverrideStated said = Shared();
  said.clear_advice();
  EXPECT_THAT(world.Says(said), RefusedFor("MANAGER_NOT_ASKED", "R-086"));
}

TEST_F(OverrideRows, R087WithoutConcernForSafetyConsentIsSoughtFirst) {
  OverrideStated said = Shared();
  said.set_reason(agency::v1::OVERRIDE_REASON_COMPLETE_SERVICE);
  EXPECT_THAT(world.Says(said), RefusedFor("CONSENT_NOT_SOUGHT", "R-087"));
  said.set_consent_sought(agency::v1::ANSWER_YES);
  EXPECT_THAT(world.Says(said), Records(Fact::kOverrideRecorded));
}

TEST_F(OverrideRows, R088NotTellingTheFamilyIsDecidedByMoreThanOneAgency) {
  OverrideStated said = Shared();
  said.set_told(agency::v1::ANSWER_NO);
  said.set_not_told_because("she would be beaten");
  EXPECT_THAT(world.Says(said), RefusedFor("DECIDED_ALONE", "R-088"));
  said.add_decided_with("health");
  EXPECT_THAT(world.Says(said), Records(Fact::kOverrideRecorded));
}

TEST_F(OverrideRows, R089ThatTheFamilyWasToldIsHeld) {
  OverrideStated said = Shared();
  said.set_told(agency::v1::ANSWER_NO);
  said.set_not_told_because("she would be beaten");
  said.add_decided_with("health");
  agency::v1::OverrideTold told;
  *told.mutable_override() = ThingWithId(world.Says(said).id());
  *told.mutable_on() = Day(2024, 3, 4);
  EXPECT_THAT(world.Says(told), Records(Fact::kFamilyTold));
  EXPECT_THAT(world.Says(told), ChangedNothing());
}

TEST_F(OverrideRows, R090OnlyWhatIsNamedIsShared) {
  OverrideStated said = Shared();
  said.clear_classes();
  EXPECT_THAT(world.Says(said), RefusedFor("CLASSES_MISSING", "R-090"));
}

TEST_F(OverrideRows, AnotherPersonReviewsIt) {
  const std::string id = world.Says(Shared()).id();
  world.By("health", "dpo", agency::v1::ROLE_PRIVACY_OFFICER);
  EXPECT_THAT(world.Says(Reviewed(id)), Records(Fact::kOverrideJudged));
  EXPECT_THAT(world.Says(Reviewed(id)), ChangedNothing());
}

TEST_F(OverrideRows, R090GlassIsBrokenForFourHoursAtMostAndReviewed) {
  agency::v1::BreakGlassStated said = Broken();
  said.set_minutes(241);
  world.By("health", "hv-7");
  EXPECT_THAT(world.Says(said), RefusedFor("TOO_LONG", "R-090"));
  const Ended broken = world.Says(Broken());
  EXPECT_THAT(broken, Records(Fact::kGlassBroken));
  EXPECT_EQ(broken.Find(Fact::kGlassBroken).glass_broken().records_size(), 2);
  world.By("council", "dpo", agency::v1::ROLE_PRIVACY_OFFICER);
  EXPECT_THAT(world.Says(Reviewed(broken.id())),
              Records(Fact::kOverrideJudged));
}

}  // namespace
}  // namespace kith::acceptance
