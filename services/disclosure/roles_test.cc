#include "services/disclosure/roles.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "services/disclosure/shipped_roles.h"

namespace kith::disclosure {
namespace {

using testing::HasSubstr;

std::string With(const std::string& more) {
  return absl::StrCat(kShippedRoles, more);
}

TEST(RolesTest, TheShippedTableIsSound) {
  const auto roles = Roles::Parse(kShippedRoles);
  ASSERT_TRUE(roles.ok()) << roles.status();
  EXPECT_GT(roles->version(), 0u);
}

TEST(RolesTest, R262_EveryRoleIsInTheTable) {
  const auto* all = agency::v1::Role_descriptor();
  for (int i = 0; i < all->value_count(); ++i) {
    const auto role = static_cast<agency::v1::Role>(all->value(i)->number());
    EXPECT_EQ(ShippedRoles().Of(role) != nullptr,
              role != agency::v1::ROLE_UNSPECIFIED)
        << all->value(i)->name();
  }
}

TEST(RolesTest, UnknownWordsAreRefusedWithTheirPlace) {
  const auto field = Roles::Parse(With("\nmay_do_all: true\n"));
  ASSERT_EQ(field.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(field.status().message()), HasSubstr("may_do_all"));
  EXPECT_THAT(std::string(field.status().message()), HasSubstr("line "));
  EXPECT_FALSE(Roles::Parse(With("roles { role: ROLE_JANITOR }")).ok());
  EXPECT_FALSE(
      Roles::Parse(
          With("purposes { purpose: \"x\" classes: ITEM_CLASS_GOSSIP }"))
          .ok());
}

TEST(RolesTest, WhatIsListedTwiceOrIsMissingIsRefused) {
  EXPECT_FALSE(
      Roles::Parse(With("roles { role: ROLE_AUDITOR summary: \"again\" }"))
          .ok());
  EXPECT_FALSE(Roles::Parse(With("purposes { purpose: \"audit\" }")).ok());
  EXPECT_FALSE(Roles::Parse("version: 1").ok());
  EXPECT_FALSE(Roles::Parse("").ok());
}

TEST(RolesTest, MethodsAreServicesAndTheirMethods) {
  std::string text = kShippedRoles;
  const std::string known = "\"IntakeService.*\"";
  for (const std::string wrong :
       {"\"*\"", "\"IntakeService\"", "\"Intake.Submit\"", "\"\"",
        "\"IntakeService.Sub*\""}) {
    std::string changed = text;
    changed.replace(changed.find(known), known.size(), wrong);
    EXPECT_FALSE(Roles::Parse(changed).ok()) << wrong;
  }
}

TEST(RolesTest, ARoleCallsTheMethodsOfItsTableOnly) {
  const Roles& roles = ShippedRoles();
  EXPECT_TRUE(
      roles.MayCall(agency::v1::ROLE_PRACTITIONER, "FamilyService.GetFamily"));
  EXPECT_FALSE(roles.MayCall(agency::v1::ROLE_PRACTITIONER,
                             "OperationsService.Checkpoint"));
  EXPECT_FALSE(
      roles.MayCall(agency::v1::ROLE_AUDITOR, "FamilyService.RegisterFamily"));
  EXPECT_FALSE(roles.MayCall(agency::v1::ROLE_LEADERSHIP_MANAGER,
                             "FamilyService.GetFamily"));
  EXPECT_FALSE(
      roles.MayCall(agency::v1::ROLE_UNSPECIFIED, "FamilyService.GetFamily"));
}

TEST(RolesTest, TheHubAndLeadershipOverseeEveryAgencyAndNobodyElse) {
  for (const auto& rights : ShippedRoles().table().roles()) {
    EXPECT_EQ(ShippedRoles().Oversees(rights.role()),
              rights.role() == agency::v1::ROLE_HUB_ADMINISTRATOR ||
                  rights.role() == agency::v1::ROLE_LEADERSHIP_MANAGER)
        << NameOf(rights.role());
  }
  EXPECT_FALSE(ShippedRoles().Oversees(agency::v1::ROLE_UNSPECIFIED));
}

TEST(RolesTest, R265_LeadershipSeesAgreementsAndFiguresAndNoFamily) {
  const Rights rights = ShippedRoles().RightsFor(
      agency::v1::ROLE_LEADERSHIP_MANAGER, "oversight");
  const auto* all = agency::v1::ItemClass_descriptor();
  for (int i = 0; i < all->value_count(); ++i) {
    const auto item =
        static_cast<agency::v1::ItemClass>(all->value(i)->number());
    EXPECT_EQ(rights.everywhere.Has(item),
              item == agency::v1::ITEM_CLASS_AGREEMENT);
    EXPECT_FALSE(rights.own.Has(item) || rights.by_permission.Has(item) ||
                 rights.of_family.Has(item) || rights.outline.Has(item) ||
                 rights.alerted.Has(item))
        << NameOf(item);
  }
  EXPECT_TRUE(ShippedRoles().MayCall(agency::v1::ROLE_LEADERSHIP_MANAGER,
                                     "ConsentService.CountUnstored"));
}

TEST(RolesTest, RightsAreThoseOfTheTable) {
  const Roles& roles = ShippedRoles();
  for (const auto& of : roles.table().roles()) {
    const Rights rights = roles.RightsFor(of.role(), "lead_contact");
    EXPECT_TRUE(rights.known);
    EXPECT_EQ(rights.break_glass, of.break_glass());
    EXPECT_EQ(rights.needs_reason, of.needs_reason());
    for (const int item : of.own()) {
      EXPECT_TRUE(rights.own.Has(static_cast<agency::v1::ItemClass>(item)));
    }
    EXPECT_TRUE(rights.needed.Has(agency::v1::ITEM_CLASS_LEAD));
    EXPECT_FALSE(rights.needed.Has(agency::v1::ITEM_CLASS_NEED));
  }
  EXPECT_FALSE(
      roles.RightsFor(agency::v1::ROLE_UNSPECIFIED, "early_help").known);
  EXPECT_FALSE(
      roles.RightsFor(static_cast<agency::v1::Role>(99), "early_help").known);
}

TEST(RolesTest, R090_APurposeNeedsWhatItListsAndNoOtherIsKnown) {
  const Roles& roles = ShippedRoles();
  EXPECT_TRUE(roles.Needs("lead_contact", agency::v1::ITEM_CLASS_LEAD));
  EXPECT_FALSE(roles.Needs("lead_contact", agency::v1::ITEM_CLASS_NEED));
  EXPECT_TRUE(roles.Needs("early_help", agency::v1::ITEM_CLASS_NEED));
  EXPECT_FALSE(roles.Needs("curiosity", agency::v1::ITEM_CLASS_LEAD));
  EXPECT_FALSE(roles.Needs("", agency::v1::ITEM_CLASS_LEAD));
}

TEST(RolesTest, ADescriptionNamesWhatTheRoleMaySee) {
  const std::string text =
      Describe(ShippedRoles(), agency::v1::ROLE_INTEGRATION_ENGINEER);
  EXPECT_THAT(text, HasSubstr("integration_engineer: "));
  EXPECT_THAT(text, HasSubstr("of every agency: operation\n"));
  EXPECT_FALSE(absl::StrContains(text, "need"));
  EXPECT_EQ(Describe(ShippedRoles(), agency::v1::ROLE_UNSPECIFIED), "");
}

}  // namespace
}  // namespace kith::disclosure
