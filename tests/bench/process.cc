#include "tests/bench/process.h"

#include <sys/resource.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <string>

#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace kith::bench {
namespace {

absl::Duration ProcessorTime() {
  rusage used = {};
  getrusage(RUSAGE_SELF, &used);
  return absl::DurationFromTimeval(used.ru_utime) +
         absl::DurationFromTimeval(used.ru_stime);
}

}  // namespace

double MemoryBytes() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    double kib = 0;
    if (std::sscanf(line.c_str(), "RssAnon: %lf", &kib) == 1) {
      return kib * 1024;
    }
  }
  return 0;
}

void AwaitRest() {
  constexpr absl::Duration kWatched = absl::Milliseconds(250);
  const absl::Time deadline = absl::Now() + absl::Minutes(10);
  absl::Duration used;
  do {
    const absl::Duration before = ProcessorTime();
    absl::SleepFor(kWatched);
    used = ProcessorTime() - before;
  } while (used > kWatched / 20 && absl::Now() < deadline);
  sync();
}

}  // namespace kith::bench
