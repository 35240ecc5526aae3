// Names, postcodes and numbers as they are compared; the originals are kept in
// the record.
//
// Thread-safe. By ICU: all nodes of a partnership run the same version of it,
// since what comes out decides which records are compared.
#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace kith::core::identity {

// A name as lower-case Latin letters and digits: compatibility forms and case
// folded, other scripts transliterated, accents and apostrophes dropped.
// Hyphens and all else part tokens. Titles are left out.
std::vector<std::string> NameTokens(absl::string_view name);

// Whether these given names say that the child has none yet ("baby", "infant
// of", "twin 1", "unknown"): they are compared as if absent.
bool IsPlaceholder(const std::vector<std::string>& given);

// Letters and digits in upper case; empty when there are not 5 to 8 of them.
std::string Postcode(absl::string_view text);

// Without blanks, hyphens and dashes of any kind, in upper case.
std::string Code(absl::string_view text);

}  // namespace kith::core::identity
