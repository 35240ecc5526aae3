#include "eventstore/key_store.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/bytes.h"
#include "base/status.h"
#include "eventstore/layout.h"
#include "rocksdb/write_batch.h"

namespace kith::eventstore {
namespace {

constexpr size_t kFamily = 0;
constexpr size_t kCachedKeysMax = 524'288;  // about 64 MiB
constexpr size_t kCacheBytes = size_t{16} << 20;
constexpr size_t kMemtableBytes = size_t{4} << 20;
constexpr size_t kLogBytesMax = size_t{32} << 20;

constexpr absl::string_view kKeysFormat = "kith keys 1";
constexpr absl::string_view kMasterKey = "master";
constexpr absl::string_view kPepperKey = "pepper";
constexpr absl::string_view kPurgeKey = "purge";
constexpr absl::string_view kVerifiedKey = "verified";
constexpr absl::string_view kMasterCheck = "kith master key 1";
constexpr absl::string_view kPepperContext = "kith pepper 1";
constexpr char kSubjectPrefix = 's';
// The value of a subject whose key was destroyed.
constexpr absl::string_view kDestroyed = "";

std::string KeyOf(SubjectNumber subject) {
  std::string key(1, kSubjectPrefix);
  base::AppendBigEndian64(subject, key);
  return key;
}

// Binds a wrapped key to its subject.
std::string ContextOf(SubjectNumber subject) {
  std::string context = "kith subject key 1";
  base::AppendBigEndian64(subject, context);
  return context;
}

SubjectKey AsKey(absl::string_view bytes) {
  SubjectKey key;
  std::copy(bytes.begin(), bytes.end(), key.begin());
  return key;
}

}  // namespace

absl::StatusOr<std::unique_ptr<KeyStore>> KeyStore::Open(
    const KeyStoreOptions& options, Poison& poison) {
  ASSIGN_OR_RETURN(
      auto database,
      Database::Open({.folder = options.folder,
                      .families = {{rocksdb::kDefaultColumnFamilyName,
                                    kMemtableBytes, true}},
                      .cache_bytes = kCacheBytes,
                      .log_bytes_max = kLogBytesMax,
                      .sync = options.sync,
                      .env = options.env},
                     poison));
  std::unique_ptr<KeyStore> store(
      new KeyStore(std::move(database), options.master_key, poison));
  RETURN_IF_ERROR(store->FoundOrCheck(options.may_found));
  return store;
}

KeyStore::KeyStore(std::unique_ptr<Database> database, std::string master_key,
                   Poison& poison)
    : database_(std::move(database)),
      master_key_(std::move(master_key)),
      poison_(poison),
      cache_(kCachedKeysMax) {}

absl::Status KeyStore::FoundOrCheck(bool may_found) {
  ASSIGN_OR_RETURN(const auto format, database_->Get(kFamily, kFormatKey));
  if (format.has_value()) return Check(*format);
  ASSIGN_OR_RETURN(const bool empty, database_->IsEmpty(kFamily));
  if (!empty || !may_found) {
    return absl::DataLossError("the key store lost what it was founded with");
  }
  return Found();
}

absl::Status KeyStore::Found() {
  pepper_ = base::RandomBytes(base::kKeyBytes);
  rocksdb::WriteBatch batch;
  batch.Put(AsSlice(kFormatKey), AsSlice(kKeysFormat));
  batch.Put(AsSlice(kMasterKey), base::HmacSha256(master_key_, kMasterCheck));
  batch.Put(AsSlice(kPepperKey),
            base::Seal(master_key_, kPepperContext, pepper_));
  return database_->Write(batch);
}

absl::Status KeyStore::Check(absl::string_view format) {
  if (format != kKeysFormat) {
    return absl::FailedPreconditionError(
        "keys of a format this program does not know");
  }
  ASSIGN_OR_RETURN(const auto check, database_->Get(kFamily, kMasterKey));
  ASSIGN_OR_RETURN(const auto sealed, database_->Get(kFamily, kPepperKey));
  if (!check.has_value() || !sealed.has_value()) {
    return absl::DataLossError("the key store lost its check or its pepper");
  }
  if (!base::EqualInConstantTime(*check,
                                 base::HmacSha256(master_key_, kMasterCheck))) {
    return absl::FailedPreconditionError(
        "the master key file is not that of this store");
  }
  ASSIGN_OR_RETURN(pepper_, base::Unseal(master_key_, kPepperContext, *sealed));
  ASSIGN_OR_RETURN(const auto purge, database_->Get(kFamily, kPurgeKey));
  return purge.has_value() ? Purge() : absl::OkStatus();
}

absl::StatusOr<bool> KeyStore::HasSubjects() const {
  const std::string begin(1, kSubjectPrefix);
  const std::string end = base::PrefixEnd(begin);
  const rocksdb::Slice bound(end);
  rocksdb::ReadOptions read;
  read.iterate_upper_bound = &bound;
  const std::unique_ptr<rocksdb::Iterator> rows(
      database_->db().NewIterator(read, database_->family(kFamily)));
  rows->Seek(begin);
  RETURN_IF_ERROR(poison_.Note(rows->status()));
  return rows->Valid();
}

absl::StatusOr<KeyStore::Keys> KeyStore::FindOrMake(
    absl::Span<const SubjectNumber> subjects) {
  Keys keys;
  rocksdb::WriteBatch batch;
  std::vector<SubjectNumber> made;
  const uint64_t era = cache_.era();
  for (const SubjectNumber subject : subjects) {
    if (keys.contains(subject)) continue;
    if (const auto cached = cache_.Find(subject); cached.has_value()) {
      keys[subject] = *cached;
      continue;
    }
    ASSIGN_OR_RETURN(const auto wrapped,
                     database_->Get(kFamily, KeyOf(subject)));
    if (wrapped.has_value()) {
      if (*wrapped == kDestroyed) {
        return absl::FailedPreconditionError(
            "data of a subject whose key was destroyed");
      }
      ASSIGN_OR_RETURN(keys[subject], Unwrap(subject, *wrapped));
    } else {
      const std::string key = base::RandomBytes(base::kKeyBytes);
      batch.Put(KeyOf(subject),
                base::Seal(master_key_, ContextOf(subject), key));
      keys[subject] = AsKey(key);
    }
    made.push_back(subject);
  }
  if (batch.Count() > 0) RETURN_IF_ERROR(database_->Write(batch));
  for (const SubjectNumber subject : made) {
    cache_.Add(subject, keys[subject], era);
  }
  return keys;
}

absl::StatusOr<std::optional<SubjectKey>> KeyStore::Find(
    SubjectNumber subject) const {
  if (auto cached = cache_.Find(subject); cached.has_value()) return cached;
  const uint64_t era = cache_.era();
  ASSIGN_OR_RETURN(const auto wrapped, database_->Get(kFamily, KeyOf(subject)));
  if (!wrapped.has_value()) {
    return poison_.Note(absl::DataLossError(
        absl::StrCat("subject ", subject, " has data but no key")));
  }
  if (*wrapped == kDestroyed) return std::optional<SubjectKey>();
  ASSIGN_OR_RETURN(const SubjectKey key, Unwrap(subject, *wrapped));
  cache_.Add(subject, key, era);
  return std::optional<SubjectKey>(key);
}

absl::StatusOr<std::optional<Head>> KeyStore::Verified() const {
  ASSIGN_OR_RETURN(const auto stored, database_->Get(kFamily, kVerifiedKey));
  if (!stored.has_value()) return std::optional<Head>();
  ASSIGN_OR_RETURN(Head head, DecodeHead(*stored));
  return std::optional<Head>(std::move(head));
}

absl::Status KeyStore::SetVerified(const Head& head) const {
  rocksdb::WriteBatch batch;
  batch.Put(AsSlice(kVerifiedKey), EncodeHead(head));
  return database_->Write(batch);
}

absl::StatusOr<SubjectKey> KeyStore::Unwrap(SubjectNumber subject,
                                            absl::string_view wrapped) const {
  auto key = base::Unseal(master_key_, ContextOf(subject), wrapped);
  if (!key.ok()) return poison_.Note(key.status());
  if (key->size() != base::kKeyBytes) {
    return poison_.Note(absl::DataLossError("a key of a wrong length"));
  }
  return AsKey(*key);
}

absl::Status KeyStore::Destroy(SubjectNumber subject) {
  rocksdb::WriteBatch batch;
  batch.Put(KeyOf(subject), AsSlice(kDestroyed));
  batch.Put(AsSlice(kPurgeKey), "");
  const absl::Status written = database_->Write(batch);
  cache_.Clear();
  RETURN_IF_ERROR(written);
  return Purge();
}

// An overwritten key stays in the log and in older files until those are gone.
absl::Status KeyStore::Purge() {
  rocksdb::DB& db = database_->db();
  rocksdb::CompactRangeOptions whole;
  whole.bottommost_level_compaction =
      rocksdb::BottommostLevelCompaction::kForceOptimized;
  RETURN_IF_ERROR(poison_.Note(
      db.Flush(rocksdb::FlushOptions(), database_->family(kFamily))));
  RETURN_IF_ERROR(poison_.Note(
      db.CompactRange(whole, database_->family(kFamily), nullptr, nullptr)));
  rocksdb::WriteBatch batch;
  batch.Delete(AsSlice(kPurgeKey));
  return database_->Write(batch);
}

}  // namespace kith::eventstore
