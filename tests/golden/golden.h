// A small fixed store as text: every key and value of its databases, in hex.
//
// Each format that was ever released has such a file; every later release must
// read it. A file is written once, by `write_golden`, and never again.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "eventstore/store.h"

namespace kith::eventstore {

// Fills an empty store with the fixed ledger, rows and a destroyed key.
absl::Status WriteFixedLedger(Store& store);

// The databases of the closed store in `folder`, with `folder`/master.key.
absl::StatusOr<std::string> DumpStore(const std::string& folder);

// Makes `folder` from such a text: the opposite of `DumpStore`.
absl::Status LoadStore(absl::string_view dump, const std::string& folder);

}  // namespace kith::eventstore
