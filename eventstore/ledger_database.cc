#include "eventstore/ledger_database.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "base/bytes.h"
#include "base/status.h"

namespace kith::eventstore {
namespace {

constexpr size_t kMiB = size_t{1} << 20;
constexpr size_t kCacheBytes = 128 * kMiB;
constexpr size_t kLogBytesMax = 256 * kMiB;
constexpr size_t kReadAheadBytes = kMiB / 4;

std::string At(Position position) {
  return absl::StrCat("position ", position);
}

}  // namespace

absl::StatusOr<std::unique_ptr<Database>> OpenLedgerDatabase(
    const std::string& folder, bool sync, rocksdb::Env* env, Poison& poison) {
  return Database::Open(
      {.folder = folder,
       .families = {{rocksdb::kDefaultColumnFamilyName, 1 * kMiB, false},
                    {"ledger", 32 * kMiB, false, /*rising_within=*/0},
                    {"subjects", 16 * kMiB, false,
                     /*rising_within=*/sizeof(SubjectNumber)},
                    {"state", 32 * kMiB, true},
                    {"view", 32 * kMiB, true}},
       .cache_bytes = kCacheBytes,
       .log_bytes_max = kLogBytesMax,
       .sync = sync,
       .env = env},
      poison);
}

absl::StatusOr<std::optional<std::string>> Reader::Unseal(
    SubjectNumber subject, absl::string_view context,
    absl::string_view sealed) const {
  ASSIGN_OR_RETURN(const auto key, keys_.Find(subject));
  if (!key.has_value()) return std::optional<std::string>();
  if (sealed.empty()) return std::optional<std::string>("");
  auto plain = base::Unseal(AsView(*key), context, sealed);
  if (!plain.ok()) return poison_.Note(plain.status());
  return std::optional<std::string>(*std::move(plain));
}

absl::StatusOr<std::optional<std::string>> Reader::Row(
    Table table, absl::string_view key, absl::string_view value) const {
  const auto subject = base::ReadBigEndian64(value);
  if (!subject.has_value()) {
    return poison_.Note(absl::DataLossError("a row without a subject"));
  }
  std::string context;
  AppendRowContext(table, key, *subject, context);
  return Unseal(*subject, context, value.substr(8));
}

absl::StatusOr<Reader::LedgerRow> Reader::WithoutPayload(
    Position position, absl::string_view value) const {
  const auto parts = SplitLedgerValue(value);
  if (!parts.ok()) return poison_.Note(parts.status());
  auto header = ParseHeader(parts->header);
  if (!header.ok()) return poison_.Note(header.status());
  if (header->record.position != position) {
    return poison_.Note(absl::DataLossError(
        absl::StrCat(At(position), ": holds another record")));
  }
  return LedgerRow{*std::move(header), std::nullopt};
}

absl::StatusOr<Reader::LedgerRow> Reader::WithPayload(
    Position position, absl::string_view value) const {
  ASSIGN_OR_RETURN(LedgerRow row, WithoutPayload(position, value));
  const SubjectNumber subject = row.header.record.subject;
  std::string context;
  AppendPayloadContext(position, subject, context);
  ASSIGN_OR_RETURN(
      const auto joined,
      Unseal(subject, context, SplitLedgerValue(value).value().sealed));
  if (!joined.has_value()) return row;
  auto salted = SplitSalt(*joined);
  if (!salted.ok()) return poison_.Note(salted.status());
  row.payload = *std::move(salted);
  return row;
}

absl::StatusOr<StoredRecord> Reader::Record(Position position,
                                            absl::string_view value) const {
  ASSIGN_OR_RETURN(LedgerRow row, WithPayload(position, value));
  StoredRecord record = std::move(row.header.record);
  if (row.payload.has_value()) record.payload = std::move(row.payload->payload);
  return record;
}

void AppendRowValue(Table table, absl::string_view key, SubjectNumber subject,
                    const SubjectKey& subject_key, absl::string_view value,
                    std::string& out) {
  base::AppendBigEndian64(subject, out);
  if (value.empty()) return;
  std::string context;
  AppendRowContext(table, key, subject, context);
  base::AppendSealed(AsView(subject_key), context, value, out);
}

Range::Range(const Database& database, size_t family, absl::string_view begin,
             absl::string_view end, const rocksdb::Snapshot* snapshot,
             bool once)
    : end_(end), bound_(end_) {
  rocksdb::ReadOptions read;
  read.snapshot = snapshot;
  if (!end_.empty()) read.iterate_upper_bound = &bound_;
  if (once) {
    read.fill_cache = false;
    read.readahead_size = kReadAheadBytes;
  }
  rows_.reset(database.db().NewIterator(read, database.family(family)));
  rows_->Seek(AsSlice(begin));
}

}  // namespace kith::eventstore
