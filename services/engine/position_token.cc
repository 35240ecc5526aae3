#include "services/engine/position_token.h"

#include <optional>

#include "absl/strings/str_cat.h"
#include "base/bytes.h"
#include "base/crypto.h"
#include "base/status.h"

namespace kith::engine {
namespace {

constexpr absl::string_view kDigits = "0123456789abcdefghjkmnpqrstvwxyz";

// The inverse of base::Base32; empty when a digit is none.
std::optional<std::string> FromBase32(absl::string_view text) {
  std::string bytes;
  uint32_t bits = 0;
  int held = 0;
  for (const char digit : text) {
    const size_t value = kDigits.find(digit);
    if (value == absl::string_view::npos) return std::nullopt;
    bits = bits << 5 | static_cast<uint32_t>(value);
    held += 5;
    if (held < 8) continue;
    held -= 8;
    bytes.push_back(static_cast<char>(bits >> held));
    bits &= (1u << held) - 1;
  }
  return bytes;
}

absl::Status NotAToken() {
  return absl::InvalidArgumentError("not a position of this partnership");
}

constexpr size_t kTokenLengthMax = 200;

}  // namespace

PositionTokens::PositionTokens(absl::string_view partnership,
                               absl::string_view incarnation,
                               absl::string_view secret)
    : context_(absl::StrCat("position of ", partnership)),
      incarnation_(incarnation),
      key_(base::HkdfSha256(secret, "position tokens", base::kKeyBytes)) {}

std::string PositionTokens::Seal(uint64_t position) const {
  const std::string plain =
      absl::StrCat(base::BigEndian64(position), incarnation_);
  return base::Base32(base::Seal(key_, context_, plain));
}

absl::StatusOr<uint64_t> PositionTokens::Open(absl::string_view token) const {
  if (token.size() > kTokenLengthMax) return NotAToken();
  const std::optional<std::string> sealed = FromBase32(token);
  if (!sealed.has_value()) return NotAToken();
  const absl::StatusOr<std::string> plain =
      base::Unseal(key_, context_, *sealed);
  if (!plain.ok()) return NotAToken();
  const std::optional<uint64_t> position = base::ReadBigEndian64(*plain);
  if (!position.has_value()) return NotAToken();
  if (absl::string_view(*plain).substr(8) != incarnation_) {
    return absl::FailedPreconditionError(
        "the position is of the ledger before it was restored");
  }
  return *position;
}

}  // namespace kith::engine
