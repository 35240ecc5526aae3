// Whether the topic of an inbox is what it must be, and which records it holds.
#pragma once

#include <librdkafka/rdkafka.h>

#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "wire/connection.h"

namespace kith::inbox {

// The records `low` to `high` - 1.
struct KafkaExtent {
  int64_t low = 0;
  int64_t high = 0;
};

struct KafkaTopicCheck {
  std::string partnership;
  // librdkafka's mock of a cluster cannot describe settings.
  bool settings = true;
  absl::Duration patience = absl::Seconds(10);  // of each request
};

// Blocks for some requests. UNAVAILABLE: the broker does not answer; later.
// FAILED_PRECONDITION: there is no such topic, it differs from what an inbox
// must be (wire/topics.h), or may not be read; the text says how, and names the
// command that mends it.
absl::StatusOr<KafkaExtent> CheckInboxTopic(rd_kafka_t* client,
                                            const KafkaTopicCheck& check);

// The same with a connection of its own.
absl::StatusOr<KafkaExtent> CheckInboxTopic(const wire::Properties& connection,
                                            const KafkaTopicCheck& check);

}  // namespace kith::inbox
