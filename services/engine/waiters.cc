#include "services/engine/waiters.h"

#include <utility>

namespace kith::engine {

absl::StatusOr<inbox::Ticket> Waiters::Add(Engine::Done& done) {
  const std::lock_guard lock(mutex_);
  if (!closed_.ok()) return closed_;
  waiting_[++last_ticket_] = std::move(done);
  return last_ticket_;
}

std::optional<Engine::Done> Waiters::Take(inbox::Ticket ticket) {
  const std::lock_guard lock(mutex_);
  const auto found = waiting_.find(ticket);
  if (found == waiting_.end()) return std::nullopt;
  std::optional<Engine::Done> done = std::move(found->second);
  waiting_.erase(found);
  return done;
}

void Waiters::Close(const absl::Status& status) {
  {
    const std::lock_guard lock(mutex_);
    if (closed_.ok()) closed_ = status;
  }
  TellAll(status);
}

void Waiters::TellAll(const absl::Status& status) {
  absl::flat_hash_map<inbox::Ticket, Engine::Done> left;
  {
    const std::lock_guard lock(mutex_);
    left.swap(waiting_);
  }
  for (auto& [ticket, done] : left) done(status);
}

}  // namespace kith::engine
