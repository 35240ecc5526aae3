// Finds the pupils of a Common Transfer File by their tags, without building
// the document: a file of a whole county stays small in memory, a pupil that is
// damaged does not take the others with it, and each one's place is known.
//
// Thread-safe.
#pragma once

#include <cstddef>
#include <functional>

#include "absl/strings/string_view.h"

namespace kith::adapters::education {

struct Element {
  absl::string_view name;
  size_t begin = 0;
  size_t end = 0;
  // False: the next one began, or the file ended, before its closing tag.
  bool closed = true;
};

// Calls `visit` for each element called one of `names`, in order, until it
// answers false. They do not nest in each other. Comments, CDATA and processing
// instructions are passed over.
void ForEachElement(absl::string_view text,
                    std::initializer_list<absl::string_view> names,
                    const std::function<bool(const Element&)>& visit);

}  // namespace kith::adapters::education
