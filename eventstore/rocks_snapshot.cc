#include "eventstore/rocks_snapshot.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "base/bytes.h"
#include "base/status.h"
#include "eventstore/walk.h"

namespace kith::eventstore {

absl::StatusOr<std::unique_ptr<RocksSnapshot>> RocksSnapshot::Take(
    const Database& database, const KeyStore& keys, Poison& poison) {
  RETURN_IF_ERROR(poison.Check());
  std::unique_ptr<RocksSnapshot> taken(
      new RocksSnapshot(database, keys, poison));
  ASSIGN_OR_RETURN(const auto moment,
                   database.Get(kMeta, kMomentKey, taken->snapshot_));
  auto decoded = DecodeMoment(moment.value_or(""));
  if (!decoded.ok()) return poison.Note(decoded.status());
  taken->moment_ = *std::move(decoded);
  return taken;
}

RocksSnapshot::RocksSnapshot(const Database& database, const KeyStore& keys,
                             Poison& poison)
    : database_(database),
      poison_(poison),
      reader_(keys, poison),
      snapshot_(database.db().GetSnapshot()) {}

RocksSnapshot::~RocksSnapshot() { database_.db().ReleaseSnapshot(snapshot_); }

absl::StatusOr<std::optional<std::string>> RocksSnapshot::Get(
    Table table, absl::string_view key) const {
  RETURN_IF_ERROR(poison_.Check());
  std::string stored_key;
  AppendTablePrefix(table, stored_key);
  stored_key.append(key.data(), key.size());
  rocksdb::ReadOptions read;
  read.snapshot = snapshot_;
  rocksdb::PinnableSlice value;
  const rocksdb::Status status = database_.db().Get(
      read, database_.family(FamilyOf(table)), stored_key, &value);
  if (status.IsNotFound()) return std::optional<std::string>();
  RETURN_IF_ERROR(poison_.Note(status));
  return reader_.Row(table, key, AsView(value));
}

absl::Status RocksSnapshot::Scan(Table table, absl::string_view begin,
                                 absl::string_view end,
                                 const Visit& visit) const {
  RETURN_IF_ERROR(poison_.Check());
  const std::string prefix = TablePrefix(table);
  const std::string last =
      end.empty() ? base::PrefixEnd(prefix) : absl::StrCat(prefix, end);
  Range rows(database_, FamilyOf(table), absl::StrCat(prefix, begin), last,
             snapshot_);
  for (; rows.Valid(); rows.Next()) {
    const absl::string_view key = rows.key().substr(prefix.size());
    ASSIGN_OR_RETURN(const auto value, reader_.Row(table, key, rows.value()));
    if (value.has_value() && !visit(key, *value)) return absl::OkStatus();
  }
  return poison_.Note(rows.status());
}

absl::Status RocksSnapshot::ScanLedger(Position first,
                                       const VisitRecord& visit) const {
  RETURN_IF_ERROR(poison_.Check());
  Range rows(database_, kLedger, base::BigEndian64(first),
             base::BigEndian64(head().next), snapshot_, /*once=*/true);
  Position at = first;
  for (; rows.Valid(); rows.Next(), ++at) {
    if (rows.key() != base::BigEndian64(at)) break;
    ASSIGN_OR_RETURN(const StoredRecord record,
                     reader_.Record(at, rows.value()));
    if (!visit(record)) return absl::OkStatus();
  }
  RETURN_IF_ERROR(poison_.Note(rows.status()));
  if (at >= head().next) return absl::OkStatus();
  return poison_.Note(
      absl::DataLossError(absl::StrCat("position ", at, ": missing")));
}

absl::Status RocksSnapshot::ScanSubject(SubjectNumber subject, Position first,
                                        const VisitRecord& visit) const {
  RETURN_IF_ERROR(poison_.Check());
  std::string begin, end;
  AppendIndexKey(subject, first, begin);
  AppendIndexKey(subject, head().next, end);
  Range rows(database_, kSubjects, begin, end, snapshot_);
  for (; rows.Valid(); rows.Next()) {
    const auto position = base::ReadBigEndian64(rows.key().substr(8));
    if (!position.has_value()) {
      return poison_.Note(absl::DataLossError("an index key is too short"));
    }
    ASSIGN_OR_RETURN(const StoredRecord record, ReadRecord(*position));
    if (!visit(record)) return absl::OkStatus();
  }
  return poison_.Note(rows.status());
}

absl::StatusOr<StoredRecord> RocksSnapshot::ReadRecord(
    Position position) const {
  if (position >= head().next) {
    return absl::NotFoundError("the ledger does not go so far");
  }
  ASSIGN_OR_RETURN(
      const auto value,
      database_.Get(kLedger, base::BigEndian64(position), snapshot_));
  if (value.has_value()) return reader_.Record(position, *value);
  return poison_.Note(
      absl::DataLossError(absl::StrCat("position ", position, ": missing")));
}

absl::StatusOr<Verified> RocksSnapshot::Verify(
    const Store::Progress& progress) const {
  RETURN_IF_ERROR(poison_.Check());
  Walk walk;
  walk.from = {0, NoDigest()};
  walk.to = head();
  walk.payloads = true;
  walk.snapshot = snapshot_;
  auto verified = WalkLedger(database_, reader_, walk, progress);
  if (!verified.ok()) return poison_.Note(verified.status());
  return verified;
}

}  // namespace kith::eventstore
