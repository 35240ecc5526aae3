// How the ledger of a partnership in Kafka begins: by a record in its topic, so
// that every node with an empty folder founds the same ledger.
//
// The record may lie anywhere in the topic, since publishers need not wait for
// the first node; the first one that is believed counts, whoever wrote it.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "wire/connection.h"

namespace kith::inbox {

struct KafkaFounding {
  std::string partnership;
  std::string node;
  wire::Properties connection;
  absl::Duration patience = absl::Seconds(30);  // for one reading or writing
  bool check_settings = true;
};

// The value of the first founding record for which `is_believed` is OK; empty
// when the topic holds none at all. Reads the whole topic, as it is now.
// UNAVAILABLE: a broker is away; later. FAILED_PRECONDITION: the topic is not
// what it must be, its first records are gone, or it holds only records that
// are not believed (the error is then that of the first).
absl::StatusOr<std::optional<std::string>> FindFounding(
    const KafkaFounding& founding,
    const std::function<absl::Status(const std::string&)>& is_believed);

// Adds a founding record; returns once the brokers have it. Others may have
// added theirs before: find again. UNAVAILABLE: it may or may not be there.
absl::Status AddFounding(const KafkaFounding& founding, std::string frame_bytes,
                         absl::Time now);

}  // namespace kith::inbox
