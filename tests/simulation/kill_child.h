// A node in a process of its own, to be killed: it goes on with its source
// where the ledger stands and writes each acknowledgement to a descriptor.
#pragma once

#include <cstdint>
#include <string>

#include "eventstore/store.h"
#include "services/engine/testing.h"

namespace kith::simulation {

// What the child has heard from its node, and the parent from the child.
struct Acknowledged {
  uint64_t sequence = 0;
  uint64_t position = 0;
  uint32_t kind = 0;
};

// The statement that the source makes under this number, in every process.
agency::v1::Statement StatementOf(uint64_t sequence);

eventstore::Store& OpenStore(const std::string& folder,
                             std::unique_ptr<eventstore::Store>& store);

// Runs until it is killed. Never returns but on an error of the test itself.
int RunKillChild(const std::string& folder, int acknowledgements);

}  // namespace kith::simulation
