// Every list is a filter of what its method for one thing shows: in invented
// partnerships, for readers of every role, a list walked through its pages
// holds what may be got alone, all of it and nothing else, and says the same of
// it. The ids that are tried come from the ledger.
//
//   KITH_WORLDS=20   how many partnerships (default 2)
//   KITH_SEED=7      one partnership only: the one that failed
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/civil_date.h"
#include "tests/server/comparison.h"
#include "tests/server/invention.h"

namespace kith::server_tests {
namespace {

std::string Describe(const Who& who) {
  return absl::StrCat(who.agency, "/", who.practitioner, " ", who.role, " for ",
                      who.purpose, who.person.empty() ? "" : " as ",
                      who.person);
}

int Number(const char* name, int otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::atoi(text);
}

struct Walker {
  Who reader;
  int page_size = 1;
};

void CompareFor(TestServer& server, const LedgerIndex& ledger,
                absl::CivilDay today, const Invention& invention,
                const Walker& walker, Counts& counts) {
  SCOPED_TRACE(
      absl::StrCat(Describe(walker.reader), " by pages of ", walker.page_size));
  Comparison comparison(server, ledger, today, walker.reader, walker.page_size,
                        counts);
  comparison.Families(invention.humans());
  comparison.OfFamilies();
  comparison.OfPersons();
  comparison.Worklists();
  comparison.DueList();
  comparison.Operations();
  comparison.OfEverybody();
  comparison.Timelines();
}

// All lists of all readers of one partnership, of several readers at a time:
// each waits most of the time for the access log.
void CompareAll(int seed, Counts& counts) {
  constexpr size_t kAtOnce = 6;
  TestServerOptions options;
  options.look_ups_per_hour = 1'000'000;
  TestServer server(options);
  Invention invention(server, static_cast<uint64_t>(seed));
  const absl::CivilDay today = base::LondonDay(server.clock().Now());
  const LedgerIndex ledger(*server.node().Read(), today);
  std::vector<Walker> walkers;
  for (const Who& reader : invention.Readers(ledger.StatedPersons())) {
    walkers.push_back({reader, invention.Int(1, 3)});
  }
  std::vector<Counts> counted(kAtOnce);
  std::vector<std::thread> threads;
  for (size_t i = 0; i < kAtOnce; ++i) {
    threads.emplace_back([&, i] {
      SCOPED_TRACE(absl::StrCat("KITH_SEED=", seed));
      for (size_t one = i; one < walkers.size(); one += kAtOnce) {
        CompareFor(server, ledger, today, invention, walkers[one], counted[i]);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const Counts& some : counted) {
    for (const auto& [list, count] : some) {
      counts[list].shown += count.shown;
      counts[list].withheld += count.withheld;
    }
  }
}

TEST(ListsTest, EveryListIsAFilterOfWhatMayBeGot) {
  const int only = Number("KITH_SEED", 0);
  const int last = Number("KITH_WORLDS", 2);
  Counts counts;
  for (int seed = only == 0 ? 1 : only; seed <= last || only != 0; ++seed) {
    CompareAll(seed, counts);
    if (HasFailure() || only != 0) break;
  }
  for (const auto& [list, count] : counts) {
    std::printf("%s: %d shown, %d withheld\n", list.c_str(), count.shown,
                count.withheld);
    if (only != 0 || HasFailure()) continue;
    EXPECT_GT(count.shown, 0) << list;
  }
}

// Ids are made from what each run draws anew; what they name is not.
TEST(ListsTest, ASeedMakesOnePartnership) {
  std::vector<std::map<std::string, int>> kinds;
  for (int i = 0; i < 2; ++i) {
    TestServer server;
    Invention invention(server, 7);
    kinds.push_back(
        LedgerIndex(*server.node().Read(), absl::CivilDay()).kinds());
  }
  EXPECT_EQ(kinds[0], kinds[1]);
}

}  // namespace
}  // namespace kith::server_tests
