#include "services/core/identity/profile.h"

#include <functional>

#include "gtest/gtest.h"

namespace kith::core::identity {
namespace {

using ledger::v1::RecordRow;
using ledger::v1::RecordStated;

RecordStated Anna() {
  RecordStated stated;
  agency::v1::PersonStated& said = *stated.mutable_said();
  said.mutable_record()->set_agency("council");
  said.mutable_record()->set_local_id("1");
  said.add_names()->set_given("Anna");
  said.mutable_names(0)->set_family("Smith");
  said.mutable_birth_date()->set_year(2015);
  said.add_addresses()->set_postcode("NR1 1AA");
  said.add_identifiers()->set_value("9434765919");
  stated.add_checks(ledger::v1::IDENTIFIER_CHECK_VERIFIED);
  return stated;
}

RecordRow RowOf(const RecordStated& stated) {
  RecordRow row;
  row.set_agency(stated.said().record().agency());
  *row.mutable_said() = stated.said();
  *row.mutable_checks() = stated.checks();
  return row;
}

TEST(LinksAlikeTest, WhatLinkingDoesNotReadMayChange) {
  const RecordRow row = RowOf(Anna());
  EXPECT_TRUE(LinksAlike(row, Anna()));
  RecordStated moved = Anna();
  moved.mutable_said()->add_contact_points()->set_value("0700 1");
  moved.mutable_said()->mutable_addresses(0)->add_lines("2 Long Road");
  moved.mutable_said()->mutable_names(0)->set_use(agency::v1::NAME_USE_USUAL);
  moved.mutable_said()->set_sex(agency::v1::SEX_FEMALE);
  EXPECT_TRUE(LinksAlike(row, moved));
  EXPECT_EQ(BlockingKeys(row), BlockingKeys(RowOf(moved)));
}

TEST(LinksAlikeTest, WhatLinkingReadsMayNot) {
  const RecordRow row = RowOf(Anna());
  const std::function<void(RecordStated&)> changes[] = {
      [](auto& it) { it.mutable_said()->mutable_names(0)->set_given("Ann"); },
      [](auto& it) { it.mutable_said()->mutable_names(0)->set_family("Day"); },
      [](auto& it) { it.mutable_said()->add_names()->set_given("Annie"); },
      [](auto& it) { it.mutable_said()->clear_names(); },
      [](auto& it) { it.mutable_said()->mutable_birth_date()->set_month(3); },
      [](auto& it) {
        it.mutable_said()->mutable_addresses(0)->set_postcode("NR1 1AB");
      },
      [](auto& it) { it.mutable_said()->add_addresses(); },
      [](auto& it) {
        it.mutable_said()->mutable_identifiers(0)->set_value("");
      },
      [](auto& it) {
        it.mutable_said()->mutable_identifiers(0)->set_status(
            agency::v1::IDENTIFIER_STATUS_SUPERSEDED);
      },
      [](auto& it) { it.set_checks(0, ledger::v1::IDENTIFIER_CHECK_FAILED); },
      [](auto& it) { it.mutable_said()->mutable_record()->set_system("new"); },
      [](auto& it) {
        it.mutable_said()->mutable_replaced_by()->set_local_id("2");
      },
  };
  for (const auto& change : changes) {
    RecordStated stated = Anna();
    change(stated);
    EXPECT_FALSE(LinksAlike(row, stated)) << stated.ShortDebugString();
  }
}

TEST(LinksAlikeTest, ARecordThatWasGoneComesBackAsAnother) {
  RecordRow row = RowOf(Anna());
  row.set_gone(true);
  EXPECT_FALSE(LinksAlike(row, Anna()));
}

}  // namespace
}  // namespace kith::core::identity
