#include "eventstore/walk.h"

#include "absl/strings/str_cat.h"
#include "base/bytes.h"
#include "base/status.h"

namespace kith::eventstore {
namespace {

constexpr uint64_t kProgressStep = 1024;

absl::Status Broken(Position position, absl::string_view what) {
  return absl::DataLossError(absl::StrCat("position ", position, ": ", what));
}

// Says at which position it was.
absl::Status Located(Position position, const absl::Status& status) {
  return absl::Status(status.code(), absl::StrCat("position ", position, ": ",
                                                  status.message()));
}

absl::StatusOr<Reader::LedgerRow> ReadNext(const Range& rows,
                                           const Reader& reader,
                                           const Walk& walk,
                                           Position expected) {
  if (!rows.Valid()) return Broken(expected, "missing");
  if (rows.key() != base::BigEndian64(expected)) {
    return Broken(expected, "missing, or its key is damaged");
  }
  auto row = walk.payloads ? reader.WithPayload(expected, rows.value())
                           : reader.WithoutPayload(expected, rows.value());
  if (!row.ok()) return Located(expected, row.status());
  return row;
}

absl::Status CheckPayload(Position position, const Reader::LedgerRow& row) {
  if (!row.payload.has_value()) return absl::OkStatus();
  return Commitment(row.payload->salt, row.payload->payload) ==
                 row.header.record.commitment
             ? absl::OkStatus()
             : Broken(position, "the payload is not the one committed to");
}

// The record that ends at `walk.from` is the one that was seen then.
absl::Status CheckStart(Range& rows, const Reader& reader, const Walk& walk) {
  if (walk.from.next == 0) return absl::OkStatus();
  const Position last = walk.from.next - 1;
  ASSIGN_OR_RETURN(const auto row, ReadNext(rows, reader, walk, last));
  if (row.header.record.digest != walk.from.digest) {
    return Broken(last, "not the record that was verified before");
  }
  rows.Next();
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Verified> WalkLedger(const Database& database,
                                    const Reader& reader, const Walk& walk,
                                    const Store::Progress& progress) {
  const Position first = walk.from.next == 0 ? 0 : walk.from.next - 1;
  Range rows(database, kLedger, base::BigEndian64(first), "", walk.snapshot,
             /*once=*/true);
  RETURN_IF_ERROR(CheckStart(rows, reader, walk));
  Verified verified{.head = walk.from};
  for (; verified.head.next < walk.to.next; rows.Next()) {
    const Position at = verified.head.next;
    ASSIGN_OR_RETURN(const auto row, ReadNext(rows, reader, walk, at));
    if (row.header.previous != verified.head.digest) {
      return Broken(at, "does not follow the record before it");
    }
    if (walk.payloads) {
      RETURN_IF_ERROR(CheckPayload(at, row));
      if (!row.payload.has_value()) ++verified.unreadable;
    }
    verified.head = {at + 1, row.header.record.digest};
    ++verified.records;
    const bool tell = at % kProgressStep == 0 || at + 1 == walk.to.next;
    if (tell && progress && !progress(at + 1, walk.to.next)) {
      return absl::CancelledError("the walk was stopped");
    }
  }
  if (rows.Valid()) return Broken(walk.to.next, "a record beyond the head");
  if (!rows.status().ok()) {
    return Broken(verified.head.next, rows.status().ToString());
  }
  if (verified.head != walk.to) {
    return Broken(walk.to.next, "the last record is not that of the head");
  }
  return verified;
}

}  // namespace kith::eventstore
