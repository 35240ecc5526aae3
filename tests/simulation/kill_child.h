// A node in a process of its own, to be killed: its feeds go on where the
// ledger stands, its desk begins a new epoch, and it writes each
// acknowledgement to a descriptor.
#pragma once

#include <cstdint>
#include <string>

#include "kith/agency/v1/statement.pb.h"

namespace kith::simulation {

// What the child has heard from its node, and the parent from the child.
struct Acknowledged {
  uint64_t source = 0;  // its place among `Agencies::sources`
  uint64_t epoch = 0;
  uint64_t sequence = 0;
  uint64_t position = 0;
  uint32_t kind = 0;
};

struct ChildPart {
  std::string folder;      // of the store
  std::string key_folder;  // of the sources
  int acknowledgements = -1;
  uint64_t desk_epoch = 1;
  uint64_t seed = 0;      // of what the desk does
  bool rebuilds = false;  // the views over and over, meanwhile
};

// The statement that the feed of `agency` makes under this number, in every
// process. It refers to nothing that the feed has not told before.
agency::v1::Statement StatementOf(const std::string& agency, uint64_t sequence);

// Runs until it is killed. Never returns but on an error of the test itself.
int RunKillChild(const ChildPart& part);

}  // namespace kith::simulation
