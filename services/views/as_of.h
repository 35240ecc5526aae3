// As it was known then: rows folded again from the facts up to a position.
//
// Starts from families and records, and goes on to members, linked records and
// possible matches, and whoever else their facts name, until nobody is new.
// The same reads as for the live view (read.h, standing.h) answer from the rows
// it gives, with `now` the time asked for.
//
// What is reached through a link that has since been undone must not be shown
// to ordinary readers: `DropUndone` takes it out. Nor how to reach who has had
// to hide since: `ShieldAsNow` has the rows say so.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "base/status.h"
#include "kith/ledger/v1/label.pb.h"
#include "services/core/decision.h"
#include "services/core/state.h"
#include "services/views/fold.h"
#include "services/views/piece.h"

namespace kith::views {

// Calls `visit` for the facts of a subject and those also about it, in ledger
// order, until it returns false; facts of an erased subject are passed over.
// The ledger's ScanSubject.
using ScanFacts = std::function<absl::Status(
    core::Subject subject,
    const std::function<absl::StatusOr<bool>(const Recorded&)>& visit)>;

// Where to begin: numbers as the present view gives them.
struct AsOfStart {
  std::vector<core::EntityNumber> families;
  std::vector<core::EntityNumber> records;
};

// How many subjects and facts one as-of read may take. Beyond:
// RESOURCE_EXHAUSTED.
inline constexpr size_t kAsOfSubjectsMax = 2000;
inline constexpr size_t kAsOfFactsMax = 100000;

// The rows that the facts before `position` make. `present`: the live view, for
// the rules in force then. DATA_LOSS: stop.
absl::StatusOr<core::MapState> RowsAsOf(const core::StateReader& present,
                                        const AsOfStart& start,
                                        uint64_t position,
                                        const ScanFacts& scan,
                                        const core::KeyHash& hash);

// Marks the records in `then` that `present` shields on the day, so that labels
// made of them are as strict as those of either moment: a record that has since
// been restricted (whole), and those whose person's contacts are shielded by
// now, their own and, through the household of then, everybody's in it: where
// somebody hides now may be where the others lived with them. What the
// records say stays as it was.
absl::Status ShieldAsNow(const core::StateReader& present, absl::CivilDay today,
                         core::MapState& then);

// Which records of a label are still reached: each must be now what it was
// then, one person with a record that `then` reached without a link, or such a
// record itself.
absl::StatusOr<bool> StillReached(const core::StateReader& then,
                                  const core::StateReader& present,
                                  const AsOfStart& start,
                                  const ledger::v1::ItemLabel& label);

template <class T>
absl::Status DropUndone(const core::StateReader& then,
                        const core::StateReader& present,
                        const AsOfStart& start, Pieces<T>* pieces) {
  Pieces<T> kept;
  for (Piece<T>& piece : *pieces) {
    ASSIGN_OR_RETURN(const bool reached,
                     StillReached(then, present, start, piece.label));
    if (reached) kept.push_back(std::move(piece));
  }
  *pieces = std::move(kept);
  return absl::OkStatus();
}

}  // namespace kith::views
