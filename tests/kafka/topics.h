// What tests do with topics: make, fill, read and delete them, by plain
// librdkafka, so that nothing of ours stands between a test and the broker.
//
// Every call blocks until the broker has answered, and stops the test program
// when it does not within half a minute: a broker under test is expected to be
// there unless the test has stopped it.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"

namespace kith::kafka_tests {

using Headers = std::vector<std::pair<std::string, std::string>>;

// Settings of a librdkafka client beyond the address, such as those of TLS.
using Settings = std::map<std::string, std::string>;

struct Record {
  int64_t offset = -1;  // of a record that was read
  absl::Time time;      // likewise
  std::optional<std::string> key;
  std::optional<std::string> value;  // absent: a tombstone
  Headers headers;

  // The first header of that name; absent when there is none.
  std::optional<std::string> Header(const std::string& name) const;
};

// Whether a broker there answers a metadata request within two seconds.
bool Answers(const std::string& address);

// With `LogAppendTime` and `settings`.
void MakeTopic(const std::string& address, const std::string& topic,
               const Settings& settings = {}, int partitions = 1);
// Changes settings of a topic; those not named go back to their defaults.
void SetTopic(const std::string& address, const std::string& topic,
              const Settings& settings);
// As the broker says it is.
std::string SettingOf(const std::string& address, const std::string& topic,
                      const std::string& name);
void DeleteTopic(const std::string& address, const std::string& topic);
// Deletes what stands before `offset`, as retention does.
void DeleteBefore(const std::string& address, const std::string& topic,
                  int64_t offset);

// Adds records, in order; returns when the broker has them all.
void Produce(const std::string& address, const std::string& topic,
             const std::vector<Record>& records);
// All that partition 0 holds now, in order.
std::vector<Record> ReadTopic(const std::string& address,
                              const std::string& topic,
                              const Settings& settings = {});
// The consumer group of these readers, for brokers with access lists.
inline constexpr char kReadersGroup[] = "kith-test";
// Whether the broker lets this client read the topic.
bool MayRead(const std::string& address, const std::string& topic,
             const Settings& settings);
// Lets a user do "read", "write" or "describe_configs" on a "topic" or "group"
// of that name, or of all that begin so when it ends in a point. The first two
// allow to describe it, too.
void Allow(const std::string& address, const std::string& user,
           const std::string& operation, const std::string& kind,
           const std::string& name);
// Offset of the oldest record and of the next one.
std::pair<int64_t, int64_t> Bounds(const std::string& address,
                                   const std::string& topic);

}  // namespace kith::kafka_tests
