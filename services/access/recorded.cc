#include "services/access/recorded.h"

namespace kith::access {

absl::Status Receipt::Wait() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return known_; });
  return status_;
}

void Receipt::Then(std::function<void(const absl::Status&)> then) {
  {
    const std::lock_guard lock(mutex_);
    if (!known_) {
      then_ = std::move(then);
      return;
    }
  }
  then(status_);
}

void Receipt::Tell(const absl::Status& status) {
  std::function<void(const absl::Status&)> then;
  {
    const std::lock_guard lock(mutex_);
    known_ = true;
    status_ = status;
    then = std::move(then_);
    changed_.notify_all();
  }
  if (then) then(status);
}

}  // namespace kith::access
