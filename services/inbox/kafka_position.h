// Where a ledger stands in its topic, as the engine stores it: opaque to
// everybody else, and readable by every later release.
//
//   kafka1 <next> <digest or -> <stamp>
//
// `next` is the offset of the first record that is not applied; `digest` that
// of the record before it; `stamp` the latest recorded-at in microseconds.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace kith::inbox {

struct KafkaPosition {
  int64_t next = 0;
  // Of the record at next - 1 (RecordDigest); empty when there is none that
  // could be compared.
  std::string digest;
  // Stamps never go back, not even over a restart: all replicas then stamp
  // alike, whenever each of them was started.
  int64_t stamp_micros = INT64_MIN;

  friend bool operator==(const KafkaPosition&, const KafkaPosition&) = default;
};

std::string ToText(const KafkaPosition& position);
// FAILED_PRECONDITION: it is a position of another kind of inbox, or of a later
// release.
absl::StatusOr<KafkaPosition> ParsePosition(absl::string_view text);

// What makes a record the one it was: its place, its time and its bytes. A
// topic that was made anew differs in it though it holds the same frames.
std::string RecordDigest(int64_t offset, int64_t timestamp_millis,
                         absl::string_view value_digest);

// A person's decision to go on at `to` though the records from `from` on were
// never applied. Holds for exactly that gap.
struct AcceptedGap {
  int64_t from = 0;
  int64_t to = 0;
  friend bool operator==(const AcceptedGap&, const AcceptedGap&) = default;
};

// "120:181". INVALID_ARGUMENT.
absl::StatusOr<AcceptedGap> ParseGap(absl::string_view text);

// A stretch of the topic that can no longer be applied.
struct Gap {
  AcceptedGap missing;
  std::string why;  // a sentence
};

// Whether a topic that holds the records `low` to `high` - 1 goes on from
// `position`. Empty: it does.
std::optional<Gap> GapOf(const KafkaPosition& position, int64_t low,
                         int64_t high);

// The error for a gap: what is gone, and the ways on. FAILED_PRECONDITION.
absl::Status GapError(absl::string_view partnership, const Gap& gap);

}  // namespace kith::inbox
