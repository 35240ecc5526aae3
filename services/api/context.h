// What disclosure must know, from what the views hold.
#pragma once

#include <cstdint>
#include <map>
#include <memory>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/core/state.h"
#include "services/disclosure/policy.h"
#include "services/views/standing.h"

namespace kith::api {

// What is known all day of people and families: who decides brings the moment
// (`Reader::at`).
struct Known {
  disclosure::Context context;
  // Legal bases of the overrides and broken glass in it, by number.
  std::map<uint64_t, agency::v1::LegalBasis> legal_basis;
};

// Of whom `concerned` names, on the day of `now`; kept for all who read while
// none of it changes. DATA_LOSS: stop.
absl::StatusOr<std::shared_ptr<const Known>> KnownOf(
    const core::StateReader& rows, const views::Concerned& concerned,
    absl::Time now);

}  // namespace kith::api
