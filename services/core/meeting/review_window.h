// When a family's plan is due for review: six to eight weeks after the team
// around the family last met. Computed from dates when read; nothing is
// ever stored as overdue.
#pragma once

#include "absl/time/civil_time.h"
#include "kith/ledger/v1/facts.pb.h"

namespace kith::core::meeting {

struct Window {
  absl::CivilDay first;  // day 42 by the shipped rules
  absl::CivilDay last;   // day 56
};

enum class Due {
  kNotYet,   // before the window
  kNow,      // in it, its first and last day included
  kOverdue,  // after it
};

// The meeting is held on day 0.
Window ReviewWindow(absl::CivilDay last_held, const ledger::v1::Rules& rules);

Due DueOn(const Window& window, absl::CivilDay day);

}  // namespace kith::core::meeting
