// Keys and values of the ledger database (FORMAT.md, "The ledger database").
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "eventstore/store.h"

namespace kith::eventstore {

// The format this program writes, and the only one it reads.
inline constexpr absl::string_view kFormat = "kith 1";

inline constexpr size_t kIncarnationBytes = 16;

// Keys of the column family `meta`.
inline constexpr absl::string_view kFormatKey = "format";
inline constexpr absl::string_view kIncarnationKey = "incarnation";
inline constexpr absl::string_view kMomentKey = "moment";

// The keys of the mark in `subjects`, `state` and `view`: before every other.
extern const std::string kSubjectsMarkKey;
extern const std::string kStateMarkKey;
extern const std::string kViewMarkKey;

// What moves with every write: where the store stands.
struct Moment {
  uint64_t write = 0;  // counts writes
  Head head;
  Views views;
  uint32_t last_view = 1;  // the highest version ever begun
  std::string inbox_position;
};
std::string EncodeMoment(const Moment& moment);
absl::StatusOr<Moment> DecodeMoment(absl::string_view bytes);

// The part of a moment that every column family repeats: a write that is
// missing in one of them shows.
std::string EncodeMark(const Moment& moment);

std::string EncodeHead(const Head& head);
absl::StatusOr<Head> DecodeHead(absl::string_view bytes);

void AppendIndexKey(SubjectNumber subject, Position position, std::string& out);

// What stands before the keys of a table's rows.
std::string TablePrefix(Table table);
void AppendTablePrefix(Table table, std::string& out);
// Of a key of the column family `view`; 0 when it is the mark.
absl::StatusOr<uint32_t> ViewVersionOf(absl::string_view key);

// What the sealing of a row or payload is bound to.
void AppendRowContext(Table table, absl::string_view key, SubjectNumber subject,
                      std::string& out);
void AppendPayloadContext(Position position, SubjectNumber subject,
                          std::string& out);

}  // namespace kith::eventstore
