// Kills a node at random under load and asks the ledger afterwards whether
// everything that was acknowledged is there, once.
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <map>
#include <random>
#include <set>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "services/core/keys.h"
#include "services/engine/testing_node.h"
#include "tests/simulation/kill_child.h"

namespace kith::simulation {
namespace {

constexpr int kRounds = 8;
constexpr int kAcknowledgedMax = 1500;  // a round

class KillTest : public testing::Test {
 protected:
  KillTest() {
    std::string pattern = testing::TempDir() + "/kith-kill-XXXXXX";
    folder_ = mkdtemp(pattern.data());
  }
  ~KillTest() override { std::filesystem::remove_all(folder_); }

  // A child of this very program, which reads its part from the arguments.
  pid_t Spawn(int acknowledgements) {
    const std::string descriptor = absl::StrCat(acknowledgements);
    std::string program = "/proc/self/exe";
    std::string part = "--child";
    std::string folder = folder_;
    std::string to = descriptor;
    char* const arguments[] = {program.data(), part.data(), folder.data(),
                               to.data(), nullptr};
    pid_t child = 0;
    EXPECT_EQ(posix_spawn(&child, "/proc/self/exe", nullptr, nullptr, arguments,
                          environ),
              0);
    return child;
  }

  // Lets a child run until it has told so many acknowledgements, kills it, and
  // takes what it still had told.
  void RunAndKill(int until) {
    int ends[2];
    ASSERT_EQ(pipe(ends), 0);
    ASSERT_EQ(fcntl(ends[0], F_SETFD, FD_CLOEXEC), 0);
    const pid_t child = Spawn(ends[1]);
    close(ends[1]);
    Acknowledged told;
    int count = 0;
    while (read(ends[0], &told, sizeof(told)) == sizeof(told)) {
      acknowledged_[told.sequence] = told;
      if (++count == until) kill(child, SIGKILL);
    }
    close(ends[0]);
    int status = 0;
    waitpid(child, &status, 0);
    ASSERT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    ASSERT_GE(count, until);
  }

  std::string folder_;
  std::map<uint64_t, Acknowledged> acknowledged_;
};

// Every record's place in its source; each only once.
std::set<uint64_t> RecordedSequences(const engine::ReadView& view,
                                     const std::string& source) {
  std::set<std::tuple<uint64_t, uint64_t, uint32_t>> places;
  std::set<uint64_t> sequences;
  EXPECT_TRUE(view.snapshot()
                  .ScanLedger(0,
                              [&](const eventstore::StoredRecord& record) {
                                if (record.source != source) return true;
                                sequences.insert(record.sequence);
                                return places
                                    .emplace(record.epoch, record.sequence,
                                             record.ordinal)
                                    .second;
                              })
                  .ok());
  return sequences;
}

TEST_F(KillTest, WhatWasAcknowledgedIsThereOnceHoweverItWasKilled) {
  const char* given = getenv("KITH_SEED");
  uint32_t seed = std::random_device()();
  if (given != nullptr) {
    ASSERT_TRUE(absl::SimpleAtoi(given, &seed));
  }
  RecordProperty("seed", static_cast<int>(seed));
  printf("KITH_SEED=%u\n", seed);
  std::mt19937 random(seed);
  for (int round = 0; round < kRounds; ++round) {
    RunAndKill(1 + static_cast<int>(random() % kAcknowledgedMax));
    if (HasFatalFailure()) return;
  }

  std::unique_ptr<eventstore::Store> store;
  engine::testing::TestNode node(OpenStore(folder_, store));
  const auto view = node.Read();
  ASSERT_TRUE(store->Verify(nullptr).ok());
  const std::set<uint64_t> recorded =
      RecordedSequences(*view, node.feed().name());
  for (const auto& [sequence, told] : acknowledged_) {
    const auto row = core::ReadRow<ledger::v1::OutcomeRow>(
        view->state(), core::keys::Outcome(node.feed().name(), 1, sequence));
    ASSERT_TRUE(row.ok() && row->has_value()) << sequence;
    EXPECT_EQ((*row)->position(), told.position);
    EXPECT_EQ(static_cast<uint32_t>((*row)->kind()), told.kind);
    EXPECT_TRUE(recorded.contains(sequence)) << sequence;
  }
  // Without gaps: what was not acknowledged but decided counts too.
  EXPECT_EQ(*recorded.rbegin(), recorded.size());

  const auto live = engine::testing::ViewRows(*view);
  ASSERT_TRUE(node.engine().Rebuild(nullptr).ok());
  EXPECT_EQ(engine::testing::ViewRows(*node.Read()), live);
}

}  // namespace
}  // namespace kith::simulation

int main(int argc, char** argv) {
  if (argc == 4 && strcmp(argv[1], "--child") == 0) {
    return kith::simulation::RunKillChild(argv[2], atoi(argv[3]));
  }
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
