// The engine behind engine.h: the deciding thread, the committing thread, and
// what they share.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <thread>

#include "services/engine/committer.h"
#include "services/engine/decider.h"
#include "services/engine/engine.h"
#include "services/engine/gate.h"
#include "services/engine/kept_rows.h"
#include "services/engine/rebuilder.h"
#include "services/engine/recorder.h"
#include "services/engine/waiters.h"

namespace kith::engine {

class Sequencer final : public Engine {
 public:
  Sequencer(const Options& options, eventstore::Store& store,
            inbox::Inbox& inbox, ViewFold views, SourceKeys& keys,
            EngineMetrics* metrics);
  ~Sequencer() override;

  // Founds, rebuilds what must be, starts the threads. Once.
  absl::Status Start(const Progress& progress);

  void Submit(std::string frame_bytes, Done done) override;
  absl::Status WaitForPosition(uint64_t position, absl::Time deadline) override;
  absl::StatusOr<std::unique_ptr<ReadView>> Read() const override;
  const PositionTokens& tokens() const override { return tokens_; }
  absl::Status Rebuild(const Progress& progress) override;
  void Stop() override;
  EngineStatus status() const override;

 private:
  absl::Status FoundIfEmpty();
  absl::Status CheckPartnership(const ReadView& view) const;
  absl::Status RebuildIfOutdated(const Progress& progress);
  // What a crash left of a rebuild.
  absl::Status AbandonUnfinished();
  absl::Status StartInbox(const ReadView& view);
  absl::StatusOr<std::unique_ptr<Decider>> NewDecider();
  std::unique_ptr<Recorder> NewRecorder() const;
  absl::StatusOr<std::shared_ptr<const eventstore::Snapshot>> Latest() const;
  // Lets go of it: it may keep files of a retired view.
  void ForgetLatest();

  // The deciding thread.
  void Run();
  // One batch; false: nothing more will come.
  absl::StatusOr<bool> RunBatch();
  // Stops for good, by itself.
  void Fail(const absl::Status& reason);

  absl::StatusOr<std::unique_ptr<Rebuilder>> BeginRebuild();
  // Folds until few facts are left.
  absl::Status CatchUp(Rebuilder& rebuilder, const Progress& progress);
  // Folds the rest while no batch is under way and hands the rows over.
  absl::Status JoinUp(Rebuilder& rebuilder, const Progress& progress);
  void Report(const Progress& progress, uint64_t done, uint64_t left);

  const Options options_;
  eventstore::Store& store_;
  inbox::Inbox& inbox_;
  const ViewFold views_;
  SourceKeys& keys_;
  EngineMetrics* const metrics_;
  const core::KeyHash hash_;
  mutable KeptRows kept_;
  // The newest moment that was read: for all who read before the next commit.
  mutable std::mutex latest_mutex_;
  mutable std::shared_ptr<const eventstore::Snapshot> latest_;
  mutable uint64_t latest_commits_ = 0;
  const PositionTokens tokens_;

  Waiters waiters_;
  // Of the committing thread; others only while that has nothing to do.
  std::unique_ptr<Recorder> recorder_;
  std::unique_ptr<Committer> committer_;
  Gate gate_;
  // Of the deciding thread; others only while they pause `gate_`.
  std::unique_ptr<Decider> decider_;
  std::thread thread_;

  std::atomic<bool> rebuilding_ = false;
  std::atomic<bool> stopping_ = false;
  mutable std::mutex mutex_;
  bool started_ = false;   // under mutex_
  absl::Status reason_;    // under mutex_
  std::mutex stop_mutex_;  // held by who stops, so that a second waits
};

}  // namespace kith::engine
