// A node on disk under measurement: store, inbox and engine, with three feeds
// and as many callers as are wanted.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "eventstore/store.h"
#include "rocksdb/env.h"
#include "services/engine/clock.h"
#include "services/engine/engine.h"
#include "services/engine/testing.h"
#include "services/inbox/kafka_inbox.h"

namespace kith::bench {

class Node {
 public:
  // In `folder`, which is made. `env` may be null. Frames come from the topic
  // of the partnership at `kafka`; empty: from a queue in the process.
  // `callers`: sources of the council beside its feed.
  Node(const std::string& folder, rocksdb::Env* env,
       const std::string& kafka = "", size_t callers = 0);
  ~Node();

  // Ends the node and opens it again on the same folder; what its feeds said
  // goes on. For a backlog: sign while it is stopped.
  void Stop();
  void Start();
  // Null without Kafka.
  const inbox::KafkaInbox* kafka() const { return kafka_; }

  std::string partnership() const { return "bench"; }
  engine::Engine& engine() { return *engine_; }
  eventstore::Store& store() { return *store_; }

  // Signed frames of the statements, each from its agency's feed.
  struct Spoken {
    std::string agency;
    agency::v1::Statement said;
  };
  std::vector<std::string> Sign(const std::vector<Spoken>& statements);

  // The next frame of a caller.
  std::string SignAs(size_t caller, const agency::v1::Statement& said);

  // Submits all and waits for all outcomes; the seconds it took. Stops the
  // program unless all but `odd_max` were accepted or changed nothing.
  double Run(std::vector<std::string> frames, size_t odd_max = 0);

 private:
  const std::string folder_;
  rocksdb::Env* const env_;
  const std::string broker_;  // empty: none
  engine::SystemClock clock_;
  engine::testing::TestSource root_;
  std::vector<engine::testing::TestSource> feeds_;
  std::vector<engine::testing::TestSource> callers_;
  std::unique_ptr<eventstore::Store> store_;
  std::unique_ptr<engine::SourceKeys> keys_;
  std::unique_ptr<inbox::Inbox> inbox_;
  inbox::KafkaInbox* kafka_ = nullptr;
  std::unique_ptr<engine::Engine> engine_;
};

// How a benchmark folds: the real views.
engine::ViewFold RealViews();

// What makes `families` families known.
std::vector<Node::Spoken> Introductions(uint64_t from, uint64_t to);
// Statements about known people: changed addresses and contacts, needs,
// involvements, relationships, meetings, plans, consents.
std::vector<Node::Spoken> Updates(uint64_t families, size_t count, int version);

}  // namespace kith::bench
