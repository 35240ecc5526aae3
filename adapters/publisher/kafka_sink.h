// Delivery to a partnership's inbox topic in Kafka, by an idempotent producer:
// acks from all replicas in sync, one order, zstd.
//
// An answer says `kDelivered`: the brokers have the statement and will keep it
// as the topic promises. How it ends is decided later by the nodes that read
// the topic, and not told here; docs/kafka.md says where to look.
//
// A statement may reach the topic more than once, when its answer was lost: the
// consumer drops repeats by source and number. What is written has no gaps and
// keeps its order: after an error everything without an answer is sent again
// from the first on. An error that the producer cannot recover from ends in
// ABORTED, and the next `Send` begins with a new producer.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "adapters/publisher/sink.h"
#include "wire/connection.h"

namespace kith::adapters {

struct KafkaLimits {
  // On their way at once.
  size_t messages_max = 2000;
  size_t bytes_max = 8 << 20;
  // Until the first answer of a broker, and without any further one. A broker
  // that was killed is back in about 20 s, a new leader is found in less.
  absl::Duration connect = absl::Seconds(10);
  absl::Duration silence = absl::Seconds(60);
};

// `properties` are librdkafka's (wire/connection.h); nothing is connected
// before the first call. `now` dates what is published. INVALID_ARGUMENT: a
// setting, or a file that it names, is wrong.
//
// Beyond what sink.h says, `Send` fails with FAILED_PRECONDITION when the topic
// is not there or not as it must be (the message names the command that mends
// it), and with PERMISSION_DENIED when the brokers do not let this user write.
absl::StatusOr<std::unique_ptr<Sink>> MakeKafkaSink(
    const wire::Properties& properties, const std::string& partnership,
    std::function<absl::Time()> now, const KafkaLimits& limits = {});

}  // namespace kith::adapters
