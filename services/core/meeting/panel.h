// Cases that a panel discusses without a name. Internal to this folder.
#pragma once

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "services/core/decision.h"

namespace kith::core::meeting {

// Whether the words hold what leads to somebody: an id of Kith's, or a number
// of ten digits, blanks and dashes aside. What names somebody in other ways
// only people can see.
bool LeadsToSomebody(absl::string_view words);

absl::Status EvolvePanelItem(StateWriter& state, const ledger::v1::Fact& fact,
                             Subject subject, const KeyHash& hash);

}  // namespace kith::core::meeting
