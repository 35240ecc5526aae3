// A profile: who you are to a node, and where it is, in one file.
//
//   server: 127.0.0.1:7400
//   tls_ca: authority.crt      # paths are from the profile's folder
//   cert: agencies/school.crt
//   key: agencies/school.key
//   token: eyJ...
//   purpose: early_help
//   partnership: riverside
//
// What it does not say comes from flags and the environment, which stand above
// it.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "tools/kith/client.h"

namespace kith::cli {

// Fills in what is empty in `options`; `server` when it is the default.
// INVALID_ARGUMENT names file and line.
absl::Status ReadProfile(const std::string& file, ClientOptions* options);

}  // namespace kith::cli
