#include "services/engine/sequencer.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "base/crypto.h"
#include "base/status.h"
#include "services/core/keys.h"
#include "services/engine/view_version.h"

namespace kith::engine {
namespace {

core::KeyHash HashUnder(const std::string& pepper) {
  return [key = base::HmacKey(pepper)](absl::string_view personal) {
    return key.Mac(personal);
  };
}

// A body of the size allowed, with key id and mac.
constexpr size_t kSubmittedBytesMax = core::kFrameBytesMax + 1024;

absl::Status OutcomeUnknown() {
  return absl::UnavailableError(
      "the node stopped; the outcome is unknown: send the same again later");
}

absl::Status Draining() {
  return absl::UnavailableError("the node takes no more statements");
}

}  // namespace

absl::StatusOr<std::unique_ptr<Engine>> Engine::Open(
    const Options& options, eventstore::Store& store, inbox::Inbox& inbox,
    ViewFold views, SourceKeys& keys, EngineMetrics* metrics,
    const Progress& progress) {
  auto engine = std::make_unique<Sequencer>(options, store, inbox,
                                            std::move(views), keys, metrics);
  RETURN_IF_ERROR(engine->Start(progress));
  return std::unique_ptr<Engine>(std::move(engine));
}

Sequencer::Sequencer(const Options& options, eventstore::Store& store,
                     inbox::Inbox& inbox, ViewFold views, SourceKeys& keys,
                     EngineMetrics* metrics)
    : options_(options),
      store_(store),
      inbox_(inbox),
      views_(std::move(views)),
      keys_(keys),
      metrics_(metrics),
      hash_(HashUnder(store.pepper())),
      kept_(options.kept_bytes_max),
      tokens_(options.partnership, store.incarnation(), store.pepper()) {
  inbox_.OnLost([this](inbox::Ticket ticket, const absl::Status& why) {
    if (std::optional<Done> waiting = waiters_.Take(ticket)) (*waiting)(why);
  });
}

Sequencer::~Sequencer() {
  Stop();
  inbox_.OnLost(nullptr);
}

absl::Status Sequencer::Start(const Progress& progress) {
  RETURN_IF_ERROR(FoundIfEmpty());
  ASSIGN_OR_RETURN(const std::unique_ptr<ReadView> view, Read());
  RETURN_IF_ERROR(CheckPartnership(*view));
  RETURN_IF_ERROR(RebuildIfOutdated(progress));
  RETURN_IF_ERROR(StartInbox(*view));
  ASSIGN_OR_RETURN(decider_, NewDecider());
  recorder_ = NewRecorder();
  committer_ = std::make_unique<Committer>(
      store_, *recorder_, waiters_, tokens_, metrics_, kept_, views_.group_of,
      view->position(), [this](const absl::Status& reason) { Fail(reason); });
  thread_ = std::thread([this] { Run(); });
  const std::lock_guard lock(mutex_);
  started_ = true;
  return absl::OkStatus();
}

absl::Status Sequencer::FoundIfEmpty() {
  ASSIGN_OR_RETURN(const auto snapshot, store_.Read());
  if (snapshot->head().next > 0) return absl::OkStatus();
  if (!options_.genesis.has_value()) {
    return absl::FailedPreconditionError(
        absl::StrCat("partnership ", options_.partnership,
                     " has no ledger here, and none is to be founded"));
  }
  ASSIGN_OR_RETURN(const std::unique_ptr<Decider> decider, NewDecider());
  ASSIGN_OR_RETURN(DecidedBatch batch, decider->Found(*options_.genesis));
  RETURN_IF_ERROR(NewRecorder()->Complete(batch));
  return store_.Commit(batch.writes).status();
}

absl::Status Sequencer::CheckPartnership(const ReadView& view) const {
  ASSIGN_OR_RETURN(
      const std::optional<ledger::v1::LedgerRow> row,
      core::ReadRow<ledger::v1::LedgerRow>(view.state(), core::keys::Ledger()));
  if (!row.has_value()) return absl::DataLossError("there is no ledger row");
  if (row->partnership() == options_.partnership) return absl::OkStatus();
  return absl::FailedPreconditionError(
      absl::StrCat("the ledger is that of partnership ", row->partnership(),
                   ", not of ", options_.partnership));
}

absl::Status Sequencer::RebuildIfOutdated(const Progress& progress) {
  ASSIGN_OR_RETURN(const std::unique_ptr<ReadView> view, Read());
  ASSIGN_OR_RETURN(const uint32_t version, ReadViewVersion(view->view()));
  if (version == views_.version) return AbandonUnfinished();
  ASSIGN_OR_RETURN(const auto rebuilder, BeginRebuild());
  uint64_t left = 1;
  while (left > 0) {
    ASSIGN_OR_RETURN(left, rebuilder->Step());
    Report(progress, rebuilder->folded_to(), left);
  }
  return store_.SwitchView();
}

absl::Status Sequencer::AbandonUnfinished() {
  if (!store_.views().building.has_value()) return absl::OkStatus();
  return store_.AbandonView();
}

absl::Status Sequencer::StartInbox(const ReadView& view) {
  ASSIGN_OR_RETURN(const absl::Time last, view.recorded_at());
  return inbox_.Start(view.snapshot().inbox_position(), last);
}

absl::StatusOr<std::unique_ptr<Decider>> Sequencer::NewDecider() {
  ASSIGN_OR_RETURN(std::shared_ptr<const eventstore::Snapshot> snapshot,
                   store_.Read());
  return std::make_unique<Decider>(std::move(snapshot), options_, hash_, keys_);
}

std::unique_ptr<Recorder> Sequencer::NewRecorder() const {
  return std::make_unique<Recorder>(store_, views_, hash_,
                                    options_.row_cache_bytes_max / 2);
}

void Sequencer::Submit(std::string frame_bytes, Done done) {
  if (frame_bytes.size() > kSubmittedBytesMax) {
    return done(absl::InvalidArgumentError("a frame has at most 256 KiB"));
  }
  const absl::StatusOr<inbox::Ticket> ticket = waiters_.Add(done);
  if (!ticket.ok()) return done(ticket.status());
  const absl::Status placed = inbox_.Submit(std::move(frame_bytes), *ticket);
  if (placed.ok()) return;
  if (std::optional<Done> waiting = waiters_.Take(*ticket)) (*waiting)(placed);
}

absl::Status Sequencer::WaitForPosition(uint64_t position,
                                        absl::Time deadline) {
  return committer_->WaitForPosition(position, deadline);
}

absl::StatusOr<std::unique_ptr<ReadView>> Sequencer::Read() const {
  auto snapshot = Latest();
  if (!snapshot.ok()) return absl::UnavailableError("the store has failed");
  return std::make_unique<ReadView>(*std::move(snapshot),
                                    views_.group_of ? &kept_ : nullptr, hash_);
}

absl::StatusOr<std::shared_ptr<const eventstore::Snapshot>> Sequencer::Latest()
    const {
  const std::lock_guard lock(latest_mutex_);
  const uint64_t commits = committer_ == nullptr ? 0 : committer_->commits();
  if (latest_ == nullptr || latest_commits_ != commits ||
      latest_->views().live != store_.views().live) {
    ASSIGN_OR_RETURN(latest_, store_.Read());
    latest_commits_ = commits;
  }
  return latest_;
}

void Sequencer::ForgetLatest() {
  const std::lock_guard lock(latest_mutex_);
  latest_ = nullptr;
}

void Sequencer::Run() {
  absl::StatusOr<bool> more = true;
  while (more.ok() && *more) more = RunBatch();
  // A failed commit has told its reason itself.
  if (!more.ok() && !absl::IsUnavailable(more.status())) Fail(more.status());
}

absl::StatusOr<bool> Sequencer::RunBatch() {
  ASSIGN_OR_RETURN(inbox::Taken taken, inbox_.Take(options_.batch));
  if (taken.ended) return false;
  const Gate::Pass pass(gate_);
  ASSIGN_OR_RETURN(std::shared_ptr<const eventstore::Snapshot> snapshot,
                   store_.Read());
  ASSIGN_OR_RETURN(DecidedBatch batch,
                   decider_->Decide(std::move(taken), std::move(snapshot)));
  RETURN_IF_ERROR(committer_->Hand(std::move(batch)));
  return true;
}

void Sequencer::Fail(const absl::Status& reason) {
  {
    const std::lock_guard lock(mutex_);
    if (!reason_.ok()) return;
    reason_ = reason;
  }
  stopping_ = true;
  inbox_.Close();
  committer_->GiveUp();
  waiters_.Close(OutcomeUnknown());
  if (options_.on_stopped) options_.on_stopped(reason);
}

absl::Status Sequencer::Rebuild(const Progress& progress) {
  if (rebuilding_.exchange(true)) {
    return absl::FailedPreconditionError("a rebuild is under way");
  }
  absl::StatusOr<std::unique_ptr<Rebuilder>> rebuilder = BeginRebuild();
  absl::Status status = rebuilder.status();
  if (status.ok()) status = CatchUp(**rebuilder, progress);
  if (status.ok()) status = JoinUp(**rebuilder, progress);
  if (status.ok()) status = store_.SwitchView();
  if (status.ok()) ForgetLatest();
  if (!status.ok() && !absl::IsCancelled(status)) Fail(status);
  rebuilding_ = false;
  return status;
}

absl::StatusOr<std::unique_ptr<Rebuilder>> Sequencer::BeginRebuild() {
  return Rebuilder::Begin(store_, views_, hash_,
                          options_.row_cache_bytes_max / 2,
                          options_.rebuild_step_max);
}

absl::Status Sequencer::CatchUp(Rebuilder& rebuilder,
                                const Progress& progress) {
  uint64_t left = options_.rebuild_step_max + 1;
  while (left > options_.rebuild_step_max) {
    if (stopping_) return absl::CancelledError("the node stops");
    ASSIGN_OR_RETURN(left, rebuilder.Step());
    Report(progress, rebuilder.folded_to(), left);
  }
  return absl::OkStatus();
}

absl::Status Sequencer::JoinUp(Rebuilder& rebuilder, const Progress& progress) {
  const Gate::Pause pause(gate_);
  if (!committer_->Drain().ok()) return absl::CancelledError("the node stops");
  uint64_t left = 1;
  while (left > 0) {
    ASSIGN_OR_RETURN(left, rebuilder.Step());
    Report(progress, rebuilder.folded_to(), left);
  }
  recorder_->FoldAlso(rebuilder.TakeRows());
  return absl::OkStatus();
}

void Sequencer::Report(const Progress& progress, uint64_t done, uint64_t left) {
  if (progress) progress(done, done + left);
  if (metrics_ != nullptr) metrics_->Rebuilding(done, done + left);
}

void Sequencer::Stop() {
  const std::lock_guard stop(stop_mutex_);
  stopping_ = true;
  inbox_.Close();
  if (!thread_.joinable()) return;
  thread_.join();
  committer_->End();
  // Who still waits has a frame on its way; who comes now has none.
  waiters_.TellAll(OutcomeUnknown());
  waiters_.Close(Draining());
}

EngineStatus Sequencer::status() const {
  EngineStatus status;
  status.position = committer_->position();
  status.waiting = inbox_.depth();
  status.rebuilding = rebuilding_;
  const std::lock_guard lock(mutex_);
  status.reason = reason_;
  status.ready = started_ && reason_.ok() && !stopping_;
  return status;
}

}  // namespace kith::engine
