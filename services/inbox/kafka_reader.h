// Reads the one partition of an inbox in order, from a stored position on, and
// vouches that nothing was left out.
//
// Before the first record, and again after whatever disturbed the connection,
// the topic is checked (kafka_topic.h) and a record that was applied before the
// last check is read once more and compared: librdkafka 2.0.2 cannot tell a
// topic that was made anew, not even under a running reader. Every few seconds
// a witness does the same while reading goes on (kafka_witness.h); its doubts
// are looked into here. Every record must follow the one before it without a
// hole.
//
// Not thread-safe.
#pragma once

#include <librdkafka/rdkafka.h>

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/inbox/kafka_anchor.h"
#include "services/inbox/kafka_handle.h"
#include "services/inbox/kafka_position.h"
#include "services/inbox/kafka_record.h"
#include "services/inbox/kafka_topic.h"
#include "services/inbox/kafka_witness.h"

namespace kith::inbox {

struct KafkaReaderOptions {
  KafkaTopicCheck topic;
  wire::Properties connection;
  std::string node;  // for client id, and group of dashboards
  std::optional<AcceptedGap> accepted;
};

class KafkaReader {
 public:
  // INVALID_ARGUMENT: librdkafka takes not these settings.
  static absl::StatusOr<std::unique_ptr<KafkaReader>> Make(
      const KafkaReaderOptions& options, const KafkaPosition& position);

  // The next record; empty when none comes within `wait`, or the broker is away
  // (each call then blocks for some seconds at most).
  // FAILED_PRECONDITION as in Inbox::Take.
  absl::StatusOr<std::optional<KafkaRecord>> Next(absl::Duration wait);

  // Where the next record is expected. Moves with each record, and when an
  // accepted gap is passed; then `passed_gap` is true once.
  int64_t next() const { return next_; }
  bool TakePassedGap() { return std::exchange(passed_gap_, false); }

  // The last record lies before this offset, as far as is known; -1: unknown.
  int64_t high() const;
  bool reachable() const { return reachable_; }
  // Everything there was has been read.
  bool caught_up() const { return caught_up_; }
  // Tells the broker where the ledger stands, for dashboards of lag; nothing
  // ever reads it back. Does not wait.
  void TellDashboards(int64_t next);

  const KafkaEvents& events() const { return *events_; }

 private:
  enum class Stage { kChecking, kComparing, kReading };
  KafkaReader(const KafkaReaderOptions& options, const KafkaPosition& position);

  void LookClosely();
  void HearWitness();
  void CountUnanswered(KafkaLook look);
  absl::Status Check(absl::Duration wait);
  absl::Status Begin(const KafkaExtent& extent);
  absl::Status Assign(int64_t offset);
  absl::Status BeginReading();
  absl::Status Compare(const KafkaRecord& record);
  // Goes on at `gap`'s end if a person has accepted it, else the error.
  absl::Status Pass(const Gap& gap);
  absl::StatusOr<std::optional<KafkaRecord>> Poll(absl::Duration wait);
  absl::StatusOr<std::optional<KafkaRecord>> Take(const rd_kafka_message_t&);
  void OnError(rd_kafka_resp_err_t error);

  const KafkaReaderOptions options_;
  const std::string topic_;
  KafkaWitness witness_;
  std::unique_ptr<KafkaEvents> events_;  // outlives the client
  KafkaHandle client_;
  Stage stage_ = Stage::kChecking;
  int64_t next_;
  KafkaAnchor anchor_;
  KafkaApplied comparing_;
  int64_t low_ = 0;  // when last checked
  absl::Time checked_at_ = absl::InfinitePast();
  bool reachable_ = false;
  bool caught_up_ = false;
  bool passed_gap_ = false;
  int refusals_ = 0;    // checks in a row that found the topic wrong
  int unanswered_ = 0;  // looks of the witness in a row
};

}  // namespace kith::inbox
