#include "services/engine/rebuilder.h"

#include <utility>
#include <vector>

#include "base/status.h"
#include "services/engine/view_version.h"

namespace kith::engine {

absl::StatusOr<std::unique_ptr<Rebuilder>> Rebuilder::Begin(
    eventstore::Store& store, const ViewFold& views, core::KeyHash hash,
    size_t cache_bytes_max, size_t step_max) {
  if (store.views().building.has_value()) {
    RETURN_IF_ERROR(store.AbandonView());
  }
  ASSIGN_OR_RETURN(const uint32_t version, store.BeginView());
  auto rows = std::make_unique<TableRows>(eventstore::Table::View(version),
                                          cache_bytes_max);
  return std::unique_ptr<Rebuilder>(
      new Rebuilder(store, views, std::move(hash), std::move(rows), step_max));
}

Rebuilder::Rebuilder(eventstore::Store& store, const ViewFold& views,
                     core::KeyHash hash, std::unique_ptr<TableRows> rows,
                     size_t step_max)
    : store_(store),
      views_(views),
      hash_(std::move(hash)),
      rows_(std::move(rows)),
      step_max_(step_max) {}

absl::StatusOr<uint64_t> Rebuilder::Step() {
  // Holds every step but perhaps the last.
  ASSIGN_OR_RETURN(std::shared_ptr<const eventstore::Snapshot> snapshot,
                   store_.Read());
  rows_->Advance(snapshot);
  if (folded_to_ == 0) PutViewVersion(views_.version, rows_->top());
  RETURN_IF_ERROR(Fold(*snapshot));
  RETURN_IF_ERROR(AwaitWritten());
  BeginWriting();
  const uint64_t left = snapshot->head().next - folded_to_;
  if (left == 0) RETURN_IF_ERROR(AwaitWritten());
  return left;
}

absl::Status Rebuilder::Fold(const eventstore::Snapshot& snapshot) {
  absl::Status folded;
  size_t left = step_max_;
  RETURN_IF_ERROR(snapshot.ScanLedger(
      folded_to_, [&](const eventstore::StoredRecord& record) {
        if (left-- == 0) return false;
        folded = FoldOne(record);
        return folded.ok();
      }));
  return folded;
}

void Rebuilder::BeginWriting() {
  const core::Overlay::Changes& changes = rows_->top().changes();
  writing_ = std::async(std::launch::async, [&changes, table = rows_->table(),
                                             to = folded_to_, &store = store_] {
    std::vector<eventstore::RowChange> rows;
    AppendRows(table, changes, rows);
    return store.CommitView(rows, to);
  });
}

absl::Status Rebuilder::AwaitWritten() {
  return writing_.valid() ? writing_.get() : absl::OkStatus();
}

absl::Status Rebuilder::FoldOne(const eventstore::StoredRecord& record) {
  folded_to_ = record.position + 1;
  if (!record.payload.has_value()) return absl::OkStatus();  // erased
  ledger::v1::Fact fact;
  if (!fact.ParseFromString(*record.payload)) {
    return absl::DataLossError("a fact does not parse");
  }
  ledger::v1::StatementRef statement;
  statement.set_source(record.source);
  statement.set_epoch(record.epoch);
  statement.set_sequence(record.sequence);
  const absl::Time recorded_at =
      absl::FromUnixMicros(record.recorded_at_micros);
  return views_.fold(
      rows_->top(),
      {record.position, recorded_at, record.subject, statement, fact}, hash_);
}

}  // namespace kith::engine
