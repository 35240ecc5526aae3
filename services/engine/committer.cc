#include "services/engine/committer.h"

#include <algorithm>
#include <utility>

#include "absl/time/clock.h"
#include "base/status.h"
#include "services/engine/kill_point.h"

namespace kith::engine {
namespace {

absl::Status Stopped() {
  return absl::UnavailableError("the engine has stopped");
}

// A switch of views may come between decision and commit, and another rebuild
// begin: rows of a version that is gone are left out.
void FitTo(const eventstore::Views& views, DecidedBatch& batch) {
  auto& rows = batch.writes.rows;
  const auto gone = [&](const eventstore::RowChange& row) {
    return row.table.kind == eventstore::Table::kView &&
           row.table.version != views.live &&
           row.table.version != views.building;
  };
  rows.erase(std::remove_if(rows.begin(), rows.end(), gone), rows.end());
  batch.writes.folds_building =
      batch.building.has_value() && batch.building == views.building;
}

bool SameVersions(const eventstore::Views& one,
                  const eventstore::Views& other) {
  return one.live == other.live && one.building == other.building;
}

}  // namespace

Committer::Committer(eventstore::Store& store, Recorder& recorder,
                     Waiters& waiters, const PositionTokens& tokens,
                     EngineMetrics* metrics, KeptRows& kept, GroupOf group_of,
                     uint64_t position,
                     std::function<void(absl::Status)> failed)
    : store_(store),
      recorder_(recorder),
      waiters_(waiters),
      tokens_(tokens),
      metrics_(metrics),
      kept_(kept),
      group_of_(std::move(group_of)),
      failed_(std::move(failed)),
      position_(position),
      thread_([this] { Run(); }) {}

void Committer::End() {
  {
    const std::lock_guard lock(mutex_);
    ended_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
  GiveUp();
}

absl::Status Committer::Hand(DecidedBatch batch) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return !busy_ || failure_; });
  if (failure_) return Stopped();
  handed_ = std::move(batch);
  busy_ = true;
  changed_.notify_all();
  return absl::OkStatus();
}

absl::Status Committer::Drain() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return !busy_ || failure_; });
  return failure_ ? Stopped() : absl::OkStatus();
}

uint64_t Committer::position() const {
  const std::lock_guard lock(mutex_);
  return position_;
}

absl::Status Committer::WaitForPosition(uint64_t position,
                                        absl::Time deadline) {
  std::unique_lock lock(mutex_);
  const bool in_time =
      changed_.wait_until(lock, absl::ToChronoTime(deadline),
                          [&] { return position_ >= position || given_up_; });
  if (position_ >= position) return absl::OkStatus();
  if (in_time) return Stopped();
  return absl::DeadlineExceededError("the position is not reached yet");
}

void Committer::GiveUp() {
  const std::lock_guard lock(mutex_);
  given_up_ = true;
  changed_.notify_all();
}

void Committer::Run() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [&] { return handed_.has_value() || ended_; });
    if (!handed_.has_value()) return;
    DecidedBatch batch = *std::exchange(handed_, std::nullopt);
    lock.unlock();
    const absl::Status committed = Commit(batch);
    lock.lock();
    busy_ = false;
    failure_ = !committed.ok();
    changed_.notify_all();
    if (committed.ok()) continue;
    lock.unlock();
    return failed_(committed);
  }
}

absl::Status Committer::Commit(DecidedBatch& batch) {
  RETURN_IF_ERROR(Complete(batch));
  Touch(batch);
  KillPoint("decided");
  const absl::Time start = absl::Now();
  ASSIGN_OR_RETURN(const eventstore::Head head, Write(batch));
  KillPoint("written");
  batch.figures.committing = absl::Now() - start;
  ++commits_;
  Reached(head.next);
  Tell(batch);
  KillPoint("answered");
  Count(batch);
  return absl::OkStatus();
}

absl::Status Committer::Complete(DecidedBatch& batch) {
  const absl::Time start = absl::Now();
  RETURN_IF_ERROR(recorder_.Complete(batch));
  batch.figures.deciding += absl::Now() - start;
  return absl::OkStatus();
}

void Committer::Touch(const DecidedBatch& batch) {
  if (!group_of_) return;
  const uint64_t leads_to = position() + batch.writes.records.size();
  for (const eventstore::RowChange& row : batch.writes.rows) {
    if (row.table.kind != eventstore::Table::kView) continue;
    kept_.Touch(group_of_(row.key), leads_to);
  }
}

absl::StatusOr<eventstore::Head> Committer::Write(DecidedBatch& batch) {
  while (true) {
    const eventstore::Views views = store_.views();
    FitTo(views, batch);
    absl::StatusOr<eventstore::Head> head = store_.Commit(batch.writes);
    const bool was_refused = absl::IsInvalidArgument(head.status()) ||
                             absl::IsFailedPrecondition(head.status());
    // What was refused was not written; it may have named what is gone since.
    if (!was_refused || SameVersions(store_.views(), views)) return head;
  }
}

void Committer::Reached(uint64_t position) {
  const std::lock_guard lock(mutex_);
  position_ = position;
  changed_.notify_all();
}

void Committer::Tell(DecidedBatch& batch) {
  for (Answer& answer : batch.answers) {
    std::optional<Engine::Done> done = waiters_.Take(answer.ticket);
    if (!done.has_value()) continue;
    answer.outcome.position = tokens_.Seal(answer.outcome.row.position());
    (*done)(std::move(answer.outcome));
  }
}

void Committer::Count(const DecidedBatch& batch) {
  if (metrics_ == nullptr) return;
  for (const core::Decided& decided : batch.decided) {
    metrics_->Decided(decided.outcome.kind());
  }
  for (const Answer& answer : batch.answers) {
    if (answer.outcome.held) metrics_->Held();
    if (answer.outcome.repeated) metrics_->Repeated();
  }
  metrics_->Committed(batch.figures);
}

}  // namespace kith::engine
