#include "adapters/common/dates.h"

#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "base/civil_date.h"

namespace kith::adapters {
namespace {

using agency::v1::Date;

std::optional<int> Digits(absl::string_view text, size_t at_least,
                          size_t at_most) {
  if (text.size() < at_least || text.size() > at_most) return std::nullopt;
  int value = 0;
  for (char c : text) {
    if (!absl::ascii_isdigit(static_cast<unsigned char>(c))) {
      return std::nullopt;
    }
    value = value * 10 + (c - '0');
  }
  return value;
}

std::optional<int> Month(absl::string_view text) {
  if (const auto number = Digits(text, 1, 2)) return number;
  static constexpr const char* kNames[] = {"jan", "feb", "mar", "apr",
                                           "may", "jun", "jul", "aug",
                                           "sep", "oct", "nov", "dec"};
  for (int i = 0; i < 12; ++i) {
    if (text.size() >= 3 &&
        absl::EqualsIgnoreCase(text.substr(0, 3), kNames[i])) {
      return i + 1;
    }
  }
  return std::nullopt;
}

std::optional<Date> MakeDate(std::optional<int> year, std::optional<int> month,
                             std::optional<int> day) {
  if (!year || !month || !day || *year < 1 || *month < 1 || *day < 1) {
    return std::nullopt;
  }
  const absl::CivilDay civil(*year, *month, *day);
  // CivilDay carries 31 February over into March.
  if (civil.month() != *month || civil.day() != *day) return std::nullopt;
  return ToDate(civil);
}

// "2024-05-06T10:00:00" -> "2024-05-06"; also with a blank between.
absl::string_view WithoutTime(absl::string_view text) {
  return text.substr(0, text.find_first_of("T "));
}

}  // namespace

Date ToDate(absl::CivilDay day) {
  Date date;
  date.set_year(static_cast<int32_t>(day.year()));
  date.set_month(day.month());
  date.set_day(day.day());
  return date;
}

std::optional<absl::CivilDay> ToDay(const Date& date) {
  if (date.year() == 0 || date.month() == 0 || date.day() == 0) {
    return std::nullopt;
  }
  return absl::CivilDay(date.year(), date.month(), date.day());
}

std::optional<Date> ParseUkDate(absl::string_view text) {
  text = WithoutTime(absl::StripAsciiWhitespace(text));
  const std::vector<std::string> parts =
      absl::StrSplit(text, absl::ByAnyChar("/-."));
  if (parts.size() != 3) return std::nullopt;
  if (parts[0].size() == 4) {
    return MakeDate(Digits(parts[0], 4, 4), Digits(parts[1], 1, 2),
                    Digits(parts[2], 1, 2));
  }
  return MakeDate(Digits(parts[2], 4, 4), Month(parts[1]),
                  Digits(parts[0], 1, 2));
}

std::optional<Date> ParseFhirDate(absl::string_view text) {
  if (absl::StrContains(text, 'T')) {
    const auto instant = ParseInstant(text);
    if (!instant) return std::nullopt;
    return ToDate(base::LondonDay(*instant));
  }
  const std::vector<std::string> parts = absl::StrSplit(text, '-');
  const auto year = Digits(parts[0], 4, 4);
  if (!year || *year < 1 || parts.size() > 3) return std::nullopt;
  if (parts.size() == 3) {
    return MakeDate(year, Digits(parts[1], 2, 2), Digits(parts[2], 2, 2));
  }
  Date date;
  date.set_year(*year);
  if (parts.size() == 1) return date;
  const auto month = Digits(parts[1], 2, 2);
  if (!month || *month < 1 || *month > 12) return std::nullopt;
  date.set_month(*month);
  return date;
}

std::optional<absl::Time> ParseInstant(absl::string_view text) {
  const std::string line(absl::StripAsciiWhitespace(text));
  absl::Time when;
  if (line.size() > 10 &&
      absl::ParseTime(absl::RFC3339_full, line, &when, nullptr)) {
    return when;
  }
  // No zone: read as if in UTC, then as London's clock.
  if (line.size() > 10 &&
      absl::ParseTime("%E4Y-%m-%d%ET%H:%M:%E*S", line, &when, nullptr)) {
    const absl::CivilDay day = absl::ToCivilDay(when, absl::UTCTimeZone());
    const absl::Duration of_day =
        when - absl::FromCivil(day, absl::UTCTimeZone());
    return base::LondonMidnight(day) + of_day;
  }
  const auto date = line.size() == 10 ? ParseUkDate(line) : std::nullopt;
  if (!date) return std::nullopt;
  return base::LondonMidnight(*ToDay(*date));
}

}  // namespace kith::adapters
