// Parts of lists that are small enough to be read whole. Internal to views.
#pragma once

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "base/status.h"
#include "services/views/keys.h"
#include "services/views/piece.h"
#include "services/views/reading.h"

namespace kith::views {

// The latest first: greater numbers are later.
inline void LatestFirst(Things* things) {
  std::sort(things->begin(), things->end(),
            [](const Thing* one, const Thing* other) {
              return one->row.thing().number() > other->row.thing().number();
            });
  const auto same = [](const Thing* one, const Thing* other) {
    return one->key.Bytes() == other->key.Bytes();
  };
  things->erase(std::unique(things->begin(), things->end(), same),
                things->end());
}

// The entries after the cursor, the number of the entry before; `compose` gives
// the pieces of a thing.
template <class T, class Compose>
absl::StatusOr<Page<T>> PageOf(const Things& latest_first, const PageFrom& from,
                               const Compose& compose) {
  Page<T> page;
  for (const Thing* thing : latest_first) {
    const std::string cursor = keys::Numbered(thing->row.thing().number());
    if (!from.cursor.empty() && cursor >= from.cursor) continue;
    if (page.entries.size() == from.limit) {
      page.next =
          page.entries.empty() ? from.cursor : page.entries.back().cursor;
      break;
    }
    ASSIGN_OR_RETURN(Pieces<T> pieces, compose(*thing));
    page.entries.push_back({std::move(pieces), cursor});
  }
  return page;
}

}  // namespace kith::views
