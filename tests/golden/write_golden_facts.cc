// Prints the facts of a node that simulated agencies told much, as
// golden_facts_test reads them. For kinds of facts that no file has yet, into a
// new one:
//   write_golden_facts 700 2 > tests/golden/v1/facts_<what>.txt
#include <cstdio>
#include <string>

#include "absl/strings/numbers.h"
#include "base/check.h"
#include "tests/golden/facts.h"
#include "tests/simulation/world.h"

namespace kith::golden {
namespace {

constexpr int kLooksAtCasesEvery = 5;

GoldenFact ToGolden(const eventstore::StoredRecord& record) {
  GoldenFact fact;
  fact.position = record.position;
  fact.recorded_at = absl::FromUnixMicros(record.recorded_at_micros);
  fact.subject = record.subject;
  fact.statement.set_source(record.source);
  fact.statement.set_epoch(record.epoch);
  fact.statement.set_sequence(record.sequence);
  fact.payload = *record.payload;
  return fact;
}

void Print(int arrivals, uint64_t seed) {
  simulation::Agencies agencies(seed);
  const simulation::KeyFolder keys(agencies);
  simulation::World world(agencies, keys.path());
  for (int i = 0; i < arrivals; ++i) {
    const simulation::Arrival arrival = agencies.Next();
    const auto outcome = world.Submit(arrival);
    KITH_CHECK(outcome.ok());
    agencies.Heard(arrival, *outcome);
    if (i % kLooksAtCasesEvery == 0) agencies.Sees(world.Cases());
  }
  const absl::Status scanned = world.Read()->snapshot().ScanLedger(
      0, [](const eventstore::StoredRecord& record) {
        std::fputs(ToLine(ToGolden(record)).c_str(), stdout);
        return true;
      });
  KITH_CHECK(scanned.ok());
}

}  // namespace
}  // namespace kith::golden

int main(int argc, char** argv) {
  int arrivals = 0;
  uint64_t seed = 0;
  if (argc != 3 || !absl::SimpleAtoi(argv[1], &arrivals) ||
      !absl::SimpleAtoi(argv[2], &seed)) {
    std::fputs("Usage: write_golden_facts ARRIVALS SEED\n", stderr);
    return 2;
  }
  kith::golden::Print(arrivals, seed);
  return 0;
}
