#include "services/inbox/kafka_handle.h"

#include <spdlog/spdlog.h>

#include <cstdlib>
#include <utility>

#include "absl/strings/str_cat.h"

namespace kith::inbox {
namespace {

constexpr int kSyslogWarning = 4;

void Log(const rd_kafka_t* client, int level, const char* facility,
         const char* text) {
  const char* name = client == nullptr ? "kafka" : rd_kafka_name(client);
  if (level <= kSyslogWarning) {
    spdlog::warn("{} {}: {}", name, facility, text);
  } else {
    spdlog::debug("{} {}: {}", name, facility, text);
  }
}

void Error(rd_kafka_t*, int error, const char*, void* opaque) {
  KafkaEvents& events = *static_cast<KafkaEvents*>(opaque);
  if (error == RD_KAFKA_RESP_ERR__FATAL) events.Fatal();
  events.Disturbed();
}

int Statistics(rd_kafka_t*, char* json, size_t length, void* opaque) {
  static_cast<KafkaEvents*>(opaque)->SetStatistics(std::string(json, length));
  return 0;  // librdkafka frees it
}

}  // namespace

std::string KafkaEvents::statistics() const {
  const std::lock_guard lock(mutex_);
  return statistics_;
}

void KafkaEvents::SetStatistics(std::string json) {
  const std::lock_guard lock(mutex_);
  statistics_ = std::move(json);
}

absl::StatusOr<KafkaHandle> NewKafkaClient(rd_kafka_type_t type,
                                           const wire::Properties& properties,
                                           KafkaEvents* events,
                                           DeliveryReport report) {
  rd_kafka_conf_t* conf = rd_kafka_conf_new();
  char why[512] = "";
  for (const auto& [name, value] : properties) {
    if (rd_kafka_conf_set(conf, name.c_str(), value.c_str(), why,
                          sizeof(why)) != RD_KAFKA_CONF_OK) {
      rd_kafka_conf_destroy(conf);
      // The text may repeat the value, which may be a password.
      return absl::InvalidArgumentError(
          absl::StrCat("librdkafka does not take this value of ", name));
    }
  }
  rd_kafka_conf_set_opaque(conf, events);
  rd_kafka_conf_set_log_cb(conf, Log);
  rd_kafka_conf_set_error_cb(conf, Error);
  rd_kafka_conf_set_stats_cb(conf, Statistics);
  if (report != nullptr) rd_kafka_conf_set_dr_msg_cb(conf, report);
  rd_kafka_t* client = rd_kafka_new(type, conf, why, sizeof(why));
  if (client == nullptr) {
    rd_kafka_conf_destroy(conf);
    return absl::InvalidArgumentError(
        absl::StrCat("no Kafka client can be made of these settings: ", why));
  }
  if (type == RD_KAFKA_CONSUMER) rd_kafka_poll_set_consumer(client);
  return KafkaHandle(client);
}

bool IsPassing(rd_kafka_resp_err_t error) {
  switch (error) {
    case RD_KAFKA_RESP_ERR__TRANSPORT:
    case RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN:
    case RD_KAFKA_RESP_ERR__RESOLVE:
    case RD_KAFKA_RESP_ERR__TIMED_OUT:
    case RD_KAFKA_RESP_ERR__TIMED_OUT_QUEUE:
    case RD_KAFKA_RESP_ERR__MSG_TIMED_OUT:
    case RD_KAFKA_RESP_ERR__WAIT_COORD:
    case RD_KAFKA_RESP_ERR__WAIT_CACHE:
    case RD_KAFKA_RESP_ERR__IN_PROGRESS:
    case RD_KAFKA_RESP_ERR__RETRY:
    case RD_KAFKA_RESP_ERR__DESTROY:
    case RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE:
    case RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION:
    case RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT:
    case RD_KAFKA_RESP_ERR_BROKER_NOT_AVAILABLE:
    case RD_KAFKA_RESP_ERR_REPLICA_NOT_AVAILABLE:
    case RD_KAFKA_RESP_ERR_NETWORK_EXCEPTION:
    case RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS:
    case RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS_AFTER_APPEND:
    case RD_KAFKA_RESP_ERR_KAFKA_STORAGE_ERROR:
    case RD_KAFKA_RESP_ERR_NOT_CONTROLLER:
    case RD_KAFKA_RESP_ERR_FENCED_LEADER_EPOCH:
    case RD_KAFKA_RESP_ERR_UNKNOWN_LEADER_EPOCH:
    case RD_KAFKA_RESP_ERR_OFFSET_NOT_AVAILABLE:
      return true;
    default:
      return false;
  }
}

absl::Status KafkaError(rd_kafka_resp_err_t error, absl::string_view doing) {
  const std::string text = absl::StrCat(doing, ": ", rd_kafka_err2str(error));
  return IsPassing(error) ? absl::UnavailableError(text)
                          : absl::FailedPreconditionError(text);
}

}  // namespace kith::inbox
