#include "tools/kith/topic_admin.h"

#include <librdkafka/rdkafka.h>

#include <functional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status.h"

namespace kith::cli {
namespace {

constexpr int kMillis = 10'000;

template <class T>
using Owned = std::unique_ptr<T, void (*)(T*)>;

absl::Status ToStatus(rd_kafka_resp_err_t error, absl::string_view doing) {
  if (error == RD_KAFKA_RESP_ERR_NO_ERROR) return absl::OkStatus();
  const std::string text = absl::StrCat(doing, ": ", rd_kafka_err2str(error));
  switch (error) {
    case RD_KAFKA_RESP_ERR__TRANSPORT:
    case RD_KAFKA_RESP_ERR__TIMED_OUT:
    case RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN:
      return absl::UnavailableError(text);
    case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED:
      return absl::PermissionDeniedError(text);
    default:
      return absl::FailedPreconditionError(text);
  }
}

// Sends one request and hands its answer to `read`.
absl::Status Ask(
    rd_kafka_t* client, absl::string_view doing,
    const std::function<void(rd_kafka_queue_t*)>& send,
    const std::function<absl::Status(const rd_kafka_event_t*)>& read) {
  const Owned<rd_kafka_queue_t> queue(rd_kafka_queue_new(client),
                                      rd_kafka_queue_destroy);
  send(queue.get());
  // librdkafka's own limit for a request is a minute.
  const Owned<rd_kafka_event_t> event(
      rd_kafka_queue_poll(queue.get(), 3 * kMillis), rd_kafka_event_destroy);
  if (event == nullptr) {
    return absl::UnavailableError(absl::StrCat(doing, ": no answer"));
  }
  RETURN_IF_ERROR(ToStatus(rd_kafka_event_error(event.get()), doing));
  return read(event.get());
}

using Resource = Owned<rd_kafka_ConfigResource_t>;

Resource ResourceOf(const std::string& topic) {
  return {rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, topic.c_str()),
          rd_kafka_ConfigResource_destroy};
}

}  // namespace

struct TopicAdmin::Client {
  explicit Client(rd_kafka_t* raw) : handle(raw, rd_kafka_destroy) {}
  Owned<rd_kafka_t> handle;
};

TopicAdmin::TopicAdmin(std::unique_ptr<Client> client)
    : client_(std::move(client)) {}
TopicAdmin::~TopicAdmin() = default;

absl::StatusOr<std::unique_ptr<TopicAdmin>> TopicAdmin::Make(
    const wire::Properties& connection) {
  char why[512];
  rd_kafka_conf_t* conf = rd_kafka_conf_new();
  rd_kafka_conf_set_log_cb(conf, nullptr);  // errors come as statuses
  for (const auto& [name, value] : connection) {
    if (rd_kafka_conf_set(conf, name.c_str(), value.c_str(), why,
                          sizeof(why)) != RD_KAFKA_CONF_OK) {
      rd_kafka_conf_destroy(conf);
      return absl::InvalidArgumentError(
          absl::StrCat("Kafka does not take this value of ", name));
    }
  }
  rd_kafka_t* client = rd_kafka_new(RD_KAFKA_PRODUCER, conf, why, sizeof(why));
  if (client == nullptr) {
    rd_kafka_conf_destroy(conf);
    return absl::InvalidArgumentError(absl::StrCat("Kafka setting: ", why));
  }
  return std::unique_ptr<TopicAdmin>(
      new TopicAdmin(std::make_unique<Client>(client)));
}

absl::StatusOr<int> TopicAdmin::CountBrokers() {
  const rd_kafka_metadata_t* metadata = nullptr;
  RETURN_IF_ERROR(ToStatus(
      rd_kafka_metadata(client_->handle.get(), 0, nullptr, &metadata, kMillis),
      "asking the brokers"));
  const int count = metadata->broker_cnt;
  rd_kafka_metadata_destroy(metadata);
  return count;
}

absl::StatusOr<std::optional<Topic>> TopicAdmin::Find(const std::string& name) {
  const Owned<rd_kafka_topic_t> handle(
      rd_kafka_topic_new(client_->handle.get(), name.c_str(), nullptr),
      rd_kafka_topic_destroy);
  const rd_kafka_metadata_t* metadata = nullptr;
  RETURN_IF_ERROR(ToStatus(rd_kafka_metadata(client_->handle.get(), 0,
                                             handle.get(), &metadata, kMillis),
                           "asking the brokers"));
  Topic topic;
  topic.name = name;
  rd_kafka_resp_err_t error = RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART;
  if (metadata->topic_cnt == 1) {
    error = metadata->topics[0].err;
    topic.partitions = metadata->topics[0].partition_cnt;
    if (topic.partitions > 0) {
      topic.replication_factor = metadata->topics[0].partitions[0].replica_cnt;
    }
  }
  rd_kafka_metadata_destroy(metadata);
  if (error == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART) {
    return std::optional<Topic>();
  }
  RETURN_IF_ERROR(ToStatus(error, name));
  ASSIGN_OR_RETURN(Described described, Describe(name));
  topic.settings = std::move(described.all);
  return std::optional<Topic>(std::move(topic));
}

absl::StatusOr<TopicAdmin::Described> TopicAdmin::Describe(
    const std::string& name) {
  const Resource resource = ResourceOf(name);
  rd_kafka_ConfigResource_t* resources[] = {resource.get()};
  Described described;
  const absl::Status asked = Ask(
      client_->handle.get(), name,
      [&](rd_kafka_queue_t* queue) {
        rd_kafka_DescribeConfigs(client_->handle.get(), resources, 1, nullptr,
                                 queue);
      },
      [&](const rd_kafka_event_t* event) {
        size_t count = 0;
        const auto** told = rd_kafka_DescribeConfigs_result_resources(
            rd_kafka_event_DescribeConfigs_result(
                const_cast<rd_kafka_event_t*>(event)),
            &count);
        if (count != 1) return absl::UnavailableError("nothing was told");
        RETURN_IF_ERROR(ToStatus(rd_kafka_ConfigResource_error(told[0]), name));
        const auto** entries = rd_kafka_ConfigResource_configs(told[0], &count);
        for (size_t i = 0; i < count; ++i) {
          const char* value = rd_kafka_ConfigEntry_value(entries[i]);
          if (value == nullptr) continue;
          const std::string key = rd_kafka_ConfigEntry_name(entries[i]);
          described.all[key] = value;
          if (rd_kafka_ConfigEntry_source(entries[i]) ==
              RD_KAFKA_CONFIG_SOURCE_DYNAMIC_TOPIC_CONFIG) {
            described.own[key] = value;
          }
        }
        return absl::OkStatus();
      });
  RETURN_IF_ERROR(asked);
  return described;
}

absl::Status TopicAdmin::Create(const Topic& topic) {
  char why[512];
  const Owned<rd_kafka_NewTopic_t> wanted(
      rd_kafka_NewTopic_new(topic.name.c_str(), topic.partitions,
                            topic.replication_factor, why, sizeof(why)),
      rd_kafka_NewTopic_destroy);
  if (wanted == nullptr) return absl::InvalidArgumentError(why);
  for (const auto& [name, value] : topic.settings) {
    RETURN_IF_ERROR(ToStatus(
        rd_kafka_NewTopic_set_config(wanted.get(), name.c_str(), value.c_str()),
        name));
  }
  rd_kafka_NewTopic_t* all[] = {wanted.get()};
  return Ask(
      client_->handle.get(), topic.name,
      [&](rd_kafka_queue_t* queue) {
        rd_kafka_CreateTopics(client_->handle.get(), all, 1, nullptr, queue);
      },
      [&](const rd_kafka_event_t* event) {
        size_t count = 0;
        const auto** told = rd_kafka_CreateTopics_result_topics(
            rd_kafka_event_CreateTopics_result(
                const_cast<rd_kafka_event_t*>(event)),
            &count);
        for (size_t i = 0; i < count; ++i) {
          const rd_kafka_resp_err_t error =
              rd_kafka_topic_result_error(told[i]);
          const char* text = rd_kafka_topic_result_error_string(told[i]);
          RETURN_IF_ERROR(ToStatus(
              error, absl::StrCat(topic.name, text == nullptr ? "" : ": ",
                                  text == nullptr ? "" : text)));
        }
        return absl::OkStatus();
      });
}

absl::Status TopicAdmin::Set(
    const std::string& name,
    const std::map<std::string, std::string>& settings) {
  // What is not named in this request goes back to its default.
  ASSIGN_OR_RETURN(Described described, Describe(name));
  for (const auto& [key, value] : settings) described.own[key] = value;
  const Resource resource = ResourceOf(name);
  for (const auto& [key, value] : described.own) {
    rd_kafka_ConfigResource_set_config(resource.get(), key.c_str(),
                                       value.c_str());
  }
  rd_kafka_ConfigResource_t* resources[] = {resource.get()};
  return Ask(
      client_->handle.get(), name,
      [&](rd_kafka_queue_t* queue) {
        rd_kafka_AlterConfigs(client_->handle.get(), resources, 1, nullptr,
                              queue);
      },
      [&](const rd_kafka_event_t* event) {
        size_t count = 0;
        const auto** told = rd_kafka_AlterConfigs_result_resources(
            rd_kafka_event_AlterConfigs_result(
                const_cast<rd_kafka_event_t*>(event)),
            &count);
        for (size_t i = 0; i < count; ++i) {
          RETURN_IF_ERROR(
              ToStatus(rd_kafka_ConfigResource_error(told[i]), name));
        }
        return absl::OkStatus();
      });
}

}  // namespace kith::cli
