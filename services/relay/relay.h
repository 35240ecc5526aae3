// Tells one topic of Kafka what the ledger has recorded: notices, in ledger
// order, each at least once.
//
//   ledger -> notices (feed.h, quarantine.h) -> topic -> position kept
//
// The position moves on only when the brokers have taken everything before it.
// What was under way when a node ended is sent again, with the same ids. While
// the brokers are away, or the topic is not there, the relay waits and the
// ledger goes on.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/engine/engine.h"
#include "services/inbox/kafka_writer.h"
#include "services/relay/positions.h"
#include "wire/connection.h"
#include "wire/event.h"

namespace kith::relay {

// What the facts from a position on are told as.
struct Notices {
  std::vector<wire::Message> messages;
  uint64_t next = 0;  // everything before it is in `messages`, or not told
};
// Gives the notices of some of the facts from `from` on, which is not the head.
// An error is tried again.
using FindNotices = std::function<absl::StatusOr<Notices>(uint64_t from)>;

struct RelayOptions {
  std::string topic;  // its position goes by this name, too
  std::string mend;   // the command that makes the topic
  std::string node;
  wire::Properties connection;
};

struct RelayFigures {
  std::string topic;
  bool failing = false;
  uint64_t depth = 0;  // facts that were not looked at yet
  absl::Duration age;  // of the first of these
  uint64_t sent = 0;   // notices that the brokers took, since the start
};

// Thread-safe. A thread of its own does the work.
class Relay {
 public:
  // `engine` and `positions` must outlive it.
  Relay(RelayOptions options, engine::Engine& engine, RelayPositions& positions,
        FindNotices find);
  // Ends at once; what the brokers have not taken is sent by the next one.
  ~Relay();
  Relay(const Relay&) = delete;
  Relay& operator=(const Relay&) = delete;

  RelayFigures figures(const engine::ReadView& view, absl::Time now) const;

 private:
  void Run();
  absl::Status Step();
  absl::Status Begin();
  absl::Status Send(std::vector<wire::Message> messages);
  absl::Status Keep(bool now);
  void Tell(const absl::Status& status);
  bool stopping() const;
  // False: it is to stop.
  bool Pause(absl::Duration pause);

  const RelayOptions options_;
  engine::Engine& engine_;
  RelayPositions& positions_;
  const FindNotices find_;

  // The thread's.
  bool begun_ = false;
  uint64_t kept_ = 0;  // the position that is durable
  absl::Time kept_at_ = absl::InfinitePast();
  std::unique_ptr<inbox::KafkaWriter> writer_;
  std::string told_;

  std::atomic<uint64_t> next_ = 0;
  std::atomic<uint64_t> sent_ = 0;
  std::atomic<bool> failing_ = false;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ = false;  // guarded by mutex_

  std::thread thread_;  // last: it uses all of the above
};

}  // namespace kith::relay
