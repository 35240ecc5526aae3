#include "services/inbox/kafka_topic.h"

#include <map>
#include <memory>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/status.h"
#include "services/inbox/kafka_handle.h"
#include "wire/topics.h"

namespace kith::inbox {
namespace {

template <class T, void (*Free)(T*)>
struct Freed {
  void operator()(T* what) const { Free(what); }
};
template <class T, void (*Free)(T*)>
using Owned = std::unique_ptr<T, Freed<T, Free>>;

using TopicPointer = Owned<rd_kafka_topic_t, rd_kafka_topic_destroy>;
using QueuePointer = Owned<rd_kafka_queue_t, rd_kafka_queue_destroy>;
using EventPointer = Owned<rd_kafka_event_t, rd_kafka_event_destroy>;
using OptionsPointer =
    Owned<rd_kafka_AdminOptions_t, rd_kafka_AdminOptions_destroy>;
using ResourcePointer =
    Owned<rd_kafka_ConfigResource_t, rd_kafka_ConfigResource_destroy>;

int MillisOf(absl::Duration duration) {
  return static_cast<int>(absl::ToInt64Milliseconds(duration));
}

absl::Status Differs(const KafkaTopicCheck& check, absl::string_view how) {
  return absl::FailedPreconditionError(
      absl::StrCat(wire::InboxTopic(check.partnership), " ", how, ". Run `",
                   wire::TopicsApplyCommand(check.partnership), "`"));
}

absl::StatusOr<int> PartitionsOf(rd_kafka_t* client, const std::string& name,
                                 const KafkaTopicCheck& check) {
  const TopicPointer topic(rd_kafka_topic_new(client, name.c_str(), nullptr));
  const rd_kafka_metadata_t* metadata = nullptr;
  const rd_kafka_resp_err_t error = rd_kafka_metadata(
      client, 0, topic.get(), &metadata, MillisOf(check.patience));
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return KafkaError(error, "asking the brokers for topics");
  }
  const std::unique_ptr<const rd_kafka_metadata_t,
                        decltype(&rd_kafka_metadata_destroy)>
      owned(metadata, rd_kafka_metadata_destroy);
  if (metadata->topic_cnt != 1) {
    return absl::UnavailableError("the brokers say nothing of the topic");
  }
  const rd_kafka_resp_err_t why = metadata->topics[0].err;
  if (why == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART) {
    return Differs(check, "does not exist");
  }
  if (why == RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED) {
    return absl::FailedPreconditionError(absl::StrCat(
        name,
        ": this node's Kafka user may not see it. Allow it READ, WRITE "
        "and DESCRIBE_CONFIGS there (docs/kafka.md)"));
  }
  if (why != RD_KAFKA_RESP_ERR_NO_ERROR) return KafkaError(why, name);
  return metadata->topics[0].partition_cnt;
}

// What the brokers say the topic is set to.
absl::StatusOr<std::map<std::string, std::string>> SettingsOf(
    rd_kafka_t* client, const std::string& name, const KafkaTopicCheck& check) {
  const QueuePointer queue(rd_kafka_queue_new(client));
  const OptionsPointer options(
      rd_kafka_AdminOptions_new(client, RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS));
  char why[256];
  rd_kafka_AdminOptions_set_request_timeout(
      options.get(), MillisOf(check.patience), why, sizeof(why));
  const ResourcePointer resource(
      rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, name.c_str()));
  rd_kafka_ConfigResource_t* resources[] = {resource.get()};
  rd_kafka_DescribeConfigs(client, resources, 1, options.get(), queue.get());
  const EventPointer event(
      rd_kafka_queue_poll(queue.get(), MillisOf(2 * check.patience)));
  if (event == nullptr) {
    return absl::UnavailableError("the brokers do not tell a topic's settings");
  }
  if (rd_kafka_event_error(event.get()) != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return KafkaError(rd_kafka_event_error(event.get()),
                      "asking for a topic's settings");
  }
  size_t count = 0;
  const auto* result = rd_kafka_event_DescribeConfigs_result(event.get());
  const auto** described =
      rd_kafka_DescribeConfigs_result_resources(result, &count);
  if (count != 1) return absl::UnavailableError("no settings were told");
  const rd_kafka_resp_err_t error = rd_kafka_ConfigResource_error(described[0]);
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return KafkaError(error, absl::StrCat("asking for the settings of ", name));
  }
  std::map<std::string, std::string> settings;
  const auto** entries = rd_kafka_ConfigResource_configs(described[0], &count);
  for (size_t i = 0; i < count; ++i) {
    const char* value = rd_kafka_ConfigEntry_value(entries[i]);
    settings[rd_kafka_ConfigEntry_name(entries[i])] =
        value == nullptr ? "" : value;
  }
  return settings;
}

absl::Status CheckSettings(rd_kafka_t* client, const std::string& name,
                           const KafkaTopicCheck& check) {
  ASSIGN_OR_RETURN(auto settings, SettingsOf(client, name, check));
  std::vector<std::string> differences;
  for (const wire::TopicRule& rule : wire::InboxRules()) {
    const std::string& is = settings[rule.name];
    if (is == rule.value) continue;
    differences.push_back(absl::StrCat("has ", rule.name, "=", is,
                                       " and must have ", rule.value));
  }
  if (differences.empty()) return absl::OkStatus();
  return Differs(check, absl::StrJoin(differences, ", "));
}

}  // namespace

absl::StatusOr<KafkaExtent> CheckInboxTopic(rd_kafka_t* client,
                                            const KafkaTopicCheck& check) {
  const std::string name = wire::InboxTopic(check.partnership);
  ASSIGN_OR_RETURN(const int partitions, PartitionsOf(client, name, check));
  if (partitions != wire::kInboxPartitions) {
    return absl::FailedPreconditionError(absl::StrCat(
        name, " has ", partitions,
        " partitions and must have 1: its frames have no one order. Make it "
        "anew (docs/kafka.md) and run `",
        wire::TopicsApplyCommand(check.partnership), "`"));
  }
  if (check.settings) RETURN_IF_ERROR(CheckSettings(client, name, check));
  KafkaExtent extent;
  const rd_kafka_resp_err_t error = rd_kafka_query_watermark_offsets(
      client, name.c_str(), wire::kInboxPartition, &extent.low, &extent.high,
      MillisOf(check.patience));
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return KafkaError(error, "asking where the topic begins and ends");
  }
  // -1 and -1001 mean that the broker does not know, not that it is empty.
  if (extent.low < 0 || extent.high < extent.low) {
    return absl::UnavailableError("where the topic ends is not known yet");
  }
  return extent;
}

absl::StatusOr<KafkaExtent> CheckInboxTopic(const wire::Properties& connection,
                                            const KafkaTopicCheck& check) {
  KafkaEvents events;
  wire::Properties properties = {{"client.id", "kithd-check"}};
  properties.insert(properties.end(), connection.begin(), connection.end());
  ASSIGN_OR_RETURN(const KafkaHandle client,
                   NewKafkaClient(RD_KAFKA_PRODUCER, properties, &events));
  return CheckInboxTopic(client.get(), check);
}

}  // namespace kith::inbox
