#include "services/engine/rebuilder.h"

#include <functional>
#include <utility>
#include <vector>

#include "base/status.h"
#include "services/engine/view_version.h"

namespace kith::engine {
namespace {

// About as many rows come of a fact; only the size of a filter hangs on it.
constexpr uint64_t kRowsOfFact = 5;

template <class T>
T* New(google::protobuf::Arena* arena) {
  return google::protobuf::Arena::CreateMessage<T>(arena);
}

}  // namespace

absl::StatusOr<std::unique_ptr<Rebuilder>> Rebuilder::Begin(
    eventstore::Store& store, const ViewFold& views, core::KeyHash hash,
    size_t cache_bytes_max, size_t step_max) {
  if (store.views().building.has_value()) {
    RETURN_IF_ERROR(store.AbandonView());
  }
  ASSIGN_OR_RETURN(const uint32_t version, store.BeginView());
  ASSIGN_OR_RETURN(const auto snapshot, store.Read());
  auto rows = std::make_unique<TableRows>(eventstore::Table::View(version),
                                          cache_bytes_max,
                                          snapshot->head().next * kRowsOfFact);
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
  if (folded_to_ == 0) PutViewVersion(views_.version, *rows_);
  ASSIGN_OR_RETURN(const Chunk chunk, TakeRead());
  for (const Read& read : chunk.facts) RETURN_IF_ERROR(Fold(read));
  RETURN_IF_ERROR(AwaitWritten());
  BeginWriting();
  const uint64_t left = snapshot->head().next - folded_to_;
  if (left == 0) RETURN_IF_ERROR(AwaitWritten());
  return left;
}

absl::StatusOr<Rebuilder::Chunk> Rebuilder::TakeRead() {
  ASSIGN_OR_RETURN(Chunk chunk, reading_.valid()
                                    ? reading_.get()
                                    : ReadFrom(store_, folded_to_, step_max_));
  reading_ = std::async(std::launch::async, ReadFrom, std::cref(store_),
                        folded_to_ + chunk.facts.size(), step_max_);
  return chunk;
}

absl::StatusOr<Rebuilder::Chunk> Rebuilder::ReadFrom(
    const eventstore::Store& store, uint64_t first, size_t count_max) {
  ASSIGN_OR_RETURN(const auto snapshot, store.Read());
  Chunk chunk{std::make_unique<google::protobuf::Arena>(), {}};
  google::protobuf::Arena* const arena = chunk.arena.get();
  bool whole = true;
  RETURN_IF_ERROR(
      snapshot->ScanLedger(first, [&](const eventstore::StoredRecord& record) {
        if (chunk.facts.size() >= count_max) return false;
        Read& read = chunk.facts.emplace_back();
        read.position = record.position;
        read.recorded_at_micros = record.recorded_at_micros;
        read.subject = record.subject;
        auto* statement = New<ledger::v1::StatementRef>(arena);
        statement->set_source(record.source);
        statement->set_epoch(record.epoch);
        statement->set_sequence(record.sequence);
        read.statement = statement;
        if (!record.payload.has_value()) return true;
        auto* fact = New<ledger::v1::Fact>(arena);
        read.fact = fact;
        return whole = fact->ParseFromString(*record.payload);
      }));
  if (!whole) return absl::DataLossError("a fact does not parse");
  return chunk;
}

void Rebuilder::BeginWriting() {
  const core::Overlay::Changes& changes = rows_->changes();
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

absl::Status Rebuilder::Fold(const Read& read) {
  folded_to_ = read.position + 1;
  if (read.fact == nullptr) return absl::OkStatus();
  return views_.fold(
      *rows_,
      {read.position, absl::FromUnixMicros(read.recorded_at_micros),
       read.subject, *read.statement, *read.fact},
      hash_);
}

}  // namespace kith::engine
