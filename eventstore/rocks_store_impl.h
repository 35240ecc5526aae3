// The class behind `OpenRocksStore`; for the files of this folder.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "eventstore/batch.h"
#include "eventstore/batch_writer.h"
#include "eventstore/ledger_database.h"
#include "eventstore/rocks_store.h"

namespace kith::eventstore {

// Holds the lock on a store's folder against other processes, and this one.
class FolderLock {
 public:
  // FAILED_PRECONDITION: somebody holds it.
  static absl::StatusOr<std::unique_ptr<FolderLock>> Take(
      const std::string& folder, rocksdb::Env* env);
  ~FolderLock();
  FolderLock(const FolderLock&) = delete;

 private:
  FolderLock(rocksdb::Env* env, rocksdb::FileLock* lock)
      : env_(env), lock_(lock) {}
  rocksdb::Env* const env_;
  rocksdb::FileLock* const lock_;
};

class RocksStore : public Store {
 public:
  static absl::StatusOr<std::unique_ptr<RocksStore>> Open(
      const RocksOptions& options);
  ~RocksStore() override;

  absl::StatusOr<Head> Commit(const Batch& batch) override;
  absl::StatusOr<std::unique_ptr<Snapshot>> Read() const override;
  const std::string& incarnation() const override { return incarnation_; }
  const std::string& pepper() const override { return keys_->pepper(); }
  absl::Status DestroyKey(SubjectNumber subject) override;
  Views views() const override;
  absl::StatusOr<uint32_t> BeginView() override;
  absl::Status CommitView(const std::vector<RowChange>& rows,
                          Position built_to) override;
  absl::Status SwitchView() override;
  absl::Status AbandonView() override;
  absl::StatusOr<Verified> Verify(const Progress& progress) const override;
  absl::StatusOr<Head> Checkpoint(const std::string& folder) override;

  // Draws a new incarnation: this store was restored.
  absl::Status Renew();

 private:
  explicit RocksStore(const RocksOptions& options) : options_(options) {}

  // On open, in this order.
  absl::Status OpenDatabases();
  absl::Status FoundOrCheck();
  absl::Status Found();
  absl::Status Check();
  absl::Status CheckMarks() const;
  absl::Status WalkFromVerified();
  absl::Status ReadLastRecordedAt();
  absl::Status DeleteRetiredViews();

  BatchContext Context() const;
  // Writes `writer` as the store's next moment. Under `write_mutex_`.
  absl::Status Advance(BatchWriter& writer, Moment next, bool sync);
  // Deletes the rows of `version` and makes `remaining` the versions there
  // are. Under `write_mutex_`.
  absl::Status Retire(uint32_t version, const Views& remaining);
  // Drops the files of retired versions that nobody can see any longer, so
  // that no compaction has to read them; what is being compacted, or shares a
  // file with other rows, is left to compaction. Under `write_mutex_`.
  absl::Status DropRetiredFiles();

  // A version whose rows were deleted by the write with that number.
  struct Retired {
    uint32_t version = 0;
    rocksdb::SequenceNumber by = 0;
  };

  const RocksOptions options_;
  std::unique_ptr<FolderLock> lock_;
  mutable Poison poison_;
  std::unique_ptr<KeyStore> keys_;
  std::unique_ptr<Database> database_;
  std::string incarnation_;

  std::mutex write_mutex_;  // held from reading `moment_` to its next value
  int64_t last_recorded_at_micros_ = INT64_MIN;  // guarded by write_mutex_
  std::vector<Retired> retired_;                 // guarded by write_mutex_
  mutable std::mutex moment_mutex_;              // for those who only look
  Moment moment_;                                // written under both
};

}  // namespace kith::eventstore
