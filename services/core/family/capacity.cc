#include "services/core/family/capacity.h"

#include <algorithm>
#include <tuple>

#include "absl/time/time.h"
#include "base/civil_date.h"
#include "base/status.h"
#include "services/core/family/dates.h"
#include "services/core/family/entries.h"
#include "services/core/identity/persons.h"
#include "services/core/keys.h"

namespace kith::core::family {
namespace {

using ledger::v1::Fact;

absl::CivilDay DayOf(const Fact& fact) {
  return base::LondonDay(
      absl::FromUnixSeconds(fact.by().occurred_at().seconds()));
}

AgeBand BandAt(absl::CivilDay birth, absl::CivilDay day,
               const ledger::v1::Rules& rules) {
  const int age = base::AgeOn(birth, day);
  if (age < static_cast<int>(rules.age_parent_must_consent())) {
    return AgeBand::kParentMustConsent;
  }
  return age < static_cast<int>(rules.age_capacity_presumed())
             ? AgeBand::kJudged
             : AgeBand::kCapacityPresumed;
}

bool IsAboutOneOf(const Fact& fact, const std::vector<std::string>& matters) {
  return std::find(matters.begin(), matters.end(),
                   fact.competence_recorded().said().matter()) != matters.end();
}

}  // namespace

absl::StatusOr<std::optional<agency::v1::Date>> BirthOf(
    const StateReader& state, EntityNumber record) {
  ASSIGN_OR_RETURN(std::vector<EntityNumber> records,
                   identity::RecordsOf(state, record));
  records.insert(records.begin(), record);
  for (const EntityNumber each : records) {
    ASSIGN_OR_RETURN(const auto row,
                     ReadRow<ledger::v1::RecordRow>(state, keys::Record(each)));
    if (row.has_value() && IsSound(row->said().birth_date())) {
      return std::optional<agency::v1::Date>(row->said().birth_date());
    }
  }
  return std::optional<agency::v1::Date>();
}

AgeBand AgeBandAt(const agency::v1::Date& birth, absl::CivilDay day,
                  const ledger::v1::Rules& rules) {
  if (!IsSound(birth)) return AgeBand::kUnknown;
  const AgeBand oldest = BandAt(FirstDay(birth), day, rules);
  const AgeBand youngest = BandAt(LastDay(birth), day, rules);
  return oldest == youngest ? oldest : AgeBand::kUnknown;
}

absl::StatusOr<AgeBand> AgeBandOf(const StateReader& state, EntityNumber record,
                                  absl::CivilDay day,
                                  const ledger::v1::Rules& rules) {
  ASSIGN_OR_RETURN(const auto birth, BirthOf(state, record));
  return birth.has_value() ? AgeBandAt(*birth, day, rules) : AgeBand::kUnknown;
}

absl::StatusOr<bool> IsJudgedCompetent(const StateReader& state,
                                       EntityNumber record,
                                       const std::vector<std::string>& matters,
                                       absl::CivilDay day) {
  ASSIGN_OR_RETURN(const auto judgements,
                   EntriesOfPerson(state, record, EntryKind::kCompetence));
  const auto order = [](const Fact& fact) {
    return std::make_tuple(DayOf(fact),
                           fact.competence_recorded().judgement().number());
  };
  const Fact* latest = nullptr;
  for (const Fact& fact : judgements) {
    if (!IsAboutOneOf(fact, matters) || DayOf(fact) > day) continue;
    if (latest == nullptr || order(fact) > order(*latest)) latest = &fact;
  }
  return latest != nullptr && latest->competence_recorded().said().competent();
}

absl::StatusOr<bool> WasJudged(const Decision& decision,
                               const ledger::v1::CompetenceRecorded& judged) {
  ASSIGN_OR_RETURN(
      const auto judgements,
      EntriesOf(decision.state(), judged.record(), EntryKind::kCompetence));
  return std::any_of(
      judgements.begin(), judgements.end(), [&](const Fact& fact) {
        return fact.by().agency() == decision.agency() &&
               DayOf(fact) == decision.day() &&
               fact.competence_recorded().said().SerializeAsString() ==
                   judged.said().SerializeAsString();
      });
}

}  // namespace kith::core::family
