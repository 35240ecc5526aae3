#include "tests/bench/pace.h"

#include <algorithm>
#include <utility>

#include "base/check.h"

namespace kith::bench {

void Stopwatch::AwaitAll() const {
  while (count_ < sent_.size()) absl::SleepFor(absl::Milliseconds(1));
}

Percentiles Stopwatch::Millis() const {
  std::vector<double> millis;
  for (size_t i = 0; i < sent_.size(); ++i) {
    millis.push_back(absl::ToDoubleMilliseconds(back_[i] - sent_[i]));
  }
  std::sort(millis.begin(), millis.end());
  return {millis[millis.size() / 2], millis[millis.size() * 99 / 100]};
}

Percentiles PacedRun(Node& node, std::vector<std::string> frames,
                     int a_second) {
  Stopwatch watch(frames.size(), a_second);
  watch.Pace([&](size_t i) {
    node.engine().Submit(std::move(frames[i]), [&watch, i](const auto& told) {
      KITH_CHECK(told.ok());
      watch.Back(i);
    });
  });
  watch.AwaitAll();
  return watch.Millis();
}

}  // namespace kith::bench
