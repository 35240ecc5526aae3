// Looks, while a topic is read, whether it is still the one that was read: what
// it must be (kafka_topic.h), and with a record in it that was applied.
//
// With a client and a thread of its own, for its requests take some tens of
// milliseconds, for which reading would pause. What it finds is no verdict: on
// a doubt the reader looks for itself. A broker that does not answer raises
// none; it may still be read from.
//
// Not thread-safe.
#pragma once

#include <atomic>
#include <cstdint>
#include <future>
#include <optional>
#include <string>
#include <vector>

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
  // Whether there is a doubt, once. Empty: nothing was asked, or the look is
  // under way.
  std::optional<bool> TakeAnswer();

 private:
  bool IsDoubtful(const Question& question);
  // Whether something other than the record is in its place.
  bool IsReplaced(const KafkaApplied& applied);

  const KafkaTopicCheck topic_;
  const wire::Properties properties_;
  KafkaEvents events_;
  KafkaHandle client_;  // made by the first look; then of the look under way
  std::atomic<bool> ended_ = false;
  std::future<bool> answer_;
};

}  // namespace kith::inbox
