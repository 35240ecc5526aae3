#include "tests/kafka/topics.h"

#include <librdkafka/rdkafka.h>

#include <cstdio>
#include <functional>
#include <memory>

#include "base/check.h"

namespace kith::kafka_tests {
namespace {

constexpr int kMillis = 30'000;

// Says why before the program stops.
void Demand(bool holds, const char* what, const std::string& why) {
  if (!holds) std::fprintf(stderr, "%s: %s\n", what, why.c_str());
  KITH_CHECK(holds);
}

void Demand(rd_kafka_resp_err_t error, const char* what) {
  Demand(error == RD_KAFKA_RESP_ERR_NO_ERROR, what, rd_kafka_err2str(error));
}

using Client = std::unique_ptr<rd_kafka_t, void (*)(rd_kafka_t*)>;

Client MakeClient(rd_kafka_type_t type, const std::string& address,
                  const Settings& settings) {
  rd_kafka_conf_t* conf = rd_kafka_conf_new();
  char why[512];
  Settings all = settings;
  all["bootstrap.servers"] = address;
  all["log_level"] = "2";
  for (const auto& [name, value] : all) {
    Demand(rd_kafka_conf_set(conf, name.c_str(), value.c_str(), why,
                             sizeof(why)) == RD_KAFKA_CONF_OK,
           "setting", why);
  }
  rd_kafka_t* client = rd_kafka_new(type, conf, why, sizeof(why));
  Demand(client != nullptr, "client", why);
  return {client, rd_kafka_destroy};
}

// One admin request: `send` gets a queue for its answer.
void Administer(
    const std::string& address, const char* what,
    const std::function<void(rd_kafka_t*, rd_kafka_queue_t*)>& send) {
  const Client client = MakeClient(RD_KAFKA_PRODUCER, address, {});
  rd_kafka_queue_t* queue = rd_kafka_queue_new(client.get());
  send(client.get(), queue);
  rd_kafka_event_t* event = rd_kafka_queue_poll(queue, kMillis);
  Demand(event != nullptr, what, "no answer");
  Demand(rd_kafka_event_error(event), what);
  size_t count = 0;
  const rd_kafka_topic_result_t** results = nullptr;
  if (rd_kafka_event_type(event) == RD_KAFKA_EVENT_ALTERCONFIGS_RESULT) {
    size_t resources = 0;
    const auto* set = rd_kafka_AlterConfigs_result_resources(
        rd_kafka_event_AlterConfigs_result(event), &resources);
    for (size_t i = 0; i < resources; ++i) {
      Demand(rd_kafka_ConfigResource_error(set[i]), what);
    }
  }
  if (const auto* made = rd_kafka_event_CreateTopics_result(event)) {
    results = rd_kafka_CreateTopics_result_topics(made, &count);
  } else if (const auto* gone = rd_kafka_event_DeleteTopics_result(event)) {
    results = rd_kafka_DeleteTopics_result_topics(gone, &count);
  }
  for (size_t i = 0; i < count; ++i) {
    Demand(rd_kafka_topic_result_error(results[i]), what);
  }
  rd_kafka_event_destroy(event);
  rd_kafka_queue_destroy(queue);
}

Record ToRecord(const rd_kafka_message_t& message) {
  Record record;
  record.offset = message.offset;
  record.time =
      absl::FromUnixMillis(rd_kafka_message_timestamp(&message, nullptr));
  if (message.key != nullptr) {
    record.key.emplace(static_cast<const char*>(message.key), message.key_len);
  }
  if (message.payload != nullptr) {
    record.value.emplace(static_cast<const char*>(message.payload),
                         message.len);
  }
  rd_kafka_headers_t* headers = nullptr;
  if (rd_kafka_message_headers(&message, &headers) == 0) {
    const char* name = nullptr;
    const void* value = nullptr;
    size_t size = 0;
    for (size_t i = 0;
         rd_kafka_header_get_all(headers, i, &name, &value, &size) == 0; ++i) {
      record.headers.emplace_back(
          name, std::string(static_cast<const char*>(value), size));
    }
  }
  return record;
}

std::pair<int64_t, int64_t> BoundsOf(rd_kafka_t* client,
                                     const std::string& topic) {
  int64_t low = -1, high = -1;
  Demand(rd_kafka_query_watermark_offsets(client, topic.c_str(), 0, &low, &high,
                                          kMillis),
         "bounds");
  return {low, high};
}

// A consumer is not told of a topic that it may not even see.
bool MaySee(rd_kafka_t* client, const std::string& topic) {
  rd_kafka_topic_t* const handle =
      rd_kafka_topic_new(client, topic.c_str(), nullptr);
  const rd_kafka_metadata_t* told = nullptr;
  Demand(rd_kafka_metadata(client, 0, handle, &told, kMillis), "metadata");
  rd_kafka_topic_destroy(handle);
  const bool seen =
      told->topics[0].err != RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED;
  rd_kafka_metadata_destroy(told);
  return seen;
}

}  // namespace

std::optional<std::string> Record::Header(const std::string& name) const {
  for (const auto& [key_of_header, text] : headers) {
    if (key_of_header == name) return text;
  }
  return std::nullopt;
}

bool Answers(const std::string& address) {
  const Client client = MakeClient(RD_KAFKA_PRODUCER, address, {});
  const rd_kafka_metadata_t* metadata = nullptr;
  if (rd_kafka_metadata(client.get(), 0, nullptr, &metadata, 2000) !=
      RD_KAFKA_RESP_ERR_NO_ERROR) {
    return false;
  }
  const bool any = metadata->broker_cnt > 0;
  rd_kafka_metadata_destroy(metadata);
  return any;
}

void MakeTopic(const std::string& address, const std::string& topic,
               const Settings& settings, int partitions) {
  char why[512];
  rd_kafka_NewTopic_t* wanted =
      rd_kafka_NewTopic_new(topic.c_str(), partitions, 1, why, sizeof(why));
  Demand(wanted != nullptr, "topic", why);
  Settings all = {{"message.timestamp.type", "LogAppendTime"}};
  for (const auto& [name, value] : settings) all[name] = value;
  for (const auto& [name, value] : all) {
    Demand(rd_kafka_NewTopic_set_config(wanted, name.c_str(), value.c_str()),
           "topic");
  }
  Administer(address, "make topic", [&](auto* client, auto* queue) {
    rd_kafka_CreateTopics(client, &wanted, 1, nullptr, queue);
  });
  rd_kafka_NewTopic_destroy(wanted);
}

void SetTopic(const std::string& address, const std::string& topic,
              const Settings& settings) {
  rd_kafka_ConfigResource_t* wanted =
      rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, topic.c_str());
  for (const auto& [name, value] : settings) {
    Demand(
        rd_kafka_ConfigResource_set_config(wanted, name.c_str(), value.c_str()),
        "setting");
  }
  Administer(address, "set topic", [&](auto* client, auto* queue) {
    rd_kafka_AlterConfigs(client, &wanted, 1, nullptr, queue);
  });
  rd_kafka_ConfigResource_destroy(wanted);
}

std::string SettingOf(const std::string& address, const std::string& topic,
                      const std::string& name) {
  const Client client = MakeClient(RD_KAFKA_PRODUCER, address, {});
  rd_kafka_queue_t* queue = rd_kafka_queue_new(client.get());
  rd_kafka_ConfigResource_t* asked =
      rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, topic.c_str());
  rd_kafka_DescribeConfigs(client.get(), &asked, 1, nullptr, queue);
  rd_kafka_event_t* event = rd_kafka_queue_poll(queue, kMillis);
  Demand(event != nullptr, "settings", "no answer");
  size_t count = 0;
  const auto** told = rd_kafka_DescribeConfigs_result_resources(
      rd_kafka_event_DescribeConfigs_result(event), &count);
  Demand(count == 1, "settings", "none told");
  const auto** entries = rd_kafka_ConfigResource_configs(told[0], &count);
  std::string value;
  for (size_t i = 0; i < count; ++i) {
    if (rd_kafka_ConfigEntry_name(entries[i]) == name) {
      value = rd_kafka_ConfigEntry_value(entries[i]);
    }
  }
  rd_kafka_event_destroy(event);
  rd_kafka_ConfigResource_destroy(asked);
  rd_kafka_queue_destroy(queue);
  return value;
}

void DeleteTopic(const std::string& address, const std::string& topic) {
  rd_kafka_DeleteTopic_t* unwanted = rd_kafka_DeleteTopic_new(topic.c_str());
  Administer(address, "delete topic", [&](auto* client, auto* queue) {
    rd_kafka_DeleteTopics(client, &unwanted, 1, nullptr, queue);
  });
  rd_kafka_DeleteTopic_destroy(unwanted);
}

void DeleteBefore(const std::string& address, const std::string& topic,
                  int64_t offset) {
  rd_kafka_topic_partition_list_t* list = rd_kafka_topic_partition_list_new(1);
  rd_kafka_topic_partition_list_add(list, topic.c_str(), 0)->offset = offset;
  rd_kafka_DeleteRecords_t* unwanted = rd_kafka_DeleteRecords_new(list);
  Administer(address, "delete records", [&](auto* client, auto* queue) {
    rd_kafka_DeleteRecords(client, &unwanted, 1, nullptr, queue);
  });
  rd_kafka_DeleteRecords_destroy(unwanted);
  rd_kafka_topic_partition_list_destroy(list);
}

void Produce(const std::string& address, const std::string& topic,
             const std::vector<Record>& records) {
  const Client client =
      MakeClient(RD_KAFKA_PRODUCER, address, {{"enable.idempotence", "true"}});
  for (const Record& record : records) {
    rd_kafka_headers_t* headers = rd_kafka_headers_new(record.headers.size());
    for (const auto& [name, value] : record.headers) {
      rd_kafka_header_add(headers, name.data(),
                          static_cast<ssize_t>(name.size()), value.data(),
                          static_cast<ssize_t>(value.size()));
    }
    const auto data = [](const std::optional<std::string>& text) {
      return text ? const_cast<char*>(text->data()) : nullptr;
    };
    const auto size = [](const std::optional<std::string>& text) {
      return text ? text->size() : 0;
    };
    void* const key = data(record.key);
    void* const value = data(record.value);
    const size_t key_size = size(record.key);
    const size_t value_size = size(record.value);
    Demand(
        rd_kafka_producev(
            client.get(), RD_KAFKA_V_TOPIC(topic.c_str()),
            RD_KAFKA_V_PARTITION(0),
            RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY | RD_KAFKA_MSG_F_BLOCK),
            RD_KAFKA_V_KEY(key, key_size), RD_KAFKA_V_VALUE(value, value_size),
            RD_KAFKA_V_HEADERS(headers), RD_KAFKA_V_END),
        "produce");
  }
  Demand(rd_kafka_flush(client.get(), kMillis), "flush");
}

std::vector<Record> ReadTopic(const std::string& address,
                              const std::string& topic,
                              const Settings& settings) {
  Settings all = settings;
  all["group.id"] = kReadersGroup;
  all["enable.auto.commit"] = "false";
  all["check.crcs"] = "true";
  const Client client = MakeClient(RD_KAFKA_CONSUMER, address, all);
  const auto [low, high] = BoundsOf(client.get(), topic);
  std::vector<Record> records;
  if (low >= high) return records;
  rd_kafka_topic_partition_list_t* list = rd_kafka_topic_partition_list_new(1);
  rd_kafka_topic_partition_list_add(list, topic.c_str(), 0)->offset = low;
  Demand(rd_kafka_assign(client.get(), list), "assign");
  rd_kafka_topic_partition_list_destroy(list);
  int64_t next = low;
  while (next < high) {
    rd_kafka_message_t* message = rd_kafka_consumer_poll(client.get(), kMillis);
    Demand(message != nullptr, "read", "nothing comes");
    Demand(message->err, "read");
    records.push_back(ToRecord(*message));
    next = message->offset + 1;
    rd_kafka_message_destroy(message);
  }
  return records;
}

bool MayRead(const std::string& address, const std::string& topic,
             const Settings& settings) {
  Settings all = settings;
  all["group.id"] = kReadersGroup;
  const Client client = MakeClient(RD_KAFKA_CONSUMER, address, all);
  if (!MaySee(client.get(), topic)) return false;
  rd_kafka_topic_partition_list_t* list = rd_kafka_topic_partition_list_new(1);
  rd_kafka_topic_partition_list_add(list, topic.c_str(), 0)->offset =
      RD_KAFKA_OFFSET_BEGINNING;
  Demand(rd_kafka_assign(client.get(), list), "assign");
  rd_kafka_topic_partition_list_destroy(list);
  rd_kafka_message_t* message = rd_kafka_consumer_poll(client.get(), kMillis);
  Demand(message != nullptr, "read", "neither a record nor a refusal");
  const rd_kafka_resp_err_t error = message->err;
  rd_kafka_message_destroy(message);
  if (error == RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED) return false;
  Demand(error, "read");
  return true;
}

void Allow(const std::string& address, const std::string& user,
           const std::string& operation, const std::string& kind,
           const std::string& name) {
  static const auto* operations =
      new std::map<std::string, rd_kafka_AclOperation_t>{
          {"read", RD_KAFKA_ACL_OPERATION_READ},
          {"write", RD_KAFKA_ACL_OPERATION_WRITE},
          {"describe_configs", RD_KAFKA_ACL_OPERATION_DESCRIBE_CONFIGS}};
  char why[512];
  rd_kafka_AclBinding_t* wanted = rd_kafka_AclBinding_new(
      kind == "group" ? RD_KAFKA_RESOURCE_GROUP : RD_KAFKA_RESOURCE_TOPIC,
      name.c_str(),
      name.back() == '.' ? RD_KAFKA_RESOURCE_PATTERN_PREFIXED
                         : RD_KAFKA_RESOURCE_PATTERN_LITERAL,
      ("User:" + user).c_str(), "*", operations->at(operation),
      RD_KAFKA_ACL_PERMISSION_TYPE_ALLOW, why, sizeof(why));
  Demand(wanted != nullptr, "access list", why);
  Administer(address, "access list", [&](auto* client, auto* queue) {
    rd_kafka_CreateAcls(client, &wanted, 1, nullptr, queue);
  });
  rd_kafka_AclBinding_destroy(wanted);
}

std::pair<int64_t, int64_t> Bounds(const std::string& address,
                                   const std::string& topic) {
  const Client client = MakeClient(RD_KAFKA_PRODUCER, address, {});
  return BoundsOf(client.get(), topic);
}

}  // namespace kith::kafka_tests
