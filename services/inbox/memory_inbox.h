// The inbox of a node without Kafka: a bounded queue in this process.
//
// What waits in it is lost with the process; a frame counts only once its
// outcome was told.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <string>

#include "services/inbox/inbox.h"

namespace kith::inbox {

struct MemoryInboxOptions {
  size_t count_max = 20000;
  size_t bytes_max = size_t{64} << 20;
};

class MemoryInbox final : public Inbox {
 public:
  // `now` stamps frames; called from the threads that submit, one at a time.
  MemoryInbox(const MemoryInboxOptions& options,
              std::function<absl::Time()> now);

  // Its position is the number of frames taken since the ledger began, in
  // decimal.
  absl::Status Start(absl::string_view position,
                     absl::Time not_before) override;
  absl::Status Submit(std::string frame_bytes, Ticket ticket) override;
  absl::StatusOr<Taken> Take(const TakeLimits& limits) override;
  void Close() override;
  Depth depth() const override;

 private:
  // With `mutex_` held.
  Taken TakeWaiting(const TakeLimits& limits);

  const MemoryInboxOptions options_;
  const std::function<absl::Time()> now_;

  mutable std::mutex mutex_;
  std::condition_variable submitted_;
  // All below under `mutex_`.
  std::deque<Entry> waiting_;
  size_t waiting_bytes_ = 0;
  absl::Time last_stamp_ = absl::InfinitePast();
  uint64_t taken_ = 0;
  bool closed_ = false;
};

}  // namespace kith::inbox
