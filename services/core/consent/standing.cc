#include "services/core/consent/standing.h"

#include <algorithm>

#include "absl/time/time.h"
#include "base/civil_date.h"
#include "base/status.h"
#include "services/core/family/dates.h"
#include "services/core/identity/persons.h"
#include "services/core/keys.h"

namespace kith::core::consent {
namespace {

using agency::v1::ConsentStated;
using ledger::v1::ConsentRow;

absl::CivilDay SinceDay(const ConsentRow& row) {
  return base::LondonDay(absl::FromUnixSeconds(row.since().seconds()));
}

bool IsAbout(const ConsentStated& said, agency::v1::ConsentKind kind,
             absl::string_view purpose) {
  if (said.kind() != kind) return false;
  if (kind != agency::v1::CONSENT_KIND_SHARE) return true;
  if (absl::string_view(said.purpose()) == purpose) return true;
  return said.purpose().empty() &&
         said.answer() == agency::v1::CONSENT_ANSWER_REFUSED;
}

// The answers in force, counted.
struct Answers {
  bool given = false;
  bool refused = false;
  bool not_needed = false;

  void Add(agency::v1::ConsentAnswer answer) {
    given = given || answer == agency::v1::CONSENT_ANSWER_GIVEN;
    refused = refused || answer == agency::v1::CONSENT_ANSWER_REFUSED;
    not_needed = not_needed || answer == agency::v1::CONSENT_ANSWER_NOT_NEEDED;
  }
};

bool IsLater(const ConsentRow& one, const ConsentRow& other) {
  if (one.since().seconds() != other.since().seconds()) {
    return one.since().seconds() > other.since().seconds();
  }
  return one.recorded().consent().number() >
         other.recorded().consent().number();
}

}  // namespace

ConsentStanding Standing(const std::vector<ConsentRow>& rows,
                         agency::v1::ConsentKind kind,
                         absl::string_view purpose, absl::CivilDay day) {
  Answers answers;
  const ConsentRow* last = nullptr;
  for (const ConsentRow& row : rows) {
    const ConsentStated& said = row.recorded().said();
    if (!IsAbout(said, kind, purpose) || SinceDay(row) > day) continue;
    if (last == nullptr || IsLater(row, *last)) last = &row;
    if (!row.ended() && Covers(said.period(), day)) answers.Add(said.answer());
  }
  if (answers.refused && (answers.given || answers.not_needed)) {
    return ConsentStanding::kConflicting;
  }
  if (answers.refused) return ConsentStanding::kRefused;
  if (answers.given) return ConsentStanding::kGiven;
  if (answers.not_needed) return ConsentStanding::kNotNeeded;
  return last != nullptr && last->ended() ? ConsentStanding::kWithdrawn
                                          : ConsentStanding::kNone;
}

absl::StatusOr<std::vector<ConsentRow>> ConsentsOf(const StateReader& state,
                                                   EntityNumber record) {
  ASSIGN_OR_RETURN(const auto records, identity::RecordsOf(state, record));
  std::vector<EntityNumber> numbers;
  for (const EntityNumber each : records) {
    RETURN_IF_ERROR(state.Scan(keys::ConsentsAbout(each),
                               [&](absl::string_view key, absl::string_view) {
                                 numbers.push_back(keys::LastNumber(key));
                                 return true;
                               }));
  }
  std::sort(numbers.begin(), numbers.end());
  numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
  std::vector<ConsentRow> rows;
  for (const EntityNumber number : numbers) {
    ASSIGN_OR_RETURN(auto row,
                     ReadRow<ConsentRow>(state, keys::Consent(number)));
    if (row.has_value()) rows.push_back(*std::move(row));
  }
  return rows;
}

std::optional<absl::CivilDay> ReconfirmationDue(
    const ConsentRow& consent, const agency::v1::Date& birth,
    const ledger::v1::Rules& rules) {
  if (!IsSound(birth) || !IsWhole(birth)) return std::nullopt;
  for (const uint32_t age :
       {rules.age_parent_must_consent(), rules.age_capacity_presumed()}) {
    const absl::CivilDay birthday =
        base::Birthday(FirstDay(birth), static_cast<int>(age));
    if (SinceDay(consent) < birthday) return birthday;
  }
  return std::nullopt;
}

}  // namespace kith::core::consent
