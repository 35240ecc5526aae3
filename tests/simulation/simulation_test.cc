// Seeded agencies against a whole node: whatever they do and however the node
// breaks, what must hold holds. KITH_SEED=<n> repeats a run.
#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <random>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "base/bytes.h"
#include "gtest/gtest.h"
#include "tests/simulation/invariants.h"
#include "tests/simulation/occurred.h"
#include "tests/simulation/world.h"

namespace kith::simulation {
namespace {

using engine::testing::FailingStore;

// How far a run goes; the test's environment may ask for more.
uint64_t Setting(const char* name, uint64_t otherwise) {
  uint64_t value = 0;
  const char* given = getenv(name);
  return given != nullptr && absl::SimpleAtoi(given, &value) ? value
                                                             : otherwise;
}

uint64_t Steps() { return Setting("KITH_STEPS", 400); }

std::vector<uint64_t> Seeds() {
  if (getenv("KITH_SEED") != nullptr) return {Setting("KITH_SEED", 0)};
  std::vector<uint64_t> seeds;
  std::random_device device;
  for (uint64_t i = 0; i < Setting("KITH_SEEDS", 3); ++i) {
    // The same runs every day; new ones in a soak.
    const bool random = getenv("KITH_RANDOM_SEEDS") != nullptr;
    seeds.push_back(random ? device() : i + 1);
  }
  return seeds;
}

// One run: the agencies, the node, and what was heard.
class History {
 public:
  explicit History(uint64_t seed)
      : agencies_(seed),
        chance_(seed ^ 0x5eed),
        keys_(agencies_),
        world_(agencies_, keys_.path()) {}

  void Step() {
    const Arrival arrival = agencies_.Next();
    const bool breaks = chance_() % 60 == 0;
    if (breaks) Break(arrival);
    const auto outcome = world_.Submit(arrival);
    arrivals_.push_back(arrival);
    ASSERT_TRUE(outcome.ok()) << outcome.status();
    ExpectAnswer(arrival, *outcome, breaks);
    agencies_.Heard(arrival, *outcome);
    if (chance_() % 5 == 0) agencies_.Sees(world_.Cases());
    if (chance_() % 100 == 0) Restart();
  }

  // Between two statements.
  void Look() {
    const auto view = world_.Read();
    ExpectOneOpenLeadAFamily(*view);
    ExpectClosedPlansUnchanged(*view, closed_);
    if (chance_() % 10 == 0) {
      seen_[view->position()] = LiveRows(*view);
    }
  }

  void ExpectViewsAreFolds() {
    const auto live = LiveRows(*world_.Read());
    ExpectFoldsMeet(*world_.Read(), seen_);
    ExpectAsOfReadsMeet(*world_.Read(), seen_, chance_);
    ASSERT_TRUE(world_.engine().Rebuild(nullptr).ok());
    EXPECT_EQ(LiveRows(*world_.Read()), live);
  }

  // Most of what is said makes sense, so that the run means something.
  void ExpectVariety() {
    EXPECT_GT(kinds_[ledger::v1::OUTCOME_KIND_ACCEPTED], Steps() / 4);
    EXPECT_GT(kinds_[ledger::v1::OUTCOME_KIND_REFUSED], 0u);
    EXPECT_GT(kinds_[ledger::v1::OUTCOME_KIND_QUARANTINED], 0u);
    EXPECT_GT(kinds_[ledger::v1::OUTCOME_KIND_PARKED], 0u);
  }

  void CountFacts(Occurred& occurred) { Count(*world_.Read(), occurred); }

  const std::vector<Arrival>& arrivals() const { return arrivals_; }
  const Agencies& agencies() const { return agencies_; }
  const KeyFolder& keys() const { return keys_; }
  eventstore::Head head() const { return world_.head(); }

 private:
  // The node breaks between deciding the arrival and answering it.
  void Break(const Arrival& arrival) {
    const bool written = chance_() % 2 == 0;
    world_.BreakAtNextCommit(written ? FailingStore::Failure::kAfterWriting
                                     : FailingStore::Failure::kBeforeWriting);
    EXPECT_TRUE(absl::IsUnavailable(world_.Submit(arrival).status()));
    if (written) arrivals_.push_back(arrival);
    Restart();
  }
  void Restart() {
    world_.Close();
    world_.Open();
    agencies_.NodeStarted();
  }

  void ExpectAnswer(const Arrival& arrival, const engine::Outcome& outcome,
                    bool again) {
    ++kinds_[outcome.row.kind()];
    switch (arrival.expect) {
      case Expect::kGap:
        EXPECT_NE(outcome.expected_sequence, 0u);
        break;
      case Expect::kQuarantined:
        EXPECT_EQ(outcome.row.kind(), ledger::v1::OUTCOME_KIND_QUARANTINED);
        break;
      case Expect::kRepeated:
        EXPECT_TRUE(outcome.repeated) << arrival.place;
        ExpectSameOutcome(arrival.place, outcome);
        break;
      case Expect::kDecided:
        EXPECT_TRUE(again || !outcome.repeated) << arrival.place;
        EXPECT_NE(outcome.row.kind(), ledger::v1::OUTCOME_KIND_UNSPECIFIED);
        outcomes_[arrival.place] = outcome.row;
    }
  }

  // One outcome a statement; only that of a parked one is provisional.
  void ExpectSameOutcome(const std::string& place,
                         const engine::Outcome& outcome) {
    const ledger::v1::OutcomeRow& before = outcomes_[place];
    if (before.kind() == ledger::v1::OUTCOME_KIND_PARKED) return;
    EXPECT_EQ(before.SerializeAsString(), outcome.row.SerializeAsString())
        << place << ": " << before.ShortDebugString() << "; then "
        << outcome.row.ShortDebugString();
  }

  Agencies agencies_;
  std::mt19937_64 chance_;
  KeyFolder keys_;
  World world_;
  std::vector<Arrival> arrivals_;
  std::map<std::string, ledger::v1::OutcomeRow> outcomes_;
  std::map<int, uint64_t> kinds_;
  ClosedPlans closed_;
  Seen seen_;
};

// The head after the same arrivals, in batches of at most `count_max`.
eventstore::Head Replay(const History& run, size_t count_max) {
  engine::Options options;
  options.batch.count_max = count_max;
  World world(run.agencies(), run.keys().path(), options);
  for (const Arrival& arrival : run.arrivals()) world.SubmitOnly(arrival);
  world.Close();
  return world.head();
}

std::string Named(const eventstore::Head& head) {
  return absl::StrCat(head.next, " ", base::Base32(head.digest));
}

TEST(SimulationTest, WhatMustHoldHoldsWhateverHappens) {
  Occurred occurred;
  for (const uint64_t seed : Seeds()) {
    std::printf("KITH_SEED=%lu\n", static_cast<unsigned long>(seed));
    std::fflush(stdout);
    SCOPED_TRACE(absl::StrCat("KITH_SEED=", seed));
    History run(seed);
    for (uint64_t step = 0; step < Steps(); ++step) {
      run.Step();
      if (HasFatalFailure()) return;
      run.Look();
    }
    run.ExpectVariety();
    run.ExpectViewsAreFolds();
    const eventstore::Head head = run.head();
    EXPECT_EQ(Named(Replay(run, 1)), Named(head));
    EXPECT_EQ(Named(Replay(run, 2000)), Named(head));
    if (HasFailure()) return;
    run.CountFacts(occurred);
  }
  // One seed alone, run again, need not bring about all.
  if (getenv("KITH_SEED") == nullptr) ExpectAllOccurred(occurred);
}

// The head that a process of its own reaches from the seed.
std::string HeadOfProcess(uint64_t seed) {
  const std::string line = absl::StrCat("exec ", program_invocation_name,
                                        " --head ", seed, " ", Steps());
  FILE* const pipe = popen(line.c_str(), "r");
  std::array<char, 256> head = {};
  EXPECT_NE(fgets(head.data(), head.size(), pipe), nullptr);
  EXPECT_EQ(pclose(pipe), 0);
  return head.data();
}

TEST(SimulationTest, TwoProcessesReachOneHead) {
  const uint64_t seed = Seeds().front();
  std::printf("KITH_SEED=%lu\n", static_cast<unsigned long>(seed));
  const std::string head = HeadOfProcess(seed);
  EXPECT_NE(head, "");
  EXPECT_EQ(head, HeadOfProcess(seed));
}

int PrintHead(uint64_t seed, uint64_t steps) {
  History run(seed);
  for (uint64_t step = 0; step < steps; ++step) run.Step();
  std::printf("%s\n", Named(run.head()).c_str());
  return testing::Test::HasFailure() ? 1 : 0;
}

}  // namespace
}  // namespace kith::simulation

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  if (argc == 4 && strcmp(argv[1], "--head") == 0) {
    return kith::simulation::PrintHead(strtoull(argv[2], nullptr, 10),
                                       strtoull(argv[3], nullptr, 10));
  }
  return RUN_ALL_TESTS();
}
