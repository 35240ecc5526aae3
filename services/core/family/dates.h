// Dates and periods as agencies write them.
//
// A date may lack its day, or its month and day; then it means the whole month
// or year: a period begins on its first and ends on its last day.
#pragma once

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "kith/agency/v1/common.pb.h"

namespace kith::core {

// Whether such a day, month or year exists.
bool IsSound(const agency::v1::Date& date);
// Whether year, month and day are known.
bool IsWhole(const agency::v1::Date& date);

// The days it may mean; the date must be sound.
absl::CivilDay FirstDay(const agency::v1::Date& date);
absl::CivilDay LastDay(const agency::v1::Date& date);

agency::v1::Date ToDate(absl::CivilDay day);

// Senseless, naming `field`: no such date, or a period that ends before it
// begins.
absl::Status CheckDate(const agency::v1::Date& date, absl::string_view field);
absl::Status CheckPeriod(const agency::v1::Period& period,
                         absl::string_view field);

// Whether the day lies in the period, its first and last day included.
bool Covers(const agency::v1::Period& period, absl::CivilDay day);

}  // namespace kith::core
