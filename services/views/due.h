// When things fall due: pure functions of rows and rules.
//
// Days are civil days in England. Nothing here is stored as overdue.
#pragma once

#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "kith/ledger/v1/view.pb.h"
#include "services/core/state.h"
#include "services/views/keys.h"

namespace kith::views {

// From the first day on which something can be done to the last before it is
// overdue.
struct Window {
  absl::CivilDay from;
  absl::CivilDay until;
};

// The next review of an agreed plan: the day that was agreed for it, or
// else 42 to 56 days after the last review or meeting, or after the plan began.
std::optional<Window> ReviewWindow(const ThingRow& plan,
                                   const ledger::v1::Rules& rules);

// The earliest day by which an open action of the plan was to be done.
std::optional<absl::CivilDay> FirstActionDay(const ledger::v1::PlanRow& plan);
// Whether `action` is to be done by its day and is not.
bool IsOpen(const agency::v1::PlanAction& action);
bool IsRunning(const ledger::v1::PlanRow& plan);

// The first birthday of 12, 14, 16, 18 and 25 after a consent was given, of
// anybody it is about, or the day that was set for it: then it
// is to be asked again. Empty: none, or it is refused or ended.
std::optional<absl::CivilDay> RecheckDay(
    const ThingRow& consent, const std::vector<absl::CivilDay>& births);
// Birth dates, where known to the day, of the records a consent is about.
absl::StatusOr<std::vector<absl::CivilDay>> BirthsOf(
    const core::StateReader& rows, const ledger::v1::ConsentRow& consent);

// The rules in force; those of a ledger without any: all zero.
absl::StatusOr<ledger::v1::Rules> RulesInForce(const core::StateReader& rows);

}  // namespace kith::views
