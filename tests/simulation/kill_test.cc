// Kills a node at random under load, every other time amid rebuilds of its
// views. After each kill everything that was acknowledged must be there, once,
// and the views must be what a rebuild makes of the ledger.
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <map>
#include <random>
#include <set>
#include <tuple>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "services/core/keys.h"
#include "tests/simulation/kill_child.h"
#include "tests/simulation/own_process.h"
#include "tests/simulation/view_versions.h"
#include "tests/simulation/world.h"

namespace kith::simulation {
namespace {

constexpr uint64_t kRounds = 8;
constexpr uint64_t kAcknowledgedMax = 1000;  // a round

// Source, epoch, number: one statement.
using Place = std::tuple<std::string, uint64_t, uint64_t>;

// The places of all records; each statement's own records only once.
std::set<Place> RecordedPlaces(const engine::ReadView& view) {
  std::set<std::pair<Place, uint32_t>> seen;
  std::set<Place> places;
  const absl::Status scanned = view.snapshot().ScanLedger(
      0, [&](const eventstore::StoredRecord& record) {
        const Place place = {record.source, record.epoch, record.sequence};
        places.insert(place);
        EXPECT_TRUE(seen.emplace(place, record.ordinal).second)
            << "doubled: " << record.source << " " << record.epoch << " "
            << record.sequence << " " << record.ordinal;
        return true;
      });
  EXPECT_TRUE(scanned.ok()) << scanned;
  return places;
}

class KillTest : public testing::Test {
 protected:
  KillTest() {
    std::string pattern = testing::TempDir() + "/kith-kill-XXXXXX";
    folder_ = mkdtemp(pattern.data());
  }
  ~KillTest() override { std::filesystem::remove_all(folder_); }

  // Lets a child run until it has told so many acknowledgements, kills it, and
  // takes what it still had told.
  void RunAndKill(uint64_t round, uint64_t seed, uint64_t until) {
    int ends[2];
    ASSERT_EQ(pipe(ends), 0);
    ASSERT_EQ(fcntl(ends[0], F_SETFD, FD_CLOEXEC), 0);
    const pid_t child = SpawnSelf({folder_, keys_.path(), absl::StrCat(ends[1]),
                                   absl::StrCat(round + 1), absl::StrCat(seed),
                                   absl::StrCat(round % 2)});
    close(ends[1]);
    Acknowledged told;
    uint64_t count = 0;
    while (read(ends[0], &told, sizeof(told)) == sizeof(told)) {
      const std::string& source = agencies_.sources()[told.source]->name();
      acknowledged_[{source, told.epoch, told.sequence}] = told;
      if (++count == until) kill(child, SIGKILL);
    }
    close(ends[0]);
    ASSERT_TRUE(WasKilled(child));
    ASSERT_GE(count, until);
  }

  // Opens what the kill left behind.
  void ExpectWhole() {
    auto store = OpenStore(folder_);
    if (store->views().building.has_value()) ++rebuilds_killed_;
    const auto left = LiveVersion(*store);
    ASSERT_TRUE(store->Verify(nullptr).ok());
    World world(agencies_, keys_.path(), {}, std::move(store));
    const auto view = world.Read();
    const std::set<Place> recorded = RecordedPlaces(*view);
    ExpectAcknowledgedThere(*view, recorded);
    ExpectNoGaps(*view, recorded);
    ExpectSameRows(left, LiveVersion(world.store()));
    ExpectRebuildsToTheSame(world);
  }

  void ExpectAcknowledgedThere(const engine::ReadView& view,
                               const std::set<Place>& recorded) {
    for (const auto& [place, told] : acknowledged_) {
      SCOPED_TRACE(testing::PrintToString(place));
      const auto row = OutcomeAt(view, place);
      ASSERT_TRUE(row.has_value());
      EXPECT_EQ(row->position(), told.position);
      EXPECT_EQ(static_cast<uint32_t>(row->kind()), told.kind);
      EXPECT_EQ(recorded.contains(place),
                row->kind() != ledger::v1::OUTCOME_KIND_CHANGED_NOTHING);
    }
  }

  // What was decided and not acknowledged counts too: each feed's numbers up to
  // its mark have an outcome, and none beyond has left anything.
  void ExpectNoGaps(const engine::ReadView& view,
                    const std::set<Place>& recorded) {
    for (const auto* source : agencies_.sources()) {
      if (source->name() == "desk") continue;  // its numbers may have gaps
      const auto row = core::ReadRow<ledger::v1::SourceRow>(
          view.state(), core::keys::Source(source->name()));
      ASSERT_TRUE(row.ok());
      const uint64_t mark = row->has_value() ? (*row)->mark() : 0;
      for (uint64_t sequence = 1; sequence <= mark; ++sequence) {
        EXPECT_TRUE(OutcomeAt(view, {source->name(), 1, sequence}).has_value())
            << source->name() << " " << sequence;
      }
      const auto beyond = recorded.upper_bound({source->name(), 1, mark});
      EXPECT_TRUE(beyond == recorded.end() ||
                  std::get<0>(*beyond) != source->name());
    }
  }

  static std::optional<ledger::v1::OutcomeRow> OutcomeAt(
      const engine::ReadView& view, const Place& place) {
    const auto& [source, epoch, sequence] = place;
    const auto row = core::ReadRow<ledger::v1::OutcomeRow>(
        view.state(), core::keys::Outcome(source, epoch, sequence));
    EXPECT_TRUE(row.ok()) << row.status();
    return row.ok() ? *row : std::nullopt;
  }

  // Most of what is said makes sense, so that the run means something.
  void ExpectVariety() {
    std::map<uint32_t, size_t> kinds;
    for (const auto& [place, told] : acknowledged_) ++kinds[told.kind];
    EXPECT_GT(kinds[ledger::v1::OUTCOME_KIND_ACCEPTED],
              acknowledged_.size() / 2);
    ExpectThingsOfAllSorts(LiveVersion(*OpenStore(folder_)));
  }

  const Agencies agencies_{/*seed=*/0};
  const KeyFolder keys_{agencies_};
  std::string folder_;
  std::map<Place, Acknowledged> acknowledged_;
  int rebuilds_killed_ = 0;
};

TEST_F(KillTest, WhatWasAcknowledgedIsThereOnceHoweverItWasKilled) {
  const char* given = getenv("KITH_SEED");
  uint32_t seed = std::random_device()();
  if (given != nullptr) {
    ASSERT_TRUE(absl::SimpleAtoi(given, &seed));
  }
  RecordProperty("seed", static_cast<int>(seed));
  printf("KITH_SEED=%u\n", seed);
  std::mt19937 random(seed);
  for (uint64_t round = 0; round < kRounds; ++round) {
    SCOPED_TRACE(absl::StrCat("round ", round));
    RunAndKill(round, random(), 1 + random() % kAcknowledgedMax);
    if (HasFatalFailure()) return;
    ExpectWhole();
    if (HasFailure()) return;
  }
  RecordProperty("rebuilds_killed", rebuilds_killed_);
  ExpectVariety();
}

uint64_t NumberOf(const char* argument) {
  return strtoull(argument, nullptr, 10);
}

}  // namespace
}  // namespace kith::simulation

int main(int argc, char** argv) {
  using namespace kith::simulation;
  if (argc == 8 && strcmp(argv[1], kChild) == 0) {
    return RunKillChild({.folder = argv[2],
                         .key_folder = argv[3],
                         .acknowledgements = atoi(argv[4]),
                         .desk_epoch = NumberOf(argv[5]),
                         .seed = NumberOf(argv[6]),
                         .rebuilds = NumberOf(argv[7]) == 1});
  }
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
