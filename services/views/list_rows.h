// Pages over rows of the lists, whose cursors are keys. Internal to views.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/status.h"
#include "services/core/state.h"
#include "services/views/piece.h"

namespace kith::views {

struct Keyed {
  std::string key;
  std::string value;
};

// Some rows of a prefix after `after`, at most `count_max`. Whoever asks again
// from the last key gets the next.
inline absl::StatusOr<std::vector<Keyed>> RowsAfter(
    const core::StateReader& view, const std::string& prefix,
    const std::string& after, size_t count_max) {
  std::vector<Keyed> rows;
  RETURN_IF_ERROR(
      view.Scan(prefix, [&](absl::string_view key, absl::string_view value) {
        if (key <= absl::string_view(after)) return true;
        rows.push_back({std::string(key), std::string(value)});
        return rows.size() < count_max;
      }));
  return rows;
}

inline absl::Status CheckCursor(const PageFrom& from,
                                const std::vector<std::string>& prefixes) {
  if (from.cursor.empty()) return absl::OkStatus();
  for (const std::string& prefix : prefixes) {
    if (from.cursor.compare(0, prefix.size(), prefix) == 0) {
      return absl::OkStatus();
    }
  }
  return absl::InvalidArgumentError("the cursor is of another list");
}

// Pages over the rows of several prefixes, one after the other; cursors are
// keys. `compose` gives the pieces of a row; none: the row is passed over.
template <class T, class Compose>
absl::StatusOr<Page<T>> PageOfRows(const core::StateReader& view,
                                   const std::vector<std::string>& prefixes,
                                   const PageFrom& from,
                                   const Compose& compose) {
  RETURN_IF_ERROR(CheckCursor(from, prefixes));
  Page<T> page;
  std::string last = from.cursor;
  bool begun = from.cursor.empty();
  for (const std::string& prefix : prefixes) {
    const bool here = last.compare(0, prefix.size(), prefix) == 0;
    if (!begun && !here) continue;
    std::string after = begun && !here ? std::string() : last;
    begun = true;
    for (;;) {
      const size_t wanted = from.limit - page.entries.size() + 1;
      ASSIGN_OR_RETURN(const auto rows, RowsAfter(view, prefix, after, wanted));
      for (const Keyed& row : rows) {
        if (page.entries.size() == from.limit) {
          page.next = last;
          return page;
        }
        after = last = row.key;
        ASSIGN_OR_RETURN(Pieces<T> pieces, compose(row));
        if (!pieces.empty()) page.entries.push_back({std::move(pieces), last});
      }
      if (rows.size() < wanted) break;
    }
  }
  return page;
}

template <class Row>
absl::StatusOr<Row> Parse(const std::string& bytes) {
  Row row;
  if (row.ParseFromString(bytes)) return row;
  return absl::DataLossError("a view row does not parse");
}

}  // namespace kith::views
