#include "eventstore/files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "base/status.h"

namespace kith::eventstore {
namespace fs = std::filesystem;
namespace {

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  int fd() const { return fd_; }

 private:
  const int fd_;
};

absl::Status Failed(absl::string_view what, const std::string& path) {
  return absl::UnavailableError(
      absl::StrCat(what, " ", path, ": ", std::strerror(errno)));
}

absl::Status Failed(absl::string_view what, const std::string& path,
                    const std::error_code& error) {
  return absl::UnavailableError(
      absl::StrCat(what, " ", path, ": ", error.message()));
}

absl::Status WriteAll(int fd, absl::string_view bytes,
                      const std::string& path) {
  while (!bytes.empty()) {
    const ssize_t written = write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return Failed("write", path);
    bytes.remove_prefix(static_cast<size_t>(written));
  }
  return fsync(fd) == 0 ? absl::OkStatus() : Failed("sync", path);
}

absl::Status SyncFile(const std::string& path) {
  const Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.fd() < 0 || fsync(file.fd()) != 0) return Failed("sync", path);
  return absl::OkStatus();
}

}  // namespace

bool Exists(const std::string& path) {
  std::error_code error;
  return fs::exists(path, error);
}

std::string ParentOf(const std::string& path) {
  const std::string parent = fs::absolute(path).parent_path().string();
  return parent.empty() ? "/" : parent;
}

absl::Status MakeFolder(const std::string& folder) {
  if (Exists(folder)) return absl::OkStatus();
  const std::string parent = ParentOf(folder);
  if (parent != folder) RETURN_IF_ERROR(MakeFolder(parent));
  if (mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) {
    return Failed("make", folder);
  }
  return SyncFolder(parent);
}

absl::Status SyncFolder(const std::string& folder) { return SyncFile(folder); }

absl::Status WriteFile(const std::string& path, absl::string_view bytes) {
  const std::string unfinished = path + ".unfinished";
  {
    const Descriptor file(open(unfinished.c_str(),
                               O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
    if (file.fd() < 0) return Failed("make", unfinished);
    RETURN_IF_ERROR(WriteAll(file.fd(), bytes, unfinished));
  }
  if (rename(unfinished.c_str(), path.c_str()) != 0) {
    return Failed("rename", unfinished);
  }
  return SyncFolder(ParentOf(path));
}

absl::StatusOr<std::string> ReadFile(const std::string& path,
                                     size_t bytes_max) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return absl::NotFoundError(absl::StrCat("no file ", path));
  std::string bytes(bytes_max + 1, '\0');
  file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  if (file.bad()) return Failed("read", path);
  bytes.resize(static_cast<size_t>(file.gcount()));
  if (bytes.size() > bytes_max) {
    return absl::ResourceExhaustedError(absl::StrCat(path, " is too long"));
  }
  return bytes;
}

absl::Status CopyFolder(const std::string& from, const std::string& to) {
  RETURN_IF_ERROR(MakeFolder(to));
  std::error_code error;
  for (fs::directory_iterator at(from, error), end; !error && at != end;
       at.increment(error)) {
    if (!at->is_regular_file(error)) continue;
    const std::string copy = to + "/" + at->path().filename().string();
    fs::copy_file(at->path(), copy, error);
    if (error) return Failed("copy", copy, error);
    RETURN_IF_ERROR(SyncFile(copy));
  }
  if (error) return Failed("list", from, error);
  return SyncFolder(to);
}

}  // namespace kith::eventstore
