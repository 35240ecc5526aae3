// What lies in the versions of the views, and whether two of them hold the
// same, row for row.
#pragma once

#include <cstdint>
#include <map>

#include "eventstore/store.h"
#include "kith/ledger/v1/view.pb.h"
#include "services/engine/testing.h"
#include "tests/simulation/world.h"

namespace kith::simulation {

// All rows of a version, the engine's own among them.
engine::testing::Rows RowsOfVersion(const eventstore::Snapshot& snapshot,
                                    uint32_t version);
// Those of the live version.
engine::testing::Rows LiveVersion(const eventstore::Store& store);

// Adds a test failure that names the first keys at which they differ.
void ExpectSameRows(const engine::testing::Rows& live,
                    const engine::testing::Rows& rebuilt);

// Rebuilds while nothing comes in, and expects the rows that were live before
// and another version that is live now.
void ExpectRebuildsToTheSame(World& world);

// How many things of each kind the rows hold.
using Kind = ledger::v1::ThingRow::WhatCase;
std::map<Kind, size_t> ThingsIn(const engine::testing::Rows& rows);

// Rows without people, families, plans and leads would be equal for nothing.
void ExpectThingsOfAllSorts(const engine::testing::Rows& rows);

}  // namespace kith::simulation
