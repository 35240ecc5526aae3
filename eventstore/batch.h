// What both stores ask of a batch before they write any of it.
#pragma once

#include <cstdint>

#include "absl/status/status.h"
#include "eventstore/store.h"

namespace kith::eventstore {

// Where the store stands when the batch comes.
struct BatchContext {
  Position next = 0;
  int64_t last_recorded_at_micros = INT64_MIN;
  Views views;
};

// INVALID_ARGUMENT: the batch breaks a bound, names a view that is neither live
// nor under construction, or goes back in time. FAILED_PRECONDITION: it folds a
// view under construction that does not stand at the head.
absl::Status CheckBatch(const Batch& batch, const BatchContext& context);

// The same for the rows of `CommitView`.
absl::Status CheckViewRows(const std::vector<RowChange>& rows,
                           Position built_to, const BatchContext& context);

// FAILED_PRECONDITION: no view is under construction, or it is not at the head.
absl::Status CheckSwitch(const BatchContext& context);

}  // namespace kith::eventstore
