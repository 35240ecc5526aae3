// What must hold of a ledger and its rows at every moment.
#pragma once

#include <map>
#include <random>
#include <string>

#include "absl/time/time.h"
#include "eventstore/store.h"
#include "kith/ledger/v1/facts.pb.h"
#include "services/engine/read_view.h"
#include "services/engine/testing.h"

namespace kith::simulation {

// Plans by number, as they were when they were first seen closed.
using ClosedPlans = std::map<std::string, std::string>;

// Adds a test failure for each that does not hold.
void ExpectOneOpenLeadAFamily(const engine::ReadView& view);
void ExpectClosedPlansUnchanged(const engine::ReadView& view,
                                ClosedPlans& closed);

// Folds the views anew from all facts and expects, at each position of `seen`,
// the rows that were live then.
using Seen = std::map<uint64_t, engine::testing::Rows>;
void ExpectFoldsMeet(const engine::ReadView& view, const Seen& seen);
// Asks the as-of reader for every family and record that was there at some
// positions of `seen`, drawn by `random`, and expects their rows, and what
// they, their lists and their timelines answer, as the rows that were live then
// have it.
void ExpectAsOfReadsMeet(const engine::ReadView& view, const Seen& seen,
                         std::mt19937_64& random);

// What a record of the ledger holds; nobody is erased here.
struct Said {
  absl::Time recorded_at;
  ledger::v1::StatementRef statement;
  ledger::v1::Fact fact;
};
Said SaidIn(const eventstore::StoredRecord& record);

// The live rows, without the engine's own.
engine::testing::Rows LiveRows(const engine::ReadView& view);

}  // namespace kith::simulation
