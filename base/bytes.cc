#include "base/bytes.h"

namespace kith::base {
namespace {

constexpr char kDigits[] = "0123456789abcdefghjkmnpqrstvwxyz";

}  // namespace

void AppendBigEndian64(uint64_t value, std::string& out) {
  char bytes[8];
  for (int i = 7; i >= 0; --i, value >>= 8) {
    bytes[i] = static_cast<char>(value & 0xff);
  }
  out.append(bytes, sizeof(bytes));
}

std::string BigEndian64(uint64_t value) {
  std::string out;
  AppendBigEndian64(value, out);
  return out;
}

std::optional<uint64_t> ReadBigEndian64(absl::string_view bytes) {
  if (bytes.size() < 8) return std::nullopt;
  uint64_t value = 0;
  for (int i = 0; i < 8; ++i) {
    value = value << 8 | static_cast<unsigned char>(bytes[i]);
  }
  return value;
}

std::string PrefixEnd(absl::string_view prefix) {
  std::string end(prefix);
  while (!end.empty() && end.back() == '\xff') end.pop_back();
  if (!end.empty()) end.back() = static_cast<char>(end.back() + 1);
  return end;
}

std::string Base32(absl::string_view bytes) {
  std::string out;
  out.reserve((bytes.size() * 8 + 4) / 5);
  uint32_t window = 0;
  int bits = 0;
  for (const char byte : bytes) {
    window = window << 8 | static_cast<unsigned char>(byte);
    for (bits += 8; bits >= 5; bits -= 5) {
      out.push_back(kDigits[window >> (bits - 5) & 31]);
    }
  }
  if (bits > 0) out.push_back(kDigits[window << (5 - bits) & 31]);
  return out;
}

}  // namespace kith::base
