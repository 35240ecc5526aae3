// Lets another thread hold the sequencer between two batches.
//
// A mutex alone would not do: the sequencer would take it again at once, and
// the other could wait long.
#pragma once

#include <condition_variable>
#include <mutex>

namespace kith::engine {

class Gate {
 public:
  // While one lives, a batch is under way.
  class Pass {
   public:
    explicit Pass(Gate& gate) : gate_(gate) { gate_.Enter(); }
    ~Pass() { gate_.Leave(); }
    Pass(const Pass&) = delete;
    Pass& operator=(const Pass&) = delete;

   private:
    Gate& gate_;
  };

  // While one lives, no batch is under way. One at a time.
  class Pause {
   public:
    explicit Pause(Gate& gate) : gate_(gate) { gate_.Shut(); }
    ~Pause() { gate_.Open(); }
    Pause(const Pause&) = delete;
    Pause& operator=(const Pause&) = delete;

   private:
    Gate& gate_;
  };

 private:
  void Enter() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return !shut_; });
    inside_ = true;
  }
  void Leave() {
    const std::lock_guard lock(mutex_);
    inside_ = false;
    changed_.notify_all();
  }
  void Shut() {
    std::unique_lock lock(mutex_);
    shut_ = true;
    changed_.wait(lock, [&] { return !inside_; });
  }
  void Open() {
    const std::lock_guard lock(mutex_);
    shut_ = false;
    changed_.notify_all();
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  bool inside_ = false;  // under mutex_
  bool shut_ = false;    // under mutex_
};

}  // namespace kith::engine
