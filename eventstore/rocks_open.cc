// What happens when a store is opened (FORMAT.md, "On open").
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/bytes.h"
#include "base/crypto.h"
#include "base/status.h"
#include "eventstore/files.h"
#include "eventstore/master_key.h"
#include "eventstore/rocks_store_impl.h"
#include "eventstore/walk.h"

namespace kith::eventstore {

absl::StatusOr<std::unique_ptr<FolderLock>> FolderLock::Take(
    const std::string& folder, rocksdb::Env* env) {
  if (env == nullptr) env = rocksdb::Env::Default();
  rocksdb::FileLock* lock = nullptr;
  if (!env->LockFile(folder + "/LOCK", &lock).ok()) {
    return absl::FailedPreconditionError(
        absl::StrCat("another process has ", folder, " open"));
  }
  return std::unique_ptr<FolderLock>(new FolderLock(env, lock));
}

FolderLock::~FolderLock() { env_->UnlockFile(lock_).PermitUncheckedError(); }

absl::StatusOr<std::unique_ptr<RocksStore>> RocksStore::Open(
    const RocksOptions& options) {
  std::unique_ptr<RocksStore> store(new RocksStore(options));
  RETURN_IF_ERROR(MakeFolder(options.folder));
  ASSIGN_OR_RETURN(store->lock_, FolderLock::Take(options.folder, options.env));
  absl::Status status = store->OpenDatabases();
  if (status.ok()) status = store->FoundOrCheck();
  if (status.ok()) status = store->DeleteRetiredViews();
  // A store that does not hold must not move its verified point on closing.
  if (!status.ok()) store->moment_ = Moment();
  RETURN_IF_ERROR(store->poison_.Note(status));
  return store;
}

absl::Status RocksStore::OpenDatabases() {
  const std::string keys_folder = options_.folder + "/keys";
  const std::string ledger_folder = options_.folder + "/ledger";
  const bool has_keys = Exists(keys_folder + "/CURRENT");
  // Keys are founded first: a ledger without them has lost them.
  const bool has_ledger = Exists(ledger_folder + "/CURRENT");
  if (has_ledger && !has_keys) {
    return absl::DataLossError("the key store is gone");
  }
  ASSIGN_OR_RETURN(std::string master_key,
                   ReadMasterKey(options_.master_key_file, /*make=*/!has_keys));
  // RocksDB would make these, but not durably.
  RETURN_IF_ERROR(MakeFolder(keys_folder));
  RETURN_IF_ERROR(MakeFolder(ledger_folder));
  ASSIGN_OR_RETURN(keys_, KeyStore::Open({.folder = keys_folder,
                                          .master_key = std::move(master_key),
                                          .may_found = !has_ledger,
                                          .sync = options_.sync,
                                          .env = options_.env},
                                         poison_));
  ASSIGN_OR_RETURN(database_, OpenLedgerDatabase(ledger_folder, options_.sync,
                                                 options_.env, poison_));
  return absl::OkStatus();
}

absl::Status RocksStore::FoundOrCheck() {
  ASSIGN_OR_RETURN(const auto format, database_->Get(kMeta, kFormatKey));
  if (format.has_value()) {
    if (*format == kFormat) return Check();
    return absl::FailedPreconditionError(
        "a store of a format this program does not know");
  }
  // Either nobody founded this store yet, or it has lost everything.
  ASSIGN_OR_RETURN(const bool had_subjects, keys_->HasSubjects());
  bool empty = !had_subjects;
  for (const Family family : {kMeta, kLedger, kSubjects, kState, kView}) {
    ASSIGN_OR_RETURN(const bool none, database_->IsEmpty(family));
    empty = empty && none;
  }
  return empty ? Found() : absl::DataLossError("the ledger lost its format");
}

absl::Status RocksStore::Found() {
  incarnation_ = base::RandomBytes(kIncarnationBytes);
  BatchWriter writer(*database_, {});
  writer.batch().Put(database_->family(kMeta), AsSlice(kFormatKey),
                     AsSlice(kFormat));
  writer.batch().Put(database_->family(kMeta), AsSlice(kIncarnationKey),
                     incarnation_);
  return Advance(writer, Moment{.head = {0, NoDigest()}}, options_.sync);
}

absl::Status RocksStore::Check() {
  ASSIGN_OR_RETURN(const auto incarnation,
                   database_->Get(kMeta, kIncarnationKey));
  ASSIGN_OR_RETURN(const auto moment, database_->Get(kMeta, kMomentKey));
  if (!incarnation.has_value() || !moment.has_value()) {
    return absl::DataLossError("the store lost its incarnation or its moment");
  }
  incarnation_ = *incarnation;
  ASSIGN_OR_RETURN(moment_, DecodeMoment(*moment));
  RETURN_IF_ERROR(CheckMarks());
  RETURN_IF_ERROR(WalkFromVerified());
  return ReadLastRecordedAt();
}

absl::Status RocksStore::CheckMarks() const {
  const std::string expected = EncodeMark(moment_);
  const std::pair<Family, const std::string*> marks[] = {
      {kSubjects, &kSubjectsMarkKey},
      {kState, &kStateMarkKey},
      {kView, &kViewMarkKey}};
  for (const auto& [family, key] : marks) {
    ASSIGN_OR_RETURN(const auto mark, database_->Get(family, *key));
    if (mark != expected) {
      return absl::DataLossError(absl::StrCat(
          "column family ", family, " does not stand at the store's moment"));
    }
  }
  return absl::OkStatus();
}

absl::Status RocksStore::WalkFromVerified() {
  Walk walk;
  walk.from = {0, NoDigest()};
  walk.to = moment_.head;
  walk.payloads = options_.verify_all;
  ASSIGN_OR_RETURN(const auto verified, keys_->Verified());
  if (verified.has_value() && !options_.verify_all) walk.from = *verified;
  if (walk.from.next > walk.to.next) {
    return absl::DataLossError("the ledger is shorter than it once was");
  }
  return WalkLedger(*database_, Reader(*keys_, poison_), walk, nullptr)
      .status();
}

absl::Status RocksStore::ReadLastRecordedAt() {
  if (moment_.head.next == 0) return absl::OkStatus();
  const Position last = moment_.head.next - 1;
  ASSIGN_OR_RETURN(const auto value,
                   database_->Get(kLedger, base::BigEndian64(last)));
  ASSIGN_OR_RETURN(
      const auto row,
      Reader(*keys_, poison_).WithoutPayload(last, value.value_or("")));
  last_recorded_at_micros_ = row.header.record.recorded_at_micros;
  return absl::OkStatus();
}

// Goes from version to version and deletes the rows of those that are neither
// live nor under construction: an earlier release deleted them in steps, and a
// crash left the rest.
absl::Status RocksStore::DeleteRetiredViews() {
  std::string from = TablePrefix(Table::View(1));
  while (true) {
    const Range rows(*database_, kView, from, "", nullptr);
    RETURN_IF_ERROR(poison_.Note(rows.status()));
    if (!rows.Valid()) return absl::OkStatus();
    ASSIGN_OR_RETURN(const uint32_t version, ViewVersionOf(rows.key()));
    const bool kept = version == moment_.views.live ||
                      version == moment_.views.building.value_or(0);
    if (!kept) {
      BatchWriter writer(*database_, {});
      writer.DeleteView(version);
      RETURN_IF_ERROR(database_->WriteUnsynced(writer.batch()));
    }
    from = base::PrefixEnd(TablePrefix(Table::View(version)));
    if (from.empty()) return absl::OkStatus();
  }
}

}  // namespace kith::eventstore
