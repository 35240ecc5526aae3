// Threads for work that blocks on the disk, so that no reactor does.
//
// Thread-safe. Work still queued when the pool is destroyed is done first.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace kith::api {

class Workers {
 public:
  Workers(size_t threads, size_t queue_max);
  ~Workers();

  // False: the queue is full; nothing was taken.
  bool Run(std::function<void()> work);

 private:
  void Loop();

  const size_t queue_max_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> queue_;  // guarded by mutex_
  bool stopping_ = false;                    // guarded by mutex_
  std::vector<std::thread> threads_;
};

}  // namespace kith::api
