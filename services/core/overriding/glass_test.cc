#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "services/core/family/family.h"
#include "services/core/keys.h"
#include "services/core/overriding/overriding.h"
#include "services/core/testing.h"

namespace kith::core::overriding {
namespace {

using agency::v1::BreakGlassApproved;
using agency::v1::BreakGlassEnded;
using agency::v1::BreakGlassStated;
using ledger::v1::Fact;
using ledger::v1::GlassRow;
using testing::Bench;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::IsFact;
using testing::IsOk;
using testing::IsOkAndHolds;
using testing::Local;
using testing::PersonOf;
using testing::RefusedWith;
using testing::Text;
using testing::ThingWithId;

// A family whose people council and health know; a school nurse breaks the
// glass.
class GlassTest : public ::testing::Test {
 protected:
  GlassTest() {
    mother_ = bench_.AddRecord("council", "mother");
    child_ = bench_.AddRecord("health", "child");
    family_ = bench_.AddFamily("council", "family", {mother_, child_});
    bench_.Act("school", "nurse");
  }

  BreakGlassStated Whole() const {
    auto said = Text<BreakGlassStated>(
        "reason: OVERRIDE_REASON_THREAT_TO_LIFE wording: 'collapsed' "
        "basis: LEGAL_BASIS_VITAL_INTERESTS minutes: 240");
    *said.mutable_family() =
        ThingWithId(bench_.IdOf(base::IdKind::kFamily, family_));
    return said;
  }
  BreakGlassStated Of(const EntityNumber record) const {
    BreakGlassStated said = Whole();
    said.clear_family();
    said.add_about()->set_person_id(bench_.IdOf(base::IdKind::kPerson, record));
    return said;
  }

  absl::StatusOr<std::vector<NewFact>> Say(const BreakGlassStated& said) {
    return bench_.Say([&](Decision& d) { return Decide(said, d); });
  }
  absl::StatusOr<std::vector<NewFact>> Approve() {
    BreakGlassApproved said;
    *said.mutable_access() = ThingWithId(id_);
    return bench_.Say([&](Decision& d) { return Decide(said, d); });
  }
  absl::StatusOr<std::vector<NewFact>> EndIt() {
    BreakGlassEnded said;
    *said.mutable_access() = ThingWithId(id_);
    return bench_.Say([&](Decision& d) { return Decide(said, d); });
  }
  void Given(const BreakGlassStated& said) {
    ASSERT_THAT(Say(said), IsOk());
    ASSERT_EQ(bench_.made().size(), 1u);
    id_ = bench_.made()[0].id();
    number_ = bench_.made()[0].number();
  }
  GlassRow Row() const { return *bench_.Row<GlassRow>(keys::Glass(number_)); }

  Bench bench_{{Evolve, family::Evolve}};
  EntityNumber mother_ = 0, child_ = 0, family_ = 0;
  std::string id_;
  EntityNumber number_ = 0;
};

TEST_F(GlassTest, BrokenGlassNamesScopeAndEndAndAlertsBothAgencies) {
  const auto facts = Say(Whole());
  ASSERT_THAT(facts, IsOk());
  const auto& broken = facts->back().fact.glass_broken();
  EXPECT_EQ(broken.family(), family_);
  EXPECT_THAT(broken.records(), ElementsAre(mother_, child_));
  EXPECT_THAT(broken.alerted(), ElementsAre("council", "health", "school"));
  EXPECT_EQ(facts->back().subject, family_);
  EXPECT_THAT(facts->back().also_about, ElementsAre(mother_, child_));
}

TEST_F(GlassTest, TheSameScopeAgainWhileItIsOpenChangesNothing) {
  Given(Whole());
  EXPECT_THAT(Say(Whole()), IsOkAndHolds(IsEmpty()));
}

// The limit is four hours, from both sides.
TEST_F(GlassTest, GlassIsBrokenForFourHoursAtMost) {
  BreakGlassStated said = Whole();
  said.set_minutes(241);
  EXPECT_THAT(Say(said), RefusedWith("TOO_LONG"));
  said.set_minutes(0);
  EXPECT_THAT(Say(said), RefusedWith("TOO_LONG"));
  said.set_minutes(240);
  EXPECT_THAT(Say(said), IsOk());
}

TEST_F(GlassTest, ReasonBasisAndScopeAreDemanded) {
  BreakGlassStated said = Whole();
  said.clear_wording();
  EXPECT_THAT(Say(said), RefusedWith("REASON_MISSING"));
  said = Whole();
  said.clear_basis();
  EXPECT_THAT(Say(said), RefusedWith("BASIS_MISSING"));
  said = Whole();
  said.clear_family();
  EXPECT_THAT(Say(said), RefusedWith("SCOPE_MISSING"));
  said = Whole();
  said.set_reason(agency::v1::OVERRIDE_REASON_COMPLETE_SERVICE);
  EXPECT_THAT(Say(said), RefusedWith("NOT_URGENT"));
}

TEST_F(GlassTest, OnePractitionerBreaksItFiveTimesADayAtMost) {
  std::vector<EntityNumber> people;
  for (int i = 0; i < 6; ++i) {
    people.push_back(bench_.AddRecord("council", absl::StrCat("p", i)));
  }
  for (int i = 0; i < 5; ++i) EXPECT_THAT(Say(Of(people[i])), IsOk());
  EXPECT_THAT(Say(Of(people[5])), RefusedWith("TOO_OFTEN"));
  bench_.Act("school", "another");
  EXPECT_THAT(Say(Of(people[5])), IsOk());
  bench_.Act("school", "nurse").On(absl::CivilDay(2024, 3, 6));
  EXPECT_THAT(Say(Of(people[5])), IsOk());
}

TEST_F(GlassTest, ShieldedAddressesNeedASecondPerson) {
  BreakGlassStated said = Whole();
  said.set_shielded(true);
  Given(said);
  EXPECT_EQ(Row().approved_by(), 0u);
  bench_.Act("school", "nurse", agency::v1::ROLE_SAFEGUARDING_LEAD);
  EXPECT_THAT(Approve(), RefusedWith("OWN_APPROVAL"));
  bench_.Act("police", "officer", agency::v1::ROLE_SAFEGUARDING_LEAD);
  EXPECT_THAT(Approve(), RefusedWith("NOT_YOURS"));
  bench_.Act("council", "lead", agency::v1::ROLE_SAFEGUARDING_LEAD);
  EXPECT_THAT(Approve(), IsOk());
  EXPECT_NE(Row().approved_by(), 0u);
  EXPECT_THAT(Approve(), IsOkAndHolds(IsEmpty()));
}

TEST_F(GlassTest, WhatReachesForNoShieldedAddressNeedsNoApproval) {
  Given(Whole());
  bench_.Act("council", "lead", agency::v1::ROLE_SAFEGUARDING_LEAD);
  EXPECT_THAT(Approve(), RefusedWith("NOT_SHIELDED"));
}

TEST_F(GlassTest, WhatIsOverCannotBeApprovedAnyMore) {
  BreakGlassStated said = Whole();
  said.set_shielded(true);
  Given(said);
  bench_.Act("council", "lead", agency::v1::ROLE_SAFEGUARDING_LEAD)
      .On(absl::CivilDay(2024, 3, 5));
  EXPECT_THAT(Approve(), RefusedWith("OVER"));
}

TEST_F(GlassTest, WhoBrokeItEndsItAndNobodyElse) {
  Given(Whole());
  bench_.Act("school", "another");
  EXPECT_THAT(EndIt(), RefusedWith("NOT_KNOWN"));
  bench_.Act("school", "nurse");
  EXPECT_THAT(EndIt(), IsOkAndHolds(ElementsAre(IsFact(Fact::kGlassMended))));
  EXPECT_TRUE(Row().ended());
  EXPECT_THAT(EndIt(), IsOkAndHolds(IsEmpty()));
}

TEST_F(GlassTest, RolesThatWatchBreakNoGlass) {
  bench_.Act("school", "officer", agency::v1::ROLE_PRIVACY_OFFICER);
  EXPECT_THAT(Say(Whole()), RefusedWith("ROLE_MAY_NOT"));
  bench_.Feed("school");
  EXPECT_THAT(Say(Whole()), RefusedWith("ACTS_ONLY"));
}

}  // namespace
}  // namespace kith::core::overriding
