// The inbox of a node whose partnership lives in Kafka: the topic
// `kith.inbox.v1.<partnership>` is its log, and this node one of its readers.
//
// The position is stored by the engine, not by Kafka; what is read follows it
// without a hole or reading stops (kafka_reader.h). Recorded-at is the broker's
// LogAppendTime, never going back. This node's own frames travel through the
// topic too (kafka_writer.h) and are known again when they come out of it.
//
// Whatever somebody wrote to the topic has its place in the order: what cannot
// be a frame is handed out as unfit and ends in quarantine. Only the record
// that tells how the ledger begins is passed over; it was read before.
//
// A broker that is away is waited for; `depth` and `figures` tell.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "services/inbox/inbox.h"
#include "services/inbox/kafka_figures.h"
#include "services/inbox/kafka_reader.h"
#include "services/inbox/kafka_writer.h"

namespace kith::inbox {

struct KafkaInboxOptions {
  std::string partnership;
  std::string node;
  wire::Properties connection;  // wire::PropertiesOf
  std::optional<AcceptedGap> accepted;
  size_t count_max = 20000;  // own frames under way
  size_t bytes_max = size_t{64} << 20;
  // Own frames that the brokers do not take by then are given up; on closing,
  // frames under way are waited for as long.
  absl::Duration patience = absl::Seconds(30);
  bool check_settings = true;  // false: the broker cannot tell them (mock)
};

class KafkaInbox final : public Inbox {
 public:
  KafkaInbox(const KafkaInboxOptions& options, std::function<absl::Time()> now);
  ~KafkaInbox() override;

  // Asks no broker. INVALID_ARGUMENT: librdkafka takes not these settings.
  absl::Status Start(absl::string_view position,
                     absl::Time not_before) override;
  absl::Status Submit(std::string frame_bytes, Ticket ticket) override;
  void OnLost(Lost lost) override;
  absl::StatusOr<Taken> Take(const TakeLimits& limits) override;
  void Close() override;
  // The count is the lag in records; age the lag in time.
  Depth depth() const override;

  KafkaFigures figures() const;

 private:
  // Whether after closing nothing is to be waited for any more.
  bool IsDrained();
  Entry EntryOf(KafkaRecord record);
  absl::Time Stamp(const KafkaRecord& record);
  absl::StatusOr<bool> TakeNext(const TakeLimits& limits, absl::Duration wait,
                                Taken& taken, size_t& bytes);
  void Observe();

  const KafkaInboxOptions options_;
  const std::function<absl::Time()> now_;
  std::mutex lost_mutex_;  // held while `lost_` is called
  Lost lost_;              // under lost_mutex_
  std::unique_ptr<KafkaReader> reader_;
  std::unique_ptr<KafkaWriter> writer_;

  // Of the taking thread, after `Start`.
  KafkaPosition position_;           // after what was handed out
  std::optional<KafkaRecord> left_;  // read, but too much for the last take
  absl::Time told_dashboards_ = absl::InfinitePast();

  std::atomic<bool> closed_ = false;
  absl::Time close_by_;  // of the taking thread, once it has seen `closed_`
  bool closing_ = false;

  mutable std::mutex mutex_;
  // All below under `mutex_`: what the taking thread last saw.
  KafkaFigures seen_;
  absl::Time stamp_ = absl::InfinitePast();         // of the last one taken
  absl::Time caught_up_at_ = absl::InfinitePast();  // nothing waited then
};

}  // namespace kith::inbox
