#include "services/core/duplicate/address.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "services/core/family/dates.h"

namespace kith::core::duplicate {
namespace {

using agency::v1::Address;

// Letters and digits in upper case; bytes of other alphabets stay.
std::string Code(absl::string_view text) {
  std::string code;
  for (char c : text) {
    if (absl::ascii_isalnum(static_cast<unsigned char>(c)) || (c & 0x80) != 0) {
      code.push_back(absl::ascii_toupper(static_cast<unsigned char>(c)));
    }
  }
  return code;
}

// Tokens with a digit: "Flat 3, 12a High Street" gives "3-12A-".
void AppendNumbers(absl::string_view line, std::string& numbers) {
  std::string token;
  const auto end_token = [&] {
    const bool has_digit =
        std::any_of(token.begin(), token.end(),
                    [](unsigned char c) { return absl::ascii_isdigit(c); });
    if (has_digit) absl::StrAppend(&numbers, token, "-");
    token.clear();
  };
  for (char c : line) {
    const std::string letter = Code(absl::string_view(&c, 1));
    if (letter.empty()) {
      end_token();
    } else {
      token += letter;
    }
  }
  end_token();
}

std::string Dwelling(const Address& address) {
  std::string numbers;
  for (const std::string& line : address.lines()) AppendNumbers(line, numbers);
  if (!numbers.empty()) return numbers;
  return address.lines().empty() ? "" : Code(address.lines(0));
}

void AppendKeys(const Address& address, std::vector<std::string>& keys) {
  if (address.protected_()) return;
  const std::string uprn = Code(address.uprn());
  if (!uprn.empty()) keys.push_back(absl::StrCat("uprn/", uprn));
  const std::string postcode = Code(address.postcode());
  const std::string dwelling = Dwelling(address);
  if (postcode.empty() || dwelling.empty()) return;
  keys.push_back(absl::StrCat("home/", postcode, "/", dwelling));
}

// Entries may be beginnings, such as "ZZ99".
bool IsGeneric(const Address& address, const ledger::v1::Rules& rules) {
  const std::string postcode = Code(address.postcode());
  return std::any_of(rules.generic_postcodes().begin(),
                     rules.generic_postcodes().end(),
                     [&](const std::string& generic) {
                       return absl::StartsWith(postcode, Code(generic));
                     });
}

}  // namespace

std::vector<std::string> AddressKeys(const agency::v1::PersonStated& said) {
  std::vector<std::string> keys;
  for (const Address& address : said.addresses()) AppendKeys(address, keys);
  return keys;
}

std::vector<std::string> PresentAddressKeys(
    const agency::v1::PersonStated& said, const ledger::v1::Rules& rules,
    absl::CivilDay day) {
  std::vector<std::string> keys;
  for (const Address& address : said.addresses()) {
    if (Covers(address.period(), day) && !IsGeneric(address, rules)) {
      AppendKeys(address, keys);
    }
  }
  return keys;
}

}  // namespace kith::core::duplicate
