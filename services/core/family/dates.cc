#include "services/core/family/dates.h"

#include "base/status.h"
#include "services/core/errors.h"

namespace kith::core {

bool IsWhole(const agency::v1::Date& date) {
  return date.year() != 0 && date.month() != 0 && date.day() != 0;
}

bool IsSound(const agency::v1::Date& date) {
  if (date.year() < 1 || date.year() > 9999) return false;
  if (date.month() < 0 || date.month() > 12) return false;
  if (date.day() == 0) return true;
  if (date.day() < 0 || date.month() == 0) return false;
  const absl::CivilDay day(date.year(), date.month(), date.day());
  return day.month() == date.month() && day.day() == date.day();
}

absl::CivilDay FirstDay(const agency::v1::Date& date) {
  return absl::CivilDay(date.year(), date.month() == 0 ? 1 : date.month(),
                        date.day() == 0 ? 1 : date.day());
}

absl::CivilDay LastDay(const agency::v1::Date& date) {
  if (date.month() == 0) return absl::CivilDay(date.year(), 12, 31);
  if (date.day() != 0) return FirstDay(date);
  return absl::CivilDay(absl::CivilMonth(date.year(), date.month()) + 1) - 1;
}

agency::v1::Date ToDate(absl::CivilDay day) {
  agency::v1::Date date;
  date.set_year(static_cast<int32_t>(day.year()));
  date.set_month(day.month());
  date.set_day(day.day());
  return date;
}

absl::Status CheckDate(const agency::v1::Date& date, absl::string_view field) {
  if (IsSound(date)) return absl::OkStatus();
  return Senseless("DATE_IMPOSSIBLE", "there is no such date", field);
}

absl::Status CheckPeriod(const agency::v1::Period& period,
                         absl::string_view field) {
  if (period.has_from()) RETURN_IF_ERROR(CheckDate(period.from(), field));
  if (period.has_until()) RETURN_IF_ERROR(CheckDate(period.until(), field));
  if (period.has_from() && period.has_until() &&
      LastDay(period.until()) < FirstDay(period.from())) {
    return Senseless("PERIOD_BACKWARDS", "it ends before it begins", field);
  }
  return absl::OkStatus();
}

bool Covers(const agency::v1::Period& period, absl::CivilDay day) {
  return (!period.has_from() || FirstDay(period.from()) <= day) &&
         (!period.has_until() || LastDay(period.until()) >= day);
}

}  // namespace kith::core
