#include "services/inbox/kafka_inbox.h"

#include <algorithm>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "base/crypto.h"
#include "base/status.h"
#include "wire/topics.h"

namespace kith::inbox {
namespace {

// How long one look for a record waits, so that closing is soon seen.
constexpr absl::Duration kLook = absl::Milliseconds(100);
constexpr absl::Duration kBetweenDashboards = absl::Seconds(5);
// What is kept of a record that is too large to be a frame.
constexpr size_t kUnfitBytesMax = 256 * 1024;

KafkaReaderOptions ReaderOptions(const KafkaInboxOptions& options) {
  KafkaReaderOptions reader;
  reader.topic.partnership = options.partnership;
  reader.topic.settings = options.check_settings;
  reader.connection = options.connection;
  reader.node = options.node;
  reader.accepted = options.accepted;
  return reader;
}

KafkaWriterOptions WriterOptions(const KafkaInboxOptions& options) {
  KafkaWriterOptions writer;
  writer.topic = wire::InboxTopic(options.partnership);
  writer.connection = options.connection;
  writer.node = options.node;
  writer.count_max = options.count_max;
  writer.bytes_max = options.bytes_max;
  writer.patience = options.patience;
  return writer;
}

// The record of bytes that a caller sent as a frame. What is none travels all
// the same, to be quarantined like anywhere else.
wire::Message MessageOf(std::string bytes, absl::Time now) {
  absl::StatusOr<wire::Message> message = wire::MessageOfFrame(bytes, now);
  if (message.ok()) return *std::move(message);
  wire::Event event;
  event.id = absl::BytesToHexString(base::Sha256(bytes));
  event.source = "/kith";
  event.type = wire::kFrameType;
  event.time = now;
  return {"", std::move(bytes), wire::HeadersOf(event)};
}

Unfit UnfitOf(wire::Fitness fitness) {
  switch (fitness) {
    case wire::Fitness::kTombstone:
      return Unfit::kNoValue;
    case wire::Fitness::kForeign:
      return Unfit::kForeign;
    case wire::Fitness::kTooLarge:
      return Unfit::kTooLarge;
    case wire::Fitness::kFrame:
    case wire::Fitness::kGenesis:
      return Unfit::kNone;
  }
  return Unfit::kForeign;
}

wire::Fitness FitnessOf(const KafkaRecord& record) {
  std::optional<size_t> size;
  if (record.value.has_value()) size = record.value->size();
  return wire::FitnessOf(size, record.type);
}

}  // namespace

KafkaInbox::KafkaInbox(const KafkaInboxOptions& options,
                       std::function<absl::Time()> now)
    : options_(options), now_(std::move(now)) {}

KafkaInbox::~KafkaInbox() = default;

absl::Status KafkaInbox::Start(absl::string_view position,
                               absl::Time not_before) {
  ASSIGN_OR_RETURN(position_, ParsePosition(position));
  if (not_before != absl::InfinitePast()) {
    position_.stamp_micros =
        std::max(position_.stamp_micros, absl::ToUnixMicros(not_before));
  }
  ASSIGN_OR_RETURN(reader_,
                   KafkaReader::Make(ReaderOptions(options_), position_));
  const auto lost = [this](Ticket ticket, const absl::Status& why) {
    const std::lock_guard lock(lost_mutex_);
    if (lost_) lost_(ticket, why);
  };
  ASSIGN_OR_RETURN(writer_, KafkaWriter::Make(WriterOptions(options_), lost));
  const std::lock_guard lock(mutex_);
  seen_.next = position_.next;
  return absl::OkStatus();
}

void KafkaInbox::OnLost(Lost lost) {
  const std::lock_guard lock(lost_mutex_);
  lost_ = std::move(lost);
}

absl::Status KafkaInbox::Submit(std::string frame_bytes, Ticket ticket) {
  if (closed_) return absl::UnavailableError("the inbox is closed");
  return writer_->Write(MessageOf(std::move(frame_bytes), now_()), ticket);
}

absl::StatusOr<Taken> KafkaInbox::Take(const TakeLimits& limits) {
  Taken taken;
  taken.position = ToText(position_);
  taken.ended = IsDrained();
  if (taken.ended) return taken;
  size_t bytes = 0;
  absl::Time end = absl::InfiniteFuture();
  while (now_() < end) {
    const bool is_first = taken.entries.empty();
    ASSIGN_OR_RETURN(const bool more,
                     TakeNext(limits, is_first ? kLook : absl::ZeroDuration(),
                              taken, bytes));
    if (reader_->TakePassedGap()) {
      position_.next = reader_->next();
      position_.digest.clear();
      break;
    }
    if (!more && !taken.entries.empty()) break;
    if (is_first && !taken.entries.empty()) end = now_() + limits.time_max;
    if (taken.entries.empty() && IsDrained()) break;
  }
  taken.position = ToText(position_);
  taken.ended = taken.entries.empty() && IsDrained();
  return taken;
}

absl::StatusOr<bool> KafkaInbox::TakeNext(const TakeLimits& limits,
                                          absl::Duration wait, Taken& taken,
                                          size_t& bytes) {
  if (taken.entries.size() >= limits.count_max) return false;
  std::optional<KafkaRecord> record = std::exchange(left_, std::nullopt);
  if (!record.has_value()) {
    ASSIGN_OR_RETURN(record, reader_->Next(wait));
    Observe();
  }
  if (!record.has_value()) return false;
  const size_t size = record->value.has_value() ? record->value->size() : 0;
  if (!taken.entries.empty() && bytes + size > limits.bytes_max) {
    left_ = std::move(record);
    return false;
  }
  bytes += size;
  const bool is_genesis = FitnessOf(*record) == wire::Fitness::kGenesis;
  Entry entry = EntryOf(*std::move(record));
  if (!is_genesis) taken.entries.push_back(std::move(entry));
  return true;
}

Entry KafkaInbox::EntryOf(KafkaRecord record) {
  const std::string value_digest = base::Sha256(record.value.value_or(""));
  Entry entry;
  entry.recorded_at = Stamp(record);
  entry.unfit = UnfitOf(FitnessOf(record));
  entry.ticket = writer_->Arrived(value_digest);
  position_.next = record.offset + 1;
  position_.digest =
      RecordDigest(record.offset, record.timestamp_millis, value_digest);
  entry.frame_bytes = std::move(record.value).value_or("");
  if (entry.unfit != Unfit::kNone) {
    entry.frame_bytes.resize(
        std::min(entry.frame_bytes.size(), kUnfitBytesMax));
  }
  return entry;
}

// A time that a producer set is not believed: the record then counts as
// written with the one before it.
absl::Time KafkaInbox::Stamp(const KafkaRecord& record) {
  const int64_t micros = record.timestamp_millis * 1000;
  if (record.stamped_by_broker && micros > position_.stamp_micros) {
    position_.stamp_micros = micros;
  }
  position_.stamp_micros = std::max<int64_t>(position_.stamp_micros, 0);
  return absl::FromUnixMicros(position_.stamp_micros);
}

bool KafkaInbox::IsDrained() {
  if (!closed_) return false;
  if (!closing_) {
    closing_ = true;
    close_by_ = now_() + options_.patience;
  }
  return writer_->waiting() == 0 || now_() >= close_by_;
}

void KafkaInbox::Observe() {
  const absl::Time now = now_();
  if (now - told_dashboards_ >= kBetweenDashboards && reader_->reachable()) {
    told_dashboards_ = now;
    reader_->TellDashboards(position_.next);
  }
  const std::lock_guard lock(mutex_);
  seen_.reachable = reader_->reachable();
  seen_.next = position_.next;
  stamp_ = absl::FromUnixMicros(std::max<int64_t>(position_.stamp_micros, 0));
  if (seen_.reachable && reader_->caught_up()) caught_up_at_ = now;
}

void KafkaInbox::Close() { closed_ = true; }

Depth KafkaInbox::depth() const {
  const int64_t high = reader_ == nullptr ? -1 : reader_->high();
  const std::lock_guard lock(mutex_);
  if (high <= seen_.next) return {};
  Depth depth;
  depth.count = static_cast<size_t>(high - seen_.next);
  depth.age =
      std::max(now_() - std::max(stamp_, caught_up_at_), absl::ZeroDuration());
  return depth;
}

KafkaFigures KafkaInbox::figures() const {
  KafkaFigures figures;
  {
    const std::lock_guard lock(mutex_);
    figures = seen_;
  }
  if (reader_ == nullptr) return figures;
  figures.high = reader_->high();
  figures.under_way = writer_->waiting();
  figures.consumer_statistics = reader_->events().statistics();
  figures.producer_statistics = writer_->statistics();
  return figures;
}

}  // namespace kith::inbox
