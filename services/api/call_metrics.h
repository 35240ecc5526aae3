// What api counts of its calls. main implements it over Prometheus; labels are
// method and status code, never anything of the call.
#pragma once

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace kith::api {

class CallMetrics {
 public:
  virtual ~CallMetrics() = default;
  // A call of `method` ("PlanService.OpenPlan") ended. Thread-safe.
  virtual void Ended(const char* method, absl::StatusCode code,
                     absl::Duration took) = 0;
};

}  // namespace kith::api
