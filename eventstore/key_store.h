// The keys of the subjects, in a database of their own (FORMAT.md, "The key
// database").
//
// Each subject's data is sealed under its own key; destroying the key makes the
// data unreadable wherever it lies. Keys are 32 random bytes, wrapped under the
// master key, and never leave this folder with the ledger's replicas.
//
// Thread-safety: one thread makes keys, any thread may do the rest.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "eventstore/database.h"
#include "eventstore/key_cache.h"
#include "eventstore/poison.h"
#include "eventstore/store.h"

namespace kith::eventstore {

struct KeyStoreOptions {
  std::string folder;  // its parent exists
  std::string master_key;
  bool may_found = true;  // false: there is a ledger that needs these keys
  bool sync = true;
  rocksdb::Env* env = nullptr;
};

class KeyStore {
 public:
  using Keys = absl::flat_hash_map<SubjectNumber, SubjectKey>;

  // Opens the store, or founds it with a new pepper where that may be.
  // FAILED_PRECONDITION: another master key, or an unknown format. DATA_LOSS:
  // it does not read back.
  static absl::StatusOr<std::unique_ptr<KeyStore>> Open(
      const KeyStoreOptions& options, Poison& poison);

  const std::string& pepper() const { return pepper_; }

  // Whether any subject ever had a key.
  absl::StatusOr<bool> HasSubjects() const;

  // The keys of `subjects`; those that have none get one, durable once this
  // has returned. FAILED_PRECONDITION: the key of one was destroyed.
  absl::StatusOr<Keys> FindOrMake(absl::Span<const SubjectNumber> subjects);

  // Empty: destroyed. DATA_LOSS: the subject never had a key.
  absl::StatusOr<std::optional<SubjectKey>> Find(SubjectNumber subject) const;

  // For ever: the old key leaves the files too. Blocks while they are written
  // anew.
  absl::Status Destroy(SubjectNumber subject);

  // How far the ledger was once found sound. Kept here, beside the ledger, so
  // that a ledger which lost its end is noticed. Empty before the first time.
  absl::StatusOr<std::optional<Head>> Verified() const;
  absl::Status SetVerified(const Head& head) const;

  absl::Status Checkpoint(const std::string& folder) const {
    return database_->Checkpoint(folder);
  }

 private:
  KeyStore(std::unique_ptr<Database> database, std::string master_key,
           Poison& poison);

  absl::Status FoundOrCheck(bool may_found);
  absl::Status Found();
  absl::Status Check(absl::string_view format);
  absl::Status Purge();
  absl::StatusOr<SubjectKey> Unwrap(SubjectNumber subject,
                                    absl::string_view wrapped) const;

  const std::unique_ptr<Database> database_;
  const std::string master_key_;
  Poison& poison_;
  std::string pepper_;
  mutable KeyCache cache_;
};

}  // namespace kith::eventstore
