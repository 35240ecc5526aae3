// Days as families and laws count them: civil dates in England.
//
// Rules see a statement's occurred-at as a civil date in Europe/London. The
// offset is computed from the rule in force since 1996 (summer time from 01:00
// UTC on the last Sunday of March to 01:00 UTC on the last Sunday of October),
// not read from the machine's time zone files, so that every machine folds the
// same facts. Earlier instants use the same rule.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"

namespace kith::base {

absl::CivilDay LondonDay(absl::Time when);

// The first instant of `day` in London.
absl::Time LondonMidnight(absl::CivilDay day);

// Whole years lived on `day` by somebody born on `birth`; negative before. Who
// is born on 29 February has their birthday on 1 March in other years.
int AgeOn(absl::CivilDay birth, absl::CivilDay day);

// The day somebody born on `birth` turns `age`.
absl::CivilDay Birthday(absl::CivilDay birth, int age);

// "2024-02-29". Empty when the text is not such a date or no such day exists.
std::optional<absl::CivilDay> ParseIsoDay(absl::string_view text);
std::string FormatIsoDay(absl::CivilDay day);

}  // namespace kith::base
