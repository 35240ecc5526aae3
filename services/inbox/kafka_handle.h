// A librdkafka client with what all of ours have in common: settings, log,
// errors and statistics.
//
// Thread-safe.
#pragma once

#include <librdkafka/rdkafka.h>

#include <atomic>
#include <memory>
#include <mutex>
#include <string>

#include "absl/status/statusor.h"
#include "wire/connection.h"

namespace kith::inbox {

// What a client tells of itself, from its own threads.
class KafkaEvents {
 public:
  // Something happened to a connection since the last time this was asked.
  bool TakeDisturbed() { return disturbed_.exchange(false); }
  bool fatal() const { return fatal_; }
  // The latest statistics, as librdkafka's JSON; empty before the first.
  std::string statistics() const;

  void Disturbed() { disturbed_ = true; }
  void Fatal() { fatal_ = true; }
  void SetStatistics(std::string json);

 private:
  std::atomic<bool> disturbed_ = false;
  std::atomic<bool> fatal_ = false;
  mutable std::mutex mutex_;
  std::string statistics_;  // under mutex_
};

struct KafkaDestroy {
  // Without leaving a group: none of ours joins one.
  void operator()(rd_kafka_t* client) const {
    rd_kafka_destroy_flags(client, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE);
  }
};
using KafkaHandle = std::unique_ptr<rd_kafka_t, KafkaDestroy>;

using DeliveryReport = void (*)(rd_kafka_t*, const rd_kafka_message_t*, void*);

// Of `properties` later ones win. `events` must outlive the client. `report`
// hears of every message that was produced; its last argument is `events`.
// INVALID_ARGUMENT names the property that librdkafka does not take.
absl::StatusOr<KafkaHandle> NewKafkaClient(rd_kafka_type_t type,
                                           const wire::Properties& properties,
                                           KafkaEvents* events,
                                           DeliveryReport report = nullptr);

// Whether trying again may help: the broker is away, slow or electing.
bool IsPassing(rd_kafka_resp_err_t error);

// UNAVAILABLE for what passes, FAILED_PRECONDITION for the rest.
absl::Status KafkaError(rd_kafka_resp_err_t error, absl::string_view doing);

}  // namespace kith::inbox
