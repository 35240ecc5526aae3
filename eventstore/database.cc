#include "eventstore/database.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/check.h"
#include "base/status.h"
#include "rocksdb/cache.h"
#include "rocksdb/convenience.h"
#include "rocksdb/filter_policy.h"
#include "rocksdb/listener.h"
#include "rocksdb/slice_transform.h"
#include "rocksdb/table.h"
#include "rocksdb/utilities/checkpoint.h"
#include "rocksdb/write_batch.h"

namespace kith::eventstore {
namespace {

constexpr size_t kLogFileBytes = size_t{4} << 20;
// Few shards: large enough each to hold the largest blocks many times.
constexpr int kCacheShardBits = 4;
// So much of a table is on its way to the disk before more is written; a whole
// one at once would hold up the log's syncs behind it.
constexpr uint64_t kBytesPerSync = uint64_t{1} << 20;

// Poisons the store when a flush or compaction fails.
class Listener : public rocksdb::EventListener {
 public:
  explicit Listener(Poison& poison) : poison_(poison) {}
  void OnBackgroundError(rocksdb::BackgroundErrorReason,
                         rocksdb::Status* status) override {
    poison_.Note(*status).IgnoreError();
  }

 private:
  Poison& poison_;
};

rocksdb::DBOptions OptionsOf(const DatabaseOptions& options, Poison& poison) {
  rocksdb::DBOptions db;
  if (options.env != nullptr) db.env = options.env;
  db.create_if_missing = true;
  db.create_missing_column_families = true;
  db.wal_recovery_mode =
      rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;
  db.track_and_verify_wals_in_manifest = true;
  db.max_bgerror_resume_count = 0;
  db.paranoid_checks = true;
  db.max_total_wal_size = options.log_bytes_max;
  db.max_open_files = 1024;
  db.bytes_per_sync = kBytesPerSync;
  db.max_background_jobs = 2;
  db.info_log_level = rocksdb::InfoLogLevel::WARN_LEVEL;
  db.max_log_file_size = kLogFileBytes;
  db.keep_log_file_num = 4;
  db.stats_dump_period_sec = 0;
  db.stats_persist_period_sec = 0;
  db.listeners.push_back(std::make_shared<Listener>(poison));
  return db;
}

rocksdb::ColumnFamilyOptions OptionsOf(const FamilyOptions& family,
                                       std::shared_ptr<rocksdb::Cache> cache) {
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = std::move(cache);
  // Indexes and filters in parts of a block each: whole, those of a file of
  // 64 MB are as large as a shard of the cache, and drive each other out of it.
  table.index_type = rocksdb::BlockBasedTableOptions::kTwoLevelIndexSearch;
  table.partition_filters = family.point_reads;
  table.cache_index_and_filter_blocks = true;
  table.pin_l0_filter_and_index_blocks_in_cache = true;
  table.pin_top_level_index_and_filter = true;
  table.format_version = 5;
  if (family.point_reads) {
    table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  }
  rocksdb::ColumnFamilyOptions options;
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  options.compression = rocksdb::kNoCompression;
  options.bottommost_compression = rocksdb::kDisableCompressionOption;
  options.write_buffer_size = family.memtable_bytes;
  options.max_write_buffer_number = 3;
  if (family.rising_within) {
    options.memtable_insert_with_hint_prefix_extractor.reset(
        rocksdb::NewFixedPrefixTransform(*family.rising_within));
  }
  // Half as many rewrites of what a rebuild of the views writes at once.
  options.level0_file_num_compaction_trigger = 8;
  options.level_compaction_dynamic_level_bytes = true;
  return options;
}

// Without CURRENT, RocksDB would take a damaged database for a new one and
// delete its files.
absl::Status CheckCurrent(const DatabaseOptions& options) {
  rocksdb::Env* env =
      options.env != nullptr ? options.env : rocksdb::Env::Default();
  std::vector<std::string> files;
  if (!env->GetChildren(options.folder, &files).ok()) return absl::OkStatus();
  bool current = false;
  bool data = false;
  for (const std::string& file : files) {
    current |= file == "CURRENT";
    data |= absl::EndsWith(file, ".sst") || absl::EndsWith(file, ".log");
  }
  return data && !current
             ? absl::DataLossError("a database has lost its CURRENT file")
             : absl::OkStatus();
}

rocksdb::ReadOptions ReadAt(const rocksdb::Snapshot* snapshot) {
  rocksdb::ReadOptions read;
  read.snapshot = snapshot;
  return read;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Database>> Database::Open(
    const DatabaseOptions& options, Poison& poison) {
  RETURN_IF_ERROR(CheckCurrent(options));
  const auto cache = rocksdb::NewLRUCache(options.cache_bytes, kCacheShardBits);
  std::vector<rocksdb::ColumnFamilyDescriptor> families;
  for (const FamilyOptions& family : options.families) {
    families.emplace_back(family.name, OptionsOf(family, cache));
  }
  std::unique_ptr<Database> database(new Database(options.sync, poison));
  rocksdb::DB* db = nullptr;
  RETURN_IF_ERROR(
      poison.Note(rocksdb::DB::Open(OptionsOf(options, poison), options.folder,
                                    families, &database->families_, &db)));
  database->db_.reset(db);
  // Who waits for an answer comes before compaction, which has time: when it
  // falls behind, RocksDB slows writing down and so gives it its turn.
  db->GetEnv()
      ->LowerThreadPoolCPUPriority(rocksdb::Env::LOW,
                                   rocksdb::CpuPriority::kLow)
      .PermitUncheckedError();
  return database;
}

Database::~Database() {
  for (rocksdb::ColumnFamilyHandle* family : families_) {
    db_->DestroyColumnFamilyHandle(family).PermitUncheckedError();
  }
}

absl::Status Database::Write(rocksdb::WriteBatch& batch) {
  RETURN_IF_ERROR(poison_.Check());
  rocksdb::WriteOptions write;
  write.sync = sync_;
  return poison_.Note(db_->Write(write, &batch));
}

absl::Status Database::WriteUnsynced(rocksdb::WriteBatch& batch) {
  RETURN_IF_ERROR(poison_.Check());
  return poison_.Note(db_->Write(rocksdb::WriteOptions(), &batch));
}

absl::StatusOr<std::optional<std::string>> Database::Get(
    size_t family, absl::string_view key,
    const rocksdb::Snapshot* snapshot) const {
  RETURN_IF_ERROR(poison_.Check());
  std::string value;
  const rocksdb::Status status =
      db_->Get(ReadAt(snapshot), families_[family], AsSlice(key), &value);
  if (status.IsNotFound()) return std::optional<std::string>();
  RETURN_IF_ERROR(poison_.Note(status));
  return std::optional<std::string>(std::move(value));
}

absl::StatusOr<bool> Database::IsEmpty(size_t family) const {
  const std::unique_ptr<rocksdb::Iterator> rows(
      db_->NewIterator(rocksdb::ReadOptions(), families_[family]));
  rows->SeekToFirst();
  RETURN_IF_ERROR(poison_.Note(rows->status()));
  return !rows->Valid();
}

std::optional<rocksdb::SequenceNumber> Database::OldestSnapshot() const {
  uint64_t sequence = 0;
  KITH_CHECK(db_->GetIntProperty(
      rocksdb::DB::Properties::kOldestSnapshotSequence, &sequence));
  if (sequence == 0) return std::nullopt;
  return sequence;
}

absl::Status Database::DropFiles(size_t family, absl::string_view begin,
                                 absl::string_view end) {
  RETURN_IF_ERROR(poison_.Check());
  const rocksdb::Slice first = AsSlice(begin);
  const rocksdb::Slice limit = AsSlice(end);
  const rocksdb::RangePtr range(&first, &limit);
  return poison_.Note(rocksdb::DeleteFilesInRanges(
      db_.get(), families_[family], &range, 1, /*include_end=*/false));
}

absl::Status Database::Checkpoint(const std::string& folder) const {
  RETURN_IF_ERROR(poison_.Check());
  rocksdb::Checkpoint* made = nullptr;
  RETURN_IF_ERROR(poison_.Note(rocksdb::Checkpoint::Create(db_.get(), &made)));
  const std::unique_ptr<rocksdb::Checkpoint> checkpoint(made);
  const rocksdb::Status status = checkpoint->CreateCheckpoint(folder);
  // A full disk at the copy's side is not the store's failure.
  if (status.ok()) return absl::OkStatus();
  return absl::UnavailableError(
      absl::StrCat("checkpoint: ", status.ToString()));
}

}  // namespace kith::eventstore
