// Records of an inbox's one partition as librdkafka hands them out, and the
// places they are read from.
#pragma once

#include <librdkafka/rdkafka.h>

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"

namespace kith::inbox {

struct KafkaRecord {
  int64_t offset = 0;
  int64_t timestamp_millis = 0;
  bool stamped_by_broker = false;  // the time is LogAppendTime
  std::optional<std::string> value;
  std::optional<std::string> type;  // the last ce_type header
};

// `message` has no error.
KafkaRecord RecordOf(const rd_kafka_message_t& message);
// RecordDigest of it (kafka_position.h).
std::string DigestOf(const KafkaRecord& record);

// A record that was applied.
struct KafkaApplied {
  int64_t offset = -1;
  std::string digest;  // empty: nothing to compare with
};

// An offset of the partition, as librdkafka takes it.
class KafkaPlace {
 public:
  KafkaPlace(const std::string& topic, int64_t offset);
  ~KafkaPlace();
  KafkaPlace(const KafkaPlace&) = delete;
  KafkaPlace& operator=(const KafkaPlace&) = delete;
  const rd_kafka_topic_partition_list_t* get() const { return list_; }

 private:
  rd_kafka_topic_partition_list_t* const list_;
};

// Has a consumer begin anew at `offset`; what it held is let go. Errors as of
// KafkaError.
absl::Status ReadFrom(rd_kafka_t* consumer, const std::string& topic,
                      int64_t offset);

}  // namespace kith::inbox
