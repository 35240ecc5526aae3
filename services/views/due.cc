#include "services/views/due.h"

#include <algorithm>
#include <array>

#include "base/civil_date.h"
#include "base/status.h"
#include "services/core/family/dates.h"
#include "services/core/meeting/review_window.h"
#include "services/views/times.h"

namespace kith::views {
namespace {

using agency::v1::Date;
using ledger::v1::PlanRow;
using ledger::v1::Rules;

constexpr std::array<int, 5> kRecheckAges = {12, 14, 16, 18, 25};

void Lower(std::optional<absl::CivilDay>& least, absl::CivilDay day) {
  if (!least.has_value() || day < *least) least = day;
}

// From when on the days to the next review are counted.
absl::CivilDay LastReview(const ThingRow& row) {
  const PlanRow& plan = row.plan();
  if (core::IsWhole(plan.last_review())) {
    return core::FirstDay(plan.last_review());
  }
  if (core::IsWhole(plan.recorded().period().from())) {
    return core::FirstDay(plan.recorded().period().from());
  }
  return base::LondonDay(ToTime(row.said().by().occurred_at()));
}

}  // namespace

bool IsRunning(const PlanRow& plan) {
  const auto state = plan.recorded().state();
  return state != agency::v1::PLAN_STATE_CLOSED && plan.merged_into() == 0;
}

std::optional<Window> ReviewWindow(const ThingRow& row, const Rules& rules) {
  const PlanRow& plan = row.plan();
  if (!IsRunning(plan) ||
      plan.recorded().state() == agency::v1::PLAN_STATE_DRAFT) {
    return std::nullopt;
  }
  const absl::CivilDay last = LastReview(row);
  const Date& agreed = plan.recorded().content().next_review();
  if (core::IsWhole(agreed) && core::FirstDay(agreed) > last) {
    return Window{core::FirstDay(agreed), core::FirstDay(agreed)};
  }
  const auto window = core::meeting::ReviewWindow(last, rules);
  return Window{window.first, window.last};
}

bool IsOpen(const agency::v1::PlanAction& action) {
  return action.state() != agency::v1::ACTION_STATE_DONE &&
         action.state() != agency::v1::ACTION_STATE_DROPPED &&
         core::IsWhole(action.by());
}

std::optional<absl::CivilDay> FirstActionDay(const PlanRow& plan) {
  std::optional<absl::CivilDay> first;
  if (!IsRunning(plan)) return first;
  for (const auto& action : plan.recorded().content().actions()) {
    if (IsOpen(action)) Lower(first, core::FirstDay(action.by()));
  }
  return first;
}

std::optional<absl::CivilDay> RecheckDay(
    const ThingRow& row, const std::vector<absl::CivilDay>& births) {
  const auto& consent = row.consent();
  std::optional<absl::CivilDay> first;
  if (consent.ended() || consent.recorded().said().answer() ==
                             agency::v1::CONSENT_ANSWER_REFUSED) {
    return first;
  }
  const absl::CivilDay given = base::LondonDay(ToTime(consent.since()));
  for (const absl::CivilDay birth : births) {
    for (const int age : kRecheckAges) {
      const absl::CivilDay birthday = base::Birthday(birth, age);
      if (birthday > given) Lower(first, birthday);
    }
  }
  const auto& check_by = consent.recorded().said().check_by();
  if (core::IsSound(check_by)) Lower(first, core::LastDay(check_by));
  return first;
}

absl::StatusOr<std::vector<absl::CivilDay>> BirthsOf(
    const core::StateReader& rows, const ledger::v1::ConsentRow& consent) {
  std::vector<absl::CivilDay> births;
  for (const EntityNumber record : consent.recorded().records()) {
    const ThingKey key{record, Kind::kRecord, ""};
    ASSIGN_OR_RETURN(const auto row,
                     core::ReadRow<ThingRow>(rows, key.Bytes()));
    if (!row.has_value()) continue;
    const Date& birth = row->record().said().birth_date();
    if (core::IsWhole(birth)) births.push_back(core::FirstDay(birth));
  }
  return births;
}

absl::StatusOr<Rules> RulesInForce(const core::StateReader& rows) {
  ASSIGN_OR_RETURN(auto row,
                   core::ReadRow<ledger::v1::RulesRow>(rows, keys::Rules()));
  return row.has_value() ? row->rules() : Rules();
}

}  // namespace kith::views
