// What a fact of a history says, in pieces for a replay. Internal to views.
#pragma once

#include "absl/status/statusor.h"
#include "kith/ledger/v1/facts.pb.h"
#include "services/views/compose.h"
#include "services/views/timeline.h"

namespace kith::views {

// `subject`: of the fact. `line`: the label of its line in the timeline. None:
// no view shows what this kind of fact says.
absl::StatusOr<Pieces<ledger::v1::Fact>> ContentOf(
    const Scene& scene, const Household& household, Subject subject,
    const ItemLabel& line, const ledger::v1::Fact& fact, Telling telling);

}  // namespace kith::views
