#include "eventstore/record.h"

#include "base/bytes.h"
#include "base/check.h"
#include "base/crypto.h"

namespace kith::eventstore {
namespace {

constexpr char kVersion = 1;
constexpr size_t kFixedBytes = 118;  // of a header whose source is empty
constexpr size_t kLengthBytes = 2;

void AppendBigEndian32(uint32_t value, std::string& out) {
  for (int shift = 24; shift >= 0; shift -= 8) {
    out.push_back(static_cast<char>(value >> shift & 0xff));
  }
}

// Takes fields from the front of bytes whose total length was checked before.
class Reader {
 public:
  explicit Reader(absl::string_view bytes) : rest_(bytes) {}

  std::string Bytes(size_t count) {
    KITH_CHECK(count <= rest_.size());
    std::string bytes(rest_.substr(0, count));
    rest_.remove_prefix(count);
    return bytes;
  }
  uint64_t Number(size_t count) {
    KITH_CHECK(count <= rest_.size());
    uint64_t value = 0;
    for (size_t i = 0; i < count; ++i) {
      value = value << 8 | static_cast<unsigned char>(rest_[i]);
    }
    rest_.remove_prefix(count);
    return value;
  }

 private:
  absl::string_view rest_;
};

}  // namespace

std::string Commitment(absl::string_view salt, absl::string_view payload) {
  return base::HmacSha256(salt, payload);
}

std::string NoDigest() { return std::string(base::kDigestBytes, '\0'); }

void AppendHeader(const NewRecord& record, Position position,
                  absl::string_view commitment, absl::string_view previous,
                  std::string& out) {
  out.push_back(kVersion);
  base::AppendBigEndian64(position, out);
  base::AppendBigEndian64(static_cast<uint64_t>(record.recorded_at_micros),
                          out);
  base::AppendBigEndian64(record.epoch, out);
  base::AppendBigEndian64(record.sequence, out);
  AppendBigEndian32(record.ordinal, out);
  base::AppendBigEndian64(record.subject, out);
  AppendBigEndian32(record.kind, out);
  AppendBigEndian32(record.rules_number, out);
  out.append(commitment.data(), commitment.size());
  out.append(previous.data(), previous.size());
  out.push_back(static_cast<char>(record.source.size()));
  out.append(record.source);
}

absl::StatusOr<ParsedHeader> ParseHeader(absl::string_view bytes) {
  if (bytes.empty()) return absl::DataLossError("a record without a header");
  if (bytes[0] != kVersion) {
    return absl::FailedPreconditionError(
        "a record of a format this program does not know");
  }
  if (bytes.size() < kFixedBytes ||
      bytes.size() !=
          kFixedBytes + static_cast<unsigned char>(bytes[kFixedBytes - 1])) {
    return absl::DataLossError("a record whose header has a wrong length");
  }
  Reader reader(bytes.substr(1));
  ParsedHeader parsed;
  StoredRecord& record = parsed.record;
  record.position = reader.Number(8);
  record.recorded_at_micros = static_cast<int64_t>(reader.Number(8));
  record.epoch = reader.Number(8);
  record.sequence = reader.Number(8);
  record.ordinal = static_cast<uint32_t>(reader.Number(4));
  record.subject = reader.Number(8);
  record.kind = static_cast<uint32_t>(reader.Number(4));
  record.rules_number = static_cast<uint32_t>(reader.Number(4));
  record.commitment = reader.Bytes(base::kDigestBytes);
  parsed.previous = reader.Bytes(base::kDigestBytes);
  record.source = reader.Bytes(reader.Number(1));
  record.digest = base::Sha256(bytes);
  return parsed;
}

std::string JoinSalt(absl::string_view salt, absl::string_view payload) {
  std::string joined;
  joined.reserve(1 + salt.size() + payload.size());
  joined.push_back(static_cast<char>(salt.size()));
  joined.append(salt.data(), salt.size());
  joined.append(payload.data(), payload.size());
  return joined;
}

absl::StatusOr<SaltedPayload> SplitSalt(absl::string_view joined) {
  if (joined.empty()) return absl::DataLossError("a payload without a salt");
  const size_t salt_bytes = static_cast<unsigned char>(joined[0]);
  joined.remove_prefix(1);
  if (joined.size() < salt_bytes) {
    return absl::DataLossError("a payload shorter than its salt");
  }
  return SaltedPayload{std::string(joined.substr(0, salt_bytes)),
                       std::string(joined.substr(salt_bytes))};
}

void AppendHeaderLength(size_t header_bytes, std::string& out) {
  out.push_back(static_cast<char>(header_bytes >> 8 & 0xff));
  out.push_back(static_cast<char>(header_bytes & 0xff));
}

absl::StatusOr<LedgerValue> SplitLedgerValue(absl::string_view value) {
  if (value.size() < kLengthBytes) {
    return absl::DataLossError("a record too short to hold a header");
  }
  const size_t header_bytes =
      Reader(value.substr(0, kLengthBytes)).Number(kLengthBytes);
  value.remove_prefix(kLengthBytes);
  if (value.size() < header_bytes) {
    return absl::DataLossError("a record shorter than its header");
  }
  return LedgerValue{value.substr(0, header_bytes), value.substr(header_bytes)};
}

}  // namespace kith::eventstore
