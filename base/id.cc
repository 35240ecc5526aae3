#include "base/id.h"

#include "absl/strings/str_cat.h"
#include "base/bytes.h"
#include "base/crypto.h"

namespace kith::base {
namespace {

constexpr size_t kDigits = 26;
constexpr size_t kHashBytes = 16;
constexpr size_t kNameMax = 32;
constexpr absl::string_view kKindLetters = "pfwqcralmduxvo";
constexpr absl::string_view kDigitLetters = "0123456789abcdefghjkmnpqrstvwxyz";

bool IsLower(char c) { return c >= 'a' && c <= 'z'; }

bool OnlyOf(absl::string_view letters, absl::string_view text) {
  return text.find_first_not_of(letters) == absl::string_view::npos;
}

}  // namespace

std::string MakeId(absl::string_view partnership,
                   absl::string_view genesis_digest, IdKind kind,
                   uint64_t position, uint32_t ordinal,
                   absl::string_view statement_salt) {
  // Lengths stand before what varies, so that no two inputs read alike.
  std::string input = "kith id 1";
  AppendBigEndian64(partnership.size(), input);
  absl::StrAppend(&input, partnership);
  AppendBigEndian64(genesis_digest.size(), input);
  absl::StrAppend(&input, genesis_digest);
  input.push_back(static_cast<char>(kind));
  AppendBigEndian64(position, input);
  AppendBigEndian64(ordinal, input);
  absl::StrAppend(&input, statement_salt);
  const std::string hash = Sha256(input).substr(0, kHashBytes);
  const char letter = static_cast<char>(kind);
  return absl::StrCat(partnership, "-", absl::string_view(&letter, 1), "-",
                      Base32(hash));
}

std::optional<ParsedId> ParseId(absl::string_view text) {
  // From the end, because the tail has a fixed length: "-f-" and the digits.
  constexpr size_t kTail = kDigits + 3;
  if (text.size() <= kTail) return std::nullopt;
  const absl::string_view partnership = text.substr(0, text.size() - kTail);
  const absl::string_view tail = text.substr(text.size() - kTail);
  const absl::string_view digits = tail.substr(3);
  if (!IsName(partnership) || tail[0] != '-' || tail[2] != '-' ||
      !OnlyOf(kKindLetters, tail.substr(1, 1)) ||
      !OnlyOf(kDigitLetters, digits)) {
    return std::nullopt;
  }
  return ParsedId{std::string(partnership), static_cast<IdKind>(tail[1]),
                  std::string(digits)};
}

bool IsName(absl::string_view text) {
  return !text.empty() && text.size() <= kNameMax && IsLower(text[0]) &&
         OnlyOf("abcdefghijklmnopqrstuvwxyz0123456789_", text);
}

}  // namespace kith::base
