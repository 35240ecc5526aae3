#include "services/engine/source_keys.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/crypto.h"
#include "base/id.h"
#include "base/status.h"

namespace kith::engine {
namespace {

class File {
 public:
  explicit File(int descriptor) : descriptor_(descriptor) {}
  ~File() {
    if (descriptor_ >= 0) close(descriptor_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  int get() const { return descriptor_; }

 private:
  const int descriptor_;
};

absl::Status CannotUse(absl::string_view path, absl::string_view why) {
  return absl::FailedPreconditionError(absl::StrCat(path, ": ", why));
}

absl::StatusOr<std::optional<std::string>> ReadKey(const std::string& path) {
  const File file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0) {
    if (errno == ENOENT) return std::optional<std::string>();
    return CannotUse(path, strerror(errno));
  }
  struct stat info = {};
  if (fstat(file.get(), &info) != 0) return CannotUse(path, strerror(errno));
  if ((info.st_mode & 077) != 0) {
    return CannotUse(path, "others may read this key; set its mode to 0600");
  }
  std::string key(base::kKeyBytes + 1, '\0');
  const ssize_t length = read(file.get(), key.data(), key.size());
  if (length != static_cast<ssize_t>(base::kKeyBytes)) {
    return CannotUse(path, "a key has 32 bytes");
  }
  key.resize(base::kKeyBytes);
  return std::optional<std::string>(std::move(key));
}

// The name appears only with the whole key behind it.
absl::Status WriteKey(const std::string& path, const std::string& key) {
  const std::string draft = absl::StrCat(path, ".new");
  const File file(
      open(draft.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  const bool written = file.get() >= 0 &&
                       write(file.get(), key.data(), key.size()) ==
                           static_cast<ssize_t>(key.size()) &&
                       fsync(file.get()) == 0 &&
                       rename(draft.c_str(), path.c_str()) == 0;
  if (!written) return CannotUse(path, strerror(errno));
  return absl::OkStatus();
}

absl::Status SyncFolder(const std::string& folder) {
  const File file(open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (file.get() < 0 || fsync(file.get()) != 0) {
    return CannotUse(folder, strerror(errno));
  }
  return absl::OkStatus();
}

absl::Status MakeFolder(const std::string& folder) {
  std::error_code error;
  std::filesystem::path parent = std::filesystem::path(folder).parent_path();
  if (!parent.empty()) std::filesystem::create_directories(parent, error);
  if (mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) {
    return CannotUse(folder, strerror(errno));
  }
  return absl::OkStatus();
}

}  // namespace

std::string SourceKeys::PathOf(absl::string_view source,
                               absl::string_view key_id) const {
  return absl::StrCat(folder_, "/", source, ".", key_id, ".key");
}

absl::StatusOr<std::optional<std::string>> SourceKeys::Find(
    absl::string_view source, absl::string_view key_id) {
  if (!base::IsName(source) || !base::IsName(key_id)) {
    return std::optional<std::string>();
  }
  const std::lock_guard lock(mutex_);
  const auto name = std::make_pair(std::string(source), std::string(key_id));
  if (const auto known = known_.find(name); known != known_.end()) {
    return std::optional<std::string>(known->second);
  }
  ASSIGN_OR_RETURN(std::optional<std::string> key,
                   ReadKey(PathOf(source, key_id)));
  if (key.has_value()) known_[name] = *key;
  return key;
}

absl::StatusOr<std::string> SourceKeys::FindOrMake(absl::string_view source,
                                                   absl::string_view key_id) {
  if (!base::IsName(source) || !base::IsName(key_id)) {
    return absl::InvalidArgumentError(
        "a source and its key are named by 1 to 32 of a-z, 0-9 and _");
  }
  ASSIGN_OR_RETURN(const std::optional<std::string> known,
                   Find(source, key_id));
  if (known.has_value()) return *known;
  const std::lock_guard lock(mutex_);
  const std::string key = base::RandomBytes(base::kKeyBytes);
  RETURN_IF_ERROR(MakeFolder(folder_));
  RETURN_IF_ERROR(WriteKey(PathOf(source, key_id), key));
  RETURN_IF_ERROR(SyncFolder(folder_));
  known_[{std::string(source), std::string(key_id)}] = key;
  return key;
}

}  // namespace kith::engine
