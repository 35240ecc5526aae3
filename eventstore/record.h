// The bytes of one record of the ledger (FORMAT.md, "A record").
//
// The header is encoded by hand and not by a serializer: the chain is made of
// exactly these bytes, on every machine and for ever.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "eventstore/store.h"

namespace kith::eventstore {

// HMAC-SHA-256(salt, payload): what the header says of its payload.
std::string Commitment(absl::string_view salt, absl::string_view payload);

// The digest that stands before the first record.
std::string NoDigest();

// Appends the header of `record` as it stands at `position` after the record
// whose header has the digest `previous`.
void AppendHeader(const NewRecord& record, Position position,
                  absl::string_view commitment, absl::string_view previous,
                  std::string& out);

struct ParsedHeader {
  StoredRecord record;  // without its payload
  std::string previous;
};

// FAILED_PRECONDITION: a version this program does not know. DATA_LOSS: not a
// header.
absl::StatusOr<ParsedHeader> ParseHeader(absl::string_view bytes);

// A payload with its salt, as it is sealed.
std::string JoinSalt(absl::string_view salt, absl::string_view payload);
struct SaltedPayload {
  std::string salt;
  std::string payload;
};
absl::StatusOr<SaltedPayload> SplitSalt(absl::string_view joined);

// The value of a ledger row: header and sealed payload.
struct LedgerValue {
  absl::string_view header;
  absl::string_view sealed;
};
// Appends the length that stands before a header of `header_bytes`.
void AppendHeaderLength(size_t header_bytes, std::string& out);
absl::StatusOr<LedgerValue> SplitLedgerValue(absl::string_view value);

}  // namespace kith::eventstore
