#include "services/core/meeting/review_window.h"

namespace kith::core::meeting {

Window ReviewWindow(absl::CivilDay last_held, const ledger::v1::Rules& rules) {
  return {last_held + rules.review_days_min(),
          last_held + rules.review_days_max()};
}

Due DueOn(const Window& window, absl::CivilDay day) {
  if (day < window.first) return Due::kNotYet;
  return day <= window.last ? Due::kNow : Due::kOverdue;
}

}  // namespace kith::core::meeting
