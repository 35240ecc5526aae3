// The fixed workload of the fault tests, and what must hold after it stopped
// anywhere.
#pragma once

#include <functional>
#include <set>
#include <string>

#include "absl/status/status.h"
#include "eventstore/rocks_store.h"

namespace kith::eventstore {

// What the workload was told to be durable, in the order in which it was told.
struct Acknowledged {
  std::string identity;  // incarnation and pepper; empty before the first open
  uint64_t commits = 0;
  bool destroyed = false;
  bool switched = false;
  bool checkpointed = false;
};

// Tells the world outside the process. One line each.
using Tell = std::function<void(const std::string& line)>;
// Reads a line that was told.
void Learn(const std::string& line, Acknowledged& acknowledged);

struct Place {
  std::string folder;  // of the test; the store is in `store/`
  rocksdb::Env* env = nullptr;
  bool sync = true;
};

// Runs what is left of the workload, from an empty folder or from wherever an
// earlier run stopped: commits, a reopening, a destroyed key, a rebuilt view, a
// checkpoint. After an error it also checks that the store stays shut.
absl::Status RunWorkload(const Place& place, const Tell& tell);

// Opens what a stopped run left behind and holds it against what was
// acknowledged; then finishes the workload and looks again.
absl::Status CheckWorkload(const Place& place,
                           const Acknowledged& acknowledged);

}  // namespace kith::eventstore
