// Three seeded agencies that tell Kith of the same families, as such agencies
// do: twice, too early, out of order, forged by somebody.
#pragma once

#include <map>
#include <random>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "services/engine/engine.h"
#include "services/engine/testing.h"
#include "tests/simulation/acts.h"

namespace kith::simulation {

inline constexpr char kPartnership[] = "hackney";

// What is expected of the answer, before it comes.
enum class Expect {
  kDecided,   // an outcome of its own
  kRepeated,  // the earlier outcome
  kGap,       // the number that is expected
  kQuarantined,
};

struct Arrival {
  std::string frame;
  absl::Time at;
  Expect expect = Expect::kDecided;
  std::string place;    // source, epoch and number; empty when forged
  uint64_t family = 0;  // of which it speaks
};

class Agencies {
 public:
  explicit Agencies(uint64_t seed);

  const engine::testing::TestSource& root() const { return root_; }
  // With root, in the order in which they are registered.
  std::vector<const engine::testing::TestSource*> sources() const;

  // The statements that register the sources, then whatever happens.
  Arrival Next();
  // To be called for each arrival before the next one is asked for.
  void Heard(const Arrival& arrival, const engine::Outcome& outcome);
  // What the desk sees in its worklist, from now on.
  void Sees(std::vector<DuplicateCase> cases) { acts_.Sees(std::move(cases)); }
  // The node was started again: its desk begins a new epoch.
  void NodeStarted() { desk_.BeginEpoch(); }

 private:
  struct Feed {
    engine::testing::TestSource source;
    std::vector<std::string> sent;  // frames 1, 2, ...
  };

  Arrival FromFeed(uint64_t family);
  Arrival FromDesk(uint64_t family);
  agency::v1::Statement Report(const Feed& feed, uint64_t family);
  std::string Place(const engine::testing::TestSource& source,
                    uint64_t sequence) const;

  std::mt19937_64 random_;
  absl::Time now_;
  engine::testing::TestSource root_;
  std::vector<Feed> feeds_;
  engine::testing::TestSource desk_;
  Acts acts_;
  size_t registered_ = 0;
  int version_ = 0;
};

}  // namespace kith::simulation
