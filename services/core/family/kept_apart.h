// Pairs of families that a person parted: no rule joins them again.
#pragma once

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "base/bytes.h"
#include "services/core/state.h"

namespace kith::core::family {

// Key of the row, a FamiliesParted, for a pair in either order. Subject: the
// later family.
inline std::string KeptApartKey(EntityNumber one, EntityNumber other) {
  return absl::StrCat("fp/", base::BigEndian64(std::min(one, other)),
                      base::BigEndian64(std::max(one, other)));
}

}  // namespace kith::core::family
