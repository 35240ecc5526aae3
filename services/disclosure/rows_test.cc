// Storage, age, conflicts, restrictions of one thing, families, agreements,
// purposes, panels, embargoes and looks: both sides of each edge, by
// requirement row.
#include <gtest/gtest.h>

#include "services/disclosure/policy.h"
#include "services/disclosure/testing.h"

namespace kith::disclosure {
namespace {

using agency::v1::ITEM_CLASS_ASSESSMENT;
using agency::v1::ITEM_CLASS_CONSENT;
using agency::v1::ITEM_CLASS_CONVERSATION;
using agency::v1::ITEM_CLASS_FAMILY_AGREEMENT;
using agency::v1::ITEM_CLASS_MEETING;
using agency::v1::ITEM_CLASS_NEED;
using agency::v1::ITEM_CLASS_PANEL;
using agency::v1::ITEM_CLASS_PLAN;
using agency::v1::ROLE_PANEL_CHAIR;

ledger::v1::ItemLabel Assessment() {
  return Item(ITEM_CLASS_ASSESSMENT, "health", {kHealthRecord});
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
