// How reading an inbox from Kafka stands, for metrics.
#pragma once

#include <cstdint>
#include <string>

namespace kith::inbox {

struct KafkaFigures {
  bool reachable = false;  // the topic is being read
  int64_t next = 0;        // offset of the next record to take
  int64_t high = -1;       // offset behind the last record; -1: not known yet
  size_t under_way = 0;    // own frames without an outcome
  // librdkafka's own statistics, JSON; empty before the first.
  std::string consumer_statistics;
  std::string producer_statistics;
};

}  // namespace kith::inbox
