// Finds the parts of a JSON text by their brackets, without building anything.
//
// A bundle of an hour's work is read resource by resource, so that memory stays
// small, a resource that is damaged does not take the others with it, and each
// one's place in the file is known. Says nothing about validity: each slice is
// parsed afterwards. Thread-safe.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>

#include "absl/strings/string_view.h"

namespace kith::adapters::health {

struct Slice {
  size_t begin = 0;
  size_t end = 0;
};

// The value that begins at or after `from`, blanks and commas passed over.
// Empty at the end of the text, or when the value does not end (`*broken` is
// set to where it began then).
std::optional<Slice> NextValue(absl::string_view text, size_t from,
                               std::optional<size_t>* broken);

// Calls `member` for each member of the object at `object`, until it answers
// false. Returns where the text broke off, if it did.
std::optional<size_t> ForEachMember(
    absl::string_view text, Slice object,
    const std::function<bool(absl::string_view name, Slice value)>& member);

// The same for the elements of an array.
std::optional<size_t> ForEachElement(
    absl::string_view text, Slice array,
    const std::function<bool(Slice element)>& element);

}  // namespace kith::adapters::health
