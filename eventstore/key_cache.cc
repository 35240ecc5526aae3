#include "eventstore/key_cache.h"

namespace kith::eventstore {

std::optional<SubjectKey> KeyCache::Find(SubjectNumber subject) {
  const std::lock_guard lock(mutex_);
  const auto found = by_subject_.find(subject);
  if (found == by_subject_.end()) return std::nullopt;
  entries_.splice(entries_.begin(), entries_, found->second);
  return found->second->key;
}

uint64_t KeyCache::era() const {
  const std::lock_guard lock(mutex_);
  return era_;
}

void KeyCache::Add(SubjectNumber subject, const SubjectKey& key, uint64_t era) {
  const std::lock_guard lock(mutex_);
  if (era != era_ || by_subject_.contains(subject)) return;
  if (entries_.size() >= keys_max_) {
    by_subject_.erase(entries_.back().subject);
    entries_.pop_back();
  }
  entries_.push_front({subject, key});
  by_subject_[subject] = entries_.begin();
}

void KeyCache::Clear() {
  const std::lock_guard lock(mutex_);
  ++era_;
  by_subject_.clear();
  entries_.clear();
}

}  // namespace kith::eventstore
