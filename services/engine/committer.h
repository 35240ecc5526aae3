// Commits decided batches one after the other on a thread of its own, folds the
// views before (recorder.h), and answers who waits for them.
//
// Holds at most one batch: `Hand` waits until the one before is durable.
// Thread-safety: one thread hands; any thread calls the rest.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>

#include "eventstore/store.h"
#include "services/engine/decider.h"
#include "services/engine/engine_metrics.h"
#include "services/engine/kept_rows.h"
#include "services/engine/position_token.h"
#include "services/engine/recorder.h"
#include "services/engine/waiters.h"

namespace kith::engine {

class Committer {
 public:
  using GroupOf = std::function<absl::string_view(absl::string_view key)>;

  // `failed` is called once, on this thread, when a commit fails: nobody knows
  // then what the disk holds. `metrics` may be null. All must outlive it.
  Committer(eventstore::Store& store, Recorder& recorder, Waiters& waiters,
            const PositionTokens& tokens, EngineMetrics* metrics,
            KeptRows& kept, GroupOf group_of, uint64_t position,
            std::function<void(absl::Status)> failed);
  ~Committer() { End(); }

  // UNAVAILABLE: an earlier commit failed.
  absl::Status Hand(DecidedBatch batch);

  // Waits until everything handed over is durable and answered. UNAVAILABLE:
  // a commit failed.
  absl::Status Drain();

  // How many batches are durable. A batch may bring no fact and still rows.
  uint64_t commits() const { return commits_.load(); }
  // The durable head.
  uint64_t position() const;
  // DEADLINE_EXCEEDED; UNAVAILABLE once no more commits will come.
  absl::Status WaitForPosition(uint64_t position, absl::Time deadline);
  // No more positions will be reached: wakes who waits for one.
  void GiveUp();

  // Commits what was handed over and ends the thread. May be called again.
  void End();

 private:
  void Run();
  absl::Status Commit(DecidedBatch& batch);
  absl::Status Complete(DecidedBatch& batch);
  absl::StatusOr<eventstore::Head> Write(DecidedBatch& batch);
  // Tells what is kept for readers which rows of the views change.
  void Touch(const DecidedBatch& batch);
  void Reached(uint64_t position);
  void Tell(DecidedBatch& batch);
  void Count(const DecidedBatch& batch);

  eventstore::Store& store_;
  Recorder& recorder_;
  Waiters& waiters_;
  const PositionTokens& tokens_;
  EngineMetrics* const metrics_;
  KeptRows& kept_;
  const GroupOf group_of_;
  const std::function<void(absl::Status)> failed_;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  // All below under `mutex_`.
  std::optional<DecidedBatch> handed_;
  bool busy_ = false;     // a batch is being committed
  bool ended_ = false;    // the thread is to end
  bool failure_ = false;  // a commit failed
  bool given_up_ = false;
  uint64_t position_;
  std::atomic<uint64_t> commits_ = 0;

  std::thread thread_;  // last: it uses all of the above
};

}  // namespace kith::engine
