// Numbers as bytes that sort like the numbers, and bytes as text.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace kith::base {

// Eight bytes, big-endian: keys made of them sort in numeric order.
void AppendBigEndian64(uint64_t value, std::string& out);
std::string BigEndian64(uint64_t value);
// Reads the first eight bytes; empty when there are fewer.
std::optional<uint64_t> ReadBigEndian64(absl::string_view bytes);

// The least key that is greater than every key starting with `prefix`; empty
// when there is none (all bytes 0xff).
std::string PrefixEnd(absl::string_view prefix);

// Crockford's base 32, lower case, without padding.
std::string Base32(absl::string_view bytes);

}  // namespace kith::base
