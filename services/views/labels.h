// The labels of one thing by its number: for those who must know whether a
// caller may see what a statement names, and need nothing of its content.
#pragma once

#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "kith/ledger/v1/label.pb.h"
#include "services/core/state.h"

namespace kith::views {

// Of a meeting, lead, consent, restriction, agreement, note, involvement, need,
// network entry or panel item: of that thing alone, not of the person or family
// it belongs to. Empty: there is no such thing, or it has answers of its own
// (plans, referrals...). DATA_LOSS: stop.
absl::StatusOr<std::vector<ledger::v1::ItemLabel>> LabelsOfThing(
    const core::StateReader& view, core::EntityNumber number, absl::Time now);

}  // namespace kith::views
