// The file with the key under which the subjects' keys are wrapped.
#pragma once

#include <string>

#include "absl/status/statusor.h"

namespace kith::eventstore {

// Reads the 32 bytes of `path`; draws and writes them when the file is absent
// and `make` allows it. FAILED_PRECONDITION: absent, readable by others, or not
// 32 bytes long. UNAVAILABLE: the file system refused.
absl::StatusOr<std::string> ReadMasterKey(const std::string& path, bool make);

}  // namespace kith::eventstore
