// Whether a frame was made by somebody who holds the key it names.
//
// Pure and thread-safe: the engine checks the next batch while one is applied.
// It says nothing about the content, nor whether the key belongs to the source
// that the body names: `Apply` looks at that.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace kith::core {

// The 32-byte secret under a key id, over all sources; empty: no such key.
using KeyLookup =
    std::function<std::optional<std::string>(absl::string_view key_id)>;

// Whether `frame_bytes` is a Frame whose mac is the HMAC-SHA-256 of its body,
// as received, under the key it names.
bool VerifyFrame(absl::string_view frame_bytes, const KeyLookup& keys);

// A serialised Frame of `body` (a serialised Body) under that key.
std::string SignFrame(absl::string_view body, absl::string_view key_id,
                      absl::string_view key);

}  // namespace kith::core
