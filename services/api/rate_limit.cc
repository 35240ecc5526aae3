#include "services/api/rate_limit.h"

#include <algorithm>

namespace kith::api {

RateLimit::RateLimit(int burst, absl::Duration per, size_t callers_max)
    : burst_(burst), per_(per), callers_max_(callers_max) {}

bool RateLimit::Spend(const std::string& caller, absl::Time now) {
  std::lock_guard<std::mutex> lock(mutex_);
  auto found = buckets_.find(caller);
  if (found == buckets_.end()) {
    if (buckets_.size() >= callers_max_) ForgetFull(now);
    // Everybody is busy: a stranger waits.
    if (buckets_.size() >= callers_max_) return false;
    found = buckets_.emplace(caller, Bucket{burst_, now}).first;
  }
  Bucket& bucket = found->second;
  bucket.left = Refilled(bucket, now);
  bucket.at = std::max(bucket.at, now);
  if (bucket.left < 1) return false;
  bucket.left -= 1;
  return true;
}

void RateLimit::GiveBack(const std::string& caller, absl::Time now) {
  std::lock_guard<std::mutex> lock(mutex_);
  const auto found = buckets_.find(caller);
  if (found == buckets_.end()) return;
  Bucket& bucket = found->second;
  bucket.left = std::min(burst_, Refilled(bucket, now) + 1);
  bucket.at = std::max(bucket.at, now);
}

double RateLimit::Refilled(const Bucket& bucket, absl::Time now) const {
  if (now <= bucket.at) return bucket.left;
  const double back = burst_ * absl::FDivDuration(now - bucket.at, per_);
  return std::min(burst_, bucket.left + back);
}

void RateLimit::ForgetFull(absl::Time now) {
  for (auto it = buckets_.begin(); it != buckets_.end();) {
    it = Refilled(it->second, now) >= burst_ ? buckets_.erase(it) : ++it;
  }
}

}  // namespace kith::api
