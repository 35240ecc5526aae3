// Whether a frame was made by the source it names.
//
// Not thread-safe.
#pragma once

#include <map>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "base/crypto.h"
#include "services/core/state.h"
#include "services/engine/source_keys.h"

namespace kith::engine {

class MacCheck {
 public:
  // `keys` must outlive it.
  explicit MacCheck(SourceKeys& keys) : keys_(keys) {}

  // Whether the frame's mac is right for the key it names, given the sources
  // and keys in force in `state`: of a key that has ended it is not.
  // FAILED_PRECONDITION: the key is registered, but its secret is not
  // here or another one: this node must stop, not judge.
  absl::StatusOr<bool> Holds(const core::StateReader& state,
                             absl::string_view frame_bytes);

 private:
  // Null: no such key is registered.
  absl::StatusOr<const base::HmacKey*> SecretOf(const core::StateReader& state,
                                                const std::string& source,
                                                const std::string& key_id);

  SourceKeys& keys_;
  // Secrets found right, by source and key id. Bounded by what is registered.
  std::map<std::pair<std::string, std::string>, base::HmacKey> secrets_;
};

}  // namespace kith::engine
