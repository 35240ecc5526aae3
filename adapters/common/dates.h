// Dates as files hold them. Pure functions; thread-safe.
#pragma once

#include <optional>

#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "kith/agency/v1/common.pb.h"

namespace kith::adapters {

// dd/mm/yyyy, dd-mm-yyyy, dd.mm.yyyy, yyyy-mm-dd, yyyy/mm/dd, dd-Mon-yyyy, each
// with an optional time of day behind it that is dropped. Day before month, as
// in England. Empty when the text is none of these or no such day exists.
std::optional<agency::v1::Date> ParseUkDate(absl::string_view text);

// FHIR date or dateTime: yyyy, yyyy-mm, yyyy-mm-dd, or with a time, whose civil
// day in London it is. Empty when it is none or no such day exists.
std::optional<agency::v1::Date> ParseFhirDate(absl::string_view text);

// An instant: yyyy-mm-ddThh:mm:ss with optional fraction and zone; without a
// zone, London's. Also a FHIR date or a day alone: its first instant in London.
std::optional<absl::Time> ParseInstant(absl::string_view text);

agency::v1::Date ToDate(absl::CivilDay day);
// The day, when it is complete.
std::optional<absl::CivilDay> ToDay(const agency::v1::Date& date);

}  // namespace kith::adapters
