// Duplicate-plan cases: pairs of open plans that overlap, for people to decide
// (R-185..R-187; architecture.md section 5, 'Duplicate plans').
//
// One case for each unordered pair. It is raised whenever facts make a way from
// one open plan to another (overlap.h): a plan opens or is imported, records
// are linked, families join, somebody becomes a member or a relative. It goes
// when a plan closes or the last way ends. A decision stands until the level
// rises or the way that it named ends. Nothing here refuses a plan.
//
// Merged plans keep their facts; what touches the merged one counts for the
// survivor, and only the survivor has cases with other plans.
#pragma once

#include "absl/status/status.h"
#include "kith/agency/v1/work.pb.h"
#include "services/core/decision.h"

namespace kith::core::duplicate {

// A person decides a case, or takes a decision back; nothing when that is how
// it stands. INVALID_ARGUMENT: no reason, or no decision. NOT_FOUND: no such
// case. PERMISSION_DENIED: a feed, a role that decides none, or a possible
// match (POSSIBLE_MATCH) and not the hub's administrator. FAILED_PRECONDITION:
// CASE_GONE, CASE_DECIDED, SURVIVOR_MISSING. ABORTED: stale.
absl::Status Decide(const agency::v1::DuplicateDecided& said,
                    Decision& decision);

// Finds, changes, reopens and ends cases by what the facts so far changed.
absl::Status Conclude(Decision& decision);

// Folds cases and merges, and what `Conclude` looks addresses up in: of
// RecordStated, where a record lives.
absl::Status Evolve(StateWriter& state, const ledger::v1::Fact& fact,
                    Subject subject, const KeyHash& hash);

}  // namespace kith::core::duplicate
