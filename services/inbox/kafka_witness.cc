#include "services/inbox/kafka_witness.h"

#include <chrono>
#include <memory>
#include <utility>

#include "absl/time/clock.h"
#include "services/inbox/kafka_position.h"
#include "wire/topics.h"

namespace kith::inbox {
namespace {

// A broker that takes longer than that for a request is too busy to be asked.
constexpr absl::Duration kPatience = absl::Seconds(2);
constexpr int kPollMillis = 100;

KafkaTopicCheck WithPatience(KafkaTopicCheck topic) {
  topic.patience = kPatience;
  return topic;
}

// One record is wanted at a time, and nothing of what follows it.
wire::Properties ForOneRecord(wire::Properties properties) {
  properties.insert(properties.end(), {{"statistics.interval.ms", "0"},
                                       {"queued.min.messages", "1"},
                                       {"queued.max.messages.kbytes", "64"},
                                       {"fetch.message.max.bytes", "4096"}});
  return properties;
}

}  // namespace

KafkaWitness::KafkaWitness(const KafkaTopicCheck& topic,
                           wire::Properties properties)
    : topic_(WithPatience(topic)),
      properties_(ForOneRecord(std::move(properties))) {}

KafkaWitness::~KafkaWitness() {
  ended_ = true;
  if (answer_.valid()) answer_.wait();
}

void KafkaWitness::Ask(Question question) {
  answer_ = std::async(
      std::launch::async,
      [this, question = std::move(question)] { return IsDoubtful(question); });
}

std::optional<bool> KafkaWitness::TakeAnswer() {
  if (!answer_.valid() ||
      answer_.wait_for(std::chrono::seconds(0)) != std::future_status::ready) {
    return std::nullopt;
  }
  return answer_.get();
}

bool KafkaWitness::IsDoubtful(const Question& question) {
  if (client_ == nullptr) {
    auto client = NewKafkaClient(RD_KAFKA_CONSUMER, properties_, &events_);
    if (!client.ok()) return true;
    client_ = *std::move(client);
  }
  const auto extent = CheckInboxTopic(client_.get(), topic_);
  if (!extent.ok()) return !absl::IsUnavailable(extent.status());
  if (GapOf({.next = question.next}, extent->low, extent->high).has_value()) {
    return true;
  }
  for (const KafkaApplied& applied : question.applied) {
    if (applied.digest.empty() || applied.offset < extent->low) continue;
    const bool replaced = IsReplaced(applied);
    rd_kafka_assign(client_.get(), nullptr);
    return replaced;
  }
  return false;
}

bool KafkaWitness::IsReplaced(const KafkaApplied& applied) {
  const absl::Status reading = ReadFrom(
      client_.get(), wire::InboxTopic(topic_.partnership), applied.offset);
  if (!reading.ok()) return !absl::IsUnavailable(reading);
  const absl::Time give_up = absl::Now() + kPatience;
  while (!ended_ && absl::Now() < give_up) {
    const std::unique_ptr<rd_kafka_message_t,
                          decltype(&rd_kafka_message_destroy)>
        message(rd_kafka_consumer_poll(client_.get(), kPollMillis),
                rd_kafka_message_destroy);
    if (message == nullptr) continue;
    if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
      const KafkaRecord record = RecordOf(*message);
      return record.offset != applied.offset ||
             DigestOf(record) != applied.digest;
    }
    if (!IsPassing(message->err)) return true;
  }
  return false;
}

}  // namespace kith::inbox
