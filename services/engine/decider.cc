#include "services/engine/decider.h"

#include <utility>

#include "base/status.h"
#include "services/engine/kill_point.h"

namespace kith::engine {
namespace {

ledger::v1::Reason ReasonOf(const char* code, const char* text) {
  ledger::v1::Reason reason;
  reason.set_code(code);
  reason.set_text(text);
  return reason;
}

std::optional<ledger::v1::Reason> WhyUnfit(inbox::Unfit unfit) {
  switch (unfit) {
    case inbox::Unfit::kNone:
      return std::nullopt;
    case inbox::Unfit::kNoValue:
      return ReasonOf("NO_VALUE", "the record has no value");
    case inbox::Unfit::kForeign:
      return ReasonOf("FOREIGN_TYPE", "its ce_type is not that of a frame");
    case inbox::Unfit::kTooLarge:
      return ReasonOf("TOO_LARGE", "it is longer than a frame may be");
  }
  return std::nullopt;
}

}  // namespace

Decider::Decider(std::shared_ptr<const eventstore::Snapshot> snapshot,
                 const Options& options, core::KeyHash hash, SourceKeys& keys)
    : hold_gaps_(options.hold_gaps),
      hash_(std::move(hash)),
      mac_check_(keys),
      next_position_(snapshot->head().next),
      state_(eventstore::Table::State(), options.row_cache_bytes_max / 2) {
  state_.Advance(std::move(snapshot));
}

absl::StatusOr<DecidedBatch> Decider::Decide(
    inbox::Taken taken, std::shared_ptr<const eventstore::Snapshot> snapshot) {
  const absl::Time start = absl::Now();
  state_.Advance(std::move(snapshot));
  DecidedBatch batch = NewBatch();
  batch.figures.statements = taken.entries.size();
  batch.answers.reserve(taken.entries.size());
  for (inbox::Entry& entry : taken.entries) {
    RETURN_IF_ERROR(DecideOne(std::move(entry), batch));
  }
  batch.writes.inbox_position = std::move(taken.position);
  batch.figures.deciding = absl::Now() - start;
  return batch;
}

absl::StatusOr<DecidedBatch> Decider::Found(const core::Genesis& genesis) {
  ASSIGN_OR_RETURN(core::Applied applied, core::Found(genesis, hash_));
  DecidedBatch batch = NewBatch();
  Take(applied, batch);
  return batch;
}

DecidedBatch Decider::NewBatch() {
  DecidedBatch batch;
  batch.first_position = next_position_;
  batch.state = &state_.changes();
  return batch;
}

absl::Status Decider::DecideOne(inbox::Entry entry, DecidedBatch& batch) {
  core::Arrival arrival = {.recorded_at = entry.recorded_at,
                           .hold_gaps = hold_gaps_,
                           .unfit = WhyUnfit(entry.unfit)};
  if (!arrival.unfit.has_value()) {
    ASSIGN_OR_RETURN(arrival.mac_holds,
                     mac_check_.Holds(state_, entry.frame_bytes));
  }
  KillPoint("checked");
  arrival.frame_bytes = std::move(entry.frame_bytes);
  ASSIGN_OR_RETURN(core::Applied applied,
                   core::Apply(state_, next_position_, arrival, hash_));
  Take(applied, batch);
  Answer answer{.ticket = entry.ticket};
  answer.outcome.expected_sequence = applied.expected_sequence;
  answer.outcome.repeated = applied.repeated;
  answer.outcome.held = applied.held;
  if (applied.outcome.has_value()) {
    answer.outcome.row = *std::move(applied.outcome);
  } else {
    answer.outcome.row.set_position(next_position_);
  }
  batch.answers.push_back(std::move(answer));
  return absl::OkStatus();
}

void Decider::Take(core::Applied& applied, DecidedBatch& batch) {
  state_.Absorb(std::move(applied.changes));
  for (core::Decided& decided : applied.decided) {
    next_position_ += decided.facts.size();
    batch.decided.push_back(std::move(decided));
  }
}

}  // namespace kith::engine
