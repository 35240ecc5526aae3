// Committed rows of one table, kept in memory within a bound.
//
// Holds also that a key has no row. The one writer of the table keeps it true:
// whatever is committed is put here too. Not thread-safe.
#pragma once

#include <optional>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"

namespace kith::engine {

class RowCache {
 public:
  using Value = std::optional<std::string>;  // empty: there is no row

  explicit RowCache(size_t bytes_max) : generation_bytes_max_(bytes_max / 2) {}

  // Null: not known here; read the store. Good until the next call.
  const Value* Find(absl::string_view key);
  void Put(absl::string_view key, Value value);
  // Puts it only if the key is known here. For rows that are made by the
  // million and hardly ever read: they would drive out those that are.
  void Replace(absl::string_view key, const Value& value);

 private:
  using Generation = absl::flat_hash_map<std::string, Value>;

  const Value* PutYoung(absl::string_view key, Value value);
  void MakeRoom(size_t bytes);

  const size_t generation_bytes_max_;
  // What was used lately; when it is full it becomes the old generation, of
  // which only what is used again survives. What is in both is right in the
  // young one alone: that is asked first, and nothing is taken out of it.
  Generation young_;
  size_t young_bytes_ = 0;
  Generation old_;
};

}  // namespace kith::engine
