// Prints and writes the ratios of architecture.md section 9. Run it through
// tools/bench.
#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "CLI/CLI.hpp"
#include "base/check.h"
#include "tests/bench/figures.h"
#include "tests/bench/measures.h"

namespace kith::bench {
namespace {

int Run(int argc, char** argv) {
  Settings settings;
  std::string json;
  std::string folder;
  bool grown = false;
  bool quick = false;
  bool growth = true;
  std::string only;
  CLI::App app("Measures Kith against floors in the same run");
  app.add_option("--json", json, "Where to write the figures");
  app.add_option("--folder", folder, "On the disk to measure");
  app.add_option("--families", settings.families, "Known before measuring");
  app.add_option("--families-many", settings.families_many,
                 "Known where growth is measured");
  app.add_option("--asked", settings.asked,
                 "Different families that reads ask for");
  app.add_option("--statements", settings.statements, "A run");
  app.add_flag("--quick", quick, "One small pair, to see that it works");
  app.add_option("only,--only", only,
                 "Of all measures this one; kafka is measured only when named")
      ->check(CLI::IsMember({"intake", "calls", "reads", "growth", "kafka"}));
  app.add_option("--backlog", settings.backlog,
                 "Statements drained from Kafka");
  app.add_flag("--growth,!--no-growth", growth, "Also with many families");
  app.add_flag("--grown", grown)->group("");
  CLI11_PARSE(app, argc, argv);
  settings.folder = folder;
  if (grown) return RunGrown(settings);
  std::string pattern =
      (folder.empty() ? "/tmp" : folder) + "/kith-bench-XXXXXX";
  KITH_CHECK(mkdtemp(pattern.data()) != nullptr);
  settings.folder = pattern;
  if (quick) {
    settings.families = 500;
    settings.families_many = 2000;
    settings.statements = 2000;
    settings.backlog = 20000;
    settings.pairs = 1;
  }
  Report report;
  MeasureSync(settings, report);
  const auto wanted = [&](const char* name) {
    return only.empty() || only == name;
  };
  if (wanted("intake")) MeasureIntakeAndRebuild(settings, report);
  if (wanted("calls")) MeasureIntakeCalls(settings, report);
  if (wanted("reads")) MeasureReads(settings, report);
  if (growth && wanted("growth")) MeasureGrowth(settings, report);
  absl::Status done;
  if (only == "kafka") done = MeasureKafka(settings, report);
  std::filesystem::remove_all(settings.folder);
  if (done.ok() && !json.empty()) done = report.WriteJson(json);
  if (done.ok()) return 0;
  std::fprintf(stderr, "kith_bench: %s\n", std::string(done.message()).c_str());
  return 1;
}

}  // namespace
}  // namespace kith::bench

int main(int argc, char** argv) { return kith::bench::Run(argc, argv); }
