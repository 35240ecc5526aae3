#include "wire/topics.h"

#include "absl/strings/str_cat.h"

namespace kith::wire {

std::string InboxTopic(absl::string_view partnership) {
  return absl::StrCat("kith.inbox.v1.", partnership);
}

std::string QuarantineTopic(absl::string_view partnership) {
  return absl::StrCat("kith.quarantine.v1.", partnership);
}

std::string FeedTopic(absl::string_view agency) {
  return absl::StrCat("kith.feed.v1.", agency);
}

const std::vector<TopicRule>& InboxRules() {
  static const auto* rules = new std::vector<TopicRule>{
      {"message.timestamp.type", "LogAppendTime"},
      {"cleanup.policy", "delete"},
  };
  return *rules;
}

std::string TopicsApplyCommand(absl::string_view partnership) {
  return absl::StrCat("kith topics apply --partnership ", partnership);
}

std::string TopicsCheckCommand(absl::string_view partnership) {
  return absl::StrCat("kith topics check --partnership ", partnership);
}

}  // namespace kith::wire
