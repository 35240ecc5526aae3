// A node with the real views, fed by seeded agencies, stopped and broken at
// random. It stands on a store in memory unless it is given another.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "eventstore/memory_store.h"
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

// The store on disk in `folder`, which is made. Stops the test program on an
// error.
std::unique_ptr<eventstore::Store> OpenStore(const std::string& folder);

class World {
 public:
  // `key_folder` holds the keys of the agencies' sources (PutKeys).
  World(
      const Agencies& agencies, std::string key_folder,
      engine::Options options = {},
      std::unique_ptr<eventstore::Store> store = eventstore::OpenMemoryStore());
  ~World();

  void Open();
  void Close();

  // Submits at the arrival's time. UNAVAILABLE: the node broke.
  absl::StatusOr<engine::Outcome> Submit(const Arrival& arrival);
  // The same without waiting; `Close` waits for all.
  void SubmitOnly(
      const Arrival& arrival, engine::Engine::Done done = [](const auto&) {});
  void BreakAtNextCommit(engine::testing::FailingStore::Failure how);
  // Until the node is opened again, `called` is called in the midst of each
  // rebuild: when both versions of the views are folded, before the switch.
  void BeforeSwitch(std::function<void()> called);

  std::unique_ptr<engine::ReadView> Read() { return *engine_->Read(); }
  // The duplicate-plan cases that somebody of the hub sees.
  std::vector<DuplicateCase> Cases();
  engine::Engine& engine() { return *engine_; }
  eventstore::Head head() const { return (*store_->Read())->head(); }
  const eventstore::Store& store() const { return *store_; }

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
