// Overrides and break-glass grants: both sides of each edge, by requirement
// row.
#include <gtest/gtest.h>

#include "services/disclosure/policy.h"
#include "services/disclosure/testing.h"

namespace kith::disclosure {
namespace {

using agency::v1::ITEM_CLASS_ASSESSMENT;
using agency::v1::ITEM_CLASS_CONTACT;
using agency::v1::ITEM_CLASS_DUPLICATE;
using agency::v1::ITEM_CLASS_NEED;
using agency::v1::ITEM_CLASS_PLAN;
using agency::v1::ROLE_FAMILY_MEMBER;
using agency::v1::ROLE_PANEL_CHAIR;

ledger::v1::ItemLabel Assessment() {
  return Item(ITEM_CLASS_ASSESSMENT, "health", {kHealthRecord});
}

absl::Time At(int hour) {
  return absl::FromCivil(absl::CivilHour(2026, 6, 15, hour),
                         absl::UTCTimeZone());
}

Override OverrideFor(const std::string& agency) {
  Override one;
  one.number = 30;
  one.agencies = {agency};
  one.records = {kHealthRecord};
  one.purpose = "early_help";
  one.reason = agency::v1::OVERRIDE_REASON_SAFEGUARDING;
  one.from = At(9);
  one.until = At(12);
  one.complete = true;
  return one;
}

Context WithOverride(Override one) {
  Context context = World();
  context.overrides = {std::move(one)};
  return context;
}

TEST(OverrideTest, R083_ACompleteOverrideLicensesOneDisclosure) {
  const Context context = WithOverride(OverrideFor("police"));
  const Decision decision = Decide(ReaderOf("police"), Assessment(), context);
  EXPECT_TRUE(decision.show);
  EXPECT_EQ(decision.reason, Reason::kOverride);
  EXPECT_EQ(decision.decided_by, std::vector<uint64_t>{30});
  EXPECT_FALSE(Decide(ReaderOf("council"), Assessment(), context).show);
}

TEST(OverrideTest, R087_ItGoesBeforeARefusalAndARestriction) {
  Context context = WithOverride(OverrideFor("police"));
  context.consents = {Refusal(11, {kHealthRecord})};
  context.restrictions = {Bar(12, kHealthRecord, "police")};
  EXPECT_EQ(Why(ReaderOf("police"), Assessment(), context), Reason::kOverride);
}

// Why the police see the assessment, or not, by an override for this reason.
Reason WhyOverridden(agency::v1::OverrideReason reason, Context context) {
  Override one = OverrideFor("police");
  one.reason = reason;
  context.overrides = {one};
  return Why(ReaderOf("police"), Assessment(), context);
}

TEST(OverrideTest, R087_OnlySafetyAndTheLawGoBeforeARefusal) {
  Context context = World();
  context.consents = {Refusal(11, {kHealthRecord})};
  using agency::v1::OverrideReason;
  const auto why = [&](OverrideReason reason) {
    return WhyOverridden(reason, context);
  };
  EXPECT_EQ(why(agency::v1::OVERRIDE_REASON_SAFEGUARDING), Reason::kOverride);
  EXPECT_EQ(why(agency::v1::OVERRIDE_REASON_THREAT_TO_LIFE), Reason::kOverride);
  EXPECT_EQ(why(agency::v1::OVERRIDE_REASON_LEGAL_DUTY), Reason::kOverride);
  EXPECT_EQ(why(agency::v1::OVERRIDE_REASON_COMPLETE_SERVICE),
            Reason::kRefused);
  // Refused by one, given by another.
  context.consents.push_back(Share(13, {kHealthRecord}, "police"));
  EXPECT_EQ(why(agency::v1::OVERRIDE_REASON_LEGAL_DUTY), Reason::kOverride);
  EXPECT_EQ(why(agency::v1::OVERRIDE_REASON_COMPLETE_SERVICE),
            Reason::kConflicting);
  // Where nobody was asked, a service may be completed.
  context.consents.clear();
  EXPECT_EQ(why(agency::v1::OVERRIDE_REASON_COMPLETE_SERVICE),
            Reason::kOverride);
}

// It went on when whoever had agreed to sharing changed their mind.
TEST(OverrideTest, R080_WhatWasTakenBackIsNotOverriddenToCompleteAService) {
  Context context = World();
  context.consents = {Share(11, {kHealthRecord}, "school")};
  const auto why = [&](agency::v1::OverrideReason reason) {
    return WhyOverridden(reason, context);
  };
  EXPECT_EQ(why(agency::v1::OVERRIDE_REASON_COMPLETE_SERVICE),
            Reason::kOverride);
  context.consents[0].set_ended(true);
  EXPECT_EQ(why(agency::v1::OVERRIDE_REASON_COMPLETE_SERVICE),
            Reason::kNoPermission);
  EXPECT_EQ(why(agency::v1::OVERRIDE_REASON_SAFEGUARDING), Reason::kOverride);
  EXPECT_EQ(why(agency::v1::OVERRIDE_REASON_LEGAL_DUTY), Reason::kOverride);
  // Answered anew, for this or for another purpose.
  context.consents.push_back(Share(13, {kHealthRecord}, "school"));
  EXPECT_EQ(why(agency::v1::OVERRIDE_REASON_COMPLETE_SERVICE),
            Reason::kOverride);
  context.consents[1].mutable_recorded()->mutable_said()->set_purpose("audit");
  EXPECT_EQ(why(agency::v1::OVERRIDE_REASON_COMPLETE_SERVICE),
            Reason::kNoPermission);
  context.consents[0].mutable_recorded()->mutable_said()->set_purpose("audit");
  EXPECT_EQ(why(agency::v1::OVERRIDE_REASON_COMPLETE_SERVICE),
            Reason::kOverride);
}

// As refusals: what restricts crosses possible matches, what permits does not.
TEST(OverrideTest, R080_WhoMayBeThePersonTakesItBackForThemAndDoesNotGiveIt) {
  Context context = World();
  context.consents = {Share(11, {kPerhaps}, "school")};
  context.consents[0].set_ended(true);
  EXPECT_EQ(
      WhyOverridden(agency::v1::OVERRIDE_REASON_COMPLETE_SERVICE, context),
      Reason::kNoPermission);
  context.consents.push_back(Share(13, {kPerhaps}, "school"));
  context.consents[0].mutable_since()->set_seconds(100);
  EXPECT_EQ(
      WhyOverridden(agency::v1::OVERRIDE_REASON_COMPLETE_SERVICE, context),
      Reason::kNoPermission);
  context.consents.push_back(Share(14, {kSchoolRecord}, "school"));
  EXPECT_EQ(
      WhyOverridden(agency::v1::OVERRIDE_REASON_COMPLETE_SERVICE, context),
      Reason::kOverride);
}

TEST(OverrideTest, R081_OnlySafetyGoesBeforeARestriction) {
  Context context = World();
  context.restrictions = {Bar(12, kHealthRecord, "police")};
  EXPECT_EQ(WhyOverridden(agency::v1::OVERRIDE_REASON_THREAT_TO_LIFE, context),
            Reason::kOverride);
  EXPECT_EQ(WhyOverridden(agency::v1::OVERRIDE_REASON_LEGAL_DUTY, context),
            Reason::kRestricted);
  EXPECT_EQ(
      WhyOverridden(agency::v1::OVERRIDE_REASON_COMPLETE_SERVICE, context),
      Reason::kRestricted);
}

TEST(OverrideTest, R087_APlanThatWasRefusedIsNotOpenedToCompleteAService) {
  Context context = World();
  Override one = OverrideFor("police");
  one.reason = agency::v1::OVERRIDE_REASON_COMPLETE_SERVICE;
  context.overrides = {one};
  const auto plan = Item(ITEM_CLASS_PLAN, "health", {kHealthRecord});
  EXPECT_EQ(Why(ReaderOf("police"), plan, context), Reason::kOverride);
  context.consents = {Refusal(11, {kHealthRecord})};
  EXPECT_EQ(Why(ReaderOf("police"), plan, context), Reason::kNotInPlan);
}

TEST(OverrideTest, R084_WithoutAllThatIsToBeRecordedItLicensesNothing) {
  Override one = OverrideFor("police");
  one.complete = false;
  EXPECT_FALSE(
      Decide(ReaderOf("police"), Assessment(), WithOverride(one)).show);
  one = OverrideFor("police");
  one.ended = true;
  EXPECT_FALSE(
      Decide(ReaderOf("police"), Assessment(), WithOverride(one)).show);
}

TEST(OverrideTest, ItHoldsFromItsFirstMomentUntilItsLast) {
  const Context context = WithOverride(OverrideFor("police"));
  const auto shown_at = [&](absl::Time now) {
    Reader police = ReaderOf("police");
    police.at = now;
    return Decide(police, Assessment(), context).show;
  };
  EXPECT_FALSE(shown_at(At(9) - absl::Nanoseconds(1)));
  EXPECT_TRUE(shown_at(At(9)));
  EXPECT_TRUE(shown_at(At(12) - absl::Nanoseconds(1)));
  EXPECT_FALSE(shown_at(At(12)));
}

TEST(OverrideTest, ItHoldsForItsPurposePeopleAndClasses) {
  Override one = OverrideFor("police");
  one.purpose = "safeguarding";
  EXPECT_FALSE(
      Decide(ReaderOf("police"), Assessment(), WithOverride(one)).show);
  one = OverrideFor("police");
  one.classes = {ITEM_CLASS_NEED};
  EXPECT_FALSE(
      Decide(ReaderOf("police"), Assessment(), WithOverride(one)).show);
  // Another person of the item is not covered.
  const auto both =
      Item(ITEM_CLASS_ASSESSMENT, "health", {kHealthRecord, kMother});
  EXPECT_FALSE(
      Decide(ReaderOf("police"), both, WithOverride(OverrideFor("police")))
          .show);
}

TEST(OverrideTest, ItReachesSureLinksOnly) {
  Override one = OverrideFor("police");
  one.records = {kSchoolRecord};
  EXPECT_TRUE(Decide(ReaderOf("police"), Assessment(), WithOverride(one)).show);
  one.records = {kPerhaps};
  EXPECT_FALSE(
      Decide(ReaderOf("police"), Assessment(), WithOverride(one)).show);
}

TEST(OverrideTest, AShieldedItemADraftAndAFamilyMemberAreBeyondIt) {
  const Context context = WithOverride(OverrideFor("police"));
  auto item = Item(ITEM_CLASS_CONTACT, "health", {kHealthRecord});
  item.set_shielded(true);
  EXPECT_EQ(Why(ReaderOf("police"), item, context), Reason::kShielded);
  auto draft = Item(ITEM_CLASS_PLAN, "health", {kHealthRecord});
  draft.set_draft(true);
  EXPECT_EQ(Why(ReaderOf("police"), draft, context), Reason::kDraft);
  Reader member = ReaderOf("police", ROLE_FAMILY_MEMBER);
  member.record = kMother;
  EXPECT_FALSE(Decide(member, Assessment(), context).show);
}

Grant GrantFor(uint64_t practitioner) {
  Grant grant;
  grant.number = 40;
  grant.agency = "police";
  grant.practitioner = practitioner;
  grant.families = {kFamily};
  grant.from = At(9);
  grant.until = At(13);
  return grant;
}

Context WithGrant(Grant grant) {
  Context context = World();
  context.grants = {std::move(grant)};
  return context;
}

Decision Broken(const ledger::v1::ItemLabel& item, const Context& context) {
  return Decide(ReaderOf("police"), item, context);
}

TEST(GrantTest, ItOpensItsScopeToItsReaderAlone) {
  const Context context = WithGrant(GrantFor(60));
  const Decision decision = Broken(Assessment(), context);
  EXPECT_EQ(decision.reason, Reason::kBreakGlass);
  EXPECT_EQ(decision.decided_by, std::vector<uint64_t>{40});
  Reader colleague = ReaderOf("police");
  colleague.practitioner_number = 61;
  EXPECT_FALSE(Decide(colleague, Assessment(), context).show);
  auto elsewhere = Assessment();
  elsewhere.set_family(kFamily + 1);
  EXPECT_FALSE(Broken(elsewhere, context).show);
}

TEST(GrantTest, NobodyKnownAndNobodysGrantOpenNothing) {
  Reader unknown = ReaderOf("police");
  unknown.practitioner_number = 0;
  EXPECT_FALSE(Decide(unknown, Assessment(), WithGrant(GrantFor(0))).show);
}

TEST(GrantTest, ItLastsFourHoursAtMost) {
  EXPECT_TRUE(Broken(Assessment(), WithGrant(GrantFor(60))).show);
  Grant longer = GrantFor(60);
  longer.until = At(13) + absl::Nanoseconds(1);
  EXPECT_FALSE(Broken(Assessment(), WithGrant(longer)).show);
  Reader late = ReaderOf("police");
  late.at = At(13);
  EXPECT_FALSE(Decide(late, Assessment(), WithGrant(GrantFor(60))).show);
}

TEST(GrantTest, AShieldedItemNeedsASecondApprover) {
  auto item = Item(ITEM_CLASS_CONTACT, "health", {kHealthRecord});
  item.set_shielded(true);
  EXPECT_EQ(Broken(item, WithGrant(GrantFor(60))).reason, Reason::kShielded);
  Grant approved = GrantFor(60);
  approved.shielded_approved = true;
  EXPECT_EQ(Broken(item, WithGrant(approved)).reason, Reason::kBreakGlass);
}

TEST(GrantTest, ARoleThatMayNotBreakTheGlassUsesNoGrant) {
  Reader chair = ReaderOf("police", ROLE_PANEL_CHAIR);
  EXPECT_FALSE(Decide(chair, Assessment(), WithGrant(GrantFor(60))).show);
}

TEST(GrantTest, WhatIsGoneOrNotStoredStaysSo) {
  Context context = WithGrant(GrantFor(60));
  context.records[kHealthRecord].gone = true;
  EXPECT_EQ(Broken(Assessment(), context).reason, Reason::kGone);
  context = WithGrant(GrantFor(60));
  context.consents = {StorageRefused(13, kHealthRecord)};
  EXPECT_EQ(Broken(Assessment(), context).reason, Reason::kNotStored);
}

TEST(GrantTest, WorklistsOfDuplicatesAreNotOpened) {
  const auto side = Item(ITEM_CLASS_DUPLICATE, "health", {kHealthRecord});
  EXPECT_FALSE(Broken(side, WithGrant(GrantFor(60))).show);
}

}  // namespace
}  // namespace kith::disclosure
