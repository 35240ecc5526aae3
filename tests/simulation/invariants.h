// What must hold of a ledger and its rows at every moment.
#pragma once

#include <map>
#include <string>

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
// The live rows, without the engine's own.
engine::testing::Rows LiveRows(const engine::ReadView& view);

}  // namespace kith::simulation
