#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "tests/bench/measures.h"
#include "tests/bench/node.h"
#include "tests/bench/process.h"
#include "tests/bench/served.h"
#include "tests/bench/streams.h"
#include "tests/simulation/population.h"

namespace kith::bench {
namespace {

constexpr size_t kCallers = 64;
constexpr size_t kBareThreads = 16;
constexpr double kMillisMax = 10;

// What each caller says in a round: of its own families, something new.
std::vector<std::vector<std::string>> Frames(Node& node,
                                             const Settings& settings,
                                             int round) {
  std::vector<std::vector<std::string>> frames(kCallers);
  for (size_t i = 0; i < settings.statements; ++i) {
    const size_t caller = i % kCallers;
    const uint64_t turn = i / kCallers;
    const uint64_t own = settings.families / kCallers;
    const simulation::Told told = {"council", caller + kCallers * (turn % own),
                                   static_cast<int>(round * 1000 + turn / own)};
    frames[caller].push_back(
        node.SignAs(caller, simulation::PersonStatement(told, 1)));
  }
  return frames;
}

}  // namespace

void MeasureIntakeCalls(const Settings& settings, Report& report) {
  const std::string folder = absl::StrCat(settings.folder, "/calls");
  Node node(folder, nullptr, "", kCallers);
  node.Run(node.Sign(Introductions(0, settings.families)));
  const Served served(node, folder, /*tls=*/false);
  const BareIntake bare(absl::StrCat(folder, "/bare"), kBareThreads);
  std::vector<double> rates, floors, ratios, p50, p99, bare_p99;
  for (int pair = 0; pair < settings.pairs; ++pair) {
    const auto frames = Frames(node, settings, pair + 1);
    AwaitRest();
    const StreamFigures ours = SendAll(served.port(), frames);
    AwaitRest();
    const StreamFigures floor = SendAll(bare.port(), frames);
    rates.push_back(ours.statements_a_second);
    floors.push_back(floor.statements_a_second);
    ratios.push_back(rates.back() / floors.back());
    p50.push_back(ours.p50_millis);
    p99.push_back(ours.p99_millis);
    bare_p99.push_back(floor.p99_millis);
  }
  const Median ratio = MedianOf(ratios);
  const std::string how = absl::StrCat(", gRPC, ", kCallers, " callers");
  report.Add({.name = absl::StrCat("durable intake", how),
              .value = MedianOf(rates).value,
              .unit = "statements/s",
              .floor = MedianOf(floors).value,
              .ratio = ratio.value,
              .goal = 0.5,
              .note = absl::StrCat("ratio ", SpreadOf(ratio),
                                   "; floor: a bare server, one synced put")});
  const Median slow = MedianOf(p99);
  report.Add({.name = absl::StrCat("p99", how),
              .value = slow.value,
              .unit = "ms",
              .floor = MedianOf(bare_p99).value,
              .goal = kMillisMax,
              .of_value = true,
              .note = absl::StrFormat("%s; p50 %.2f", SpreadOf(slow),
                                      MedianOf(p50).value)});
}

}  // namespace kith::bench
