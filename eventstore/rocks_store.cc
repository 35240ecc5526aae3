#include "eventstore/rocks_store.h"

#include <utility>

#include "base/bytes.h"
#include "base/crypto.h"
#include "base/status.h"
#include "eventstore/rocks_snapshot.h"
#include "eventstore/rocks_store_impl.h"

namespace kith::eventstore {

absl::StatusOr<std::unique_ptr<Store>> OpenRocksStore(
    const RocksOptions& options) {
  ASSIGN_OR_RETURN(std::unique_ptr<Store> store, RocksStore::Open(options));
  return store;
}

RocksStore::~RocksStore() {
  // A clean close: what was written here need not be walked again.
  if (database_ != nullptr && poison_.Check().ok() && moment_.write > 0) {
    keys_->SetVerified(moment_.head).IgnoreError();
  }
}

BatchContext RocksStore::Context() const {
  return {.next = moment_.head.next,
          .last_recorded_at_micros = last_recorded_at_micros_,
          .views = moment_.views};
}

absl::StatusOr<Head> RocksStore::Commit(const Batch& batch) {
  const std::lock_guard lock(write_mutex_);
  RETURN_IF_ERROR(poison_.Check());
  RETURN_IF_ERROR(CheckBatch(batch, Context()));
  RETURN_IF_ERROR(DropRetiredFiles());
  ASSIGN_OR_RETURN(const auto keys,
                   keys_->FindOrMake(SubjectsOf(batch.records, batch.rows)));
  BatchWriter writer(*database_, keys);
  Moment next = moment_;
  for (const NewRecord& record : batch.records) {
    writer.Append(record, next.head);
  }
  for (const RowChange& row : batch.rows) writer.Change(row);
  if (batch.inbox_position.has_value()) {
    next.inbox_position = *batch.inbox_position;
  }
  if (batch.folds_building) next.views.built_to = next.head.next;
  RETURN_IF_ERROR(Advance(writer, std::move(next), options_.sync));
  if (!batch.records.empty()) {
    last_recorded_at_micros_ = batch.records.back().recorded_at_micros;
  }
  return moment_.head;
}

absl::Status RocksStore::Advance(BatchWriter& writer, Moment next, bool sync) {
  ++next.write;
  writer.Finish(next);
  RETURN_IF_ERROR(sync ? database_->Write(writer.batch())
                       : database_->WriteUnsynced(writer.batch()));
  const std::lock_guard lock(moment_mutex_);
  moment_ = std::move(next);
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<Snapshot>> RocksStore::Read() const {
  ASSIGN_OR_RETURN(std::unique_ptr<Snapshot> snapshot,
                   RocksSnapshot::Take(*database_, *keys_, poison_));
  return snapshot;
}

absl::Status RocksStore::DestroyKey(SubjectNumber subject) {
  if (subject == kNobody) {
    return absl::InvalidArgumentError("nobody's key cannot be destroyed");
  }
  const std::lock_guard lock(write_mutex_);
  RETURN_IF_ERROR(poison_.Check());
  return keys_->Destroy(subject);
}

Views RocksStore::views() const {
  const std::lock_guard lock(moment_mutex_);
  return moment_.views;
}

absl::StatusOr<uint32_t> RocksStore::BeginView() {
  const std::lock_guard lock(write_mutex_);
  RETURN_IF_ERROR(poison_.Check());
  if (moment_.views.building.has_value()) {
    return absl::FailedPreconditionError("a view is under construction");
  }
  BatchWriter writer(*database_, {});
  Moment next = moment_;
  next.views.building = ++next.last_view;
  next.views.built_to = 0;
  RETURN_IF_ERROR(Advance(writer, std::move(next), options_.sync));
  return moment_.last_view;
}

absl::Status RocksStore::CommitView(const std::vector<RowChange>& rows,
                                    Position built_to) {
  const std::lock_guard lock(write_mutex_);
  RETURN_IF_ERROR(poison_.Check());
  RETURN_IF_ERROR(CheckViewRows(rows, built_to, Context()));
  ASSIGN_OR_RETURN(const auto keys, keys_->FindOrMake(SubjectsOf({}, rows)));
  BatchWriter writer(*database_, keys);
  for (const RowChange& row : rows) writer.Change(row);
  Moment next = moment_;
  next.views.built_to = built_to;
  // The rows can be made again: they wait for the next synced write.
  return Advance(writer, std::move(next), /*sync=*/false);
}

absl::Status RocksStore::SwitchView() {
  const std::lock_guard lock(write_mutex_);
  RETURN_IF_ERROR(poison_.Check());
  RETURN_IF_ERROR(CheckSwitch(Context()));
  return Retire(moment_.views.live, {.live = *moment_.views.building});
}

absl::Status RocksStore::AbandonView() {
  const std::lock_guard lock(write_mutex_);
  RETURN_IF_ERROR(poison_.Check());
  if (!moment_.views.building.has_value()) {
    return absl::FailedPreconditionError("no view is under construction");
  }
  return Retire(*moment_.views.building, {.live = moment_.views.live});
}

absl::Status RocksStore::Retire(uint32_t version, const Views& remaining) {
  BatchWriter writer(*database_, {});
  writer.DeleteView(version);
  Moment next = moment_;
  next.views = remaining;
  RETURN_IF_ERROR(Advance(writer, std::move(next), options_.sync));
  retired_.push_back({version, database_->db().GetLatestSequenceNumber()});
  return absl::OkStatus();
}

absl::Status RocksStore::DropRetiredFiles() {
  while (!retired_.empty()) {
    const Retired& oldest = retired_.front();
    if (database_->OldestSnapshot().value_or(oldest.by) < oldest.by) break;
    const std::string begin = TablePrefix(Table::View(oldest.version));
    RETURN_IF_ERROR(
        database_->DropFiles(kView, begin, base::PrefixEnd(begin)));
    retired_.erase(retired_.begin());
  }
  return absl::OkStatus();
}

absl::StatusOr<Verified> RocksStore::Verify(const Progress& progress) const {
  ASSIGN_OR_RETURN(const auto snapshot,
                   RocksSnapshot::Take(*database_, *keys_, poison_));
  ASSIGN_OR_RETURN(const Verified verified, snapshot->Verify(progress));
  RETURN_IF_ERROR(keys_->SetVerified(verified.head));
  return verified;
}

absl::Status RocksStore::Renew() {
  const std::lock_guard lock(write_mutex_);
  const std::string drawn = base::RandomBytes(kIncarnationBytes);
  rocksdb::WriteBatch batch;
  batch.Put(database_->family(kMeta), AsSlice(kIncarnationKey), drawn);
  RETURN_IF_ERROR(database_->Write(batch));
  incarnation_ = drawn;
  return absl::OkStatus();
}

}  // namespace kith::eventstore
