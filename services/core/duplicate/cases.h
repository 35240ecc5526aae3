// Cases and merged plans as rows hold them.
//
// Internal to this folder. DATA_LOSS: stop.
#pragma once

#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "kith/ledger/v1/state.pb.h"
#include "services/core/decision.h"
#include "services/core/state.h"

namespace kith::core::duplicate {

absl::StatusOr<std::optional<ledger::v1::PlanRow>> PlanOf(
    const StateReader& state, EntityNumber plan);
bool IsOpen(const ledger::v1::PlanRow& plan);

// The plan that stands for this one: itself, or what it was merged into.
absl::StatusOr<EntityNumber> Survivor(const StateReader& state,
                                      EntityNumber plan);

// The cases of a plan, by their numbers, gone ones too.
absl::StatusOr<std::vector<ledger::v1::CaseRow>> CasesOf(
    const StateReader& state, EntityNumber plan);
absl::StatusOr<std::optional<ledger::v1::CaseRow>> CaseBetween(
    const StateReader& state, EntityNumber one, EntityNumber other);

EntityNumber NumberOf(const ledger::v1::CaseRow& row);
EntityNumber OtherPlan(const ledger::v1::CaseRow& row, EntityNumber plan);

// The plan and all that were merged into it, directly or not.
absl::StatusOr<std::vector<EntityNumber>> MergedUnder(const StateReader& state,
                                                      EntityNumber plan);

// Adds a fact about a case of these two plans: to the later plan's family, and
// also to the other's.
absl::Status AddToCase(EntityNumber one, EntityNumber other,
                       ledger::v1::Fact fact, Decision& decision);

// The case needs a decision again: "level_rose", "basis_ended", "withdrawn".
absl::Status Reopen(const ledger::v1::CaseRow& row, absl::string_view cause,
                    Decision& decision);
// Makes two plans again of those that this case made one; else nothing.
absl::Status PartMerged(const ledger::v1::CaseRow& row, Decision& decision);

}  // namespace kith::core::duplicate
