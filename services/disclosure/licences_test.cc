// Overrides, break-glass grants, agreements, age, things, storage: both sides
// of each edge, by requirement row.
#include <gtest/gtest.h>

#include "services/disclosure/policy.h"
#include "services/disclosure/testing.h"

namespace kith::disclosure {
namespace {

using agency::v1::ITEM_CLASS_ASSESSMENT;
using agency::v1::ITEM_CLASS_CONSENT;
using agency::v1::ITEM_CLASS_CONTACT;
using agency::v1::ITEM_CLASS_CONVERSATION;
using agency::v1::ITEM_CLASS_DUPLICATE;
using agency::v1::ITEM_CLASS_FAMILY_AGREEMENT;
using agency::v1::ITEM_CLASS_MEETING;
using agency::v1::ITEM_CLASS_NEED;
using agency::v1::ITEM_CLASS_PANEL;
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

// what was said of that record under consent goes out of every sight.
TEST(StorageTest, R078_RefusedStorageHidesTheRecordFromEveryReader) {
  Context context = World();
  context.consents = {StorageRefused(13, kHealthRecord)};
  Reader auditor = ReaderOf("hub", agency::v1::ROLE_AUDITOR);
  auditor.reason = "complaint 12";
  auditor.purpose = "audit";
  for (const Reader& reader : {ReaderOf("health"), auditor}) {
    EXPECT_EQ(Why(reader, Assessment(), context), Reason::kNotStored);
  }
  auto under_consent = Assessment();
  under_consent.set_basis(agency::v1::LEGAL_BASIS_CONSENT);
  EXPECT_EQ(Why(ReaderOf("health"), under_consent, context),
            Reason::kNotStored);
}

TEST(StorageTest, R078_WhatHasAnotherLegalBasisStays) {
  Context context = World();
  context.consents = {StorageRefused(13, kHealthRecord)};
  for (const auto basis : {agency::v1::LEGAL_BASIS_LEGAL_OBLIGATION,
                           agency::v1::LEGAL_BASIS_PUBLIC_TASK,
                           agency::v1::LEGAL_BASIS_VITAL_INTERESTS}) {
    auto item = Assessment();
    item.set_basis(basis);
    EXPECT_EQ(Why(ReaderOf("health"), item, context), Reason::kOwnAgency);
  }
}

TEST(StorageTest, R078_OtherRecordsAndTheRefusalItselfStay) {
  Context context = World();
  context.consents = {StorageRefused(13, kHealthRecord)};
  EXPECT_TRUE(Decide(ReaderOf("school"),
                     Item(ITEM_CLASS_ASSESSMENT, "school", {kSchoolRecord}),
                     context)
                  .show);
  EXPECT_TRUE(Decide(ReaderOf("health"),
                     Item(ITEM_CLASS_CONSENT, "health", {kHealthRecord}),
                     context)
                  .show);
  context.consents[0].set_ended(true);
  EXPECT_TRUE(Decide(ReaderOf("health"), Assessment(), context).show);
}

// from 16 the person answers themselves.
TEST(AgeTest, R249_AParentsPermissionEndsOnTheSixteenthBirthday) {
  Context context = World();
  context.records[kHealthRecord].born = absl::CivilDay(2010, 6, 15);
  context.consents = {Share(10, {kHealthRecord}, "school")};
  context.consents[0].mutable_recorded()->set_answered_by(kMother);
  context.today = absl::CivilDay(2026, 6, 14);
  EXPECT_TRUE(Decide(ReaderOf("school"), Assessment(), context).show);
  context.today = absl::CivilDay(2026, 6, 15);
  EXPECT_EQ(Why(ReaderOf("school"), Assessment(), context),
            Reason::kNoPermission);
  context.consents[0].mutable_recorded()->set_answered_by(kSchoolRecord);
  EXPECT_TRUE(Decide(ReaderOf("school"), Assessment(), context).show);
}

TEST(AgeTest, R249_AParentsRefusalGivesWayToThePersonsOwnAnswerOnly) {
  Context context = World();
  context.records[kHealthRecord].born = absl::CivilDay(2010, 6, 15);
  context.consents = {Refusal(11, {kHealthRecord})};
  context.consents[0].mutable_recorded()->set_answered_by(kMother);
  EXPECT_EQ(Why(ReaderOf("school"), Assessment(), context), Reason::kRefused);
  auto own = Share(12, {kHealthRecord}, "school");
  own.mutable_recorded()->set_answered_by(kHealthRecord);
  context.consents.push_back(own);
  EXPECT_TRUE(Decide(ReaderOf("school"), Assessment(), context).show);
  context.today = absl::CivilDay(2026, 6, 14);  // 15 still: they conflict
  EXPECT_EQ(Why(ReaderOf("school"), Assessment(), context),
            Reason::kConflicting);
}

TEST(ConflictTest, WhatOneParentGaveAndAnotherRefusedIsAConflict) {
  Context context = World();
  context.consents = {Share(10, {kHealthRecord}, "school"),
                      Refusal(11, {kHealthRecord})};
  const Decision decision = Decide(ReaderOf("school"), Assessment(), context);
  EXPECT_FALSE(decision.show);
  EXPECT_EQ(decision.reason, Reason::kConflicting);
  EXPECT_EQ(decision.decided_by, std::vector<uint64_t>{11});
  context.consents[1].set_ended(true);
  EXPECT_TRUE(Decide(ReaderOf("school"), Assessment(), context).show);
}

// particular pieces of information.
TEST(ThingTest, R081_ARestrictionMayCoverOneThing) {
  Context context = World();
  context.consents = {Share(10, {kHealthRecord}, "school")};
  context.restrictions = {Bar(12, kHealthRecord, "school")};
  context.restrictions[0].mutable_recorded()->add_things(700);
  auto item = Assessment();
  item.set_thing(700);
  EXPECT_EQ(Why(ReaderOf("school"), item, context), Reason::kRestricted);
  item.set_thing(701);
  EXPECT_TRUE(Decide(ReaderOf("school"), item, context).show);
}

TEST(ThingTest, WhoIsBarredDoesNotLearnOfTheRestriction) {
  Context context = World();
  context.consents = {Share(10, {kHealthRecord}, "school")};
  context.restrictions = {Bar(12, kHealthRecord, "school")};
  context.restrictions[0].mutable_recorded()->mutable_said()->add_classes(
      ITEM_CLASS_ASSESSMENT);
  auto itself = Item(ITEM_CLASS_CONSENT, "health", {kHealthRecord});
  itself.set_thing(12);
  EXPECT_EQ(Why(ReaderOf("school"), itself, context), Reason::kRestricted);
  itself.set_thing(10);
  EXPECT_TRUE(Decide(ReaderOf("school"), itself, context).show);
}

// what a competent young person keeps from the family.
TEST(FamilyTest, R070_WhatAYoungPersonWithholdsIsHiddenFromTheFamilyAlone) {
  Context context = World();
  auto to_mother = Share(10, {kHealthRecord}, "school");
  to_mother.mutable_recorded()->add_recipients()->set_record(kMother);
  context.consents = {to_mother};
  Reader mother = MemberOf(kMother);
  Reader child = MemberOf(kSchoolRecord);
  EXPECT_TRUE(Decide(mother, Assessment(), context).show);
  context.restrictions = {Bar(12, kHealthRecord, "")};
  context.restrictions[0].mutable_recorded()->mutable_said()->set_from_family(
      true);
  EXPECT_EQ(Why(mother, Assessment(), context), Reason::kRestricted);
  EXPECT_EQ(Why(child, Assessment(), context), Reason::kOwn);
  EXPECT_TRUE(Decide(ReaderOf("school"), Assessment(), context).show);
}

// the family's own plan and meetings, whoever else they name.
TEST(FamilyTest, R259_AMemberSeesTheFamilysPlanAndMeetings) {
  Context context = World();
  context.members_of_family[kFamily] = {kMother, kHealthRecord};
  for (const auto item_class :
       {ITEM_CLASS_PLAN, ITEM_CLASS_MEETING, ITEM_CLASS_FAMILY_AGREEMENT}) {
    const auto item = Item(item_class, "health", {kHealthRecord, kMother});
    EXPECT_EQ(Why(MemberOf(kMother), item, context), Reason::kOfFamily);
    EXPECT_FALSE(Decide(MemberOf(kPerhaps), item, context).show);
  }
  auto draft = Item(ITEM_CLASS_PLAN, "health", {kMother});
  draft.set_draft(true);
  EXPECT_EQ(Why(MemberOf(kMother), draft, context), Reason::kDraft);
  EXPECT_FALSE(Decide(MemberOf(kMother), Assessment(), context).show);
}

// the family view honours restrictions between members.
TEST(FamilyTest, R260_ARestrictedPlanIsNotTheFamilysToSee) {
  Context context = World();
  context.members_of_family[kFamily] = {kMother, kHealthRecord};
  context.restrictions = {Bar(12, kHealthRecord, "")};
  context.restrictions[0].mutable_recorded()->mutable_said()->set_from_family(
      true);
  const auto plan = Item(ITEM_CLASS_PLAN, "health", {kHealthRecord, kMother});
  EXPECT_EQ(Why(MemberOf(kMother), plan, context), Reason::kRestricted);
  EXPECT_EQ(Why(MemberOf(kHealthRecord), plan, context), Reason::kOfFamily);
}

// what was said apart.
TEST(ApartTest, R305_AConversationNeedsAPermissionThatNamesIt) {
  Context context = World();
  context.members_of_family[kFamily] = {kMother, kHealthRecord};
  context.consents = {Share(10, {kHealthRecord}, "school")};
  const auto talk = Item(ITEM_CLASS_CONVERSATION, "health", {kHealthRecord});
  EXPECT_EQ(Why(ReaderOf("health"), talk, context), Reason::kOwnAgency);
  EXPECT_EQ(Why(MemberOf(kHealthRecord), talk, context), Reason::kOwn);
  EXPECT_FALSE(Decide(MemberOf(kMother), talk, context).show);
  EXPECT_FALSE(Decide(ReaderOf("school"), talk, context).show);
  context.consents[0].mutable_recorded()->mutable_said()->add_classes(
      ITEM_CLASS_CONVERSATION);
  EXPECT_TRUE(Decide(ReaderOf("school"), talk, context).show);
}

// sharing between organisations without an agreement is marked.
TEST(AgreementTest, R098_SharingWithoutAnAgreementIsMarked) {
  Context context = World();
  context.consents = {Share(10, {kHealthRecord}, "school")};
  EXPECT_EQ(Why(ReaderOf("school"), Assessment(), context),
            Reason::kSharedUnagreed);
  Agreement agreement;
  agreement.parties = {"health", "school"};
  agreement.from = absl::CivilDay(2026, 6, 15);
  agreement.until = absl::CivilDay(2026, 6, 16);
  context.agreements = {agreement};
  const auto on = [&](int day) {
    context.today = absl::CivilDay(2026, 6, day);
    return Why(ReaderOf("school"), Assessment(), context);
  };
  EXPECT_EQ(on(14), Reason::kSharedUnagreed);
  EXPECT_EQ(on(15), Reason::kShared);
  EXPECT_EQ(on(16), Reason::kShared);
  EXPECT_EQ(on(17), Reason::kSharedUnagreed);
  context.agreements[0].parties = {"health", "police"};
  EXPECT_EQ(on(15), Reason::kSharedUnagreed);
}

TEST(AgreementTest, R098_ATableMayRequireIt) {
  ledger::v1::RoleTable table = ShippedRoles().table();
  table.set_agreement_required(true);
  const auto strict = Roles::Parse(table.DebugString());
  ASSERT_TRUE(strict.ok()) << strict.status();
  Context context = World();
  context.consents = {Share(10, {kHealthRecord}, "school")};
  EXPECT_EQ(Decide(ReaderOf("school"), Assessment(), context, *strict).reason,
            Reason::kNoAgreement);
  Agreement agreement;
  agreement.parties = {"health", "school"};
  context.agreements = {agreement};
  EXPECT_TRUE(Decide(ReaderOf("school"), Assessment(), context, *strict).show);
}

// Leadership was told every agency's figures, agreed or not.
TEST(AgreementTest, R265_LeadershipSeesTheFiguresThatAnAgreementCovers) {
  Context context = World();
  Reader reader = ReaderOf("council", agency::v1::ROLE_LEADERSHIP_MANAGER);
  reader.purpose = "oversight";
  const auto sees = [&](const std::string& agency) {
    return MaySeeFigures(reader, agency, agency::v1::ITEM_CLASS_CONSENT,
                         context);
  };
  EXPECT_TRUE(sees("council"));
  EXPECT_FALSE(sees("health"));
  Agreement agreement;
  agreement.parties = {"council", "health"};
  agreement.until = context.today;
  context.agreements = {agreement};
  EXPECT_TRUE(sees("health"));
  EXPECT_FALSE(sees("school"));
  context.agreements[0].until = context.today - 1;
  EXPECT_FALSE(sees("health"));
  context.agreements = {agreement};
  context.agreements[0].purposes = {"early_help"};
  EXPECT_FALSE(sees("health"));
  context.agreements[0].purposes.insert("oversight");
  EXPECT_TRUE(sees("health"));
  context.agreements[0].classes = {ITEM_CLASS_NEED};
  EXPECT_FALSE(sees("health"));
}

TEST(AgreementTest, R265_TheHubSeesEveryFigureAndOthersTheirOwn) {
  const auto sees = [](agency::v1::Role role, const std::string& agency) {
    return MaySeeFigures(ReaderOf("council", role), agency,
                         agency::v1::ITEM_CLASS_CONSENT, World());
  };
  EXPECT_TRUE(sees(agency::v1::ROLE_HUB_ADMINISTRATOR, "health"));
  EXPECT_TRUE(sees(agency::v1::ROLE_PRACTITIONER, "council"));
  EXPECT_FALSE(sees(agency::v1::ROLE_PRACTITIONER, "health"));
}

// fields for the purpose only.
TEST(PurposeTest, R090_APurposeShowsWhatItNeeds) {
  Reader reader = ReaderOf("health");
  reader.purpose = "lead_contact";
  EXPECT_EQ(Why(reader, Assessment(), World()), Reason::kPurpose);
  EXPECT_TRUE(
      Decide(reader,
             Item(agency::v1::ITEM_CLASS_LEAD, "health", {kHealthRecord}),
             World())
          .show);
  reader.purpose = "curiosity";
  EXPECT_EQ(Why(reader, Assessment(), World()), Reason::kPurpose);
}

// a panel's items are the chair's and the hub's.
TEST(PanelTest, R227_ItemsWithoutANameAreThePanels) {
  const auto item = Item(ITEM_CLASS_PANEL, "hub", {});
  EXPECT_TRUE(Decide(ReaderOf("hub", ROLE_PANEL_CHAIR), item, World()).show);
  EXPECT_FALSE(Decide(ReaderOf("hub"), item, World()).show);
}

TEST(EmbargoTest, R088_NoMemberSeesWhatTheFamilyIsNotToldOf) {
  const Context context = World();
  auto item = Item(agency::v1::ITEM_CLASS_OVERRIDE, "health", {kMother});
  EXPECT_EQ(Why(MemberOf(kMother), item, context), Reason::kOwn);
  item.set_embargoed(true);
  EXPECT_EQ(Why(MemberOf(kMother), item, context), Reason::kEmbargoed);
  EXPECT_EQ(Why(ReaderOf("health"), item, context), Reason::kOwnAgency);
}

TEST(AlertTest, WhoWasAlertedSeesItAndNobodyElseOfTheirAgency) {
  const Context context = World();
  auto item = Item(agency::v1::ITEM_CLASS_OVERRIDE, "police", {kMother});
  item.add_named_agencies("council");
  for (const auto role :
       {agency::v1::ROLE_PRIVACY_OFFICER, agency::v1::ROLE_SAFEGUARDING_LEAD}) {
    EXPECT_EQ(Why(ReaderOf("council", role), item, context), Reason::kRole);
    EXPECT_EQ(Why(ReaderOf("police", role), item, context), Reason::kRole);
    EXPECT_EQ(Why(ReaderOf("school", role), item, context),
              Reason::kNoPermission);
  }
  EXPECT_EQ(Why(ReaderOf("council"), item, context), Reason::kNoPermission);
}

// What was looked at tells of every class and thing.
TEST(LooksTest, R070_ARestrictionOfAnythingReachesTheLooksAtIt) {
  Context context = World();
  context.members_of_family[kFamily] = {kHealthRecord, kMother};
  ledger::v1::RestrictionRow row = Bar(9, kHealthRecord, "");
  auto& said = *row.mutable_recorded()->mutable_said();
  said.set_from_family(true);
  said.add_classes(agency::v1::ITEM_CLASS_NEED);
  context.restrictions.push_back(row);
  const auto looks = [&](uint64_t record) {
    return Item(agency::v1::ITEM_CLASS_ACCESS, "health", {record});
  };
  const Reader mother = MemberOf(kMother);
  EXPECT_EQ(Why(mother, looks(kHealthRecord), context), Reason::kRestricted);
  EXPECT_EQ(Why(mother, looks(kMother), context), Reason::kOwn);
  EXPECT_EQ(Why(ReaderOf("health"), looks(kHealthRecord), context),
            Reason::kOwnAgency);
  EXPECT_EQ(Why(ReaderOf("council", agency::v1::ROLE_PRIVACY_OFFICER),
                looks(kHealthRecord), context),
            Reason::kRole);
}

// An agency keeps its own records though it is barred; who looked at what is
// nobody's own record.
TEST(LooksTest, R081_WhoIsBarredDoesNotSeeAtWhatOthersLooked) {
  Context context = World();
  context.restrictions = {Bar(9, kHealthRecord, "health")};
  const auto of = [&](agency::v1::ItemClass item) {
    return Why(ReaderOf("health"), Item(item, "health", {kHealthRecord}),
               context);
  };
  EXPECT_EQ(of(ITEM_CLASS_NEED), Reason::kOwnAgency);
  EXPECT_EQ(of(agency::v1::ITEM_CLASS_ACCESS), Reason::kRestricted);
  context.restrictions = {Bar(9, kHealthRecord, "school")};
  EXPECT_EQ(of(agency::v1::ITEM_CLASS_ACCESS), Reason::kOwnAgency);
}

TEST(ReasonTest, EveryReasonHasANameOfItsOwn) {
  std::set<std::string> names;
  for (int i = 0; i <= static_cast<int>(kLastReason); ++i) {
    EXPECT_TRUE(
        names.insert(std::string(NameOf(static_cast<Reason>(i)))).second);
  }
  EXPECT_EQ(names.count("unknown"), 0u);
}

}  // namespace
}  // namespace kith::disclosure
