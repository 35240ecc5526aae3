// One RocksDB database, opened the one way Kith opens it
// (docs/decisions/0001-rocksdb.md says why).
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "eventstore/poison.h"
#include "rocksdb/db.h"

namespace kith::eventstore {

struct FamilyOptions {
  std::string name;
  size_t memtable_bytes = 0;
  bool point_reads = false;  // keeps a filter, for rows that are often absent
  // New keys that share so many first bytes come in rising order: the next one
  // is looked for beside the one before, not from the beginning.
  std::optional<size_t> rising_within = std::nullopt;
};

struct DatabaseOptions {
  std::string folder;  // its parent exists
  std::vector<FamilyOptions> families;
  size_t cache_bytes = 0;
  size_t log_bytes_max = 0;
  bool sync = true;
  rocksdb::Env* env = nullptr;
};

// Thread-safe.
class Database {
 public:
  // Makes the database when there is none. `poison` outlives it, and learns of
  // what fails in the background. DATA_LOSS: it does not open.
  static absl::StatusOr<std::unique_ptr<Database>> Open(
      const DatabaseOptions& options, Poison& poison);
  ~Database();
  Database(const Database&) = delete;

  rocksdb::DB& db() const { return *db_; }
  rocksdb::ColumnFamilyHandle* family(size_t i) const { return families_[i]; }

  // Durable once it has returned, if the database was opened with `sync`.
  absl::Status Write(rocksdb::WriteBatch& batch);
  // Durable with the next `Write`.
  absl::Status WriteUnsynced(rocksdb::WriteBatch& batch);

  // Empty: no such key.
  absl::StatusOr<std::optional<std::string>> Get(
      size_t family, absl::string_view key,
      const rocksdb::Snapshot* snapshot = nullptr) const;

  absl::StatusOr<bool> IsEmpty(size_t family) const;

  // Of the oldest snapshot that somebody holds; empty: nobody holds one.
  std::optional<rocksdb::SequenceNumber> OldestSnapshot() const;
  // Drops the files that hold keys from `begin` to `end` alone. The rows must
  // be deleted for everyone: a snapshot from before would miss them.
  absl::Status DropFiles(size_t family, absl::string_view begin,
                         absl::string_view end);

  // Writes a copy to `folder`, which must not exist.
  absl::Status Checkpoint(const std::string& folder) const;

 private:
  Database(bool sync, Poison& poison) : sync_(sync), poison_(poison) {}

  const bool sync_;
  Poison& poison_;
  std::unique_ptr<rocksdb::DB> db_;
  std::vector<rocksdb::ColumnFamilyHandle*> families_;
};

inline rocksdb::Slice AsSlice(absl::string_view text) {
  return rocksdb::Slice(text.data(), text.size());
}
inline absl::string_view AsView(const rocksdb::Slice& slice) {
  return absl::string_view(slice.data(), slice.size());
}

}  // namespace kith::eventstore
