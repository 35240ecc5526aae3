// The ledger database: its column families and how its bytes are read.
//
// Thread-safe.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "eventstore/database.h"
#include "eventstore/key_store.h"
#include "eventstore/layout.h"
#include "eventstore/record.h"

namespace kith::eventstore {

// The column families, in the order in which they are opened.
enum Family : size_t { kMeta, kLedger, kSubjects, kState, kView };

absl::StatusOr<std::unique_ptr<Database>> OpenLedgerDatabase(
    const std::string& folder, bool sync, rocksdb::Env* env, Poison& poison);

inline size_t FamilyOf(Table table) {
  return table.kind == Table::kState ? kState : kView;
}

// Reads sealed bytes with the keys of a store. DATA_LOSS poisons.
class Reader {
 public:
  Reader(const KeyStore& keys, Poison& poison) : keys_(keys), poison_(poison) {}

  // The value of a row. Empty: its subject's key was destroyed.
  absl::StatusOr<std::optional<std::string>> Row(Table table,
                                                 absl::string_view key,
                                                 absl::string_view value) const;

  struct LedgerRow {
    ParsedHeader header;
    // Empty when the key was destroyed, or `WithoutPayload` was called.
    std::optional<SaltedPayload> payload;
  };
  absl::StatusOr<LedgerRow> WithoutPayload(Position position,
                                           absl::string_view value) const;
  absl::StatusOr<LedgerRow> WithPayload(Position position,
                                        absl::string_view value) const;
  // The same as a caller of the store sees it.
  absl::StatusOr<StoredRecord> Record(Position position,
                                      absl::string_view value) const;

 private:
  absl::StatusOr<std::optional<std::string>> Unseal(
      SubjectNumber subject, absl::string_view context,
      absl::string_view sealed) const;

  const KeyStore& keys_;
  Poison& poison_;
};

// Appends a row's value, sealed, to `out`.
void AppendRowValue(Table table, absl::string_view key, SubjectNumber subject,
                    const SubjectKey& subject_key, absl::string_view value,
                    std::string& out);

// An iterator over begin <= key < end of one family; an empty end means "to the
// last". Owns its bound.
class Range {
 public:
  Range(const Database& database, size_t family, absl::string_view begin,
        absl::string_view end, const rocksdb::Snapshot* snapshot,
        bool once = false);

  bool Valid() const { return rows_->Valid(); }
  void Next() { rows_->Next(); }
  absl::string_view key() const { return AsView(rows_->key()); }
  absl::string_view value() const { return AsView(rows_->value()); }
  rocksdb::Status status() const { return rows_->status(); }

 private:
  const std::string end_;
  const rocksdb::Slice bound_;
  std::unique_ptr<rocksdb::Iterator> rows_;
};

}  // namespace kith::eventstore
