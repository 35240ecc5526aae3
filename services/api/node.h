// What the services stand on: one partnership on this node.
#pragma once

#include <cstdint>
#include <functional>
#include <mutex>
#include <string>

#include "absl/status/statusor.h"
#include "eventstore/store.h"
#include "kith/agency/v1/frame.pb.h"
#include "kith/agency/v1/statement.pb.h"
#include "services/access/access_log.h"
#include "services/api/paging.h"
#include "services/api/rate_limit.h"
#include "services/engine/clock.h"
#include "services/engine/engine.h"

namespace kith::api {

// The api source of this node: turns what callers say into frames, numbered and
// sealed. Thread-safe: numbers reach the inbox in order.
class ActSource {
 public:
  // `epoch` must be greater than that of any earlier run (the clock's
  // microseconds at start are).
  ActSource(std::string partnership, std::string source, std::string key_id,
            std::string key, uint64_t epoch, engine::Engine& engine);

  // Says `content` for `agency` and `actor`; `done` as in Engine::Submit.
  void Say(const std::string& agency, const agency::v1::Actor& actor,
           const std::string& request_id, absl::Time occurred_at,
           const agency::v1::Statement& content, engine::Engine::Done done);

 private:
  const std::string partnership_, source_, key_id_, key_;
  const uint64_t epoch_;
  engine::Engine& engine_;
  std::mutex mutex_;
  uint64_t sequence_ = 0;  // guarded by mutex_
};

struct Node {
  std::string name;     // of the machine, for access records
  std::string version;  // of the program
  std::string partnership;
  engine::Engine& engine;
  eventstore::Store& store;
  access::AccessLog& access;
  const engine::Clock& clock;
  ActSource& acts;
  PageTokens pages;
  RateLimit look_ups;             // of persons, by practitioner
  std::string checkpoint_folder;  // where checkpoints go; empty: none may
};

}  // namespace kith::api
