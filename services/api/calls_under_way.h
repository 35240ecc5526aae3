// How many calls are under way, so that a drain ends as soon as there is none.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>

#include "absl/time/time.h"

namespace kith::api {

// Thread-safe.
class CallsUnderWay {
 public:
  // A call is under way for as long as it is held.
  using Call = std::shared_ptr<void>;

  // Null: the server drains; refuse the call.
  Call Begin() {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (draining_) return nullptr;
    ++calls_;
    return Call(this,
                [](void* self) { static_cast<CallsUnderWay*>(self)->End(); });
  }

  // Lets no more begin, and returns when all have ended or `grace` has passed.
  // False: some have not ended.
  bool Drain(absl::Duration grace) {
    std::unique_lock<std::mutex> lock(mutex_);
    draining_ = true;
    return changed_.wait_for(lock, absl::ToChronoMilliseconds(grace),
                             [this] { return calls_ == 0; });
  }

 private:
  void End() {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (--calls_ == 0) changed_.notify_all();
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  int calls_ = 0;          // guarded by mutex_
  bool draining_ = false;  // guarded by mutex_
};

}  // namespace kith::api
