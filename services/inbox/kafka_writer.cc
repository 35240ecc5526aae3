#include "services/inbox/kafka_writer.h"

#include <spdlog/spdlog.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "base/crypto.h"
#include "base/status.h"
#include "wire/topics.h"

namespace kith::inbox {
namespace {

constexpr int kPollMillis = 100;

// Statements that come within so long share a request to the brokers, and so a
// fetch and a synced write of the store (docs/decisions/0020-speed.md).
constexpr char kLingerMillis[] = "3";

wire::Properties PropertiesOf(const KafkaWriterOptions& options) {
  const bool for_ever = options.patience == absl::InfiniteDuration();
  const std::string patience =
      absl::StrCat(for_ever ? 0 : absl::ToInt64Milliseconds(options.patience));
  wire::Properties properties = {
      {"client.id", absl::StrCat("kithd-", options.node)},
      {"enable.idempotence", "true"},
      {"acks", "all"},
      {"compression.codec", "zstd"},
      {"linger.ms", kLingerMillis},
      {"message.timeout.ms", patience},
      {"request.timeout.ms", "10000"},
      {"socket.timeout.ms", "10000"},
      {"socket.keepalive.enable", "true"},
      {"reconnect.backoff.max.ms", "1000"},
      {"allow.auto.create.topics", "false"},
      {"message.max.bytes", "1000000"},
      {"queue.buffering.max.messages", absl::StrCat(options.count_max)},
      {"statistics.interval.ms", "5000"}};
  if (for_ever) properties.emplace_back("enable.gapless.guarantee", "true");
  properties.insert(properties.end(), options.connection.begin(),
                    options.connection.end());
  return properties;
}

rd_kafka_headers_t* NewHeaders(const std::vector<wire::Header>& headers) {
  rd_kafka_headers_t* all = rd_kafka_headers_new(headers.size());
  for (const wire::Header& header : headers) {
    rd_kafka_header_add(
        all, header.name.data(), static_cast<ssize_t>(header.name.size()),
        header.value.data(), static_cast<ssize_t>(header.value.size()));
  }
  return all;
}

absl::Status NotTaken(absl::string_view why) {
  return absl::UnavailableError(
      absl::StrCat("the brokers did not take the statement (", why,
                   "); nothing was recorded: send the same again later"));
}

absl::Status Unknown(absl::string_view why) {
  return absl::UnavailableError(
      absl::StrCat("the outcome is unknown, the brokers did not answer (", why,
                   "): send the same again later"));
}

}  // namespace

struct KafkaWriter::Message {
  std::string digest;
  Ticket ticket = 0;
  size_t bytes = 0;
};

struct KafkaWriter::Events : KafkaEvents {
  KafkaWriter* writer = nullptr;
};

absl::StatusOr<std::unique_ptr<KafkaWriter>> KafkaWriter::Make(
    const KafkaWriterOptions& options, Inbox::Lost lost) {
  std::unique_ptr<KafkaWriter> writer(
      new KafkaWriter(options, std::move(lost)));
  ASSIGN_OR_RETURN(KafkaHandle producer, writer->NewProducer());
  writer->producer_ = std::move(producer);
  writer->thread_ = std::thread([raw = writer.get()] { raw->Run(); });
  return writer;
}

KafkaWriter::KafkaWriter(const KafkaWriterOptions& options, Inbox::Lost lost)
    : options_(options), lost_(std::move(lost)) {}

KafkaWriter::~KafkaWriter() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
    waiting_.clear();
  }
  if (thread_.joinable()) thread_.join();
  if (producer_ == nullptr) return;
  rd_kafka_purge(producer_.get(), RD_KAFKA_PURGE_F_QUEUE |
                                      RD_KAFKA_PURGE_F_INFLIGHT |
                                      RD_KAFKA_PURGE_F_NON_BLOCKING);
  // Takes back what librdkafka holds of ours.
  rd_kafka_flush(producer_.get(), 1000);
}

absl::StatusOr<KafkaHandle> KafkaWriter::NewProducer() {
  auto events = std::make_unique<Events>();
  events->writer = this;
  ASSIGN_OR_RETURN(KafkaHandle producer,
                   NewKafkaClient(RD_KAFKA_PRODUCER, PropertiesOf(options_),
                                  events.get(), OnReport));
  events_ = std::move(events);
  return producer;
}

absl::Status KafkaWriter::Write(wire::Message message, Ticket ticket) {
  auto under_way = std::make_unique<Message>();
  under_way->digest = base::Sha256(message.value);
  under_way->ticket = ticket;
  under_way->bytes = message.value.size();

  // Order: whoever comes first is produced first.
  const std::lock_guard lock(mutex_);
  if (ending_) return absl::UnavailableError("the inbox is closed");
  if (waiting_.size() >= options_.count_max ||
      bytes_ + under_way->bytes > options_.bytes_max) {
    return absl::ResourceExhaustedError("the inbox is full");
  }
  rd_kafka_headers_t* headers = NewHeaders(message.headers);
  rd_kafka_resp_err_t error = rd_kafka_producev(
      producer_.get(), RD_KAFKA_V_TOPIC(options_.topic.c_str()),
      RD_KAFKA_V_PARTITION(wire::kInboxPartition),
      RD_KAFKA_V_KEY(message.key.data(), message.key.size()),
      RD_KAFKA_V_VALUE(message.value.data(), message.value.size()),
      RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_HEADERS(headers),
      RD_KAFKA_V_OPAQUE(under_way.get()), RD_KAFKA_V_END);
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
    rd_kafka_headers_destroy(headers);
    if (error == RD_KAFKA_RESP_ERR__QUEUE_FULL) {
      return absl::ResourceExhaustedError("the inbox is full");
    }
    return NotTaken(rd_kafka_err2str(error));
  }
  bytes_ += under_way->bytes;
  ++count_;
  if (ticket != 0) waiting_.emplace(under_way->digest, ticket);
  under_way.release();  // comes back in the report
  return absl::OkStatus();
}

Ticket KafkaWriter::Arrived(absl::string_view digest) {
  const std::lock_guard lock(mutex_);
  const auto found = waiting_.find(std::string(digest));
  if (found == waiting_.end()) return 0;
  const Ticket ticket = found->second;
  waiting_.erase(found);
  return ticket;
}

absl::Status KafkaWriter::Flush() {
  while (true) {
    absl::Status flushed = FlushFor(absl::Seconds(1));
    if (!absl::IsDeadlineExceeded(flushed)) return flushed;
  }
}

absl::Status KafkaWriter::FlushFor(absl::Duration patience) {
  std::unique_lock lock(mutex_);
  if (!reported_.wait_for(lock, absl::ToChronoNanoseconds(patience),
                          [this] { return count_ == 0; })) {
    return absl::DeadlineExceededError("some is under way");
  }
  if (failure_.empty()) return absl::OkStatus();
  return absl::UnavailableError(
      absl::StrCat("the brokers did not take what was written: ",
                   std::exchange(failure_, "")));
}

size_t KafkaWriter::waiting() const {
  const std::lock_guard lock(mutex_);
  return waiting_.size();
}

std::string KafkaWriter::statistics() const {
  const std::lock_guard lock(mutex_);
  return events_->statistics();
}

void KafkaWriter::FailForTesting() {
  const std::lock_guard lock(mutex_);
  rd_kafka_test_fatal_error(producer_.get(),
                            RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER,
                            "a test says so");
}

void KafkaWriter::OnReport(rd_kafka_t*, const rd_kafka_message_t* report,
                           void* opaque) {
  KafkaWriter& writer =
      *static_cast<Events*>(static_cast<KafkaEvents*>(opaque))->writer;
  const std::unique_ptr<Message> message(
      static_cast<Message*>(report->_private));
  if (report->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
    writer.Delivered(*message);
  } else {
    writer.Failed(*message, *report);
  }
}

void KafkaWriter::Delivered(const Message& message) {
  const std::lock_guard lock(mutex_);
  bytes_ -= message.bytes;
  --count_;
  reported_.notify_all();
}

void KafkaWriter::Failed(const Message& message,
                         const rd_kafka_message_t& report) {
  bool waits = false;
  {
    const std::lock_guard lock(mutex_);
    bytes_ -= message.bytes;
    --count_;
    failure_ = rd_kafka_err2str(report.err);
    reported_.notify_all();
    const auto [begin, end] = waiting_.equal_range(message.digest);
    for (auto one = begin; one != end && !waits; ++one) {
      waits = one->second == message.ticket;
      if (!waits) continue;
      waiting_.erase(one);
      break;
    }
  }
  if (!waits) return;  // it came out of the topic all the same
  const char* why = rd_kafka_err2str(report.err);
  const bool is_nowhere =
      rd_kafka_message_status(&report) == RD_KAFKA_MSG_STATUS_NOT_PERSISTED;
  if (lost_) lost_(message.ticket, is_nowhere ? NotTaken(why) : Unknown(why));
}

void KafkaWriter::Run() {
  while (true) {
    std::shared_ptr<rd_kafka_t> sound;
    {
      const std::lock_guard lock(mutex_);
      if (ending_) return;
      if (!events_->fatal()) sound = producer_;
    }
    if (sound == nullptr) {
      Replace();
    } else {
      rd_kafka_poll(sound.get(), kPollMillis);
    }
  }
}

void KafkaWriter::Replace() {
  std::unique_ptr<Events> events_of_failed;
  std::shared_ptr<rd_kafka_t> failed;
  {
    const std::lock_guard lock(mutex_);
    events_of_failed = std::move(events_);
    absl::StatusOr<KafkaHandle> fresh = NewProducer();
    if (!fresh.ok()) {
      events_ = std::move(events_of_failed);
      spdlog::error("no new Kafka producer: {}",
                    std::string(fresh.status().message()));
      absl::SleepFor(absl::Seconds(1));
      return;
    }
    failed = std::exchange(producer_, *std::move(fresh));
  }
  spdlog::warn("{}: the producer failed for good; a new one goes on",
               options_.topic);
  rd_kafka_purge(failed.get(),
                 RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
  // Their reports tell who waits for them.
  rd_kafka_flush(failed.get(), 5000);
}

}  // namespace kith::inbox
