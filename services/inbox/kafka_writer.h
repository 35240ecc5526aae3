// Puts this node's own frames into the inbox's topic, and knows them again when
// they come back out of it. Notices leave through another one, into theirs.
//
// Idempotent and acks=all: a frame gets one place, and those of one node keep
// their order. When librdkafka gives its producer up for good, a new one takes
// its place; what the old one had under way is then told as lost, outcome
// unknown. Bounded: so many frames and bytes are under way, and each for so
// long.
//
// Thread-safe.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <unordered_map>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "services/inbox/inbox.h"
#include "services/inbox/kafka_handle.h"
#include "wire/connection.h"
#include "wire/event.h"

namespace kith::inbox {

struct KafkaWriterOptions {
  std::string topic;
  wire::Properties connection;
  std::string node;
  size_t count_max = 20000;
  size_t bytes_max = size_t{64} << 20;
  // A frame that the brokers have not taken by then is given up. Infinite: none
  // is, and what cannot be written is an error of all that follows it, so that
  // the order has no gaps.
  absl::Duration patience = absl::Seconds(30);
};

class KafkaWriter {
 public:
  // `lost` as in Inbox::OnLost; never called from `Write`.
  static absl::StatusOr<std::unique_ptr<KafkaWriter>> Make(
      const KafkaWriterOptions& options, Inbox::Lost lost);
  // Gives up what is under way, without telling.
  ~KafkaWriter();

  // RESOURCE_EXHAUSTED: too much is under way. On an error the message has no
  // place. Does not wait.
  absl::Status Write(wire::Message message, Ticket ticket);

  // Waits until the brokers have taken, or `patience` has ended, what was
  // written. UNAVAILABLE says why not all of it was taken since the last time.
  absl::Status Flush();
  // Waits no longer than that. DEADLINE_EXCEEDED: some is under way.
  absl::Status FlushFor(absl::Duration patience);

  // The ticket of the frame with this SHA-256, which was just read from the
  // topic; 0: none of ours waits for it.
  Ticket Arrived(absl::string_view digest);
  // What nobody has told the outcome of yet.
  size_t waiting() const;

  std::string statistics() const;
  // For tests: the producer fails for good.
  void FailForTesting();

 private:
  struct Message;  // one under way, as librdkafka hands it back
  struct Events;   // with the way back to the writer

  KafkaWriter(const KafkaWriterOptions& options, Inbox::Lost lost);
  static void OnReport(rd_kafka_t*, const rd_kafka_message_t*, void*);

  absl::StatusOr<KafkaHandle> NewProducer();
  void Run();
  // With a producer that failed for good.
  void Replace();
  void Delivered(const Message& message);
  void Failed(const Message& message, const rd_kafka_message_t& report);

  const KafkaWriterOptions options_;
  const Inbox::Lost lost_;
  std::unique_ptr<Events> events_;  // outlives the producer

  mutable std::mutex mutex_;
  // All below under `mutex_`.
  std::shared_ptr<rd_kafka_t> producer_;
  // By SHA-256 of the frame: who waits. The same frame may be written twice.
  std::unordered_multimap<std::string, Ticket> waiting_;
  size_t bytes_ = 0;  // not delivered yet
  size_t count_ = 0;  // likewise
  std::string failure_;  // since the last flush; empty: none
  std::condition_variable reported_;
  bool ending_ = false;

  std::thread thread_;  // last: it uses all of the above
};

}  // namespace kith::inbox
