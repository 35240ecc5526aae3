#include "eventstore/master_key.h"

#include <filesystem>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "base/crypto.h"
#include "base/status.h"
#include "eventstore/files.h"

namespace kith::eventstore {
namespace fs = std::filesystem;
namespace {

bool OthersMayRead(const std::string& path) {
  std::error_code error;
  const fs::perms mode = fs::status(path, error).permissions();
  return (mode & (fs::perms::group_all | fs::perms::others_all)) !=
         fs::perms::none;
}

absl::StatusOr<std::string> MakeMasterKey(const std::string& path) {
  const std::string key = base::RandomBytes(base::kKeyBytes);
  RETURN_IF_ERROR(MakeFolder(ParentOf(path)));
  RETURN_IF_ERROR(WriteFile(path, key));
  return key;
}

}  // namespace

absl::StatusOr<std::string> ReadMasterKey(const std::string& path, bool make) {
  if (!Exists(path)) {
    if (make) return MakeMasterKey(path);
    return absl::FailedPreconditionError(
        absl::StrCat("the master key file ", path, " is missing"));
  }
  if (OthersMayRead(path)) {
    return absl::FailedPreconditionError(
        absl::StrCat("the master key file ", path, " must have mode 0600"));
  }
  const auto key = ReadFile(path, base::kKeyBytes);
  if (!key.ok() || key->size() != base::kKeyBytes) {
    return absl::FailedPreconditionError(
        absl::StrCat("the master key file ", path, " does not hold 32 bytes"));
  }
  return *key;
}

}  // namespace kith::eventstore
