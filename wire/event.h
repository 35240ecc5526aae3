// How a frame lies in a Kafka record: CloudEvents 1.0 in binary mode.
//
// The record's value is the data alone; what the event is stands in headers.
// Headers are for routing and for people with kcat: nothing proves them, so a
// consumer believes the frame's mac and of the headers only reads `ce_type`,
// to tell frames from whatever else somebody wrote to the topic.
//
//   content-type     application/protobuf
//   ce_specversion   1.0
//   ce_id            <source>/<epoch>/<sequence>
//   ce_source        /kith/<partnership>/<source>
//   ce_type          kith.agency.v1.Frame
//   ce_time          when it was published, RFC 3339 in UTC
//   ce_subject       the agency: never a person, family or plan
//   ce_partitionkey  the source; the record's key as well
//   ce_sequence      <epoch>-<sequence>, 20 digits each: sorts as text
//   ce_dataschema    urn:kith:proto:kith.agency.v1.Frame
//   ce_traceparent   as W3C Trace Context has it
//
// The notices of feed and quarantine are events too (MessageOfNotice): they
// have no number, but `ce_position` for reads that shall see what they tell of.
//
// Pure; it knows no client library. No header holds personal data.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace kith::wire {

inline constexpr char kHeaderContentType[] = "content-type";
inline constexpr char kHeaderSpecVersion[] = "ce_specversion";
inline constexpr char kHeaderId[] = "ce_id";
inline constexpr char kHeaderSource[] = "ce_source";
inline constexpr char kHeaderType[] = "ce_type";
inline constexpr char kHeaderTime[] = "ce_time";
inline constexpr char kHeaderSubject[] = "ce_subject";
inline constexpr char kHeaderPartitionKey[] = "ce_partitionkey";
inline constexpr char kHeaderSequence[] = "ce_sequence";
inline constexpr char kHeaderDataSchema[] = "ce_dataschema";
inline constexpr char kHeaderPosition[] = "ce_position";
inline constexpr char kHeaderTraceParent[] = "ce_traceparent";

inline constexpr char kFrameType[] = "kith.agency.v1.Frame";
// What the first record of an inbox is: how its ledger begins.
inline constexpr char kGenesisType[] = "kith.agency.v1.Genesis";

// A serialised frame is never longer: a body of 256 KiB, key id and mac. The
// same for publishers and consumers.
inline constexpr size_t kFrameBytesMax = 256 * 1024 + 1024;

// An event's attributes; an empty one has no header.
struct Event {
  std::string id;
  std::string source;
  std::string type;
  absl::Time time;
  std::string subject;
  std::string partition_key;
  std::string sequence;
  std::string data_schema;
  std::string position;
  std::string content_type = "application/protobuf";
  std::string trace_parent;
};

struct Header {
  std::string name;
  std::string value;
};

// In the order shown above.
std::vector<Header> HeadersOf(const Event& event);

// A record to be produced.
struct Message {
  std::string key;
  std::string value;
  std::vector<Header> headers;
};

// The record of a serialised Frame. `trace_parent` empty: a new trace begins.
// INVALID_ARGUMENT: it is no frame, or names no source and number.
// RESOURCE_EXHAUSTED: it is longer than a frame may be.
absl::StatusOr<Message> MessageOfFrame(std::string frame_bytes,
                                       absl::Time published,
                                       absl::string_view trace_parent = "");

// What a notice says in its headers.
struct Notice {
  std::string partnership;
  std::string stream;   // "feed" or "quarantine"
  std::string id;       // the same however often it is sent
  std::string type;     // full name of the message in `value`
  std::string subject;  // the agency it is for; empty: none
  std::string position;
  absl::Time recorded;
  std::string value;
};
Message MessageOfNotice(Notice notice);

// The names of which headers are made.
std::string EventSource(absl::string_view partnership,
                        absl::string_view source);
std::string EventId(absl::string_view source, uint64_t epoch,
                    uint64_t sequence);
std::string EventSequence(uint64_t epoch, uint64_t sequence);
std::string EventSchema(absl::string_view type);
// "00-<trace>-<span>-01" of random numbers.
std::string NewTraceParent();

// What a consumer makes of a record before it looks at its bytes. The same on
// every node, whatever its settings: it decides what the ledger holds.
enum class Fitness {
  kFrame,      // worth opening
  kGenesis,    // how the ledger begins
  kTombstone,  // no value at all
  kForeign,    // another ce_type, or none: no event of ours
  kTooLarge,   // longer than a frame may be
};

// `value_bytes` empty: the record has no value. `type` empty: no such header.
Fitness FitnessOf(std::optional<size_t> value_bytes,
                  const std::optional<std::string>& type);

}  // namespace kith::wire
