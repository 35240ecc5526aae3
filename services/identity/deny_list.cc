#include "services/identity/deny_list.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"

namespace kith::identity {
namespace {

std::vector<absl::string_view> WordsOf(absl::string_view line) {
  return absl::StrSplit(line, absl::ByAnyChar(" \t\r"), absl::SkipEmpty());
}

bool IsDenial(const std::vector<absl::string_view>& words) {
  if (words[0] == "practitioner") return words.size() >= 3;
  return words.size() == 2 &&
         (words[0] == "key" || words[0] == "agency" || words[0] == "token");
}

}  // namespace

absl::StatusOr<DenyList> DenyList::Parse(absl::string_view text) {
  DenyList list;
  int number = 0;
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    ++number;
    const std::vector<absl::string_view> words = WordsOf(line);
    // Only whole lines are comments: an id may hold a #.
    if (words.empty() || words[0][0] == '#') continue;
    if (!IsDenial(words)) {
      return absl::InvalidArgumentError(
          absl::StrCat("line ", number, " denies nothing that is known"));
    }
    list.lines_.insert(absl::StrJoin(words, " "));
  }
  return list;
}

bool DenyList::HasPractitioner(absl::string_view agency,
                               absl::string_view subject) const {
  return Has("practitioner",
             absl::StrCat(agency, " ", absl::StrJoin(WordsOf(subject), " ")));
}

bool DenyList::Has(absl::string_view kind, absl::string_view what) const {
  return !lines_.empty() && lines_.count(absl::StrCat(kind, " ", what)) > 0;
}

}  // namespace kith::identity
