#include <librdkafka/rdkafka.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "base/check.h"
#include "tests/bench/measures.h"
#include "tests/bench/node.h"
#include "tests/bench/pace.h"
#include "tests/bench/process.h"
#include "tests/kafka/broker.h"
#include "tests/kafka/topics.h"
#include "wire/connection.h"
#include "wire/event.h"
#include "wire/topics.h"

namespace kith::bench {
namespace {

constexpr int kStatementsASecond = 2000;
constexpr int kMillis = 30'000;
// What is signed, and held in memory, at once.
constexpr size_t kChunk = 20000;
constexpr char kBareTopic[] = "bare";

using Client = std::unique_ptr<rd_kafka_t, void (*)(rd_kafka_t*)>;

Client NewClient(rd_kafka_type_t type, const wire::Properties& properties) {
  rd_kafka_conf_t* conf = rd_kafka_conf_new();
  char why[512];
  for (const auto& [name, value] : properties) {
    KITH_CHECK(rd_kafka_conf_set(conf, name.c_str(), value.c_str(), why,
                                 sizeof(why)) == RD_KAFKA_CONF_OK);
  }
  rd_kafka_t* client = rd_kafka_new(type, conf, why, sizeof(why));
  KITH_CHECK(client != nullptr);
  return {client, rd_kafka_destroy};
}

// As a node's own writer is set, so that both ways pay the same to the broker.
Client NewProducer(const std::string& address) {
  return NewClient(RD_KAFKA_PRODUCER, {{"bootstrap.servers", address},
                                       {"enable.idempotence", "true"},
                                       {"acks", "all"},
                                       {"compression.codec", "zstd"},
                                       {"linger.ms", "3"}});
}

// Adds the frame as an adapter's record, waiting while the queue is full.
void Add(rd_kafka_t* producer, const std::string& topic, std::string frame) {
  const auto message = wire::MessageOfFrame(std::move(frame), absl::Now());
  KITH_CHECK(message.ok());
  rd_kafka_headers_t* headers = rd_kafka_headers_new(message->headers.size());
  for (const wire::Header& header : message->headers) {
    rd_kafka_header_add(
        headers, header.name.data(), static_cast<ssize_t>(header.name.size()),
        header.value.data(), static_cast<ssize_t>(header.value.size()));
  }
  void* const key = const_cast<char*>(message->key.data());
  void* const value = const_cast<char*>(message->value.data());
  KITH_CHECK(
      rd_kafka_producev(
          producer, RD_KAFKA_V_TOPIC(topic.c_str()), RD_KAFKA_V_PARTITION(0),
          RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY | RD_KAFKA_MSG_F_BLOCK),
          RD_KAFKA_V_KEY(key, message->key.size()),
          RD_KAFKA_V_VALUE(value, message->value.size()),
          RD_KAFKA_V_HEADERS(headers),
          RD_KAFKA_V_END) == RD_KAFKA_RESP_ERR_NO_ERROR);
  rd_kafka_poll(producer, 0);
}

// Produce and consume by librdkafka alone.
Percentiles BareRoundTrip(const std::string& address,
                          const std::vector<std::string>& frames) {
  const auto [low, next] = kafka_tests::Bounds(address, kBareTopic);
  const Client consumer =
      NewClient(RD_KAFKA_CONSUMER, {{"bootstrap.servers", address},
                                    {"group.id", "kith-bench"},
                                    {"enable.auto.commit", "false"},
                                    {"check.crcs", "true"}});
  rd_kafka_topic_partition_list_t* list = rd_kafka_topic_partition_list_new(1);
  rd_kafka_topic_partition_list_add(list, kBareTopic, 0)->offset = next;
  KITH_CHECK(rd_kafka_assign(consumer.get(), list) ==
             RD_KAFKA_RESP_ERR_NO_ERROR);
  rd_kafka_topic_partition_list_destroy(list);
  const Client producer = NewProducer(address);
  Stopwatch watch(frames.size(), kStatementsASecond);
  std::thread reading([&, first = next] {
    for (size_t back = 0; back < frames.size();) {
      rd_kafka_message_t* message =
          rd_kafka_consumer_poll(consumer.get(), kMillis);
      KITH_CHECK(message != nullptr &&
                 message->err == RD_KAFKA_RESP_ERR_NO_ERROR);
      watch.Back(static_cast<size_t>(message->offset - first));
      rd_kafka_message_destroy(message);
      ++back;
    }
  });
  watch.Pace([&](size_t i) { Add(producer.get(), kBareTopic, frames[i]); });
  watch.AwaitAll();
  reading.join();
  return watch.Millis();
}

void MeasureLatency(const Settings& settings, const std::string& address,
                    Node& node, Report& report) {
  int version = 0;
  kafka_tests::MakeTopic(address, kBareTopic);
  std::vector<double> visible, bare, ratios, visible_p50, bare_p50;
  // The pair before the first compiles what the broker runs; it is not counted.
  for (int pair = -1; pair < settings.pairs; ++pair) {
    auto frames =
        node.Sign(Updates(settings.families, settings.statements, ++version));
    AwaitRest();
    const Percentiles alone = BareRoundTrip(address, frames);
    AwaitRest();
    const Percentiles ours =
        PacedRun(node, std::move(frames), kStatementsASecond);
    if (pair < 0) continue;
    bare.push_back(alone.p99);
    visible.push_back(ours.p99);
    ratios.push_back(ours.p99 / alone.p99);
    bare_p50.push_back(alone.p50);
    visible_p50.push_back(ours.p50);
  }
  const Median ratio = MedianOf(ratios);
  report.Add({.name = "statement to visible, Kafka, p99",
              .value = MedianOf(visible).value,
              .unit = "ms",
              .floor = MedianOf(bare).value,
              .ratio = ratio.value,
              .goal = 2,
              .ratio_at_most = true,
              .note = absl::StrFormat(
                  "ratio %s; p50 %.1f, of the floor %.1f; at %d/s, floor: "
                  "bare produce and consume",
                  SpreadOf(ratio), MedianOf(visible_p50).value,
                  MedianOf(bare_p50).value, kStatementsASecond)});
}

// Statements a second without Kafka.
double DirectRate(const Settings& settings) {
  Node node(absl::StrCat(settings.folder, "/direct"), nullptr);
  node.Run(node.Sign(Introductions(0, settings.families)));
  double seconds = 0;
  int version = 100;
  for (size_t said = 0; said < settings.backlog; said += kChunk) {
    seconds +=
        node.Run(node.Sign(Updates(settings.families, kChunk, ++version)));
  }
  return static_cast<double>(settings.backlog) / seconds;
}

// Adds what is to be drained; the node is stopped.
void AddBacklog(const Settings& settings, const std::string& address,
                Node& node) {
  const Client producer = NewProducer(address);
  int version = 100;
  for (size_t said = 0; said < settings.backlog; said += kChunk) {
    for (std::string& frame :
         node.Sign(Updates(settings.families, kChunk, ++version))) {
      Add(producer.get(), wire::InboxTopic(node.partnership()),
          std::move(frame));
    }
  }
  KITH_CHECK(rd_kafka_flush(producer.get(), kMillis) ==
             RD_KAFKA_RESP_ERR_NO_ERROR);
}

struct Drained {
  double rate = 0;
  double memory_at_tenth = 0;
  double memory_most = 0;  // after that
};

Drained Drain(Node& node, size_t backlog, int64_t end) {
  Drained drained;
  const absl::Time start = absl::Now();
  const int64_t tenth = end - static_cast<int64_t>(backlog * 9 / 10);
  while (true) {
    const auto status = node.engine().status();
    KITH_CHECK(status.reason.ok());
    const int64_t next = node.kafka()->figures().next;
    if (next >= tenth) {
      const double memory = MemoryBytes();
      if (drained.memory_at_tenth == 0) drained.memory_at_tenth = memory;
      drained.memory_most = std::max(drained.memory_most, memory);
    }
    if (next >= end) break;
    absl::SleepFor(absl::Milliseconds(20));
  }
  // Once this is decided, all before it is durable.
  node.Run(node.Sign(Updates(1, 1, 9999)));
  drained.rate =
      static_cast<double>(backlog) / absl::ToDoubleSeconds(absl::Now() - start);
  return drained;
}

void MeasureBacklog(const Settings& settings, const std::string& address,
                    Node& node, Report& report) {
  const double direct = DirectRate(settings);
  node.Stop();
  AddBacklog(settings, address, node);
  const int64_t end =
      kafka_tests::Bounds(address, wire::InboxTopic(node.partnership())).second;
  node.Start();
  const Drained drained = Drain(node, settings.backlog, end);
  report.Add({.name = "backlog drained from Kafka",
              .value = drained.rate,
              .unit = "statements/s",
              .floor = direct,
              .ratio = drained.rate / direct,
              .goal = 0.5,
              .note = absl::StrFormat("%d statements; floor: the same intake "
                                      "without Kafka",
                                      settings.backlog)});
  report.Add({.name = "memory while draining",
              .value = drained.memory_most / 1e6,
              .unit = "MB",
              .floor = drained.memory_at_tenth / 1e6,
              .ratio = drained.memory_most / drained.memory_at_tenth,
              .goal = 1.25,
              .ratio_at_most = true,
              .note = "the most, against after a tenth of it"});
}

}  // namespace

absl::Status MeasureKafka(const Settings& settings, Report& report) {
  if (const auto missing = kafka_tests::Broker::Missing()) {
    return absl::FailedPreconditionError(
        absl::StrCat("not measured: ", *missing));
  }
  kafka_tests::Broker& broker = kafka_tests::SharedBroker();
  const std::string& address = broker.address();
  kafka_tests::MakeTopic(address, wire::InboxTopic("bench"));
  Node node(absl::StrCat(settings.folder, "/kafka"), nullptr, address);
  node.Run(node.Sign(Introductions(0, settings.families)));
  MeasureLatency(settings, address, node, report);
  MeasureBacklog(settings, address, node, report);
  return absl::OkStatus();
}

}  // namespace kith::bench
