#include "services/engine/recorder.h"

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

absl::Status Recorder::Complete(DecidedBatch& batch) {
  RETURN_IF_ERROR(Advance());
  if (batch.first_position == 0) PutViewVersion(views_.version, *live_);
  for (const core::Decided& decided : batch.decided) {
    RETURN_IF_ERROR(Record(decided, batch));
  }
  auto& rows = batch.writes.rows;
  AppendRows(eventstore::Table::State(), *batch.state, rows);
  AppendRows(live_->table(), live_->changes(), rows);
  if (building_ != nullptr) {
    AppendRows(building_->table(), building_->changes(), rows);
    batch.building = building_->table().version;
  }
  batch.figures.facts = batch.writes.records.size();
  batch.figures.rows = rows.size();
  return absl::OkStatus();
}

void Recorder::FoldAlso(std::unique_ptr<TableRows> building) {
  building_ = std::move(building);
  building_->EndBuilding();
}

absl::Status Recorder::Advance() {
  ASSIGN_OR_RETURN(std::shared_ptr<const eventstore::Snapshot> snapshot,
                   store_.Read());
  const uint32_t live = snapshot->views().live;
  if (building_ != nullptr && building_->table().version == live) {
    live_ = std::move(building_);
  }
  if (live_ == nullptr) {
    live_ = std::make_unique<TableRows>(eventstore::Table::View(live),
                                        cache_bytes_max_);
  }
  live_->Advance(snapshot);
  if (building_ != nullptr) building_->Advance(std::move(snapshot));
  return absl::OkStatus();
}

absl::Status Recorder::Record(const core::Decided& decided,
                              DecidedBatch& batch) {
  std::vector<eventstore::NewRecord>& records = batch.writes.records;
  for (uint32_t ordinal = 0; ordinal < decided.facts.size(); ++ordinal) {
    RETURN_IF_ERROR(FoldViews(batch.first_position + records.size(), decided,
                              decided.facts[ordinal]));
    records.push_back(RecordOf(decided, ordinal));
  }
  return absl::OkStatus();
}

absl::Status Recorder::FoldViews(uint64_t position,
                                 const core::Decided& decided,
                                 const core::NewFact& fact) {
  const RecordedFact recorded = {position, decided.recorded_at, fact.subject,
                                 decided.statement, fact.fact};
  RETURN_IF_ERROR(views_.fold(*live_, recorded, hash_));
  if (building_ == nullptr) return absl::OkStatus();
  return views_.fold(*building_, recorded, hash_);
}

}  // namespace kith::engine
