#include "adapters/publisher/files.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "absl/strings/str_cat.h"

namespace kith::adapters::files {
namespace {

absl::Status Failed(const char* what, const std::string& path) {
  return absl::InternalError(
      absl::StrCat(what, " ", path, ": ", std::strerror(errno)));
}

}  // namespace

void Close(int fd) {
  if (fd >= 0) ::close(fd);
}

absl::Status SyncFolder(const std::string& folder) {
  const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return Failed("open", folder);
  const int synced = ::fsync(fd);
  Close(fd);
  return synced == 0 ? absl::OkStatus() : Failed("sync", folder);
}

absl::Status MakeFolder(const std::string& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) {
    return absl::InternalError(
        absl::StrCat("make folder ", folder, ": ", error.message()));
  }
  const auto parent = std::filesystem::absolute(folder).parent_path();
  return SyncFolder(parent.string());
}

absl::StatusOr<std::vector<std::string>> List(const std::string& folder) {
  std::error_code error;
  std::vector<std::string> names;
  auto entry = std::filesystem::directory_iterator(folder, error);
  if (error) {
    return absl::NotFoundError(absl::StrCat("no folder ", folder));
  }
  for (; entry != std::filesystem::directory_iterator();
       entry.increment(error)) {
    if (error) break;
    names.push_back(entry->path().filename().string());
  }
  return names;
}

absl::StatusOr<std::string> ReadAll(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return Failed("open", path);
  std::ostringstream bytes;
  bytes << file.rdbuf();
  if (file.bad()) return Failed("read", path);
  return bytes.str();
}

absl::StatusOr<std::string> ReadAt(const std::string& path, uint64_t offset,
                                   uint32_t length) {
  std::ifstream file(path, std::ios::binary);
  std::string bytes(length, '\0');
  file.seekg(static_cast<std::streamoff>(offset));
  file.read(bytes.data(), length);
  if (!file) return Failed("read", path);
  return bytes;
}

absl::StatusOr<int> OpenAppend(const std::string& path) {
  const int fd =
      ::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) return Failed("open", path);
  return fd;
}

absl::Status WriteAndSync(int fd, absl::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return Failed("write", "outbox");
    bytes.remove_prefix(static_cast<size_t>(written));
  }
  return ::fdatasync(fd) == 0 ? absl::OkStatus() : Failed("sync", "outbox");
}

absl::Status Truncate(const std::string& path, uint64_t size) {
  if (::truncate(path.c_str(), static_cast<off_t>(size)) != 0) {
    return Failed("truncate", path);
  }
  const int fd = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
  if (fd < 0) return Failed("open", path);
  const int synced = ::fsync(fd);
  Close(fd);
  return synced == 0 ? absl::OkStatus() : Failed("sync", path);
}

absl::Status Remove(const std::string& path) {
  return ::unlink(path.c_str()) == 0 ? absl::OkStatus()
                                     : Failed("remove", path);
}

absl::StatusOr<int> Lock(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) return Failed("open", path);
  if (::flock(fd, LOCK_EX | LOCK_NB) == 0) return fd;
  Close(fd);
  return absl::UnavailableError("another process has the outbox open");
}

}  // namespace kith::adapters::files
