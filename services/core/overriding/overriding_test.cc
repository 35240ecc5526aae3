#include "services/core/overriding/overriding.h"

#include "gtest/gtest.h"
#include "services/core/consent/consent.h"
#include "services/core/keys.h"
#include "services/core/testing.h"

namespace kith::core::overriding {
namespace {

using agency::v1::OverrideReviewed;
using agency::v1::OverrideStated;
using agency::v1::OverrideTold;
using ledger::v1::Fact;
using ledger::v1::OverrideRow;
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

// A child known to council and health.
class OverridingTest : public ::testing::Test {
 protected:
  OverridingTest() {
    child_ = bench_.AddRecord("council", "child");
    bench_.Link({child_, bench_.AddRecord("health", "patient")}, true);
  }

  static OverrideStated Whole() {
    auto said = Text<OverrideStated>(
        "recipients { agency: 'police' } purpose: 'safeguarding' "
        "classes: ITEM_CLASS_CONTACT until { year: 2024 month: 3 day: 11 } "
        "reason: OVERRIDE_REASON_SAFEGUARDING wording: 'seen with a bruise' "
        "basis: LEGAL_BASIS_PUBLIC_TASK "
        "advice { kind: ADVISER_KIND_MANAGER adviser: 'M. Cole' "
        "         on { year: 2024 month: 3 day: 4 } wording: 'share' } "
        "told: ANSWER_YES");
    *said.add_about() = PersonOf(Local("council", "child"));
    return said;
  }
  static OverrideStated NotTold() {
    OverrideStated said = Whole();
    said.set_told(agency::v1::ANSWER_NO);
    said.set_not_told_because("the child would be beaten");
    said.add_decided_with("police");
    return said;
  }

  absl::StatusOr<std::vector<NewFact>> Say(const OverrideStated& said) {
    return bench_.Say([&](Decision& d) { return Decide(said, d); });
  }
  absl::StatusOr<std::vector<NewFact>> Tell() {
    OverrideTold said;
    *said.mutable_override() = ThingWithId(id_);
    *said.mutable_on() = testing::DateOf(absl::CivilDay(2024, 3, 4));
    return bench_.Say([&](Decision& d) { return Decide(said, d); });
  }
  absl::StatusOr<std::vector<NewFact>> Review(
      agency::v1::OverrideFinding finding) {
    OverrideReviewed said;
    *said.mutable_override() = ThingWithId(id_);
    said.set_finding(finding);
    said.set_wording("as it was right");
    return bench_.Say([&](Decision& d) { return Decide(said, d); });
  }
  // The overriding that later statements name.
  void Given(const OverrideStated& said) {
    ASSERT_THAT(Say(said), IsOk());
    ASSERT_EQ(bench_.made().size(), 1u);
    id_ = bench_.made()[0].id();
    number_ = bench_.made()[0].number();
  }
  OverrideRow Row() const {
    return *bench_.Row<OverrideRow>(keys::Override(number_));
  }

  Bench bench_{{Evolve, consent::Evolve}};
  EntityNumber child_ = 0;
  std::string id_;
  EntityNumber number_ = 0;
};

// R-083..R-089.
TEST_F(OverridingTest, AWholeOverrideIsRecordedAndAlertsAllConcerned) {
  const auto facts = Say(Whole());
  ASSERT_THAT(facts, IsOk());
  const auto& recorded = facts->back().fact.override_recorded();
  EXPECT_THAT(recorded.records(), ElementsAre(child_));
  EXPECT_THAT(recorded.alerted(), ElementsAre("council", "health", "police"));
  EXPECT_EQ(recorded.review_due().day(), 9);  // five days on
}

TEST_F(OverridingTest, TheSameOverrideAgainChangesNothing) {
  Given(Whole());
  EXPECT_THAT(Say(Whole()), IsOkAndHolds(IsEmpty()));
  EXPECT_EQ(bench_.made()[0].number(), number_);
}

//
TEST_F(OverridingTest, ReasonsAndLegalBasisAreBothDemanded) {
  OverrideStated said = Whole();
  said.clear_wording();
  EXPECT_THAT(Say(said), RefusedWith("REASON_MISSING"));
  said = Whole();
  said.clear_reason();
  EXPECT_THAT(Say(said), RefusedWith("REASON_MISSING"));
  said = Whole();
  said.clear_basis();
  EXPECT_THAT(Say(said), RefusedWith("BASIS_MISSING"));
  said.set_basis(agency::v1::LEGAL_BASIS_CONSENT);
  EXPECT_THAT(Say(said), RefusedWith("BASIS_MISSING"));
}

// for a safeguarding concern only.
TEST_F(OverridingTest, ASafeguardingConcernIsDiscussedWithTheManagerFirst) {
  OverrideStated said = Whole();
  said.mutable_advice(0)->set_kind(agency::v1::ADVISER_KIND_LEGAL);
  EXPECT_THAT(Say(said), RefusedWith("MANAGER_NOT_ASKED"));
  said.set_reason(agency::v1::OVERRIDE_REASON_THREAT_TO_LIFE);
  EXPECT_THAT(Say(said), IsOk());
}

// it may know of other calls about the family.
TEST_F(OverridingTest, R105TheAccessTeamsAdviceIsHeldBesideTheManagers) {
  OverrideStated said = Whole();
  *said.add_advice() = said.advice(0);
  said.mutable_advice(1)->set_kind(agency::v1::ADVISER_KIND_ACCESS_TEAM);
  EXPECT_THAT(Say(said), IsOk());
  said.mutable_advice()->DeleteSubrange(0, 1);  // in place of the manager's
  EXPECT_THAT(Say(said), RefusedWith("MANAGER_NOT_ASKED"));
}

//
TEST_F(OverridingTest, AdviceSaysWhoWhenAndWhat) {
  OverrideStated said = Whole();
  said.mutable_advice(0)->clear_adviser();
  EXPECT_THAT(Say(said), RefusedWith("ADVICE_INCOMPLETE"));
  said = Whole();
  said.mutable_advice(0)->mutable_on()->set_day(5);  // tomorrow
  EXPECT_THAT(Say(said), RefusedWith("ADVICE_INCOMPLETE"));
  said = Whole();
  said.mutable_advice(0)->clear_wording();
  EXPECT_THAT(Say(said), RefusedWith("ADVICE_INCOMPLETE"));
}

//
TEST_F(OverridingTest, WithoutConcernForSafetyConsentIsSoughtFirst) {
  OverrideStated said = Whole();
  said.set_reason(agency::v1::OVERRIDE_REASON_COMPLETE_SERVICE);
  EXPECT_THAT(Say(said), RefusedWith("CONSENT_NOT_SOUGHT"));
  said.set_not_sought_because("nobody answers the door");
  EXPECT_THAT(Say(said), IsOk());
}

//
TEST_F(OverridingTest, ARefusalIsOverriddenForSafetyOrTheLawOnly) {
  Fact refusal;
  auto& recorded = *refusal.mutable_consent_recorded();
  recorded.mutable_consent()->set_number(bench_.NextNumber());
  recorded.add_records(child_);
  recorded.mutable_said()->set_kind(agency::v1::CONSENT_KIND_SHARE);
  recorded.mutable_said()->set_answer(agency::v1::CONSENT_ANSWER_REFUSED);
  ASSERT_THAT(
      bench_.Say([&](Decision& d) { return d.Add(child_, {}, refusal); }),
      IsOk());
  OverrideStated said = Whole();
  said.set_reason(agency::v1::OVERRIDE_REASON_COMPLETE_SERVICE);
  said.set_consent_sought(agency::v1::ANSWER_YES);
  EXPECT_THAT(Say(said), RefusedWith("REFUSAL_STANDS"));
  said.set_reason(agency::v1::OVERRIDE_REASON_LEGAL_DUTY);
  EXPECT_THAT(Say(said), IsOk());
  EXPECT_THAT(Say(Whole()), IsOk());
}

//
TEST_F(OverridingTest, NotTellingTheFamilyHasItsOwnReasonAndIsDecidedTogether) {
  OverrideStated said = Whole();
  said.clear_told();
  EXPECT_THAT(Say(said), RefusedWith("TOLD_MISSING"));
  said = NotTold();
  said.clear_not_told_because();
  EXPECT_THAT(Say(said), RefusedWith("NOT_TOLD_UNEXPLAINED"));
  said = NotTold();
  said.set_decided_with(0, "council");  // with nobody else
  EXPECT_THAT(Say(said), RefusedWith("DECIDED_ALONE"));
  EXPECT_THAT(Say(NotTold()), IsOk());
}

// who receives what, what for, until when.
TEST_F(OverridingTest, OneDisclosureIsNamedExactly) {
  OverrideStated said = Whole();
  said.clear_recipients();
  EXPECT_THAT(Say(said), RefusedWith("RECIPIENTS_MISSING"));
  said = Whole();
  said.clear_purpose();
  EXPECT_THAT(Say(said), RefusedWith("PURPOSE_MISSING"));
  said = Whole();
  said.clear_classes();
  EXPECT_THAT(Say(said), RefusedWith("CLASSES_MISSING"));
  said = Whole();
  said.clear_until();
  EXPECT_THAT(Say(said), RefusedWith("UNTIL_MISSING"));
  said = Whole();
  *said.mutable_recipients(0)->mutable_person() =
      PersonOf(Local("council", "child"));
  EXPECT_THAT(Say(said), RefusedWith("RECIPIENT_IN_PERSON"));
}

TEST_F(OverridingTest, AnOverrideLastsTwentyEightDaysAtMost) {
  OverrideStated said = Whole();
  *said.mutable_until() = testing::DateOf(absl::CivilDay(2024, 4, 1));
  EXPECT_THAT(Say(said), IsOk());
  *said.mutable_until() = testing::DateOf(absl::CivilDay(2024, 4, 2));
  EXPECT_THAT(Say(said), RefusedWith("TOO_LONG"));
}

TEST_F(OverridingTest, AFeedAndAHubAdministratorOverrideNothing) {
  bench_.Feed("council");
  EXPECT_THAT(Say(Whole()), RefusedWith("ACTS_ONLY"));
  bench_.Act("council", "w1", agency::v1::ROLE_HUB_ADMINISTRATOR);
  EXPECT_THAT(Say(Whole()), RefusedWith("ROLE_MAY_NOT"));
}

TEST_F(OverridingTest, TheFamilyIsToldOnceByWhoDidNotTellIt) {
  Given(NotTold());
  bench_.Act("health");
  EXPECT_THAT(Tell(), RefusedWith("NOT_YOURS"));
  bench_.Act("council");
  EXPECT_THAT(Tell(), IsOkAndHolds(ElementsAre(IsFact(Fact::kFamilyTold))));
  EXPECT_TRUE(Row().has_told());
  EXPECT_THAT(Tell(), IsOkAndHolds(IsEmpty()));
}

TEST_F(OverridingTest, AnotherPersonOfAnAlertedAgencyReviewsIt) {
  Given(Whole());
  const auto right = agency::v1::OVERRIDE_FINDING_JUSTIFIED;
  bench_.Act("council", "w1", agency::v1::ROLE_SAFEGUARDING_LEAD);
  EXPECT_THAT(Review(right), RefusedWith("OWN_REVIEW"));
  bench_.Act("school", "w2", agency::v1::ROLE_PRIVACY_OFFICER);
  EXPECT_THAT(Review(right), RefusedWith("NOT_YOURS"));
  bench_.Act("health", "w3", agency::v1::ROLE_PRACTITIONER);
  EXPECT_THAT(Review(right), RefusedWith("ROLE_MAY_NOT"));
  bench_.Act("health", "w3", agency::v1::ROLE_PRIVACY_OFFICER);
  EXPECT_THAT(Review(right), IsOk());
  EXPECT_TRUE(Row().has_judged());
  EXPECT_FALSE(Row().ended());
  EXPECT_THAT(Review(right), IsOkAndHolds(IsEmpty()));
}

TEST_F(OverridingTest, WhatIsFoundNotJustifiedEndsForGood) {
  Given(Whole());
  bench_.Act("health", "w3", agency::v1::ROLE_PRIVACY_OFFICER);
  ASSERT_THAT(Review(agency::v1::OVERRIDE_FINDING_NOT_JUSTIFIED), IsOk());
  EXPECT_TRUE(Row().ended());
  EXPECT_THAT(Review(agency::v1::OVERRIDE_FINDING_JUSTIFIED),
              RefusedWith("ALREADY_REVIEWED"));
}

TEST_F(OverridingTest, NoConsentIsChanged) {
  const auto facts = Say(Whole());
  ASSERT_THAT(facts, IsOk());
  for (const NewFact& fact : *facts) {
    EXPECT_FALSE(fact.fact.has_consent_recorded());
    EXPECT_FALSE(fact.fact.has_consent_ended());
  }
}

}  // namespace
}  // namespace kith::core::overriding
