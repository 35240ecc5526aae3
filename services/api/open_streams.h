// Streams that stay open until their client ends them: told when the server
// drains, so that a drain need not wait for the clients.
#pragma once

#include <algorithm>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace kith::api {

class OpenStream {
 public:
  virtual ~OpenStream() = default;
  // Takes no more, answers what it took, and ends. Thread-safe.
  virtual void Drain() = 0;
};

// Thread-safe.
class OpenStreams {
 public:
  // False: the server drains already; open none.
  bool Add(std::weak_ptr<OpenStream> stream) {
    std::lock_guard<std::mutex> lock(mutex_);
    if (draining_) return false;
    streams_.erase(
        std::remove_if(streams_.begin(), streams_.end(),
                       [](const auto& one) { return one.expired(); }),
        streams_.end());
    streams_.push_back(std::move(stream));
    return true;
  }

  void Drain() {
    std::vector<std::weak_ptr<OpenStream>> draining;
    {
      std::lock_guard<std::mutex> lock(mutex_);
      draining_ = true;
      draining.swap(streams_);
    }
    for (const auto& one : draining) {
      if (const auto stream = one.lock()) stream->Drain();
    }
  }

 private:
  std::mutex mutex_;
  std::vector<std::weak_ptr<OpenStream>> streams_;  // guarded by mutex_
  bool draining_ = false;                           // guarded by mutex_
};

}  // namespace kith::api
