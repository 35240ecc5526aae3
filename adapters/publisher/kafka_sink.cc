#include "adapters/publisher/kafka_sink.h"

#include <librdkafka/rdkafka.h>

#include <algorithm>
#include <chrono>
#include <deque>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "wire/event.h"
#include "wire/topics.h"

namespace kith::adapters {
namespace {

using Steady = std::chrono::steady_clock;

// How long one wait for the brokers' word takes at most.
constexpr int kPollMillis = 100;
// Between a producer that failed and the next: doubled each time.
constexpr auto kPause = std::chrono::milliseconds(250);
constexpr auto kPauseMax = std::chrono::seconds(4);

// What makes a producer honest. Statements never time out inside librdkafka:
// the sink gives up itself, all at once, so that none is left out of the
// middle.
constexpr std::pair<const char*, const char*> kHonest[] = {
    {"enable.idempotence", "true"},
    {"enable.gapless.guarantee", "true"},
    {"acks", "all"},
    {"message.timeout.ms", "0"},
    {"compression.codec", "zstd"},
    {"linger.ms", "5"},
    {"socket.timeout.ms", "10000"},
    {"socket.keepalive.enable", "true"},
    {"reconnect.backoff.max.ms", "2000"},
    {"client.id", "kith-adapter"},
};

// What became of one message.
struct Settled {
  uint64_t sequence = 0;
  size_t bytes = 0;
  rd_kafka_resp_err_t error = RD_KAFKA_RESP_ERR_NO_ERROR;
};

bool IsForbidden(rd_kafka_resp_err_t error) {
  return error == RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED ||
         error == RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED;
}

// One librdkafka producer with what it has told. Not thread-safe.
class Producer {
 public:
  static absl::StatusOr<std::unique_ptr<Producer>> Make(
      const wire::Properties& properties);
  ~Producer() {
    if (client_ != nullptr) rd_kafka_destroy(client_);
  }
  Producer(const Producer&) = delete;
  Producer& operator=(const Producer&) = delete;

  // Whether the topic is there and has one partition.
  absl::Status CheckTopic(const std::string& topic, absl::Duration timeout);
  absl::Status Produce(const std::string& topic, uint64_t sequence,
                       const wire::Message& message);
  // Waits until there is something new, but not for long.
  void Poll() { rd_kafka_poll(client_, kPollMillis); }
  std::deque<Settled>& settled() { return settled_; }
  // Why this producer can do nothing any more; OK while it can.
  absl::Status Fatal() const;
  // With what the brokers or the network last complained of.
  std::string Because(absl::string_view what) const {
    return complaint_.empty() ? std::string(what)
                              : absl::StrCat(what, ": ", complaint_);
  }

 private:
  Producer() = default;

  std::deque<Settled> settled_;
  std::string complaint_;
  rd_kafka_t* client_ = nullptr;
};

absl::StatusOr<std::unique_ptr<Producer>> Producer::Make(
    const wire::Properties& properties) {
  char why[512];
  rd_kafka_conf_t* conf = rd_kafka_conf_new();
  const auto set = [&](const std::string& name, const std::string& value) {
    return rd_kafka_conf_set(conf, name.c_str(), value.c_str(), why,
                             sizeof(why)) == RD_KAFKA_CONF_OK;
  };
  const auto set_all = [&](const auto& settings) {
    for (const auto& [name, value] : settings) {
      if (set(name, value)) continue;
      rd_kafka_conf_destroy(conf);
      // librdkafka's own words may repeat the value.
      return absl::InvalidArgumentError(
          absl::StrCat("Kafka does not take this value of ", name));
    }
    return absl::OkStatus();
  };
  RETURN_IF_ERROR(set_all(kHonest));
  RETURN_IF_ERROR(set_all(properties));
  auto producer = std::unique_ptr<Producer>(new Producer());
  rd_kafka_conf_set_opaque(conf, producer.get());
  rd_kafka_conf_set_log_cb(conf, nullptr);  // what matters comes as an error
  rd_kafka_conf_set_dr_msg_cb(
      conf, [](rd_kafka_t*, const rd_kafka_message_t* message, void* self) {
        static_cast<Producer*>(self)->settled_.push_back(
            {reinterpret_cast<uintptr_t>(message->_private), message->len,
             message->err});
      });
  rd_kafka_conf_set_error_cb(
      conf, [](rd_kafka_t*, int, const char* reason, void* self) {
        static_cast<Producer*>(self)->complaint_ = reason;
      });
  producer->client_ = rd_kafka_new(RD_KAFKA_PRODUCER, conf, why, sizeof(why));
  if (producer->client_ == nullptr) {
    rd_kafka_conf_destroy(conf);
    return absl::InvalidArgumentError(absl::StrCat("Kafka setting: ", why));
  }
  return producer;
}

absl::Status TopicProblem(const rd_kafka_metadata_t& metadata,
                          const std::string& topic) {
  if (metadata.topic_cnt != 1) {
    return absl::UnavailableError("the brokers say nothing of the topic");
  }
  const rd_kafka_metadata_topic_t& found = metadata.topics[0];
  if (IsForbidden(found.err)) {
    return absl::PermissionDeniedError(
        absl::StrCat("this user may not write to topic ", topic));
  }
  if (found.err == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART) {
    return absl::FailedPreconditionError(
        absl::StrCat("there is no topic ", topic, ": `kith topics apply`"));
  }
  if (found.err != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return absl::UnavailableError(rd_kafka_err2str(found.err));
  }
  if (found.partition_cnt != wire::kInboxPartitions) {
    return absl::FailedPreconditionError(
        absl::StrCat("topic ", topic, " has ", found.partition_cnt,
                     " partitions instead of one: `kith topics check`"));
  }
  return absl::OkStatus();
}

absl::Status Producer::CheckTopic(const std::string& topic,
                                  absl::Duration timeout) {
  rd_kafka_topic_t* handle =
      rd_kafka_topic_new(client_, topic.c_str(), nullptr);
  const rd_kafka_metadata_t* metadata = nullptr;
  const rd_kafka_resp_err_t error =
      rd_kafka_metadata(client_, 0, handle, &metadata,
                        static_cast<int>(absl::ToInt64Milliseconds(timeout)));
  rd_kafka_topic_destroy(handle);
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
    rd_kafka_poll(client_, 0);  // hear why
    return absl::UnavailableError(Because("the brokers are not reachable"));
  }
  const absl::Status problem = TopicProblem(*metadata, topic);
  rd_kafka_metadata_destroy(metadata);
  return problem;
}

absl::Status Producer::Produce(const std::string& topic, uint64_t sequence,
                               const wire::Message& message) {
  rd_kafka_headers_t* headers = rd_kafka_headers_new(message.headers.size());
  for (const wire::Header& header : message.headers) {
    rd_kafka_header_add(
        headers, header.name.data(), static_cast<ssize_t>(header.name.size()),
        header.value.data(), static_cast<ssize_t>(header.value.size()));
  }
  void* const key = const_cast<char*>(message.key.data());
  void* const value = const_cast<char*>(message.value.data());
  void* const number = reinterpret_cast<void*>(sequence);
  const rd_kafka_resp_err_t error = rd_kafka_producev(
      client_, RD_KAFKA_V_TOPIC(topic.c_str()),
      RD_KAFKA_V_PARTITION(wire::kInboxPartition),
      RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
      RD_KAFKA_V_KEY(key, message.key.size()),
      RD_KAFKA_V_VALUE(value, message.value.size()),
      RD_KAFKA_V_HEADERS(headers), RD_KAFKA_V_OPAQUE(number), RD_KAFKA_V_END);
  if (error == RD_KAFKA_RESP_ERR_NO_ERROR) return absl::OkStatus();
  rd_kafka_headers_destroy(headers);
  return absl::AbortedError(
      absl::StrCat("the producer takes no more: ", rd_kafka_err2str(error)));
}

absl::Status Producer::Fatal() const {
  char why[512];
  const rd_kafka_resp_err_t error =
      rd_kafka_fatal_error(client_, why, sizeof(why));
  if (error == RD_KAFKA_RESP_ERR_NO_ERROR) return absl::OkStatus();
  // A user who may write nowhere gets no number as an idempotent producer.
  if (IsForbidden(error)) {
    return absl::PermissionDeniedError("this user may not write");
  }
  return absl::AbortedError(absl::StrCat("the producer failed: ", why));
}

class KafkaSink final : public Sink {
 public:
  KafkaSink(wire::Properties properties, const std::string& partnership,
            std::function<absl::Time()> now, const KafkaLimits& limits,
            std::unique_ptr<Producer> producer)
      : properties_(std::move(properties)),
        topic_(wire::InboxTopic(partnership)),
        now_(std::move(now)),
        limits_(limits),
        producer_(std::move(producer)) {}

  absl::StatusOr<std::optional<Mark>> MarkOf(const std::string&) override {
    return std::optional<Mark>();
  }

  absl::Status Send(const Next& next, const Answered& answered) override {
    RETURN_IF_ERROR(Prepare());
    const absl::Status exchanged = Exchange(next, answered);
    if (!exchanged.ok()) {
      // What is under way may still arrive, or not: it has no answer.
      producer_.reset();
      ready_ = false;
    }
    return exchanged;
  }

 private:
  // A producer that has seen the topic.
  absl::Status Prepare() {
    if (producer_ == nullptr) {
      std::this_thread::sleep_for(pause_);
      pause_ = std::min<Steady::duration>(pause_ * 2, kPauseMax);
      ASSIGN_OR_RETURN(producer_, Producer::Make(properties_));
    }
    if (ready_) return absl::OkStatus();
    RETURN_IF_ERROR(producer_->CheckTopic(topic_, limits_.connect));
    ready_ = true;
    under_way_ = 0;
    bytes_under_way_ = 0;
    return absl::OkStatus();
  }

  absl::Status Exchange(const Next& next, const Answered& answered) {
    bool more = true;
    auto heard = Steady::now();
    while (more || under_way_ > 0) {
      RETURN_IF_ERROR(Fill(next, more));
      if (under_way_ == 0) break;
      producer_->Poll();
      const bool told = !producer_->settled().empty();
      RETURN_IF_ERROR(HandOver(answered));
      if (told) heard = Steady::now();
      if (absl::FromChrono(Steady::now() - heard) > limits_.silence) {
        return absl::DeadlineExceededError(
            producer_->Because("the brokers do not answer"));
      }
    }
    return absl::OkStatus();
  }

  // Gives the producer as much as may be on its way.
  absl::Status Fill(const Next& next, bool& more) {
    while (more && under_way_ < limits_.messages_max &&
           bytes_under_way_ < limits_.bytes_max) {
      ASSIGN_OR_RETURN(std::optional<OutboxFrame> frame, next());
      more = frame.has_value();
      if (!more) break;
      ASSIGN_OR_RETURN(const wire::Message message,
                       wire::MessageOfFrame(std::move(frame->bytes), now_()));
      RETURN_IF_ERROR(producer_->Produce(topic_, frame->sequence, message));
      ++under_way_;
      bytes_under_way_ += message.value.size();
    }
    return absl::OkStatus();
  }

  absl::Status HandOver(const Answered& answered) {
    std::deque<Settled>& settled = producer_->settled();
    while (!settled.empty()) {
      const Settled one = settled.front();
      settled.pop_front();
      if (one.error != RD_KAFKA_RESP_ERR_NO_ERROR) return Problem(one.error);
      --under_way_;
      bytes_under_way_ -= one.bytes;
      pause_ = kPause;
      Answer answer;
      answer.sequence = one.sequence;
      answer.ending = Ending::kDelivered;
      RETURN_IF_ERROR(answered(answer));
    }
    // A fatal error of which no message has told yet.
    return producer_->Fatal();
  }

  absl::Status Problem(rd_kafka_resp_err_t error) const {
    if (IsForbidden(error)) {
      return absl::PermissionDeniedError(
          absl::StrCat("this user may not write to topic ", topic_));
    }
    const absl::Status fatal = producer_->Fatal();
    if (!fatal.ok()) return fatal;
    return absl::AbortedError(
        absl::StrCat("the brokers refuse: ", rd_kafka_err2str(error)));
  }

  const wire::Properties properties_;
  const std::string topic_;
  const std::function<absl::Time()> now_;
  const KafkaLimits limits_;
  std::unique_ptr<Producer> producer_;
  bool ready_ = false;
  size_t under_way_ = 0;
  size_t bytes_under_way_ = 0;
  Steady::duration pause_ = kPause;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Sink>> MakeKafkaSink(
    const wire::Properties& properties, const std::string& partnership,
    std::function<absl::Time()> now, const KafkaLimits& limits) {
  ASSIGN_OR_RETURN(auto producer, Producer::Make(properties));
  return std::make_unique<KafkaSink>(properties, partnership, std::move(now),
                                     limits, std::move(producer));
}

}  // namespace kith::adapters
