// The secrets by which sources prove their frames: a folder of files named
// `<source>.<key_id>.key`, 32 bytes each, readable by the owner alone.
//
// The ledger knows a key only by its digest (SourceRegistered). Whoever
// registers a source makes the key here first and hands the file to the
// publisher; a replica needs a copy.
//
// Thread-safe. Secrets never leave by log or error text.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace kith::engine {

class SourceKeys {
 public:
  // `folder` is made with mode 0700 when a first key is made.
  explicit SourceKeys(std::string folder) : folder_(std::move(folder)) {}

  // The secret; empty when there is no such file. Looks at the folder again
  // each time a key is not known yet, so that a key made meanwhile is found.
  // FAILED_PRECONDITION: the file is readable by others, or has not 32 bytes.
  absl::StatusOr<std::optional<std::string>> Find(absl::string_view source,
                                                  absl::string_view key_id);

  // Makes a key of random bytes, or keeps the one that is there; durable once
  // this has returned. Returns the secret: tell others its SHA-256 only.
  // INVALID_ARGUMENT: `source` or `key_id` is not a name (base::IsName).
  absl::StatusOr<std::string> FindOrMake(absl::string_view source,
                                         absl::string_view key_id);

 private:
  std::string PathOf(absl::string_view source, absl::string_view key_id) const;

  const std::string folder_;
  std::mutex mutex_;
  // By source and key id. Under `mutex_`.
  std::map<std::pair<std::string, std::string>, std::string> known_;
};

}  // namespace kith::engine
