#include "tests/faults/fault_file_system.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <utility>

namespace kith::eventstore {
namespace {

using rocksdb::FileOptions;
using rocksdb::FSDirectory;
using rocksdb::FSWritableFile;
using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;
using rocksdb::Slice;

std::string FolderOf(const std::string& path) {
  return path.substr(0, path.rfind('/'));
}

bool IsThere(const std::string& path) {
  return access(path.c_str(), F_OK) == 0;
}

uint64_t SizeOf(const std::string& path) {
  struct stat found;
  return stat(path.c_str(), &found) == 0 ? static_cast<uint64_t>(found.st_size)
                                         : 0;
}

void Move(const std::string& from, const std::string& to) {
  if (std::rename(from.c_str(), to.c_str()) != 0) std::perror("rename");
}

class FaultFile : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  FaultFile(std::string path, std::unique_ptr<FSWritableFile> file,
            FaultFileSystem& fs)
      : FSWritableFileOwnerWrapper(std::move(file)),
        path_(std::move(path)),
        fs_(fs) {}

  IOStatus Append(const Slice& bytes, const IOOptions& options,
                  IODebugContext*) override {
    return fs_.Append(path_, bytes, options, *target());
  }
  IOStatus Append(const Slice& bytes, const IOOptions& options,
                  const rocksdb::DataVerificationInfo&,
                  IODebugContext*) override {
    return fs_.Append(path_, bytes, options, *target());
  }
  IOStatus Sync(const IOOptions& options, IODebugContext*) override {
    return fs_.SyncFile(path_, options, *target());
  }
  IOStatus Fsync(const IOOptions& options, IODebugContext*) override {
    return fs_.SyncFile(path_, options, *target());
  }
  // A hint, no promise.
  IOStatus RangeSync(uint64_t, uint64_t, const IOOptions&,
                     IODebugContext*) override {
    return IOStatus::OK();
  }

 private:
  const std::string path_;
  FaultFileSystem& fs_;
};

class FaultDirectory : public FSDirectory {
 public:
  FaultDirectory(std::string path, std::unique_ptr<FSDirectory> directory,
                 FaultFileSystem& fs)
      : path_(std::move(path)), directory_(std::move(directory)), fs_(fs) {}

  IOStatus Fsync(const IOOptions& options, IODebugContext*) override {
    return fs_.SyncDirectory(path_, options, *directory_);
  }
  IOStatus FsyncWithDirOptions(const IOOptions& options, IODebugContext*,
                               const rocksdb::DirFsyncOptions&) override {
    return fs_.SyncDirectory(path_, options, *directory_);
  }
  IOStatus Close(const IOOptions& options, IODebugContext* debug) override {
    return directory_->Close(options, debug);
  }

 private:
  const std::string path_;
  const std::unique_ptr<FSDirectory> directory_;
  FaultFileSystem& fs_;
};

std::string WithoutSlash(std::string path) {
  while (path.size() > 1 && path.back() == '/') path.pop_back();
  return path;
}

// Kith and RocksDB write some paths with two slashes.
std::string Clean(const std::string& path) {
  std::string clean;
  for (const char c : path) {
    if (c != '/' || clean.empty() || clean.back() != '/') clean.push_back(c);
  }
  return WithoutSlash(clean);
}

}  // namespace

FaultFileSystem::FaultFileSystem(Model model, uint64_t stop_at,
                                 std::string graveyard)
    : FileSystemWrapper(rocksdb::FileSystem::Default()),
      model_(model),
      stop_at_(stop_at),
      graveyard_(std::move(graveyard)) {}

IOStatus FaultFileSystem::Step() {
  ++steps_;
  if (model_ == kFail) {
    return steps_ >= stop_at_ ? IOStatus::IOError("the disk is broken")
                              : IOStatus::OK();
  }
  if (steps_ == stop_at_) Stop();
  return IOStatus::OK();
}

void FaultFileSystem::Stop() {
  if (model_ == kPowerCut) CutPower();
  _exit(kStoppedExitCode);
}

void FaultFileSystem::CutPower() {
  for (const auto& [path, bytes] : files_) {
    uint64_t kept = bytes.synced;
    if (path == written_last_) kept += (bytes.written - bytes.synced) / 2;
    if (IsThere(path) && SizeOf(path) > kept &&
        truncate(path.c_str(), static_cast<off_t>(kept)) != 0) {
      std::perror("truncate");
    }
  }
  for (auto entry = entries_.rbegin(); entry != entries_.rend(); ++entry) {
    Undo(*entry);
  }
}

void FaultFileSystem::Undo(const Entry& entry) {
  if (!entry.appeared.empty()) {
    if (entry.moved_to.empty()) {
      unlink(entry.appeared.c_str());
    } else {
      Move(entry.appeared, entry.moved_to);
    }
  }
  if (!entry.grave.empty()) Move(entry.grave, entry.buried);
}

std::string FaultFileSystem::Bury(const std::string& path) {
  if (!IsThere(path)) return "";
  const std::string grave = graveyard_ + "/" + std::to_string(++graves_);
  Move(path, grave);
  return grave;
}

void FaultFileSystem::Renamed(const std::string& from, const std::string& to) {
  const auto follow = [&](std::string& path) {
    const bool inside = path.rfind(from + "/", 0) == 0;
    if (inside || path == from) path = to + path.substr(from.size());
  };
  files_.erase(to);
  std::map<std::string, Bytes> files;
  for (const auto& [path, bytes] : files_) {
    std::string now = path;
    follow(now);
    files[now] = bytes;
  }
  files_ = std::move(files);
  follow(written_last_);
  for (Entry& entry : entries_) {
    // A file's own rename is undone by its entry; inside a renamed folder
    // every path is another.
    if (entry.folder != from && entry.folder.rfind(from + "/", 0) != 0) {
      continue;
    }
    follow(entry.folder);
    follow(entry.appeared);
    follow(entry.moved_to);
    follow(entry.buried);
  }
}

IOStatus FaultFileSystem::NewWritableFile(const std::string& path,
                                          const FileOptions& options,
                                          std::unique_ptr<FSWritableFile>* file,
                                          IODebugContext* debug) {
  const std::lock_guard lock(mutex_);
  if (IOStatus status = Step(); !status.ok()) return status;
  const std::string clean = Clean(path);
  const std::string grave = Bury(clean);
  std::unique_ptr<FSWritableFile> made;
  IOStatus status = target()->NewWritableFile(path, options, &made, debug);
  if (!status.ok()) return status;
  files_[clean] = Bytes();
  entries_.push_back({.folder = FolderOf(clean),
                      .appeared = clean,
                      .grave = grave,
                      .buried = clean});
  *file = std::make_unique<FaultFile>(clean, std::move(made), *this);
  return status;
}

IOStatus FaultFileSystem::ReopenWritableFile(
    const std::string& path, const FileOptions& options,
    std::unique_ptr<FSWritableFile>* file, IODebugContext* debug) {
  const std::lock_guard lock(mutex_);
  if (IOStatus status = Step(); !status.ok()) return status;
  const std::string clean = Clean(path);
  std::unique_ptr<FSWritableFile> made;
  IOStatus status = target()->ReopenWritableFile(path, options, &made, debug);
  if (!status.ok()) return status;
  files_.try_emplace(clean, Bytes{SizeOf(clean), SizeOf(clean)});
  *file = std::make_unique<FaultFile>(clean, std::move(made), *this);
  return status;
}

IOStatus FaultFileSystem::ReuseWritableFile(const std::string&,
                                            const std::string&,
                                            const FileOptions&,
                                            std::unique_ptr<FSWritableFile>*,
                                            IODebugContext*) {
  return IOStatus::NotSupported("logs are not recycled");
}

IOStatus FaultFileSystem::NewDirectory(const std::string& path,
                                       const IOOptions& options,
                                       std::unique_ptr<FSDirectory>* directory,
                                       IODebugContext* debug) {
  std::unique_ptr<FSDirectory> opened;
  IOStatus status = target()->NewDirectory(path, options, &opened, debug);
  if (!status.ok()) return status;
  *directory =
      std::make_unique<FaultDirectory>(Clean(path), std::move(opened), *this);
  return status;
}

IOStatus FaultFileSystem::RenameFile(const std::string& from,
                                     const std::string& to,
                                     const IOOptions& options,
                                     IODebugContext* debug) {
  const std::lock_guard lock(mutex_);
  if (IOStatus status = Step(); !status.ok()) return status;
  const std::string source = Clean(from);
  const std::string goal = Clean(to);
  // A second name for what is replaced: the rename itself stays atomic.
  std::string grave;
  if (IsThere(goal)) {
    grave = graveyard_ + "/" + std::to_string(++graves_);
    if (link(goal.c_str(), grave.c_str()) != 0) std::perror("link");
  }
  IOStatus status = target()->RenameFile(from, to, options, debug);
  if (!status.ok()) return status;
  Renamed(source, goal);
  entries_.push_back({.folder = FolderOf(goal),
                      .appeared = goal,
                      .moved_to = source,
                      .grave = grave,
                      .buried = goal});
  return status;
}

IOStatus FaultFileSystem::DeleteFile(const std::string& path, const IOOptions&,
                                     IODebugContext*) {
  const std::lock_guard lock(mutex_);
  if (IOStatus status = Step(); !status.ok()) return status;
  const std::string clean = Clean(path);
  const std::string grave = Bury(clean);
  if (grave.empty()) return IOStatus::PathNotFound(path);
  entries_.push_back(
      {.folder = FolderOf(clean), .grave = grave, .buried = clean});
  return IOStatus::OK();
}

IOStatus FaultFileSystem::LinkFile(const std::string& from,
                                   const std::string& to,
                                   const IOOptions& options,
                                   IODebugContext* debug) {
  const std::lock_guard lock(mutex_);
  if (IOStatus status = Step(); !status.ok()) return status;
  IOStatus status = target()->LinkFile(from, to, options, debug);
  if (!status.ok()) return status;
  const auto linked = files_.find(Clean(from));
  if (linked != files_.end()) files_[Clean(to)] = linked->second;
  entries_.push_back({.folder = FolderOf(Clean(to)), .appeared = Clean(to)});
  return status;
}

IOStatus FaultFileSystem::Truncate(const std::string& path, size_t bytes,
                                   const IOOptions& options,
                                   IODebugContext* debug) {
  const std::lock_guard lock(mutex_);
  if (IOStatus status = Step(); !status.ok()) return status;
  return target()->Truncate(path, bytes, options, debug);
}

IOStatus FaultFileSystem::Append(const std::string& path, const Slice& bytes,
                                 const IOOptions& options,
                                 FSWritableFile& file) {
  const std::lock_guard lock(mutex_);
  if (model_ != kFail && steps_ + 1 == stop_at_) {
    // Torn: half of it arrives.
    file.Append(Slice(bytes.data(), bytes.size() / 2), options, nullptr)
        .PermitUncheckedError();
    files_[path].written += bytes.size() / 2;
    written_last_ = path;
  }
  if (IOStatus status = Step(); !status.ok()) return status;
  IOStatus status = file.Append(bytes, options, nullptr);
  if (status.ok()) files_[path].written += bytes.size();
  written_last_ = path;
  return status;
}

IOStatus FaultFileSystem::SyncFile(const std::string& path,
                                   const IOOptions& options,
                                   FSWritableFile& file) {
  const std::lock_guard lock(mutex_);
  if (IOStatus status = Step(); !status.ok()) return status;
  // The model keeps the books; nothing here waits for a real disk, which only
  // ends the buffering of the file.
  IOStatus status = file.Flush(options, nullptr);
  if (status.ok()) files_[path].synced = files_[path].written;
  return status;
}

IOStatus FaultFileSystem::SyncDirectory(const std::string& path,
                                        const IOOptions&, FSDirectory&) {
  const std::lock_guard lock(mutex_);
  if (IOStatus status = Step(); !status.ok()) return status;
  const auto durable = [&](const Entry& entry) { return entry.folder == path; };
  for (const Entry& entry : entries_) {
    if (durable(entry) && !entry.grave.empty()) unlink(entry.grave.c_str());
  }
  entries_.erase(std::remove_if(entries_.begin(), entries_.end(), durable),
                 entries_.end());
  return IOStatus::OK();
}

}  // namespace kith::eventstore
