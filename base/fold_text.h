// Text as it is compared: one form for what people write in many.
//
// By ICU, whose version decides what comes out: all nodes of a partnership run
// the same one. Thread-safe.
#pragma once

#include <string>

#include "absl/strings/string_view.h"

namespace kith::base {

// Lower-case ASCII: compatibility forms and case folded (NFKC), other scripts
// transliterated to Latin, accents dropped. Broken UTF-8 becomes characters
// that are neither letters nor digits.
std::string FoldText(absl::string_view text);

}  // namespace kith::base
