// Whose facts an as-of read folds: from families and records on to members,
// linked records and possible matches, and whoever else their facts name.
// Internal to views.
#pragma once

#include <cstdint>
#include <map>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "kith/ledger/v1/facts.pb.h"
#include "services/views/as_of.h"

namespace kith::views {

// A fact, to be folded in the order of the ledger.
struct FactThen {
  absl::Time recorded_at;
  core::Subject subject = 0;
  ledger::v1::StatementRef statement;
  ledger::v1::Fact fact;
};

// Those before `position`, by position. `present`: the live view, for where
// plans lie. DATA_LOSS: stop. RESOURCE_EXHAUSTED: more than `kAsOfSubjectsMax`
// or `kAsOfFactsMax`.
absl::StatusOr<std::map<uint64_t, FactThen>> GatherFacts(
    const core::StateReader& present, const AsOfStart& start, uint64_t position,
    const ScanFacts& scan);

}  // namespace kith::views
