#include "eventstore/layout.h"

#include "base/bytes.h"
#include "base/crypto.h"

namespace kith::eventstore {
namespace {

constexpr char kStateRowPrefix = 'r';
constexpr size_t kHeadBytes = 8 + base::kDigestBytes;
constexpr size_t kMomentFixedBytes = 8 + kHeadBytes + 4 + 4 + 4 + 8;

void AppendBigEndian32(uint32_t value, std::string& out) {
  for (int shift = 24; shift >= 0; shift -= 8) {
    out.push_back(static_cast<char>(value >> shift & 0xff));
  }
}

uint32_t ReadBigEndian32(absl::string_view bytes) {
  uint32_t value = 0;
  for (size_t i = 0; i < 4; ++i) {
    value = value << 8 | static_cast<unsigned char>(bytes[i]);
  }
  return value;
}

void AppendHead(const Head& head, std::string& out) {
  base::AppendBigEndian64(head.next, out);
  out += head.digest;
}

}  // namespace

const std::string kSubjectsMarkKey("\0", 1);
const std::string kStateMarkKey = "m";
const std::string kViewMarkKey("\0\0\0\0", 4);

std::string EncodeMoment(const Moment& moment) {
  std::string out = EncodeMark(moment);
  AppendBigEndian32(moment.views.live, out);
  AppendBigEndian32(moment.views.building.value_or(0), out);
  AppendBigEndian32(moment.last_view, out);
  base::AppendBigEndian64(moment.views.built_to, out);
  return out + moment.inbox_position;
}

absl::StatusOr<Moment> DecodeMoment(absl::string_view bytes) {
  if (bytes.size() < kMomentFixedBytes) {
    return absl::DataLossError("the store's moment is too short");
  }
  Moment moment;
  moment.write = *base::ReadBigEndian64(bytes);
  moment.head = DecodeHead(bytes.substr(8, kHeadBytes)).value();
  const absl::string_view rest = bytes.substr(8 + kHeadBytes);
  moment.views.live = ReadBigEndian32(rest);
  const uint32_t building = ReadBigEndian32(rest.substr(4));
  if (building != 0) moment.views.building = building;
  moment.last_view = ReadBigEndian32(rest.substr(8));
  moment.views.built_to = *base::ReadBigEndian64(rest.substr(12));
  moment.inbox_position = std::string(rest.substr(20));
  return moment;
}

std::string EncodeMark(const Moment& moment) {
  std::string out;
  base::AppendBigEndian64(moment.write, out);
  AppendHead(moment.head, out);
  return out;
}

std::string EncodeHead(const Head& head) {
  std::string out;
  AppendHead(head, out);
  return out;
}

absl::StatusOr<Head> DecodeHead(absl::string_view bytes) {
  if (bytes.size() != kHeadBytes) {
    return absl::DataLossError("a stored head has a wrong length");
  }
  return Head{*base::ReadBigEndian64(bytes), std::string(bytes.substr(8))};
}

void AppendIndexKey(SubjectNumber subject, Position position,
                    std::string& out) {
  base::AppendBigEndian64(subject, out);
  base::AppendBigEndian64(position, out);
}

std::string TablePrefix(Table table) {
  std::string prefix;
  AppendTablePrefix(table, prefix);
  return prefix;
}

void AppendTablePrefix(Table table, std::string& out) {
  switch (table.kind) {
    case Table::kState:
      out.push_back(kStateRowPrefix);
      return;
    case Table::kView:
      AppendBigEndian32(table.version, out);
      return;
  }
}

absl::StatusOr<uint32_t> ViewVersionOf(absl::string_view key) {
  if (key.size() < 4) return absl::DataLossError("a view's key is too short");
  return ReadBigEndian32(key);
}

void AppendRowContext(Table table, absl::string_view key, SubjectNumber subject,
                      std::string& out) {
  out.push_back('r');
  out.push_back(static_cast<char>(table.kind));
  AppendBigEndian32(table.version, out);
  base::AppendBigEndian64(subject, out);
  out.append(key.data(), key.size());
}

void AppendPayloadContext(Position position, SubjectNumber subject,
                          std::string& out) {
  out.push_back('p');
  base::AppendBigEndian64(position, out);
  base::AppendBigEndian64(subject, out);
}

}  // namespace kith::eventstore
