#include "services/inbox/kafka_record.h"

#include "base/crypto.h"
#include "services/inbox/kafka_handle.h"
#include "services/inbox/kafka_position.h"
#include "wire/event.h"
#include "wire/topics.h"

namespace kith::inbox {
namespace {

std::optional<std::string> TypeOf(const rd_kafka_message_t& message) {
  rd_kafka_headers_t* headers = nullptr;
  const void* value = nullptr;
  size_t size = 0;
  if (rd_kafka_message_headers(&message, &headers) !=
          RD_KAFKA_RESP_ERR_NO_ERROR ||
      rd_kafka_header_get_last(headers, wire::kHeaderType, &value, &size) !=
          RD_KAFKA_RESP_ERR_NO_ERROR ||
      value == nullptr) {
    return std::nullopt;
  }
  return std::string(static_cast<const char*>(value), size);
}

}  // namespace

KafkaRecord RecordOf(const rd_kafka_message_t& message) {
  KafkaRecord record;
  record.offset = message.offset;
  rd_kafka_timestamp_type_t kind = RD_KAFKA_TIMESTAMP_NOT_AVAILABLE;
  record.timestamp_millis = rd_kafka_message_timestamp(&message, &kind);
  record.stamped_by_broker = kind == RD_KAFKA_TIMESTAMP_LOG_APPEND_TIME;
  if (message.payload != nullptr) {
    record.value.emplace(static_cast<const char*>(message.payload),
                         message.len);
  }
  record.type = TypeOf(message);
  return record;
}

std::string DigestOf(const KafkaRecord& record) {
  return RecordDigest(record.offset, record.timestamp_millis,
                      base::Sha256(record.value.value_or("")));
}

KafkaPlace::KafkaPlace(const std::string& topic, int64_t offset)
    : list_(rd_kafka_topic_partition_list_new(1)) {
  rd_kafka_topic_partition_list_add(list_, topic.c_str(), wire::kInboxPartition)
      ->offset = offset;
}

KafkaPlace::~KafkaPlace() { rd_kafka_topic_partition_list_destroy(list_); }

absl::Status ReadFrom(rd_kafka_t* consumer, const std::string& topic,
                      int64_t offset) {
  rd_kafka_assign(consumer, nullptr);
  const KafkaPlace place(topic, offset);
  const rd_kafka_resp_err_t error = rd_kafka_assign(consumer, place.get());
  if (error == RD_KAFKA_RESP_ERR_NO_ERROR) return absl::OkStatus();
  return KafkaError(error, "reading the topic");
}

}  // namespace kith::inbox
