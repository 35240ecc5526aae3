// Turns records and rows into the one write that RocksDB makes of them.
#pragma once

#include <string>
#include <vector>

#include "eventstore/ledger_database.h"
#include "eventstore/store.h"
#include "rocksdb/write_batch.h"

namespace kith::eventstore {

// Whose keys a batch needs: its records' subjects and those of rows it puts.
std::vector<SubjectNumber> SubjectsOf(const std::vector<NewRecord>& records,
                                      const std::vector<RowChange>& rows);

// For one write. `keys` holds a key for each of `SubjectsOf` what is added.
class BatchWriter {
 public:
  BatchWriter(const Database& database, const KeyStore::Keys& keys)
      : database_(database), keys_(keys) {}

  // Appends `record` at `head`, which moves on.
  void Append(const NewRecord& record, Head& head);
  void Change(const RowChange& row);
  // All rows of a version of the views, however many: RocksDB notes the range
  // and drops them when it next compacts.
  void DeleteView(uint32_t version);
  // The moment the store reaches with this write, and its marks. Last, once.
  void Finish(const Moment& moment);

  rocksdb::WriteBatch& batch() { return batch_; }

 private:
  void Put(size_t family, absl::string_view key, absl::string_view value);

  const Database& database_;
  const KeyStore::Keys& keys_;
  rocksdb::WriteBatch batch_;
  // Of the subject index. `Finish` puts them, in order: RocksDB finds the place
  // of a key quickest beside the one before.
  std::vector<std::string> index_keys_;
  // Reused, so that most rows need no memory of their own.
  std::string key_;
  std::string value_;
};

}  // namespace kith::eventstore
