// What a plan says, checked and with its doers resolved.
#pragma once

#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "kith/agency/v1/work.pb.h"
#include "kith/ledger/v1/facts.pb.h"
#include "services/core/decision.h"

namespace kith::core::plan {

// As facts hold it: the content without references, and who does each action.
struct Content {
  agency::v1::PlanContent said;
  std::vector<ledger::v1::ResolvedAction> doers;
};

// INVALID_ARGUMENT: lists too long, actions without a key of their own,
// impossible dates, unknown codes. FAILED_PRECONDITION: an action of an act
// lacks what, by when, or exactly one doer; a report is noted.
absl::StatusOr<Content> Resolve(const agency::v1::PlanContent& said,
                                absl::string_view field, Decision& decision);

}  // namespace kith::core::plan
