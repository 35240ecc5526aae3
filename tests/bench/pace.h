// Statements at an even pace, and how long each takes to be told.
#pragma once

#include <atomic>
#include <cstddef>
#include <string>
#include <vector>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "tests/bench/node.h"

namespace kith::bench {

struct Percentiles {
  double p50 = 0;
  double p99 = 0;
};

// When each of a run's statements was sent, and when it came out again.
class Stopwatch {
 public:
  Stopwatch(size_t count, int a_second)
      : interval_(absl::Seconds(1) / a_second), sent_(count), back_(count) {}

  // Calls `send` for each at an even pace.
  template <class Send>
  void Pace(Send send) {
    const absl::Time start = absl::Now();
    for (size_t i = 0; i < sent_.size(); ++i) {
      const absl::Time due = start + interval_ * static_cast<int64_t>(i);
      if (const absl::Time now = absl::Now(); now < due) {
        absl::SleepFor(due - now);
      }
      sent_[i] = absl::Now();
      send(i);
    }
  }
  void Back(size_t i) {
    back_[i] = absl::Now();
    ++count_;
  }
  void AwaitAll() const;
  Percentiles Millis() const;

 private:
  const absl::Duration interval_;
  std::vector<absl::Time> sent_;
  std::vector<absl::Time> back_;
  std::atomic<size_t> count_ = 0;
};

// The frames at that pace through the node's inbox and engine. A statement is
// visible when its outcome is told.
Percentiles PacedRun(Node& node, std::vector<std::string> frames, int a_second);

}  // namespace kith::bench
