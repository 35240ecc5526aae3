#include "gtest/gtest.h"
#include "services/core/consent/consent.h"
#include "services/core/consent/consent_testing.h"
#include "services/core/keys.h"

namespace kith::core::consent {
namespace {

using agency::v1::RestrictionStated;
using ledger::v1::Fact;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::IsFact;
using testing::IsOk;
using testing::IsOkAndHolds;
using testing::Local;
using testing::PersonOf;
using testing::RefusedWith;
using testing::StatusIs;

class RestrictionTest : public ConsentTest {
 protected:
  static RestrictionStated Bars(absl::string_view who) {
    RestrictionStated said;
    *said.add_about() = PersonOf(Local("council", "child"));
    *said.add_barred()->mutable_person() = PersonOf(Local("council", who));
    said.add_classes(agency::v1::ITEM_CLASS_CONTACT);
    *said.mutable_asked_by() = PersonOf(Local("council", "mother"));
    return said;
  }
  agency::v1::RestrictionLifted Lifts(absl::string_view asked_by) {
    agency::v1::RestrictionLifted said;
    *said.mutable_restriction() = testing::ThingWithId(last_id);
    *said.mutable_asked_by() = PersonOf(Local("council", asked_by));
    said.set_reason("agreed in court");
    return said;
  }
};

TEST_F(RestrictionTest, R081SomebodyIsBarredFromSomethingForSomeTime) {
  const auto facts = Say(Bars("father"));
  ASSERT_THAT(facts, IsOk());
  ASSERT_EQ(facts->back().fact.what_case(), Fact::kRestrictionRecorded);
  const auto& recorded = facts->back().fact.restriction_recorded();
  EXPECT_EQ(recorded.barred(0).record(), father);
  EXPECT_EQ(recorded.asked_by(), mother);
  EXPECT_THAT(Say(Bars("father")), IsOkAndHolds(IsEmpty()));
  EXPECT_THAT(Say(Bars("aunt")), IsOk());
}

TEST_F(RestrictionTest, R081OnlyWhoWorksWithTheFamilyRestricts) {
  bench.Act("council", "w9", agency::v1::ROLE_FAMILY_MEMBER);
  EXPECT_THAT(Say(Bars("father")), RefusedWith("ROLE_MAY_NOT"));
  bench.Act("council", "w9", agency::v1::ROLE_LEAD_PROFESSIONAL);
  EXPECT_THAT(Say(Bars("father")), IsOk());
}

TEST_F(RestrictionTest, WhoIsBarredDoesNotHaveItLifted) {
  ASSERT_THAT(Say(Bars("father")), IsOk());
  last_id = bench.made()[0].id();
  EXPECT_THAT(Say(Lifts("father")), RefusedWith("BARRED_MAY_NOT_LIFT"));
  EXPECT_THAT(Say(Lifts("mother")),
              IsOkAndHolds(ElementsAre(IsFact(Fact::kRestrictionEnded))));
  EXPECT_THAT(Say(Lifts("mother")), IsOkAndHolds(IsEmpty()));
  EXPECT_THAT(Say(Bars("father")), IsOk());  // anew
}

// What the mother wished of her own, another could have lifted, or nobody.
TEST_F(RestrictionTest, R081WhatSomebodyWishedOfTheirOwnEndsAtTheirWord) {
  RestrictionStated said = Bars("father");
  *said.mutable_about(0) = PersonOf(Local("council", "mother"));
  ASSERT_THAT(Say(said), IsOk());
  last_id = bench.made()[0].id();
  EXPECT_THAT(Say(Lifts("aunt")), RefusedWith("NOT_THEIRS_TO_LIFT"));
  EXPECT_THAT(Say(Lifts("child")), RefusedWith("NOT_THEIRS_TO_LIFT"));
  auto nobodys = Lifts("mother");
  nobodys.clear_asked_by();
  EXPECT_THAT(Say(nobodys), RefusedWith("NOT_THEIRS_TO_LIFT"));
  EXPECT_THAT(Say(Lifts("mother")), IsOk());
}

TEST_F(RestrictionTest, R081AParentLiftsWhatTheyWishedOfThemselvesAndAChild) {
  RestrictionStated said = Bars("father");
  *said.add_about() = PersonOf(Local("council", "mother"));
  ASSERT_THAT(Say(said), IsOk());
  last_id = bench.made()[0].id();
  EXPECT_THAT(Say(Lifts("aunt")), RefusedWith("NOT_THEIRS_TO_LIFT"));
  EXPECT_THAT(Say(Lifts("mother")), IsOk());
}

// Any agency that saw a restriction could lift it.
TEST_F(RestrictionTest, R081WhoRecordedItLiftsItOrASafeguardingLead) {
  ASSERT_THAT(Say(Bars("father")), IsOk());
  last_id = bench.made()[0].id();
  bench.Act("health", "hv");
  EXPECT_THAT(Say(Lifts("mother")), RefusedWith("NOT_YOURS"));
  bench.Act("health", "hv", agency::v1::ROLE_LEAD_PROFESSIONAL);
  EXPECT_THAT(Say(Lifts("mother")), RefusedWith("NOT_YOURS"));  // not of theirs
  bench.Act("health", "hv", agency::v1::ROLE_SAFEGUARDING_LEAD);
  EXPECT_THAT(Say(Lifts("father")), RefusedWith("BARRED_MAY_NOT_LIFT"));
  EXPECT_THAT(Say(Lifts("mother")), IsOk());
  bench.Act("council", "w2");
  ASSERT_THAT(Say(Bars("father")), IsOk());
  last_id = bench.made()[0].id();
  EXPECT_THAT(Say(Lifts("mother")), IsOk());
}

TEST_F(RestrictionTest, AFeedsRestrictionIsItsOwn) {
  bench.Feed("health");
  RestrictionStated said;
  *said.mutable_restriction() = Local("", "restricted");
  *said.add_about() = PersonOf(Local("council", "child"));
  said.set_own_records_only(true);
  EXPECT_THAT(Say(said), IsOk());
  EXPECT_THAT(Say(said), IsOkAndHolds(IsEmpty()));
  bench.Feed("school");
  agency::v1::RestrictionLifted lifted;
  *lifted.mutable_restriction() =
      testing::ThingOf(Local("health", "restricted"));
  EXPECT_THAT(Say(lifted), RefusedWith("NOT_YOURS"));
  bench.Feed("health");
  EXPECT_THAT(Say(lifted), IsOk());
}

TEST_F(RestrictionTest, AConsentIsNoRestriction) {
  ASSERT_THAT(Say(Share({"child"}, "mother")), IsOk());
  last_id = bench.made()[0].id();
  EXPECT_THAT(Say(Lifts("mother")), StatusIs(absl::StatusCode::kNotFound));
}

}  // namespace
}  // namespace kith::core::consent
