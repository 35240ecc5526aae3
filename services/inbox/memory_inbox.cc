#include "services/inbox/memory_inbox.h"

#include <algorithm>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace kith::inbox {

MemoryInbox::MemoryInbox(const MemoryInboxOptions& options,
                         std::function<absl::Time()> now)
    : options_(options), now_(std::move(now)) {}

absl::Status MemoryInbox::Start(absl::string_view position,
                                absl::Time not_before) {
  uint64_t taken = 0;
  if (!position.empty() && !absl::SimpleAtoi(position, &taken)) {
    return absl::FailedPreconditionError(
        "the ledger's frames came through Kafka until now: start it with the "
        "kafka settings it had");
  }
  const std::lock_guard lock(mutex_);
  taken_ = taken;
  last_stamp_ = std::max(last_stamp_, not_before);
  return absl::OkStatus();
}

absl::Status MemoryInbox::Submit(std::string frame_bytes, Ticket ticket) {
  {
    const std::lock_guard lock(mutex_);
    if (closed_) return absl::UnavailableError("the inbox is closed");
    if (waiting_.size() >= options_.count_max ||
        waiting_bytes_ + frame_bytes.size() > options_.bytes_max) {
      return absl::ResourceExhaustedError("the inbox is full");
    }
    // Whole microseconds, as the ledger keeps them.
    const absl::Time now = absl::FromUnixMicros(absl::ToUnixMicros(now_()));
    last_stamp_ = std::max(last_stamp_, now);
    waiting_bytes_ += frame_bytes.size();
    waiting_.push_back({std::move(frame_bytes), last_stamp_, ticket});
  }
  submitted_.notify_one();
  return absl::OkStatus();
}

absl::StatusOr<Taken> MemoryInbox::Take(const TakeLimits& limits) {
  std::unique_lock lock(mutex_);
  submitted_.wait(lock, [&] { return closed_ || !waiting_.empty(); });
  return TakeWaiting(limits);
}

Taken MemoryInbox::TakeWaiting(const TakeLimits& limits) {
  Taken taken;
  size_t bytes = 0;
  while (!waiting_.empty() && taken.entries.size() < limits.count_max) {
    const size_t next = waiting_.front().frame_bytes.size();
    if (!taken.entries.empty() && bytes + next > limits.bytes_max) break;
    bytes += next;
    taken.entries.push_back(std::move(waiting_.front()));
    waiting_.pop_front();
  }
  waiting_bytes_ -= bytes;
  taken_ += taken.entries.size();
  taken.position = absl::StrCat(taken_);
  taken.ended = taken.entries.empty();
  return taken;
}

void MemoryInbox::Close() {
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
  }
  submitted_.notify_all();
}

Depth MemoryInbox::depth() const {
  const std::lock_guard lock(mutex_);
  if (waiting_.empty()) return {};
  const absl::Duration age = now_() - waiting_.front().recorded_at;
  return {waiting_.size(), waiting_bytes_, std::max(age, absl::ZeroDuration())};
}

}  // namespace kith::inbox
