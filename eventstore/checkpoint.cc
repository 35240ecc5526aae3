// Copies of a store: `Checkpoint` writes one, `RestoreCheckpoint` reads one.
#include <filesystem>
#include <map>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "base/status.h"
#include "eventstore/files.h"
#include "eventstore/rocks_store_impl.h"

namespace kith::eventstore {
namespace {

constexpr absl::string_view kManifestVersion = "kith checkpoint 1";
constexpr size_t kManifestBytesMax = 4 * kInboxPositionBytesMax;

struct Manifest {
  Head head;
  std::string incarnation;
  std::string inbox_position;
};

std::string Print(const Manifest& manifest) {
  return absl::StrCat(kManifestVersion, "\nnext ", manifest.head.next,
                      "\ndigest ", absl::BytesToHexString(manifest.head.digest),
                      "\nincarnation ",
                      absl::BytesToHexString(manifest.incarnation), "\ninbox ",
                      absl::BytesToHexString(manifest.inbox_position), "\n");
}

// A manifest is right when it prints as it was read.
absl::StatusOr<Manifest> Parse(absl::string_view text) {
  const std::vector<std::string> lines = absl::StrSplit(text, '\n');
  if (lines[0] != kManifestVersion) {
    return absl::FailedPreconditionError(
        "a checkpoint of a format this program does not know");
  }
  std::map<std::string, std::string> values;
  for (const std::string& line : lines) {
    const std::pair<std::string, std::string> parts =
        absl::StrSplit(line, absl::MaxSplits(' ', 1));
    values.insert(parts);
  }
  Manifest manifest;
  if (!absl::SimpleAtoi(values["next"], &manifest.head.next)) {
    return absl::DataLossError("the checkpoint's manifest is damaged");
  }
  manifest.head.digest = absl::HexStringToBytes(values["digest"]);
  manifest.incarnation = absl::HexStringToBytes(values["incarnation"]);
  manifest.inbox_position = absl::HexStringToBytes(values["inbox"]);
  if (Print(manifest) != text) {
    return absl::DataLossError("the checkpoint's manifest is damaged");
  }
  return manifest;
}

absl::StatusOr<Manifest> ReadManifest(const std::string& checkpoint) {
  const auto text = ReadFile(checkpoint + "/MANIFEST", kManifestBytesMax);
  if (!text.ok()) {
    return absl::FailedPreconditionError(
        absl::StrCat(checkpoint, " is not a checkpoint: it has no manifest"));
  }
  return Parse(*text);
}

// Makes the two copies' names durable where the copies themselves were made.
absl::Status SyncThrough(rocksdb::Env& env, const std::string& folder) {
  std::unique_ptr<rocksdb::Directory> directory;
  rocksdb::Status status = env.NewDirectory(folder, &directory);
  if (status.ok()) status = directory->Fsync();
  return status.ok() ? absl::OkStatus()
                     : absl::UnavailableError(
                           absl::StrCat("checkpoint: ", status.ToString()));
}

absl::Status CheckCopy(const RocksStore& store, const Manifest& manifest) {
  ASSIGN_OR_RETURN(const auto snapshot, store.Read());
  const bool same = snapshot->head() == manifest.head &&
                    snapshot->inbox_position() == manifest.inbox_position &&
                    store.incarnation() == manifest.incarnation;
  return same ? absl::OkStatus()
              : absl::DataLossError("the copy is not what the manifest says");
}

}  // namespace

absl::StatusOr<Head> RocksStore::Checkpoint(const std::string& folder) {
  RETURN_IF_ERROR(poison_.Check());
  if (Exists(folder)) {
    return absl::AlreadyExistsError(absl::StrCat(folder, " is there already"));
  }
  RETURN_IF_ERROR(MakeFolder(folder));
  Manifest manifest;
  {
    const std::lock_guard lock(write_mutex_);
    manifest = {moment_.head, incarnation_, moment_.inbox_position};
    RETURN_IF_ERROR(database_->Checkpoint(folder + "/ledger"));
  }
  // After the ledger, so that every key it needs is there.
  RETURN_IF_ERROR(keys_->Checkpoint(folder + "/keys"));
  RETURN_IF_ERROR(SyncThrough(*database_->db().GetEnv(), folder));
  RETURN_IF_ERROR(WriteFile(folder + "/MANIFEST", Print(manifest)));
  return manifest.head;
}

absl::Status CheckIsClosed(const std::string& folder) {
  return FolderLock::Take(folder, nullptr).status();
}

absl::Status RestoreCheckpoint(const std::string& checkpoint,
                               const RocksOptions& options) {
  ASSIGN_OR_RETURN(const Manifest manifest, ReadManifest(checkpoint));
  if (Exists(options.folder)) {
    RETURN_IF_ERROR(CheckIsClosed(options.folder));
    return absl::AlreadyExistsError(
        absl::StrCat(options.folder, " is there already"));
  }
  // Under another name until it is verified; what a crash left is made anew.
  RocksOptions copy = options;
  copy.folder = options.folder + ".restoring";
  copy.verify_all = true;
  std::error_code error;
  std::filesystem::remove_all(copy.folder, error);
  RETURN_IF_ERROR(CopyFolder(checkpoint + "/ledger", copy.folder + "/ledger"));
  RETURN_IF_ERROR(CopyFolder(checkpoint + "/keys", copy.folder + "/keys"));
  {
    ASSIGN_OR_RETURN(const auto store, RocksStore::Open(copy));
    RETURN_IF_ERROR(CheckCopy(*store, manifest));
    RETURN_IF_ERROR(store->Renew());
  }
  std::filesystem::rename(copy.folder, options.folder, error);
  if (error) {
    return absl::UnavailableError(
        absl::StrCat("rename ", copy.folder, ": ", error.message()));
  }
  return SyncFolder(ParentOf(options.folder));
}

}  // namespace kith::eventstore
