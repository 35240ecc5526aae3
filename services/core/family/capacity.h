// Who can decide for themselves: ages, and judgements of competence (R-068,
// Pure reads; DATA_LOSS: stop.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "kith/agency/v1/common.pb.h"
#include "kith/ledger/v1/facts.pb.h"
#include "services/core/decision.h"
#include "services/core/state.h"

namespace kith::core::family {

// The birth date of the person of `record`: as that record has it, else the
// earliest other record of theirs that has one. Empty: not known.
absl::StatusOr<std::optional<agency::v1::Date>> BirthOf(
    const StateReader& state, EntityNumber record);

enum class AgeBand {
  kUnknown,            // no birth date, or one too coarse to tell
  kParentMustConsent,  // under 12
  kJudged,             // 12 to 15
  kCapacityPresumed,   // from 16
};

// The band on that day; the edges are the birthdays themselves, those of 29
// February on 1 March in other years.
AgeBand AgeBandAt(const agency::v1::Date& birth, absl::CivilDay day,
                  const ledger::v1::Rules& rules);
absl::StatusOr<AgeBand> AgeBandOf(const StateReader& state, EntityNumber record,
                                  absl::CivilDay day,
                                  const ledger::v1::Rules& rules);

// Whether the latest judgement about one of the matters, made by `day`, found
// the person of `record` competent; false when there is none.
absl::StatusOr<bool> IsJudgedCompetent(const StateReader& state,
                                       EntityNumber record,
                                       const std::vector<std::string>& matters,
                                       absl::CivilDay day);

// Whether the agency recorded the very same judgement that day.
absl::StatusOr<bool> WasJudged(const Decision& decision,
                               const ledger::v1::CompetenceRecorded& judged);

}  // namespace kith::core::family
