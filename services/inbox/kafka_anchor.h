// Which record that was applied shows that a topic is still the one that was
// read: the last one from when that was last found. Everything read since then
// stands or falls with it, so it moves only when the topic was found the same,
// never because nobody could look.
//
// Pure; not thread-safe.
#pragma once

#include <optional>
#include <utility>
#include <vector>

#include "services/inbox/kafka_record.h"

namespace kith::inbox {

// What came of a look at a topic.
enum class KafkaLook {
  kSame,
  kDoubtful,    // something is not as it was: to be looked into
  kUnanswered,  // the brokers did not say
};

class KafkaAnchor {
 public:
  // `last`: the record before the first that will be read.
  explicit KafkaAnchor(KafkaApplied last)
      : last_(std::move(last)), anchor_(last_) {}

  void Read(KafkaApplied record) {
    last_ = std::move(record);
    // With nothing before it, the first record vouches for those that follow.
    if (anchor_.digest.empty()) anchor_ = last_;
  }
  // A gap was passed: nothing that was read vouches for what follows.
  void Lose() { last_ = anchor_ = {}; }
  // Of these the first that the topic's retention has left is to be compared.
  std::vector<KafkaApplied> vouchers() const { return {anchor_, last_}; }
  // The reader has found the topic the same.
  void Found() { anchor_ = last_; }

  // A witness is asked about what was read so far.
  void Ask() { asked_ = last_; }
  // Its answer will be void.
  void Withdraw() { asked_.reset(); }
  // Its answer; whether it leaves a doubt.
  bool Hear(KafkaLook look) {
    const auto asked = std::exchange(asked_, std::nullopt);
    if (!asked.has_value()) return false;
    if (look == KafkaLook::kSame && !asked->digest.empty()) anchor_ = *asked;
    return look == KafkaLook::kDoubtful;
  }

 private:
  KafkaApplied last_;
  KafkaApplied anchor_;
  std::optional<KafkaApplied> asked_;
};

}  // namespace kith::inbox
