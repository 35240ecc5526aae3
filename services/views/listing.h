// Which lists a thing appears in: rows that lead to it, put and taken away with
// each change of its own row. Internal to views.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "kith/ledger/v1/view.pb.h"
#include "services/core/state.h"
#include "services/views/keys.h"

namespace kith::views {

struct Listing {
  std::string key;
  std::string value;
};

// Kinds of what falls due; the letters in keys.
inline constexpr char kReviewDue = 'r';
inline constexpr char kActionDue = 'a';
inline constexpr char kFosteringDue = 'f';
inline constexpr char kRecheckDue = 'c';
inline constexpr char kUnmetRows = 'u';

absl::StatusOr<std::vector<Listing>> ListingsOf(const core::StateReader& rows,
                                                const ThingKey& key,
                                                const ThingRow& row);

// Whether a pair waits for a decision: possibly one human, or kept apart by a
// veto, or a link that ended by itself. Whether a case does.
bool IsOpenMatch(const ThingRow& match);
bool IsOpenCase(const ThingRow& duplicate);

}  // namespace kith::views
