#include "services/disclosure/policy.h"

#include <gtest/gtest.h>

#include "services/disclosure/testing.h"

namespace kith::disclosure {
namespace {

using agency::v1::ITEM_CLASS_ASSESSMENT;
using agency::v1::ITEM_CLASS_DUPLICATE;
using agency::v1::ITEM_CLASS_LEAD;
using agency::v1::ITEM_CLASS_MATCH;
using agency::v1::ITEM_CLASS_OPERATION;
using agency::v1::ITEM_CLASS_PLAN;

TEST(PolicyTest, R077_WithoutConsentAnotherAgencysItemIsWithheld) {
  const auto item = Item(ITEM_CLASS_ASSESSMENT, "health", {kHealthRecord});
  const Decision decision = Decide(ReaderOf("school"), item, World());
  EXPECT_FALSE(decision.show);
  EXPECT_EQ(decision.reason, Reason::kNoPermission);
}

TEST(PolicyTest, R077_WhoNeedsToKnowSeesDetailsAndWhoDoesNotSeesNone) {
  const auto item = Item(ITEM_CLASS_ASSESSMENT, "health", {kHealthRecord});
  Context context = World();
  EXPECT_TRUE(Decide(ReaderOf("health"), item, context).show);
  Reader caller = ReaderOf("health");
  caller.purpose = "lead_contact";  // for which nobody needs it
  EXPECT_EQ(Why(caller, item, context), Reason::kPurpose);
  context.consents = {Share(10, {kHealthRecord}, "school")};
  EXPECT_TRUE(Decide(ReaderOf("school"), item, context).show);
  // The work with the family ended.
  context.agencies_of_family.clear();
  context.agencies_of_record.clear();
  EXPECT_EQ(Why(ReaderOf("health"), item, context), Reason::kNoPermission);
}

TEST(PolicyTest, AnAgencySeesItsOwnItemsOfFamiliesItWorksWith) {
  const auto item = Item(ITEM_CLASS_ASSESSMENT, "health", {kHealthRecord});
  EXPECT_EQ(Why(ReaderOf("health"), item, World()), Reason::kOwnAgency);
  Context stranger = World();
  stranger.agencies_of_family.clear();
  stranger.agencies_of_record.clear();
  EXPECT_EQ(Why(ReaderOf("health"), item, stranger), Reason::kNoPermission);
}

TEST(PolicyTest, WithoutAgencyRoleOrPurposeNothingIsShown) {
  const auto item = Item(ITEM_CLASS_ASSESSMENT, "health", {kHealthRecord});
  Reader no_purpose = ReaderOf("health");
  no_purpose.purpose.clear();
  EXPECT_EQ(Why(no_purpose, item, World()), Reason::kNoRole);
  EXPECT_EQ(
      Why(ReaderOf("health", agency::v1::ROLE_UNSPECIFIED), item, World()),
      Reason::kNoRole);
  EXPECT_EQ(Why(ReaderOf(""), item, World()), Reason::kNoRole);
}

// valid only for the listed recipients. R-075: only for the purpose.
TEST(PolicyTest, R074_R075_PermissionHoldsForNamedRecipientAndPurposeOnly) {
  Context context = World();
  context.consents = {Share(10, {kHealthRecord}, "school")};
  const auto item = Item(ITEM_CLASS_ASSESSMENT, "health", {kHealthRecord});
  const Decision shared = Decide(ReaderOf("school"), item, context);
  EXPECT_TRUE(shared.show);
  EXPECT_EQ(shared.decided_by, std::vector<uint64_t>{10});
  EXPECT_FALSE(Decide(ReaderOf("council"), item, context).show);
  Reader other_purpose = ReaderOf("school");
  other_purpose.purpose = "research";
  EXPECT_FALSE(Decide(other_purpose, item, context).show);
}

TEST(PolicyTest, R097_EveryRecordAnItemIsAboutMustBeCovered) {
  Context context = World();
  context.consents = {Share(10, {kHealthRecord}, "school")};
  const auto both =
      Item(ITEM_CLASS_ASSESSMENT, "health", {kHealthRecord, kMother});
  EXPECT_FALSE(Decide(ReaderOf("school"), both, context).show);
  context.consents.push_back(Share(11, {kMother}, "school"));
  EXPECT_TRUE(Decide(ReaderOf("school"), both, context).show);
}

// To each agency apart: what one was permitted, another was not.
TEST(PolicyTest, R097_EachAgencyIsPermittedByEachMember) {
  Context context = World();
  context.consents = {Share(10, {kHealthRecord, kMother}, "school"),
                      Share(11, {kMother}, "police")};
  const auto both =
      Item(ITEM_CLASS_ASSESSMENT, "health", {kHealthRecord, kMother});
  EXPECT_TRUE(Decide(ReaderOf("school"), both, context).show);
  EXPECT_EQ(Why(ReaderOf("police"), both, context), Reason::kNoPermission);
  context.consents.push_back(Share(12, {kHealthRecord}, "police"));
  EXPECT_TRUE(Decide(ReaderOf("police"), both, context).show);
  context.consents.push_back(Refusal(13, {kMother}));
  EXPECT_EQ(Why(ReaderOf("police"), both, context), Reason::kConflicting);
}

TEST(PolicyTest, PermissionCrossesSureLinksOnly) {
  Context context = World();
  context.consents = {Share(10, {kSchoolRecord}, "police")};
  const auto of_health = Item(ITEM_CLASS_ASSESSMENT, "health", {kHealthRecord});
  const auto of_perhaps = Item(ITEM_CLASS_ASSESSMENT, "council", {kPerhaps});
  EXPECT_TRUE(Decide(ReaderOf("police"), of_health, context).show);
  EXPECT_FALSE(Decide(ReaderOf("police"), of_perhaps, context).show);
}

TEST(PolicyTest, RefusalsAndRestrictionsCrossPossibleMatchesToo) {
  Context context = World();
  context.consents = {Share(10, {kHealthRecord}, "police"),
                      Refusal(11, {kPerhaps})};
  const auto item = Item(ITEM_CLASS_ASSESSMENT, "health", {kHealthRecord});
  EXPECT_EQ(Why(ReaderOf("police"), item, context), Reason::kConflicting);
  context.consents.pop_back();
  context.restrictions = {Bar(12, kPerhaps, "police")};
  EXPECT_EQ(Why(ReaderOf("police"), item, context), Reason::kRestricted);
}

TEST(PolicyTest, PermissionHoldsOnItsFirstAndLastDay) {
  Context context = World();
  auto share = Share(10, {kHealthRecord}, "school");
  auto* period = share.mutable_recorded()->mutable_said()->mutable_period();
  SetDay(period->mutable_from(), 2026, 6, 15);
  SetDay(period->mutable_until(), 2026, 6, 20);
  context.consents = {share};
  const auto item = Item(ITEM_CLASS_ASSESSMENT, "health", {kHealthRecord});
  auto shown_on = [&](int day) {
    context.today = absl::CivilDay(2026, 6, day);
    return Decide(ReaderOf("school"), item, context).show;
  };
  EXPECT_FALSE(shown_on(14));
  EXPECT_TRUE(shown_on(15));
  EXPECT_TRUE(shown_on(20));
  EXPECT_FALSE(shown_on(21));
}

TEST(PolicyTest, AnEndedConsentPermitsNothing) {
  Context context = World();
  context.consents = {Share(10, {kHealthRecord}, "school")};
  context.consents[0].set_ended(true);
  const auto item = Item(ITEM_CLASS_ASSESSMENT, "health", {kHealthRecord});
  EXPECT_FALSE(Decide(ReaderOf("school"), item, context).show);
}

TEST(PolicyTest, ConsentToRecordOrStoreSharesNothing) {
  for (auto kind :
       {agency::v1::CONSENT_KIND_SERVICE, agency::v1::CONSENT_KIND_RECORD,
        agency::v1::CONSENT_KIND_STORE}) {
    Context context = World();
    context.consents = {Share(10, {kHealthRecord}, "school")};
    context.consents[0].mutable_recorded()->mutable_said()->set_kind(kind);
    const auto item = Item(ITEM_CLASS_ASSESSMENT, "health", {kHealthRecord});
    EXPECT_FALSE(Decide(ReaderOf("school"), item, context).show);
  }
}

TEST(PolicyTest, APermissionCoversTheClassesItNames) {
  Context context = World();
  context.consents = {Share(10, {kHealthRecord}, "school")};
  context.consents[0].mutable_recorded()->mutable_said()->add_classes(
      ITEM_CLASS_ASSESSMENT);
  EXPECT_TRUE(Decide(ReaderOf("school"),
                     Item(ITEM_CLASS_ASSESSMENT, "health", {kHealthRecord}),
                     context)
                  .show);
  EXPECT_FALSE(
      Decide(ReaderOf("school"),
             Item(agency::v1::ITEM_CLASS_NEED, "health", {kHealthRecord}),
             context)
          .show);
}

// What a health record's consent can give: its own agency's items only.
TEST(PolicyTest, AConsentOverOwnRecordsReachesNoOtherAgencysItem) {
  Context context = World();
  context.consents = {Share(10, {kHealthRecord}, "police")};
  context.consents[0].mutable_recorded()->mutable_said()->set_own_records_only(
      true);
  EXPECT_TRUE(Decide(ReaderOf("police"),
                     Item(ITEM_CLASS_ASSESSMENT, "health", {kHealthRecord}),
                     context)
                  .show);
  EXPECT_FALSE(Decide(ReaderOf("police"),
                      Item(ITEM_CLASS_ASSESSMENT, "school", {kSchoolRecord}),
                      context)
                   .show);
}

// barred from particular pieces of information, everywhere.
TEST(PolicyTest, R081_ARestrictionIsStrongerThanPermission) {
  Context context = World();
  context.consents = {Share(10, {kHealthRecord}, "school")};
  context.restrictions = {Bar(12, kHealthRecord, "school")};
  const auto item = Item(ITEM_CLASS_ASSESSMENT, "health", {kHealthRecord});
  const Decision barred = Decide(ReaderOf("school"), item, context);
  EXPECT_EQ(barred.reason, Reason::kRestricted);
  EXPECT_EQ(barred.decided_by, std::vector<uint64_t>{12});
  context.restrictions[0].set_ended(true);
  EXPECT_TRUE(Decide(ReaderOf("school"), item, context).show);
}

TEST(PolicyTest, R081_R082_ARestrictionHoldsOnItsFirstAndLastDay) {
  Context context = World();
  context.consents = {Share(10, {kHealthRecord}, "school")};
  auto bar = Bar(12, kHealthRecord, "school");
  auto* period = bar.mutable_recorded()->mutable_said()->mutable_period();
  SetDay(period->mutable_from(), 2026, 6, 15);
  SetDay(period->mutable_until(), 2026, 6, 20);
  context.restrictions = {bar};
  const auto item = Item(ITEM_CLASS_ASSESSMENT, "health", {kHealthRecord});
  const auto shown_on = [&](int day) {
    context.today = absl::CivilDay(2026, 6, day);
    return Decide(ReaderOf("school"), item, context).show;
  };
  EXPECT_TRUE(shown_on(14));
  EXPECT_FALSE(shown_on(15));
  EXPECT_FALSE(shown_on(20));
  EXPECT_TRUE(shown_on(21));
}

TEST(PolicyTest, ABarredPractitionerDoesNotSeeTheirOwnAgencysItem) {
  Context context = World();
  context.restrictions = {Bar(12, kHealthRecord, "")};
  context.restrictions[0].mutable_recorded()->add_barred()->set_practitioner(
      60);
  const auto item = Item(ITEM_CLASS_ASSESSMENT, "health", {kHealthRecord});
  EXPECT_EQ(Why(ReaderOf("health"), item, context), Reason::kRestricted);
  Reader colleague = ReaderOf("health");
  colleague.practitioner_number = 61;
  EXPECT_EQ(Why(colleague, item, context), Reason::kOwnAgency);
}

TEST(PolicyTest, AShieldedItemStaysWithItsAgencyWhateverIsPermitted) {
  Context context = World();
  context.consents = {Share(10, {kHealthRecord}, "school")};
  auto item = Item(agency::v1::ITEM_CLASS_CONTACT, "health", {kHealthRecord});
  item.set_shielded(true);
  EXPECT_EQ(Why(ReaderOf("school"), item, context), Reason::kShielded);
  EXPECT_EQ(Why(ReaderOf("health"), item, context), Reason::kOwnAgency);
}

// only services named in the plan and covered by consent.
TEST(PolicyTest, R073_R099_APlanGoesToServicesNamedInItAndPermitted) {
  Context context = World();
  context.consents = {Share(10, {kHealthRecord}, "school"),
                      Share(11, {kHealthRecord}, "police")};
  auto plan = Item(ITEM_CLASS_PLAN, "health", {kHealthRecord});
  plan.add_named_agencies("school");
  EXPECT_TRUE(Decide(ReaderOf("school"), plan, context).show);
  EXPECT_EQ(Why(ReaderOf("police"), plan, context), Reason::kNotInPlan);
  context.consents.clear();
  EXPECT_EQ(Why(ReaderOf("school"), plan, context), Reason::kNoPermission);
}

// The consent of the first meeting stands beside that of the registration: for
// the services that the plan names, and for the plan.
TEST(PolicyTest, R073_ConsentOfTheFirstMeetingIsNarrowerAndForItsServices) {
  Context context = World();
  auto of_meeting = Share(11, {kHealthRecord}, "school");
  of_meeting.mutable_recorded()->mutable_said()->add_classes(ITEM_CLASS_PLAN);
  context.consents = {Share(10, {kHealthRecord}, "police"), of_meeting};
  const auto item = Item(ITEM_CLASS_ASSESSMENT, "health", {kHealthRecord});
  auto plan = Item(ITEM_CLASS_PLAN, "health", {kHealthRecord});
  plan.add_named_agencies("school");
  plan.add_named_agencies("council");
  EXPECT_EQ(Decide(ReaderOf("school"), plan, context).decided_by,
            std::vector<uint64_t>{11});
  EXPECT_EQ(Why(ReaderOf("school"), item, context), Reason::kNoPermission);
  EXPECT_TRUE(Decide(ReaderOf("police"), item, context).show);
  EXPECT_EQ(Why(ReaderOf("police"), plan, context), Reason::kNotInPlan);
  EXPECT_EQ(Why(ReaderOf("council"), plan, context), Reason::kNoPermission);
}

// a draft is not shown as agreed.
TEST(PolicyTest, R208_ADraftIsForItsAgencyAndTheLead) {
  Context context = World();
  context.consents = {Share(10, {kHealthRecord}, "school")};
  auto plan = Item(ITEM_CLASS_PLAN, "health", {kHealthRecord});
  plan.add_named_agencies("school");
  plan.set_draft(true);
  EXPECT_EQ(Why(ReaderOf("school"), plan, context), Reason::kDraft);
  Reader lead = ReaderOf("school");
  lead.practitioner_number = kLead;
  EXPECT_TRUE(Decide(lead, plan, context).show);
}

// an outsider learns that a lead exists and how to reach them.
TEST(PolicyTest, R263_AnOutsiderLearnsThatALeadExists) {
  const auto lead = Item(ITEM_CLASS_LEAD, "health", {kHealthRecord});
  EXPECT_EQ(Why(ReaderOf("police"), lead, World()), Reason::kLeadExists);
  // And not the content.
  for (const auto content : {ITEM_CLASS_PLAN, ITEM_CLASS_ASSESSMENT,
                             agency::v1::ITEM_CLASS_INVOLVEMENT}) {
    EXPECT_FALSE(Decide(ReaderOf("police"),
                        Item(content, "health", {kHealthRecord}), World())
                     .show);
  }
  EXPECT_EQ(Why(ReaderOf("police", agency::v1::ROLE_LEADERSHIP_MANAGER), lead,
                World()),
            Reason::kNoRole);
}

TEST(PolicyTest, WorklistsOfMatchesAreTheHubAdministrators) {
  const auto match = Item(ITEM_CLASS_MATCH, "health", {kHealthRecord});
  EXPECT_FALSE(Decide(ReaderOf("health"), match, World()).show);
  EXPECT_TRUE(Decide(ReaderOf("hub", agency::v1::ROLE_HUB_ADMINISTRATOR), match,
                     World())
                  .show);
}

TEST(PolicyTest, OfADuplicateCaseAnAgencySeesItsOwnSide) {
  Context context = World();
  context.consents = {Share(10, {kHealthRecord}, "school")};
  const auto side = Item(ITEM_CLASS_DUPLICATE, "health", {kHealthRecord});
  EXPECT_TRUE(Decide(ReaderOf("health"), side, context).show);
  EXPECT_FALSE(Decide(ReaderOf("school"), side, context).show);
  EXPECT_TRUE(
      Decide(ReaderOf("hub", agency::v1::ROLE_HUB_ADMINISTRATOR), side, context)
          .show);
}

TEST(PolicyTest, AHubAdministratorSeesNoOtherAgencysContent) {
  const auto item = Item(ITEM_CLASS_ASSESSMENT, "health", {kHealthRecord});
  EXPECT_FALSE(
      Decide(ReaderOf("hub", agency::v1::ROLE_HUB_ADMINISTRATOR), item, World())
          .show);
}

TEST(PolicyTest, AnAuditorNeedsARecordedReason) {
  const auto item = Item(ITEM_CLASS_ASSESSMENT, "health", {kHealthRecord});
  Reader auditor = ReaderOf("hub", agency::v1::ROLE_AUDITOR);
  EXPECT_FALSE(Decide(auditor, item, World()).show);
  auditor.reason = "complaint 12";
  EXPECT_TRUE(Decide(auditor, item, World()).show);
}

TEST(PolicyTest, AnEngineerSeesMetadataOnly) {
  const Reader engineer =
      ReaderOf("hub", agency::v1::ROLE_INTEGRATION_ENGINEER);
  EXPECT_TRUE(
      Decide(engineer, Item(ITEM_CLASS_OPERATION, "", {}), World()).show);
  EXPECT_FALSE(Decide(engineer,
                      Item(ITEM_CLASS_ASSESSMENT, "hub", {kHealthRecord}),
                      World())
                   .show);
}

// sharing about one family member with another needs its own consent.
TEST(PolicyTest, R096_AFamilyMemberSeesTheirOwnAndWhatIsSharedWithThem) {
  Reader mother = ReaderOf("family", agency::v1::ROLE_FAMILY_MEMBER);
  mother.record = kMother;
  Context context = World();
  const auto her_own = Item(ITEM_CLASS_ASSESSMENT, "health", {kMother});
  const auto the_childs =
      Item(ITEM_CLASS_ASSESSMENT, "health", {kHealthRecord});
  EXPECT_TRUE(Decide(mother, her_own, context).show);
  EXPECT_FALSE(Decide(mother, the_childs, context).show);
  auto share = Share(10, {kHealthRecord}, "");
  share.mutable_recorded()->add_recipients()->set_record(kMother);
  context.consents = {share};
  EXPECT_TRUE(Decide(mother, the_childs, context).show);
}

TEST(PolicyTest, ARecordMadeInErrorIsShownToNobody) {
  Context context = World();
  context.records[kHealthRecord].gone = true;
  const auto item = Item(ITEM_CLASS_ASSESSMENT, "health", {kHealthRecord});
  EXPECT_EQ(Why(ReaderOf("health"), item, context), Reason::kGone);
}

TEST(PolicyTest, AnItemAboutNobodyKnownIsItsAgencysOnly) {
  const auto item = Item(agency::v1::ITEM_CLASS_FAMILY, "health", {});
  EXPECT_TRUE(Decide(ReaderOf("health"), item, World()).show);
  EXPECT_FALSE(Decide(ReaderOf("police"), item, World()).show);
}

}  // namespace
}  // namespace kith::disclosure
