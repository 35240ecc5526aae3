// One adapter's outbox and its topic, under test: what the outbox believes to
// be delivered is compared with what the topic holds.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "adapters/publisher/frame.h"
#include "adapters/publisher/kafka_sink.h"
#include "adapters/publisher/outbox.h"
#include "tests/kafka/topics.h"

namespace kith::kafka_tests {

class Feed {
 public:
  static constexpr char kAgency[] = "council";
  static constexpr char kSource[] = "council_feed";

  // Makes the inbox topic of `partnership`, which no other test uses, and an
  // empty outbox. `settings` are the topic's.
  explicit Feed(const std::string& address, const std::string& partnership,
                const Settings& settings = {});
  ~Feed();
  Feed(const Feed&) = delete;
  Feed& operator=(const Feed&) = delete;

  const std::string& topic() const { return topic_; }
  adapters::Outbox& outbox() { return *outbox_; }
  // Closes the outbox and opens it again, as a restarted adapter does.
  void Reopen();

  // Keeps `count` more statements, of about `bytes` bytes each.
  void Say(size_t count, size_t bytes = 200);

  // A sink as adapters have it, reaching the broker at `through`.
  std::unique_ptr<adapters::Sink> SinkThrough(
      const std::string& through, const adapters::KafkaLimits& limits = {},
      const wire::Properties& more = {}) const;
  // Sends what waits, and returns how that ended.
  absl::Status Deliver(adapters::Sink& sink);
  uint64_t delivered() const { return delivered_; }  // answers so far

  // Fails the test unless the topic holds every statement that the outbox
  // believes to be delivered, byte by byte, in order and without gaps.
  // Returns how many records were repeats.
  size_t ExpectHeld(const std::string& address);

 private:
  const std::string partnership_;
  const std::string topic_;
  std::string folder_;
  adapters::Publisher publisher_;
  std::unique_ptr<adapters::Outbox> outbox_;
  std::atomic<uint64_t> delivered_{0};
};

// The statement's place in its source, from a record's bytes.
struct Place {
  std::string source;
  uint64_t epoch = 0;
  uint64_t sequence = 0;
};
Place PlaceOf(const Record& record);

// Fails the test unless the sources' numbers in these records begin with 1 and
// go on without gaps but for repeats, which are equal to what they repeat.
// Returns the last number and how many were repeats.
struct Order {
  uint64_t last = 0;
  size_t repeats = 0;
};
Order ExpectOrdered(const std::vector<Record>& records);

}  // namespace kith::kafka_tests
