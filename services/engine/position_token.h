// How a position of the ledger is told to callers: as an opaque text.
//
// A token holds partnership, incarnation of the ledger and position, sealed
// under a key of the store, so that nobody learns from it how much is recorded
// or builds one. It is valid on the node that gave it.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace kith::engine {

// Thread-safe.
class PositionTokens {
 public:
  // `secret`: any secret bytes of the store (its pepper).
  PositionTokens(absl::string_view partnership, absl::string_view incarnation,
                 absl::string_view secret);

  // 84 characters of base 32.
  std::string Seal(uint64_t position) const;

  // INVALID_ARGUMENT: not a token of this partnership. FAILED_PRECONDITION: of
  // an earlier incarnation, before a restore; what it waited for may be gone.
  absl::StatusOr<uint64_t> Open(absl::string_view token) const;

 private:
  const std::string context_;
  const std::string incarnation_;
  const std::string key_;
};

}  // namespace kith::engine
