#include "services/core/identity/identifiers.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_split.h"
#include "services/core/identity/normalise.h"

namespace kith::core::identity {
namespace {

using agency::v1::Identifier;
using ledger::v1::IdentifierCheck;

constexpr absl::string_view kUpnLetters = "ABCDEFGHJKLMNPQRTUVWXYZ";

bool AllDigits(absl::string_view text) {
  return std::all_of(text.begin(), text.end(), absl::ascii_isdigit);
}

bool IsRepeated(absl::string_view digits) {
  return digits.find_first_not_of(digits.front()) == absl::string_view::npos;
}

// Numbers of one length sort like their values.
bool IsForTests(const std::string& number, const ledger::v1::Rules& rules) {
  for (const std::string& range : rules.nhs_test_ranges()) {
    const std::vector<std::string> ends = absl::StrSplit(range, '-');
    if (ends.size() == 2 && ends[0] <= number && number <= ends[1]) return true;
  }
  return false;
}

bool IsNino(absl::string_view code) {
  constexpr absl::string_view kNever = "DFIQUV";
  if (code.size() != 8 && code.size() != 9) return false;
  const auto letter = [&](char c) {
    return absl::ascii_isupper(c) && kNever.find(c) == absl::string_view::npos;
  };
  if (!letter(code[0]) || !letter(code[1]) || code[1] == 'O') return false;
  if (!AllDigits(code.substr(2, 6))) return false;
  return code.size() == 8 || (code[8] >= 'A' && code[8] <= 'D');
}

bool IsUln(absl::string_view code) {
  return code.size() == 10 && code[0] != '0' && AllDigits(code);
}

IdentifierCheck Graded(bool sound, bool verified) {
  if (!sound) return ledger::v1::IDENTIFIER_CHECK_FAILED;
  return verified ? ledger::v1::IDENTIFIER_CHECK_VERIFIED
                  : ledger::v1::IDENTIFIER_CHECK_SOUND;
}

IdentifierCheck Kept(bool formed) {
  return formed ? ledger::v1::IDENTIFIER_CHECK_NONE
                : ledger::v1::IDENTIFIER_CHECK_FAILED;
}

}  // namespace

bool IsNhsNumber(absl::string_view code) {
  if (code.size() != 10 || !AllDigits(code)) return false;
  if (IsRepeated(code) || code == "9876543210") return false;
  int sum = 0;
  for (int i = 0; i < 9; ++i) sum += (code[i] - '0') * (10 - i);
  const int check = (11 - sum % 11) % 11;
  return check != 10 && check == code[9] - '0';
}

bool IsUpn(absl::string_view code) {
  if (code.size() != 13 || !AllDigits(code.substr(1, 11))) return false;
  size_t sum = 0;
  for (size_t i = 1; i < 13; ++i) {
    const size_t value = absl::ascii_isdigit(code[i])
                             ? static_cast<size_t>(code[i] - '0')
                             : kUpnLetters.find(code[i]);
    if (value == absl::string_view::npos) return false;
    sum += value * (i + 1);
  }
  return code[0] == kUpnLetters[sum % kUpnLetters.size()];
}

bool IsTemporaryUpn(absl::string_view sound_upn) {
  return !absl::ascii_isdigit(sound_upn.back());
}

IdentifierCheck Check(const Identifier& identifier,
                      const ledger::v1::Rules& rules) {
  const std::string code = Code(identifier.value());
  const bool verified =
      identifier.status() == agency::v1::IDENTIFIER_STATUS_VERIFIED;
  switch (identifier.kind()) {
    case agency::v1::IDENTIFIER_KIND_NHS_NUMBER:
      return Graded(IsNhsNumber(code) && !IsForTests(code, rules), verified);
    case agency::v1::IDENTIFIER_KIND_UPN:
      if (!IsUpn(code)) return ledger::v1::IDENTIFIER_CHECK_FAILED;
      return Graded(true, verified && !IsTemporaryUpn(code));
    case agency::v1::IDENTIFIER_KIND_FORMER_UPN:
      return Graded(IsUpn(code), false);
    case agency::v1::IDENTIFIER_KIND_ULN:
      return Kept(IsUln(code));
    case agency::v1::IDENTIFIER_KIND_NINO:
      return Kept(IsNino(code));
    case agency::v1::IDENTIFIER_KIND_LOCAL:
      return Kept(!identifier.local().local_id().empty());
    case agency::v1::IDENTIFIER_KIND_UNSPECIFIED:
      return ledger::v1::IDENTIFIER_CHECK_NONE;
    default:  // of a later release: kept, used for nothing
      return ledger::v1::IDENTIFIER_CHECK_NONE;
  }
}

}  // namespace kith::core::identity
