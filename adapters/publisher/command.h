// The command line that all adapters share: run, deliver, resend,
// status.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "adapters/common/feed.h"
#include "adapters/common/item.h"
#include "adapters/common/mapping.h"

namespace kith::adapters {

// Reads the files of one run. Made anew for each.
class FileReader {
 public:
  virtual ~FileReader() = default;
  // Called with every file before the first is read, for formats whose files
  // refer to each other. Complains of nothing.
  virtual void Prepare(const std::string& /*path*/) {}
  // Gives the file's items to `sink`. An error of its own is about the whole
  // file: NOT_FOUND, INVALID_ARGUMENT, RESOURCE_EXHAUSTED, UNAVAILABLE.
  virtual absl::Status Read(const std::string& path, const Feed& feed,
                            const ItemSink& sink) = 0;
};

// What sets an adapter apart.
struct Adapter {
  std::string program;    // "kith-health"
  std::string about;      // one line for --help
  std::string example;    // shown first by --help
  std::string system;     // the default of --system
  std::string extension;  // of the files taken from a folder: ".json"
  std::string mapping;    // where its table is, when --table is not given
  std::function<std::unique_ptr<FileReader>(const Mapping& mapping)> reader;
};

// Exit codes, as --help prints them.
enum ExitCode {
  kExitDone = 0,          // all accounted for, nothing to look at
  kExitComplaints = 1,    // done; something was refused or set aside
  kExitUsage = 2,         // the command line or a file it names is wrong
  kExitUnreadable = 3,    // a file could not be read at all
  kExitNotDelivered = 4,  // nobody took it: kept in the outbox
  kExitOutbox = 5,  // the outbox is full, locked or damaged, or the disk is
};

// Where the mapping table of `kind` ("health") is: share/kith beside the
// program's folder when it is installed, else the source tree.
std::string DefaultMapping(const std::string& kind);

// The whole program.
int CommandMain(const Adapter& adapter, int argc, const char* const* argv);

}  // namespace kith::adapters
