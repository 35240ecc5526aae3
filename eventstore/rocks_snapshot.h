// One moment of a RocksDB store.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "eventstore/ledger_database.h"
#include "eventstore/store.h"

namespace kith::eventstore {

class RocksSnapshot : public Snapshot {
 public:
  // All three outlive the snapshot.
  static absl::StatusOr<std::unique_ptr<RocksSnapshot>> Take(
      const Database& database, const KeyStore& keys, Poison& poison);
  ~RocksSnapshot() override;

  const Head& head() const override { return moment_.head; }
  const std::string& inbox_position() const override {
    return moment_.inbox_position;
  }
  const Views& views() const override { return moment_.views; }
  absl::StatusOr<std::optional<std::string>> Get(
      Table table, absl::string_view key) const override;
  absl::Status Scan(Table table, absl::string_view begin, absl::string_view end,
                    const Visit& visit) const override;
  absl::Status ScanLedger(Position first,
                          const VisitRecord& visit) const override;
  absl::Status ScanSubject(SubjectNumber subject, Position first,
                           const VisitRecord& visit) const override;
  absl::StatusOr<StoredRecord> ReadRecord(Position position) const override;

  // Walks the whole ledger as it was at this moment.
  absl::StatusOr<Verified> Verify(const Store::Progress& progress) const;

 private:
  RocksSnapshot(const Database& database, const KeyStore& keys, Poison& poison);

  const Database& database_;
  Poison& poison_;
  const Reader reader_;
  const rocksdb::Snapshot* const snapshot_;
  Moment moment_;
};

}  // namespace kith::eventstore
