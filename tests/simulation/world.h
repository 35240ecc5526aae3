// A node on a store in memory, fed by seeded agencies, stopped and broken at
// random, and what must hold of it at every moment.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "eventstore/store.h"
#include "services/engine/clock.h"
#include "services/engine/engine.h"
#include "services/engine/failing_store.h"
#include "services/engine/source_keys.h"
#include "services/inbox/memory_inbox.h"
#include "tests/simulation/agencies.h"

namespace kith::simulation {

// The real views.
engine::ViewFold RealViews();

class World {
 public:
  // `key_folder` holds the keys of the agencies' sources (PutKeys).
  World(const Agencies& agencies, std::string key_folder,
        engine::Options options = {});
  ~World();

  void Open();
  void Close();

  // Submits at the arrival's time. UNAVAILABLE: the node broke.
  absl::StatusOr<engine::Outcome> Submit(const Arrival& arrival);
  // The same without waiting; `Close` waits for all.
  void SubmitOnly(const Arrival& arrival);
  void BreakAtNextCommit(engine::testing::FailingStore::Failure how);

  std::unique_ptr<engine::ReadView> Read() { return *engine_->Read(); }
  engine::Engine& engine() { return *engine_; }
  eventstore::Head head() const { return (*store_->Read())->head(); }

 private:
  const core::Genesis genesis_;
  const engine::Options options_;
  engine::ManualClock clock_;
  engine::SourceKeys keys_;
  const std::unique_ptr<eventstore::Store> store_;
  std::unique_ptr<engine::testing::FailingStore> breakable_;
  std::unique_ptr<inbox::MemoryInbox> inbox_;
  std::unique_ptr<engine::Engine> engine_;
};

// Keys for all sources, in a folder that the destructor removes.
class KeyFolder {
 public:
  explicit KeyFolder(const Agencies& agencies);
  ~KeyFolder();
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace kith::simulation
