// The few things done to files beside RocksDB. Every write is durable when it
// returns. UNAVAILABLE: the file system refused.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace kith::eventstore {

bool Exists(const std::string& path);

// Makes `folder` and its parents where absent, for this user alone.
absl::Status MakeFolder(const std::string& folder);

// Makes what was created or renamed in `folder` durable.
absl::Status SyncFolder(const std::string& folder);

// Writes a new file of mode 0600 whole: under another name first.
absl::Status WriteFile(const std::string& path, absl::string_view bytes);

// NOT_FOUND: no such file. RESOURCE_EXHAUSTED: longer than `bytes_max`.
absl::StatusOr<std::string> ReadFile(const std::string& path, size_t bytes_max);

// Copies the files of one folder, without folders in it, to a new one.
absl::Status CopyFolder(const std::string& from, const std::string& to);

// The folder that holds `path`.
std::string ParentOf(const std::string& path);

}  // namespace kith::eventstore
