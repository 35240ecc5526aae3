// The few file calls of the outbox, as statuses. All block on the disk.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace kith::adapters::files {

// Makes the folder and those above it, and syncs its parent.
absl::Status MakeFolder(const std::string& folder);
absl::Status SyncFolder(const std::string& folder);
// Names of what is in the folder. NOT_FOUND: there is no such folder.
absl::StatusOr<std::vector<std::string>> List(const std::string& folder);
absl::StatusOr<std::string> ReadAll(const std::string& path);
absl::StatusOr<std::string> ReadAt(const std::string& path, uint64_t offset,
                                   uint32_t length);
// Opens for appending, made when absent.
absl::StatusOr<int> OpenAppend(const std::string& path);
absl::Status WriteAndSync(int fd, absl::string_view bytes);
absl::Status Truncate(const std::string& path, uint64_t size);
absl::Status Remove(const std::string& path);
// An exclusive lock that ends with the process. UNAVAILABLE: held by another.
absl::StatusOr<int> Lock(const std::string& path);
void Close(int fd);

}  // namespace kith::adapters::files
