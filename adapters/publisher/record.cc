#include "adapters/publisher/record.h"

#include "absl/strings/match.h"
#include "base/bytes.h"
#include "base/crypto.h"

namespace kith::adapters::record {
namespace {

constexpr absl::string_view kMark = "KOB1";
constexpr size_t kCheckBytes = 16;

}  // namespace

void AppendBytes(absl::string_view bytes, std::string& out) {
  base::AppendBigEndian64(bytes.size(), out);
  out.append(bytes.data(), bytes.size());
}

std::string Wrap(absl::string_view body) {
  std::string out(kMark);
  base::AppendBigEndian64(body.size(), out);
  out.append(base::Sha256(body), 0, kCheckBytes);
  out.append(body.data(), body.size());
  return out;
}

std::optional<Unwrapped> Unwrap(absl::string_view bytes) {
  if (bytes.size() < kFrameBytes || !absl::StartsWith(bytes, kMark)) {
    return std::nullopt;
  }
  const uint64_t length = *base::ReadBigEndian64(bytes.substr(kMark.size()));
  if (length == 0 || length > bytes.size() - kFrameBytes) return std::nullopt;
  const absl::string_view check = bytes.substr(kMark.size() + 8, kCheckBytes);
  const absl::string_view body = bytes.substr(kFrameBytes, length);
  if (base::Sha256(body).compare(0, kCheckBytes, check.data(), kCheckBytes) !=
      0) {
    return std::nullopt;
  }
  return Unwrapped{body, kFrameBytes + length};
}

bool HoldsRecord(absl::string_view bytes) {
  for (size_t at = bytes.find(kMark); at != absl::string_view::npos;
       at = bytes.find(kMark, at + 1)) {
    if (Unwrap(bytes.substr(at))) return true;
  }
  return false;
}

uint64_t Cursor::Number() {
  const auto number = base::ReadBigEndian64(rest_);
  if (!number) {
    ok_ = false;
    return 0;
  }
  rest_.remove_prefix(8);
  return *number;
}

absl::string_view Cursor::Bytes() {
  const uint64_t length = Number();
  if (!ok_ || length > rest_.size()) {
    ok_ = false;
    return "";
  }
  const absl::string_view bytes = rest_.substr(0, length);
  rest_.remove_prefix(length);
  return bytes;
}

}  // namespace kith::adapters::record
