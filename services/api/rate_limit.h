// How often one practitioner may look people up: a look-up is an oracle for who
// is in early help.
//
// Token buckets, one a caller, a bounded number of them: when there are too
// many, the ones that are full (idle longest) are forgotten. Thread-safe.
#pragma once

#include <map>
#include <mutex>
#include <string>

#include "absl/time/time.h"

namespace kith::api {

class RateLimit {
 public:
  // `burst` at once, refilled evenly within `per`.
  RateLimit(int burst, absl::Duration per, size_t callers_max = 10000);

  // False: too many; ask again later.
  bool Spend(const std::string& caller, absl::Time now);
  // What was spent was not used after all.
  void GiveBack(const std::string& caller, absl::Time now);

 private:
  struct Bucket {
    double left = 0;
    absl::Time at;
  };

  double Refilled(const Bucket& bucket, absl::Time now) const;
  void ForgetFull(absl::Time now);

  const double burst_;
  const absl::Duration per_;
  const size_t callers_max_;
  std::mutex mutex_;
  std::map<std::string, Bucket> buckets_;  // guarded by mutex_
};

}  // namespace kith::api
