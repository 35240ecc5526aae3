#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "base/check.h"
#include "tests/bench/measures.h"
#include "tests/bench/node.h"
#include "tests/bench/pace.h"
#include "tests/bench/process.h"

namespace kith::bench {
namespace {

constexpr uint64_t kFamiliesAStep = 1000;

double DiskBytes(const std::string& folder) {
  double bytes = 0;
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file())
      bytes += static_cast<double>(entry.file_size());
  }
  return bytes;
}

// Rounds of each measure; odd.
constexpr int kRounds = 5;
// A pace that both keep up with, and for how long.
constexpr int kStatementsASecond = 1000;
constexpr size_t kPaced = 5000;

struct Grown {
  double memory_bytes = 0;
  double disk_bytes = 0;
  Median rate;        // statements a second
  Median p99_millis;  // at an even pace
};

Grown RunInProcess(const Settings& settings, uint64_t families) {
  const std::string folder = absl::StrCat(settings.folder, "/grown", families);
  const std::string command =
      absl::StrCat("/proc/self/exe --grown --folder ", folder, " --families ",
                   families, " --statements ", settings.statements);
  // The shell would be what /proc/self is.
  std::array<char, 4096> program = {};
  KITH_CHECK(readlink("/proc/self/exe", program.data(), program.size() - 1) >
             0);
  const std::string line =
      absl::StrCat(program.data(), absl::string_view(command).substr(14));
  FILE* const pipe = popen(line.c_str(), "r");
  KITH_CHECK(pipe != nullptr);
  Grown grown;
  const int read = std::fscanf(
      pipe, "%lf %lf %lf %lf %lf %lf %lf %lf", &grown.memory_bytes,
      &grown.disk_bytes, &grown.rate.value, &grown.rate.least, &grown.rate.most,
      &grown.p99_millis.value, &grown.p99_millis.least, &grown.p99_millis.most);
  KITH_CHECK(read == 8 && pclose(pipe) == 0);
  std::filesystem::remove_all(folder);
  return grown;
}

}  // namespace

Median SyncMicros(const std::string& folder) {
  const std::string path = absl::StrCat(folder, "/probe");
  const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  KITH_CHECK(file >= 0);
  const std::string block(4096, 'x');
  std::vector<double> micros;
  for (int i = 0; i < 301; ++i) {
    const absl::Time start = absl::Now();
    KITH_CHECK(write(file, block.data(), block.size()) == 4096);
    KITH_CHECK(fdatasync(file) == 0);
    micros.push_back(absl::ToDoubleMicroseconds(absl::Now() - start));
  }
  close(file);
  return MedianOf(micros);
}

void MeasureSync(const Settings& settings, Report& report) {
  const Median median = SyncMicros(settings.folder);
  report.Add({.name = "fdatasync of 4 KiB",
              .value = median.value,
              .unit = "us",
              .note = SpreadOf(median)});
}

int RunGrown(const Settings& settings) {
  Node node(settings.folder, nullptr);
  for (uint64_t from = 0; from < settings.families; from += kFamiliesAStep) {
    const uint64_t to = std::min(from + kFamiliesAStep, settings.families);
    node.Run(node.Sign(Introductions(from, to)));
  }
  int version = 0;
  const auto updates = [&](size_t count) {
    return node.Sign(Updates(settings.families, count, version++));
  };
  node.Run(updates(settings.statements));
  const double memory = MemoryBytes();
  std::vector<double> rates, slow;
  for (int round = 0; round < kRounds; ++round) {
    auto frames = updates(settings.statements);
    const auto count = static_cast<double>(frames.size());
    AwaitRest();
    rates.push_back(count / node.Run(std::move(frames)));
    frames = updates(std::min(kPaced, settings.statements));
    AwaitRest();
    slow.push_back(PacedRun(node, std::move(frames), kStatementsASecond).p99);
  }
  const Median rate = MedianOf(rates), p99 = MedianOf(slow);
  node.engine().Stop();
  std::printf("%f %f %f %f %f %f %f %f\n", memory, DiskBytes(settings.folder),
              rate.value, rate.least, rate.most, p99.value, p99.least,
              p99.most);
  return 0;
}

void MeasureGrowth(const Settings& settings, Report& report) {
  std::optional<Grown> few;
  for (const uint64_t families : {settings.families, settings.families_many}) {
    const Grown grown = RunInProcess(settings, families);
    const auto count = static_cast<double>(families);
    const std::string with = absl::StrCat(" at ", families, " families");
    report.Add({.name = absl::StrCat("memory", with),
                .value = grown.memory_bytes / count,
                .unit = "bytes/family",
                .note = absl::StrFormat("%.0f MB in all, caches included",
                                        grown.memory_bytes / 1e6)});
    report.Add({.name = absl::StrCat("disk", with),
                .value = grown.disk_bytes / count,
                .unit = "bytes/family"});
    Figure rate = {.name = absl::StrCat("intake", with),
                   .value = grown.rate.value,
                   .unit = "statements/s",
                   .note = SpreadOf(grown.rate)};
    Figure p99 = {.name = absl::StrCat("p99", with),
                  .value = grown.p99_millis.value,
                  .unit = "ms",
                  .note = absl::StrCat(SpreadOf(grown.p99_millis), "; at ",
                                       kStatementsASecond, "/s")};
    if (few.has_value()) {
      rate.floor = few->rate.value;
      rate.ratio = grown.rate.value / few->rate.value;
      rate.goal = 0.85;
      p99.floor = few->p99_millis.value;
      p99.ratio = grown.p99_millis.value / few->p99_millis.value;
      p99.goal = 1.5;
      p99.ratio_at_most = true;
    }
    few = grown;
    report.Add(rate);
    report.Add(p99);
  }
}

}  // namespace kith::bench
