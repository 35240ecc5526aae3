#include "services/core/identity/normalise.h"

#include <algorithm>
#include <iterator>

#include "absl/strings/ascii.h"
#include "absl/strings/str_replace.h"
#include "base/fold_text.h"

namespace kith::core::identity {
namespace {

bool IsTitle(const std::string& token) {
  static const char* const kTitles[] = {"mr", "mrs", "ms",    "miss",
                                        "mx", "dr",  "master"};
  return std::find(std::begin(kTitles), std::end(kTitles), token) !=
         std::end(kTitles);
}

std::string LettersAndDigits(absl::string_view text) {
  std::string out;
  for (char c : text) {
    if (absl::ascii_isalnum(c)) out.push_back(absl::ascii_toupper(c));
  }
  return out;
}

}  // namespace

std::vector<std::string> NameTokens(absl::string_view name) {
  std::vector<std::string> tokens(1);
  for (char c : base::FoldText(name)) {
    if (absl::ascii_isalnum(c)) {
      tokens.back().push_back(c);
    } else if (c != '\'' && c != '`' && !tokens.back().empty()) {
      tokens.emplace_back();
    }
  }
  if (tokens.back().empty()) tokens.pop_back();
  // "Miss" alone, or "Master", may be all that somebody is called.
  if (tokens.size() > 1 && IsTitle(tokens.front())) {
    tokens.erase(tokens.begin());
  }
  return tokens;
}

bool IsPlaceholder(const std::vector<std::string>& given) {
  static const char* const kPlaceholders[] = {
      "baby",    "infant", "newborn",  "unborn", "unknown", "unnamed", "twin",
      "triplet", "nk",     "notknown", "na",     "nfn",     "fnu",     "tbc"};
  if (given.empty()) return true;
  const std::string& first = given.front();
  if (first.find_first_not_of('x') == std::string::npos) return true;
  if (given.size() >= 2 && first == "not" && given[1] == "known") return true;
  return std::find(std::begin(kPlaceholders), std::end(kPlaceholders), first) !=
         std::end(kPlaceholders);
}

std::string Postcode(absl::string_view text) {
  std::string code = LettersAndDigits(text);
  return code.size() >= 5 && code.size() <= 8 ? code : std::string();
}

std::string Code(absl::string_view text) {
  // No-break space; hyphen, non-breaking hyphen, figure, en and em dash.
  const std::string plain = absl::StrReplaceAll(text, {{"\xc2\xa0", ""},
                                                       {"\xe2\x80\x90", ""},
                                                       {"\xe2\x80\x91", ""},
                                                       {"\xe2\x80\x92", ""},
                                                       {"\xe2\x80\x93", ""},
                                                       {"\xe2\x80\x94", ""},
                                                       {" ", ""},
                                                       {"\t", ""},
                                                       {"-", ""}});
  return absl::AsciiStrToUpper(plain);
}

}  // namespace kith::core::identity
