#include "base/civil_date.h"

#include "absl/strings/str_format.h"

namespace kith::base {
namespace {

absl::CivilDay LastSunday(absl::CivilMonth month) {
  return absl::PrevWeekday(absl::CivilDay(month + 1), absl::Weekday::sunday);
}

absl::CivilDay SummerBegins(absl::civil_year_t year) {
  return LastSunday(absl::CivilMonth(year, 3));
}

absl::CivilDay SummerEnds(absl::civil_year_t year) {
  return LastSunday(absl::CivilMonth(year, 10));
}

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

int NumberIn(absl::string_view digits) {
  int number = 0;
  for (const char digit : digits) number = number * 10 + (digit - '0');
  return number;
}

}  // namespace

absl::CivilDay LondonDay(absl::Time when) {
  const auto utc = absl::ToCivilSecond(when, absl::UTCTimeZone());
  const absl::CivilHour hour(utc);
  // Only in the last hour does it matter.
  if (hour.hour() != 23) return absl::CivilDay(hour);
  const bool summer = hour >= absl::CivilHour(SummerBegins(utc.year())) + 1 &&
                      hour < absl::CivilHour(SummerEnds(utc.year())) + 1;
  return absl::CivilDay(hour + (summer ? 1 : 0));
}

absl::Time LondonMidnight(absl::CivilDay day) {
  // Clocks change after midnight: the first day of summer time begins in
  // winter time and its last day in summer time.
  const bool summer =
      day > SummerBegins(day.year()) && day <= SummerEnds(day.year());
  return absl::FromCivil(day, absl::UTCTimeZone()) -
         absl::Hours(summer ? 1 : 0);
}

int AgeOn(absl::CivilDay birth, absl::CivilDay day) {
  const int age = static_cast<int>(day.year() - birth.year());
  return day < Birthday(birth, age) ? age - 1 : age;
}

absl::CivilDay Birthday(absl::CivilDay birth, int age) {
  // CivilDay turns 29 February of a common year into 1 March.
  return absl::CivilDay(birth.year() + age, birth.month(), birth.day());
}

std::optional<absl::CivilDay> ParseIsoDay(absl::string_view text) {
  if (text.size() != 10) return std::nullopt;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool separator = i == 4 || i == 7;
    if (separator ? text[i] != '-' : !IsDigit(text[i])) return std::nullopt;
  }
  const int year = NumberIn(text.substr(0, 4));
  const int month = NumberIn(text.substr(5, 2));
  const int day = NumberIn(text.substr(8, 2));
  const absl::CivilDay parsed(year, month, day);
  const bool exists = year > 0 && parsed.year() == year &&
                      parsed.month() == month && parsed.day() == day;
  if (!exists) return std::nullopt;
  return parsed;
}

std::string FormatIsoDay(absl::CivilDay day) {
  return absl::StrFormat("%04d-%02d-%02d", day.year(), day.month(), day.day());
}

}  // namespace kith::base
