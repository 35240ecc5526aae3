// JSON as identity reads it: one object, nothing said twice, nothing deep.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "nlohmann/json.hpp"

namespace kith::identity {

// INVALID_ARGUMENT: no JSON, no object, a member named twice at any depth, or
// more than eight levels. Two readers of such a text could understand it
// differently. Thread-safe.
absl::StatusOr<nlohmann::json> ReadStrictJson(absl::string_view text);

// The text of a member; empty when it is absent or no text.
std::string TextOf(const nlohmann::json& object, const char* member);

}  // namespace kith::identity
