// What happened around a family, oldest first: the facts of the family and,
// while they were members, of its people.
//
// `position` in the parts is the plain number of the fact, in decimal: seal it
// before it leaves. Pure; DATA_LOSS: stop.
#pragma once

#include <functional>
#include <optional>
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

// How much of a fact a replay tells.
enum class Telling {
  kAsViewsShow,  // what other answers show too, each part under its own label
  kWhole,        // the fact as it stands; for auditors only
};

// The entry of the fact at a position, with the whole fact; empty: not asked
// for.
using ReadEntry =
    std::function<absl::StatusOr<std::optional<api::v1::ReplayEntry>>(
        uint64_t position)>;

// The lines of the timeline, with their facts. Every piece bears the outline:
// position, kind, time and who said it. The first, labelled as the line,
// nothing else; the others a part of the fact each.
absl::StatusOr<Page<api::v1::ReplayEntry>> Replay(
    const core::StateReader& view, core::EntityNumber family, absl::Time now,
    const PageFrom& from, const ReadEntry& read, Telling telling);

void Finish(api::v1::ReplayEntry* entry);

// The families in whose timeline the fact at `position`, whose subject is
// `subject`, may stand; ascending. Whether it does, `Timeline` tells.
struct FamilyNamed {
  core::EntityNumber number = 0;
  std::string id;
};
absl::StatusOr<std::vector<FamilyNamed>> FamiliesOfLine(
    const core::StateReader& view, core::Subject subject, uint64_t position);

}  // namespace kith::views
