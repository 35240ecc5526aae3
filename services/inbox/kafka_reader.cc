#include "services/inbox/kafka_reader.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "base/status.h"
#include "wire/topics.h"

namespace kith::inbox {
namespace {

// A broker that has just started may not know its topics yet: what is wrong
// with a topic is believed when it was seen so often.
constexpr int kRefusalsMax = 3;
constexpr absl::Duration kBetweenRefusals = absl::Seconds(1);
constexpr absl::Duration kBetweenChecks = absl::Seconds(10);
// Looks of the witness in a row: a minute and more.
constexpr int kUnansweredMax = 6;

wire::Properties PropertiesOf(const KafkaReaderOptions& options) {
  wire::Properties properties = {
      {"client.id", absl::StrCat("kithd-", options.node)},
      {"group.id",
       absl::StrCat("kith.", options.node, ".", options.topic.partnership)},
      // No group is joined; but closing waits so long for a commit under way.
      {"session.timeout.ms", "1000"},
      {"heartbeat.interval.ms", "300"},
      {"enable.auto.commit", "false"},
      {"enable.auto.offset.store", "false"},
      {"enable.partition.eof", "true"},
      {"auto.offset.reset", "error"},
      {"check.crcs", "true"},
      {"allow.auto.create.topics", "false"},
      {"isolation.level", "read_uncommitted"},
      {"queued.max.messages.kbytes", "16384"},
      {"fetch.error.backoff.ms", "100"},
      {"socket.timeout.ms", "10000"},
      {"socket.keepalive.enable", "true"},
      {"reconnect.backoff.max.ms", "1000"},
      {"statistics.interval.ms", "5000"}};
  properties.insert(properties.end(), options.connection.begin(),
                    options.connection.end());
  return properties;
}

}  // namespace

absl::StatusOr<std::unique_ptr<KafkaReader>> KafkaReader::Make(
    const KafkaReaderOptions& options, const KafkaPosition& position) {
  std::unique_ptr<KafkaReader> reader(new KafkaReader(options, position));
  ASSIGN_OR_RETURN(reader->client_,
                   NewKafkaClient(RD_KAFKA_CONSUMER, PropertiesOf(options),
                                  reader->events_.get()));
  return reader;
}

KafkaReader::KafkaReader(const KafkaReaderOptions& options,
                         const KafkaPosition& position)
    : options_(options),
      topic_(wire::InboxTopic(options.topic.partnership)),
      witness_(options.topic, PropertiesOf(options)),
      events_(std::make_unique<KafkaEvents>()),
      next_(position.next),
      anchor_({position.next - 1, position.digest}) {}

absl::StatusOr<std::optional<KafkaRecord>> KafkaReader::Next(
    absl::Duration wait) {
  using None = std::optional<KafkaRecord>;
  if (events_->TakeDisturbed()) LookClosely();
  if (stage_ == Stage::kReading) HearWitness();
  if (stage_ == Stage::kChecking) {
    RETURN_IF_ERROR(Check(wait));
    return None();
  }
  ASSIGN_OR_RETURN(None record, Poll(wait));
  if (!record.has_value()) return None();
  if (stage_ == Stage::kComparing) {
    RETURN_IF_ERROR(Compare(*record));
    return None();
  }
  if (record->offset < next_) return None();
  if (record->offset > next_) {
    return GapError(options_.topic.partnership,
                    {{next_, record->offset},
                     absl::StrCat("record ", record->offset, " follows record ",
                                  next_ - 1)});
  }
  ++next_;
  caught_up_ = false;
  anchor_.Read({record->offset, DigestOf(*record)});
  return record;
}

void KafkaReader::LookClosely() {
  stage_ = Stage::kChecking;
  anchor_.Withdraw();
}

void KafkaReader::HearWitness() {
  if (const std::optional<KafkaLook> look = witness_.TakeAnswer()) {
    CountUnanswered(*look);
    if (anchor_.Hear(*look)) return LookClosely();
  }
  if (witness_.is_asked() || absl::Now() - checked_at_ < kBetweenChecks) return;
  checked_at_ = absl::Now();
  anchor_.Ask();
  witness_.Ask({next_, anchor_.vouchers()});
}

void KafkaReader::CountUnanswered(KafkaLook look) {
  unanswered_ = look == KafkaLook::kUnanswered ? unanswered_ + 1 : 0;
  if (unanswered_ != kUnansweredMax) return;
  spdlog::warn(
      "{}: the brokers, though read from, have not said {} times in a row "
      "whether this is still the same topic",
      topic_, kUnansweredMax);
}

absl::Status KafkaReader::Check(absl::Duration wait) {
  const absl::StatusOr<KafkaExtent> extent =
      CheckInboxTopic(client_.get(), options_.topic);
  if (extent.ok()) {
    refusals_ = 0;
    return Begin(*extent);
  }
  if (absl::IsUnavailable(extent.status())) {
    refusals_ = 0;
    if (std::exchange(reachable_, false)) {
      spdlog::warn("{}: reading waits: {}", topic_,
                   std::string(extent.status().message()));
    }
    absl::SleepFor(wait);
    return absl::OkStatus();
  }
  if (++refusals_ >= kRefusalsMax) return extent.status();
  absl::SleepFor(kBetweenRefusals);
  return absl::OkStatus();
}

absl::Status KafkaReader::Begin(const KafkaExtent& extent) {
  low_ = extent.low;
  reachable_ = true;
  checked_at_ = absl::Now();
  const std::optional<Gap> gap =
      GapOf({.next = next_}, extent.low, extent.high);
  if (gap.has_value()) return Pass(*gap);
  // Retention may have taken the records to compare with; then nothing after
  // them is missing.
  for (const KafkaApplied& applied : anchor_.vouchers()) {
    if (applied.digest.empty() || applied.offset < extent.low) continue;
    comparing_ = applied;
    stage_ = Stage::kComparing;
    return Assign(applied.offset);
  }
  return BeginReading();
}

absl::Status KafkaReader::BeginReading() {
  stage_ = Stage::kReading;
  anchor_.Found();
  return Assign(next_);
}

absl::Status KafkaReader::Pass(const Gap& gap) {
  if (gap.missing != options_.accepted) {
    return GapError(options_.topic.partnership, gap);
  }
  spdlog::warn("{}: goes on at {} without what was not applied from {} on",
               topic_, gap.missing.to, gap.missing.from);
  next_ = gap.missing.to;
  anchor_.Lose();
  passed_gap_ = true;
  return BeginReading();
}

absl::Status KafkaReader::Assign(int64_t offset) {
  return ReadFrom(client_.get(), topic_, offset);
}

absl::Status KafkaReader::Compare(const KafkaRecord& record) {
  if (record.offset != comparing_.offset) {
    LookClosely();  // retention went on meanwhile
    return absl::OkStatus();
  }
  if (DigestOf(record) != comparing_.digest) {
    return Pass({{next_, low_},
                 absl::StrCat("record ", record.offset,
                              " is not the one that was applied: the topic was "
                              "made anew")});
  }
  if (record.offset + 1 != next_) return BeginReading();
  stage_ = Stage::kReading;  // which goes on behind it
  anchor_.Found();
  return absl::OkStatus();
}

absl::StatusOr<std::optional<KafkaRecord>> KafkaReader::Poll(
    absl::Duration wait) {
  rd_kafka_message_t* message = rd_kafka_consumer_poll(
      client_.get(), static_cast<int>(absl::ToInt64Milliseconds(wait)));
  if (message == nullptr) return std::optional<KafkaRecord>();
  const std::unique_ptr<rd_kafka_message_t, decltype(&rd_kafka_message_destroy)>
      owned(message, rd_kafka_message_destroy);
  return Take(*message);
}

absl::StatusOr<std::optional<KafkaRecord>> KafkaReader::Take(
    const rd_kafka_message_t& message) {
  if (message.err == RD_KAFKA_RESP_ERR_NO_ERROR) return RecordOf(message);
  OnError(message.err);
  return std::optional<KafkaRecord>();
}

void KafkaReader::OnError(rd_kafka_resp_err_t error) {
  if (error == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
    // While comparing, the end comes after the record.
    caught_up_ = stage_ == Stage::kReading;
    return;
  }
  spdlog::warn("{}: {}", topic_, rd_kafka_err2str(error));
  LookClosely();
}

int64_t KafkaReader::high() const {
  int64_t low = 0;
  int64_t high = 0;
  const rd_kafka_resp_err_t error = rd_kafka_get_watermark_offsets(
      client_.get(), topic_.c_str(), wire::kInboxPartition, &low, &high);
  return error == RD_KAFKA_RESP_ERR_NO_ERROR && high >= 0 ? high : -1;
}

void KafkaReader::TellDashboards(int64_t next) {
  const KafkaPlace place(topic_, next);
  rd_kafka_commit(client_.get(), place.get(), /*async=*/1);
}

}  // namespace kith::inbox
