// What happened around a family, oldest first: the facts of the family and,
// while they were members, of its people.
//
// `position` in the parts is the plain number of the fact, in decimal: seal it
// before it leaves. Pure; DATA_LOSS: stop.
#pragma once

#include <string>
#include <vector>

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

// The families in whose timeline the fact at `position`, whose subject is
// `subject`, may stand; ascending. Whether it does, `Timeline` tells.
struct FamilyNamed {
  core::EntityNumber number = 0;
  std::string id;
};
absl::StatusOr<std::vector<FamilyNamed>> FamiliesOfLine(
    const core::StateReader& view, core::Subject subject, uint64_t position);

}  // namespace kith::views
