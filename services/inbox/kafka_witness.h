// Looks, while a topic is read, whether it is still the one that was read: what
// it must be (kafka_topic.h), and with a record in it that was applied.
//
// With a client and a thread of its own, for its requests take some tens of
// milliseconds, for which reading would pause. What it finds is no verdict: on
// a doubt the reader looks for itself. A broker that does not answer raises
// none, for it may still be read from; nor does it take one away.
//
// Not thread-safe.
#pragma once

#include <librdkafka/rdkafka.h>

#include <atomic>
#include <cstdint>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "services/inbox/kafka_anchor.h"
#include "services/inbox/kafka_handle.h"
#include "services/inbox/kafka_record.h"
#include "services/inbox/kafka_topic.h"
#include "wire/connection.h"

namespace kith::inbox {

class KafkaWitness {
 public:
  // `properties` are those of the reader.
  KafkaWitness(const KafkaTopicCheck& topic, wire::Properties properties);
  // Waits for a look under way: some seconds at most.
  ~KafkaWitness();

  struct Question {
    int64_t next = 0;  // where the reader stands
    // The first of these that the topic's retention has left is looked at.
    std::vector<KafkaApplied> applied;
  };
  // Nothing is asked yet.
  void Ask(Question question);
  bool is_asked() const { return answer_.valid(); }
  // The answer, once. Empty: nothing was asked, or the look is under way.
  std::optional<KafkaLook> TakeAnswer();

 private:
  using Message =
      std::unique_ptr<rd_kafka_message_t, decltype(&rd_kafka_message_destroy)>;

  KafkaLook Look(const Question& question);
  // Whether the record is in its place.
  KafkaLook Compare(const KafkaApplied& applied);
  Message Poll(int millis);

  const KafkaTopicCheck topic_;
  const wire::Properties properties_;
  KafkaEvents events_;
  KafkaHandle client_;  // made by the first look; then of the look under way
  std::atomic<bool> ended_ = false;
  std::future<KafkaLook> answer_;
};

}  // namespace kith::inbox
