#include "services/api/outcome.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace kith::api {
namespace {

using ::testing::ElementsAre;

TEST(OutcomeTest, NamesTheItemAsWhichAStatementWaits) {
  engine::Outcome outcome;
  outcome.row.set_kind(ledger::v1::OUTCOME_KIND_PARKED);
  outcome.row.set_item(7);
  auto& made = *outcome.row.add_made();
  made.set_number(7);
  made.set_id("q7");
  EXPECT_EQ(ToApi(outcome).item_id(), "q7");
  EXPECT_THAT(ToApi(outcome).made_ids(), ElementsAre("q7"));
}

TEST(OutcomeTest, WhatAnAcceptedStatementMadeIsNoItem) {
  engine::Outcome outcome;
  outcome.row.set_kind(ledger::v1::OUTCOME_KIND_ACCEPTED);
  auto& made = *outcome.row.add_made();
  made.set_number(8);
  made.set_id("f8");
  EXPECT_EQ(ToApi(outcome).item_id(), "");
  EXPECT_THAT(ToApi(outcome).made_ids(), ElementsAre("f8"));
}

}  // namespace
}  // namespace kith::api
