// A file system that stops the process in the middle of things.
//
// It passes everything on to the machine's own and counts the steps that change
// files: create, append, sync, rename, delete, link. At the step it was told it
// does one of three things:
//   kKill    ends the process. What was written stays: the page cache outlives
//            a process. The write it interrupts is torn.
//   kPowerCut first drops what a machine may forget when its power goes: bytes
//            that were not synced and directory entries whose folder was not;
//            only the file written last keeps half of its unsynced bytes.
//   kFail    fails this step and all later ones, as a full or broken disk does.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "rocksdb/env.h"
#include "rocksdb/file_system.h"

namespace kith::eventstore {

inline constexpr int kStoppedExitCode = 77;

class FaultFileSystem : public rocksdb::FileSystemWrapper {
 public:
  enum Model { kKill, kPowerCut, kFail };

  // `graveyard` is a folder on the same disk for what is deleted or replaced
  // before its folder was synced.
  FaultFileSystem(Model model, uint64_t stop_at, std::string graveyard);

  const char* Name() const override { return "FaultFileSystem"; }
  uint64_t steps() const { return steps_; }

  rocksdb::IOStatus NewWritableFile(
      const std::string& path, const rocksdb::FileOptions& options,
      std::unique_ptr<rocksdb::FSWritableFile>* file,
      rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus ReopenWritableFile(
      const std::string& path, const rocksdb::FileOptions& options,
      std::unique_ptr<rocksdb::FSWritableFile>* file,
      rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus ReuseWritableFile(
      const std::string& path, const std::string& old_path,
      const rocksdb::FileOptions& options,
      std::unique_ptr<rocksdb::FSWritableFile>* file,
      rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus NewDirectory(
      const std::string& path, const rocksdb::IOOptions& options,
      std::unique_ptr<rocksdb::FSDirectory>* directory,
      rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus RenameFile(const std::string& from, const std::string& to,
                               const rocksdb::IOOptions& options,
                               rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus DeleteFile(const std::string& path,
                               const rocksdb::IOOptions& options,
                               rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus LinkFile(const std::string& from, const std::string& to,
                             const rocksdb::IOOptions& options,
                             rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus Truncate(const std::string& path, size_t bytes,
                             const rocksdb::IOOptions& options,
                             rocksdb::IODebugContext* debug) override;

  // For the files and directories it hands out.
  rocksdb::IOStatus Append(const std::string& path, const rocksdb::Slice& bytes,
                           const rocksdb::IOOptions& options,
                           rocksdb::FSWritableFile& file);
  rocksdb::IOStatus SyncFile(const std::string& path,
                             const rocksdb::IOOptions& options,
                             rocksdb::FSWritableFile& file);
  rocksdb::IOStatus SyncDirectory(const std::string& path,
                                  const rocksdb::IOOptions& options,
                                  rocksdb::FSDirectory& directory);

 private:
  // A change of a directory that is not durable yet, and how to undo it.
  struct Entry {
    std::string folder;
    std::string appeared;  // a path to take away; may be empty
    std::string moved_to;  // whither `appeared` goes back; may be empty
    std::string grave;     // what was at `buried` before; may be empty
    std::string buried;
  };
  struct Bytes {
    uint64_t written = 0;
    uint64_t synced = 0;
  };

  // Counts one step and stops there. Under `mutex_`.
  rocksdb::IOStatus Step();
  [[noreturn]] void Stop();
  void CutPower();
  void Undo(const Entry& entry);
  // Lets the books follow a rename of a file, or of a folder with all in it.
  void Renamed(const std::string& from, const std::string& to);
  // Moves what is at `path` to the graveyard; empty when nothing is there.
  std::string Bury(const std::string& path);

  const Model model_;
  const uint64_t stop_at_;
  const std::string graveyard_;
  std::mutex mutex_;  // guards all that follows
  uint64_t steps_ = 0;
  uint64_t graves_ = 0;
  std::map<std::string, Bytes> files_;
  std::string written_last_;
  std::vector<Entry> entries_;  // oldest first
};

}  // namespace kith::eventstore
