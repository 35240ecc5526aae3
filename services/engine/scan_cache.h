// Short scans of committed rows of one table, kept in memory within a bound.
//
// Rules scan the same few rows again and again (the members of a family, the
// plans of a record), and beginning a scan of the store costs more than the
// rows. The one writer of the table keeps it true: it tells each committed key.
// Not thread-safe.
#pragma once

#include <array>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"

namespace kith::engine {

class ScanCache {
 public:
  using Rows = std::vector<std::pair<std::string, std::string>>;

  // What is longer is not kept, nor what has a shorter prefix.
  static constexpr size_t kRowsMax = 64;
  static constexpr size_t kPrefixBytesMin = 2;

  explicit ScanCache(size_t bytes_max) : generation_bytes_max_(bytes_max / 2) {}

  // All rows whose keys begin with `prefix`. Null: not known here. Good until
  // the next call.
  const Rows* Find(absl::string_view prefix);
  void Put(absl::string_view prefix, Rows rows);
  // The row under `key` changed: forgets the scans it belongs to.
  void Forget(absl::string_view key);

 private:
  using Generation = absl::flat_hash_map<std::string, Rows>;
  // The first bytes of a key tell the family of its rows.
  using Kind = std::array<char, kPrefixBytesMin>;

  static Kind KindOf(absl::string_view key) { return {key[0], key[1]}; }

  const size_t generation_bytes_max_;
  // As in RowCache.
  Generation young_;
  size_t young_bytes_ = 0;
  Generation old_;
  // How long the prefixes are that were ever put, of each family of rows: a
  // handful. Most rows that change are of families that nobody scans.
  absl::flat_hash_map<Kind, std::set<size_t>> lengths_;
};

}  // namespace kith::engine
