// Under which label a replay shows what a fact says: that which the same
// content bears where the other views show it. Internal to views.
#pragma once

#include <optional>

#include "absl/status/statusor.h"
#include "kith/ledger/v1/facts.pb.h"
#include "services/views/compose.h"

namespace kith::views {

// `line`: the label of its line in the timeline. None: no view shows what this
// kind of fact says.
absl::StatusOr<std::optional<ItemLabel>> LabelOfFact(
    const Scene& scene, const Household& household, const ItemLabel& line,
    const ledger::v1::Fact& fact);

// `label`, and whatever `other` asks for besides.
ItemLabel Stricter(ItemLabel label, const ItemLabel& other);

}  // namespace kith::views
