// The name to show for a person. Internal to views.
#pragma once

#include <string>

#include "absl/strings/str_cat.h"
#include "kith/agency/v1/person.pb.h"

namespace kith::views {

// What they want to be called, else their usual name; empty: none is known.
inline std::string NameOf(const agency::v1::PersonStated& said) {
  const agency::v1::Name* best = nullptr;
  for (const auto& name : said.names()) {
    if (name.use() == agency::v1::NAME_USE_FORMER) continue;
    if (best == nullptr) best = &name;
    if (name.use() == agency::v1::NAME_USE_PREFERRED) {
      best = &name;
      break;
    }
  }
  if (best == nullptr) return "";
  if (best->given().empty()) return best->family();
  if (best->family().empty()) return best->given();
  return absl::StrCat(best->given(), " ", best->family());
}

}  // namespace kith::views
