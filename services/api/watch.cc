#include "services/api/watch.h"

#include <algorithm>

namespace kith::api {
Watchers::Watchers() : thread_([this] { Loop(); }) {}

Watchers::~Watchers() {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

bool Watchers::Add(std::weak_ptr<Watch> watch) {
  std::lock_guard<std::mutex> lock(mutex_);
  watches_.erase(std::remove_if(watches_.begin(), watches_.end(),
                                [](const auto& one) { return one.expired(); }),
                 watches_.end());
  if (watches_.size() >= kWatchesMax) return false;
  watches_.push_back(std::move(watch));
  changed_.notify_all();
  return true;
}

Watchers::Place Watchers::TakePlace(const std::string& caller) {
  std::lock_guard<std::mutex> lock(places_->mutex);
  int& taken = places_->taken[caller];
  if (taken >= kWatchesOfOneMax) return nullptr;
  ++taken;
  return Place(new std::string(caller),
               [places = places_](const std::string* name) {
                 std::lock_guard<std::mutex> guard(places->mutex);
                 const auto found = places->taken.find(*name);
                 if (--found->second == 0) places->taken.erase(found);
                 delete name;
               });
}

std::vector<std::shared_ptr<Watch>> Watchers::Live() {
  std::vector<std::shared_ptr<Watch>> live;
  std::lock_guard<std::mutex> lock(mutex_);
  for (const auto& one : watches_) {
    if (auto watch = one.lock()) live.push_back(std::move(watch));
  }
  return live;
}

void Watchers::Loop() {
  while (true) {
    {
      std::unique_lock<std::mutex> lock(mutex_);
      if (watches_.empty()) {
        changed_.wait(lock, [this] { return stopping_ || !watches_.empty(); });
      } else {
        changed_.wait_for(lock, absl::ToChronoMilliseconds(kWatchTick),
                          [this] { return stopping_; });
      }
      if (stopping_) return;
    }
    for (const auto& watch : Live()) watch->Tick(absl::Now());
  }
}

}  // namespace kith::api
