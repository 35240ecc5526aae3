// The topics of Kafka that Kith uses: their names, and what must hold for a
// partnership's inbox before a node takes a single frame from it.
//
//   kith.inbox.v1.<partnership>       frames in, one partition, one order
//   kith.quarantine.v1.<partnership>  that something lies in quarantine
//   kith.feed.v1.<agency>             thin notices out
//
// `deploy/kafka/topics.yaml` declares them in full and `kith topics apply`
// makes them so; here stands only what the order of a ledger depends on.
#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace kith::wire {

std::string InboxTopic(absl::string_view partnership);
std::string QuarantineTopic(absl::string_view partnership);
std::string FeedTopic(absl::string_view agency);

// An inbox has one partition: its order is the partnership's order.
inline constexpr int kInboxPartitions = 1;
inline constexpr int kInboxPartition = 0;

// A setting of a topic and the value it must have.
struct TopicRule {
  const char* name;
  const char* value;
};

// What an inbox must be set to, besides its one partition: the broker's time
// is the recorded-at, and no record is ever replaced by a later one.
const std::vector<TopicRule>& InboxRules();

// The command that makes an inbox what it should be, or says what differs.
std::string TopicsApplyCommand(absl::string_view partnership);
std::string TopicsCheckCommand(absl::string_view partnership);

}  // namespace kith::wire
