// What happened around a family, oldest first: the facts of the family and,
// while they were members, of its people.
//
// `position` in the parts is the plain number of the fact, in decimal: seal it
// before it leaves. Pure; DATA_LOSS: stop.
#pragma once

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "kith/api/v1/views.pb.h"
#include "services/core/state.h"
#include "services/views/piece.h"

namespace kith::views {

absl::StatusOr<Page<api::v1::TimelineEntry>> Timeline(
    const core::StateReader& view, core::EntityNumber family, absl::Time now,
    const PageFrom& from);

inline void Finish(api::v1::TimelineEntry*) {}

}  // namespace kith::views
