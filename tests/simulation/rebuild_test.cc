// The real views on disk, folded anew beside the live ones: row for row the
// same, whatever comes in meanwhile and wherever the process is killed.
#include <signal.h>

#include <atomic>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <memory>
#include <set>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/simulation/own_process.h"
#include "tests/simulation/view_versions.h"
#include "tests/simulation/world.h"

namespace kith::simulation {
namespace {

using engine::testing::Rows;
using ::testing::Gt;
using ::testing::SizeIs;

constexpr uint64_t kSeed = 1;
constexpr int kArrivals = 600;
constexpr size_t kStepMax = 100;
// Facts that come in during each step, fewer than it folds.
constexpr uint64_t kMeanwhile = 40;

// Where a process is killed.
enum class Moment { kMidway, kCaughtUp, kBothFolded, kSwitched };

engine::Options InSmallSteps() { return {.rebuild_step_max = kStepMax}; }

bool IsCatchingUp(uint64_t done, uint64_t total) {
  return total - done > kStepMax;
}

// A node on disk that many have told much.
class RebuildTest : public testing::Test {
 protected:
  RebuildTest() {
    std::string pattern = testing::TempDir() + "/kith-rebuild-XXXXXX";
    folder_ = mkdtemp(pattern.data());
    Open();
    for (int i = 0; i < kArrivals; ++i) Arrive();
  }
  ~RebuildTest() override {
    world_ = nullptr;
    std::filesystem::remove_all(folder_);
  }

  void Open() {
    world_ = nullptr;  // the store has one opener
    world_ = std::make_unique<World>(agencies_, keys_.path(), InSmallSteps(),
                                     OpenStore(folder_));
  }
  void Arrive() {
    const Arrival arrival = agencies_.Next();
    const auto outcome = world_->Submit(arrival);
    ASSERT_TRUE(outcome.ok()) << outcome.status();
    agencies_.Heard(arrival, *outcome);
  }
  uint64_t position() const { return world_->head().next; }

  // Returns when so many more facts are durable, which somebody else says.
  void LetIn(uint64_t facts) {
    EXPECT_TRUE(
        world_->engine()
            .WaitForPosition(position() + facts, absl::Now() + absl::Minutes(1))
            .ok());
  }

  // Rebuilds while statements come in: some during each step, some after the
  // new version is folded with the old one. Compares the two at one moment,
  // just before the switch.
  void RebuildMeanwhile() {
    const uint64_t first = position();
    world_->BeforeSwitch([&] {
      LetIn(5 * kMeanwhile);
      ExpectBothVersionsEqual();
    });
    std::atomic<bool> more = true;
    std::thread sender([&] {
      while (more && !HasFatalFailure()) Arrive();
    });
    int steps = 0;
    const absl::Status rebuilt =
        world_->engine().Rebuild([&](uint64_t done, uint64_t total) {
          if (!IsCatchingUp(done, total)) return;
          ++steps;
          LetIn(kMeanwhile);
        });
    more = false;
    sender.join();
    world_->BeforeSwitch(nullptr);
    EXPECT_TRUE(rebuilt.ok()) << rebuilt;
    EXPECT_THAT(steps, Gt(5));
    EXPECT_THAT(compared_, Gt(first + steps * kMeanwhile));
    EXPECT_THAT(KindsSince(first), SizeIs(Gt(15u)));
  }

  void ExpectBothVersionsEqual() {
    const auto snapshot = world_->store().Read();
    ASSERT_TRUE(snapshot.ok());
    const eventstore::Views views = (*snapshot)->views();
    compared_ = (*snapshot)->head().next;
    ASSERT_TRUE(views.building.has_value());
    EXPECT_EQ(views.built_to, compared_);
    const Rows live = RowsOfVersion(**snapshot, views.live);
    ExpectThingsOfAllSorts(live);
    ExpectSameRows(live, RowsOfVersion(**snapshot, *views.building));
  }

  // The kinds of facts that were recorded since then.
  std::set<uint32_t> KindsSince(uint64_t first) const {
    std::set<uint32_t> kinds;
    const auto snapshot = world_->store().Read();
    EXPECT_TRUE((*snapshot)
                    ->ScanLedger(first,
                                 [&](const eventstore::StoredRecord& record) {
                                   kinds.insert(record.kind);
                                   return true;
                                 })
                    .ok());
    return kinds;
  }

  // Ends the node, and has a process of its own rebuild up to there.
  void KillRebuildAt(Moment moment) {
    world_ = nullptr;
    ASSERT_TRUE(WasKilled(SpawnSelf(
        {folder_, keys_.path(), absl::StrCat(static_cast<int>(moment))})));
  }

  Agencies agencies_{kSeed};
  const KeyFolder keys_{agencies_};
  std::string folder_;
  std::unique_ptr<World> world_;
  uint64_t compared_ = 0;  // the head when both versions were compared
};

TEST_F(RebuildTest, ComesToTheLiveRowsWhileStatementsComeIn) {
  const uint32_t old = world_->store().views().live;
  RebuildMeanwhile();
  EXPECT_EQ(world_->store().views(), (eventstore::Views{.live = old + 1}));
  EXPECT_TRUE(world_->engine().status().ready);
  // What came in after the comparison went to the new version alone.
  for (int i = 0; i < 50; ++i) Arrive();
  EXPECT_GT(position(), compared_);
  ExpectRebuildsToTheSame(*world_);
}

TEST_F(RebuildTest, WhatItMadeIsThereWhenTheStoreIsOpenedAnew) {
  RebuildMeanwhile();
  const eventstore::Views views = world_->store().views();
  const Rows rows = LiveVersion(world_->store());
  Open();
  EXPECT_EQ(world_->store().views(), views);
  ExpectSameRows(rows, LiveVersion(world_->store()));
  agencies_.NodeStarted();
  for (int i = 0; i < 50; ++i) Arrive();
  ExpectRebuildsToTheSame(*world_);
}

class KilledRebuildTest : public RebuildTest,
                          public testing::WithParamInterface<Moment> {};

TEST_P(KilledRebuildTest, LeavesTheLiveVersionAndCanBeBegunAgain) {
  const uint32_t live = world_->store().views().live;
  const Rows rows = LiveVersion(world_->store());
  KillRebuildAt(GetParam());
  {
    const auto store = OpenStore(folder_);
    EXPECT_EQ(store->views().live, live);
    EXPECT_TRUE(store->views().building.has_value());
    ExpectSameRows(rows, LiveVersion(*store));
  }
  Open();
  EXPECT_EQ(world_->store().views(), (eventstore::Views{.live = live}));
  ExpectSameRows(rows, LiveVersion(world_->store()));
  ExpectRebuildsToTheSame(*world_);
  agencies_.NodeStarted();
  RebuildMeanwhile();
}

INSTANTIATE_TEST_SUITE_P(BeforeTheSwitch, KilledRebuildTest,
                         testing::Values(Moment::kMidway, Moment::kCaughtUp,
                                         Moment::kBothFolded));

TEST_F(RebuildTest, KilledAfterTheSwitchTheNewVersionIsLive) {
  const uint32_t old = world_->store().views().live;
  const Rows rows = LiveVersion(world_->store());
  KillRebuildAt(Moment::kSwitched);
  const auto store = OpenStore(folder_);
  EXPECT_EQ(store->views(), (eventstore::Views{.live = old + 1}));
  ExpectSameRows(rows, LiveVersion(*store));
}

// The child: rebuilds what it finds and is killed at that moment.
int RebuildUntil(const std::string& folder, const std::string& key_folder,
                 Moment moment) {
  const auto die_at = [moment](Moment now) {
    if (now == moment) raise(SIGKILL);
  };
  World world(Agencies(kSeed), key_folder, InSmallSteps(), OpenStore(folder));
  world.BeforeSwitch([&] { die_at(Moment::kBothFolded); });
  const absl::Status rebuilt =
      world.engine().Rebuild([&](uint64_t done, uint64_t total) {
        if (done > total / 2 && done < total) die_at(Moment::kMidway);
        if (done == total) die_at(Moment::kCaughtUp);
      });
  if (rebuilt.ok()) die_at(Moment::kSwitched);
  return 1;
}

}  // namespace
}  // namespace kith::simulation

int main(int argc, char** argv) {
  using namespace kith::simulation;
  if (argc == 5 && strcmp(argv[1], kChild) == 0) {
    return RebuildUntil(argv[2], argv[3], static_cast<Moment>(atoi(argv[4])));
  }
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
