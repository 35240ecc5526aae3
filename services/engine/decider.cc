#include "services/engine/decider.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "base/bytes.h"
#include "base/crypto.h"
#include "base/status.h"
#include "services/engine/view_version.h"

namespace kith::engine {
namespace {

constexpr size_t kSaltBytes = 32;

// Each fact has its own salt, so that none lets anybody test a guess of
// another.
std::string FactSalt(const std::string& statement_salt, uint32_t ordinal) {
  return base::HkdfSha256(statement_salt,
                          absl::StrCat("fact", base::BigEndian64(ordinal)),
                          kSaltBytes);
}

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

eventstore::NewRecord RecordOf(const core::Decided& decided, uint32_t ordinal) {
  const core::NewFact& fact = decided.facts[ordinal];
  eventstore::NewRecord record;
  record.recorded_at_micros = absl::ToUnixMicros(decided.recorded_at);
  record.source = decided.statement.source();
  record.epoch = decided.statement.epoch();
  record.sequence = decided.statement.sequence();
  record.ordinal = ordinal;
  record.subject = fact.subject;
  record.also_about = fact.also_about;
  record.kind = static_cast<uint32_t>(fact.fact.what_case());
  record.rules_number = decided.rules_number;
  record.salt = FactSalt(decided.salt, ordinal);
  record.payload = fact.fact.SerializeAsString();
  return record;
}

}  // namespace

Decider::Decider(std::shared_ptr<const eventstore::Snapshot> snapshot,
                 const Options& options, ViewFold views, core::KeyHash hash,
                 SourceKeys& keys)
    : hold_gaps_(options.hold_gaps),
      views_(std::move(views)),
      hash_(std::move(hash)),
      mac_check_(keys),
      next_position_(snapshot->head().next),
      state_(eventstore::Table::State(), options.row_cache_bytes_max / 2),
      live_(std::make_unique<TableRows>(
          eventstore::Table::View(snapshot->views().live),
          options.row_cache_bytes_max / 2)) {
  Advance(std::move(snapshot));
}

absl::StatusOr<DecidedBatch> Decider::Decide(
    inbox::Taken taken, std::shared_ptr<const eventstore::Snapshot> snapshot) {
  const absl::Time start = absl::Now();
  Advance(std::move(snapshot));
  DecidedBatch batch;
  batch.figures.statements = taken.entries.size();
  batch.answers.reserve(taken.entries.size());
  for (inbox::Entry& entry : taken.entries) {
    RETURN_IF_ERROR(DecideOne(std::move(entry), batch));
  }
  AppendRows(batch);
  batch.writes.inbox_position = std::move(taken.position);
  batch.figures.deciding = absl::Now() - start;
  return batch;
}

absl::StatusOr<DecidedBatch> Decider::Found(const core::Genesis& genesis) {
  ASSIGN_OR_RETURN(core::Applied applied, core::Found(genesis, hash_));
  DecidedBatch batch;
  RETURN_IF_ERROR(Take(applied, batch));
  PutViewVersion(views_.version, live_->top());
  AppendRows(batch);
  return batch;
}

void Decider::FoldAlso(std::unique_ptr<TableRows> building) {
  building_ = std::move(building);
}

void Decider::Advance(std::shared_ptr<const eventstore::Snapshot> snapshot) {
  const uint32_t live = snapshot->views().live;
  if (building_ != nullptr && building_->table().version == live) {
    live_ = std::move(building_);
  }
  state_.Advance(snapshot);
  live_->Advance(snapshot);
  if (building_ != nullptr) building_->Advance(snapshot);
}

absl::Status Decider::DecideOne(inbox::Entry entry, DecidedBatch& batch) {
  core::Arrival arrival = {.recorded_at = entry.recorded_at,
                           .hold_gaps = hold_gaps_,
                           .unfit = WhyUnfit(entry.unfit)};
  if (!arrival.unfit.has_value()) {
    ASSIGN_OR_RETURN(arrival.mac_holds,
                     mac_check_.Holds(state_.top(), entry.frame_bytes));
  }
  arrival.frame_bytes = std::move(entry.frame_bytes);
  ASSIGN_OR_RETURN(core::Applied applied,
                   core::Apply(state_.top(), next_position_, arrival, hash_));
  RETURN_IF_ERROR(Take(applied, batch));
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

absl::Status Decider::Take(core::Applied& applied, DecidedBatch& batch) {
  state_.top().Absorb(std::move(applied.changes));
  for (const core::Decided& decided : applied.decided) {
    RETURN_IF_ERROR(Record(decided, batch));
  }
  return absl::OkStatus();
}

absl::Status Decider::Record(const core::Decided& decided,
                             DecidedBatch& batch) {
  batch.outcomes.push_back(decided.outcome.kind());
  for (uint32_t ordinal = 0; ordinal < decided.facts.size(); ++ordinal) {
    batch.writes.records.push_back(RecordOf(decided, ordinal));
    RETURN_IF_ERROR(FoldViews(decided, decided.facts[ordinal]));
    ++next_position_;
  }
  return absl::OkStatus();
}

absl::Status Decider::FoldViews(const core::Decided& decided,
                                const core::NewFact& fact) {
  const RecordedFact recorded = {next_position_, decided.recorded_at,
                                 fact.subject, decided.statement, fact.fact};
  RETURN_IF_ERROR(views_.fold(live_->top(), recorded, hash_));
  if (building_ == nullptr) return absl::OkStatus();
  return views_.fold(building_->top(), recorded, hash_);
}

void Decider::AppendRows(DecidedBatch& batch) {
  state_.AppendChanges(batch.writes.rows);
  live_->AppendChanges(batch.writes.rows);
  if (building_ != nullptr) {
    building_->AppendChanges(batch.writes.rows);
    batch.building = building_->table().version;
  }
  batch.figures.facts = batch.writes.records.size();
  batch.figures.rows = batch.writes.rows.size();
}

}  // namespace kith::engine
