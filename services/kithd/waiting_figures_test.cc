#include "services/kithd/waiting_figures.h"

#include <gtest/gtest.h>

#include "kith/ledger/v1/state.pb.h"
#include "services/core/keys.h"

namespace kith::kithd {
namespace {

ledger::v1::ItemRow Item(const char* reason, const char* waits_for) {
  ledger::v1::ItemRow row;
  if (*reason != '\0') row.mutable_reason()->set_code(reason);
  if (*waits_for != '\0') row.add_waits_for()->set_kind(waits_for);
  return row;
}

TEST(WaitingFiguresTest, AnEmptyLedgerHasNothingAside) {
  const auto figures = CountWaiting(core::MapState());
  ASSERT_TRUE(figures.ok()) << figures.status();
  EXPECT_EQ(figures->sources, 0u);
  EXPECT_TRUE(figures->quarantined.empty());
  EXPECT_TRUE(figures->parked.empty());
}

TEST(WaitingFiguresTest, ItemsAreCountedByReasonAndSourcesByTheirGap) {
  core::MapState state;
  uint64_t number = 7;
  for (const auto& row : {Item("FORGED_MAC", ""), Item("FORGED_MAC", ""),
                          Item("", "person"), Item("", "plan"), Item("", "")}) {
    core::PutRow(state, number, core::keys::Item(number), row);
    ++number;
  }
  ledger::v1::SourceRow source;
  core::PutRow(state, 0, core::keys::Source("a"), source);
  source.add_held(3);
  source.add_held(4);
  core::PutRow(state, 0, core::keys::Source("b"), source);
  const auto figures = CountWaiting(state);
  ASSERT_TRUE(figures.ok()) << figures.status();
  EXPECT_EQ(figures->quarantined,
            (std::map<std::string, uint64_t>{{"FORGED_MAC", 2}}));
  EXPECT_EQ(figures->parked,
            (std::map<std::string, uint64_t>{
                {"person", 1}, {"plan", 1}, {"statement", 1}}));
  EXPECT_EQ(figures->sources, 2u);
  EXPECT_EQ(figures->sources_stopped, 1u);
  EXPECT_EQ(figures->frames_held, 2u);
}

TEST(WaitingFiguresTest, ARowThatDoesNotReadIsDataLoss) {
  core::MapState state;
  state.Put(7, core::keys::Item(7), "\xff\xff");
  EXPECT_TRUE(absl::IsDataLoss(CountWaiting(state).status()));
}

}  // namespace
}  // namespace kith::kithd
