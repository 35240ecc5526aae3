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

// Of an error.
KafkaLook LookOf(const absl::Status& status) {
  return absl::IsUnavailable(status) ? KafkaLook::kUnanswered
                                     : KafkaLook::kDoubtful;
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
      [this, question = std::move(question)] { return Look(question); });
}

std::optional<KafkaLook> KafkaWitness::TakeAnswer() {
  if (!answer_.valid() ||
      answer_.wait_for(std::chrono::seconds(0)) != std::future_status::ready) {
    return std::nullopt;
  }
  return answer_.get();
}

KafkaLook KafkaWitness::Look(const Question& question) {
  if (client_ == nullptr) {
    auto client = NewKafkaClient(RD_KAFKA_CONSUMER, properties_, &events_);
    if (!client.ok()) return KafkaLook::kDoubtful;
    client_ = *std::move(client);
  }
  while (Poll(/*millis=*/0) != nullptr) {  // errors since the last look
  }
  const auto extent = CheckInboxTopic(client_.get(), topic_);
  if (!extent.ok()) return LookOf(extent.status());
  if (GapOf({.next = question.next}, extent->low, extent->high).has_value()) {
    return KafkaLook::kDoubtful;
  }
  for (const KafkaApplied& applied : question.applied) {
    if (applied.digest.empty() || applied.offset < extent->low) continue;
    const KafkaLook look = Compare(applied);
    rd_kafka_assign(client_.get(), nullptr);
    return look;
  }
  return KafkaLook::kSame;
}

KafkaLook KafkaWitness::Compare(const KafkaApplied& applied) {
  const absl::Status reading = ReadFrom(
      client_.get(), wire::InboxTopic(topic_.partnership), applied.offset);
  if (!reading.ok()) return LookOf(reading);
  const absl::Time give_up = absl::Now() + kPatience;
  while (!ended_ && absl::Now() < give_up) {
    const Message message = Poll(kPollMillis);
    if (message == nullptr) continue;
    if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
      const KafkaRecord record = RecordOf(*message);
      const bool same =
          record.offset == applied.offset && DigestOf(record) == applied.digest;
      return same ? KafkaLook::kSame : KafkaLook::kDoubtful;
    }
    if (!IsPassing(message->err)) return KafkaLook::kDoubtful;
  }
  return KafkaLook::kUnanswered;
}

KafkaWitness::Message KafkaWitness::Poll(int millis) {
  return {rd_kafka_consumer_poll(client_.get(), millis),
          rd_kafka_message_destroy};
}

}  // namespace kith::inbox
