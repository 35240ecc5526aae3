// What rules may read, and how folds write: rows of bytes under keys.
//
// The engine implements StateReader over the store; tests hand in a MapState.
// Core never sees a view, a clock or a disk.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/btree_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "base/status.h"

namespace kith::core {

// A number that this ledger gave; 0 is none. Records, families, practitioners,
// items, plans and all else share one counter. Named apart where it helps.
using EntityNumber = uint64_t;
// The number under whose key a row or fact is sealed; 0 is nobody.
using Subject = uint64_t;

// What a reader made of rows, worth keeping as long as these do not change.
struct Kept {
  virtual ~Kept() = default;
  size_t bytes = 0;  // how much memory it takes, about
};

// Keeps what readers of one moment made of rows, for readers of other moments
// at which the rows were the same. Thread-safe.
class Keeper {
 public:
  virtual ~Keeper() = default;

  // What was kept under `name`; null: nothing, or its rows changed.
  virtual std::shared_ptr<const Kept> Find(absl::string_view name) const = 0;
  // `groups`: all whose rows it was made of (how rows are grouped is the
  // views' matter). What is kept under one name is always of one type.
  virtual void Keep(absl::string_view name,
                    const std::vector<std::string>& groups,
                    std::shared_ptr<const Kept> kept) const = 0;
};

// Read access to state. DATA_LOSS: stop the process; never "not found".
class StateReader {
 public:
  virtual ~StateReader() = default;

  // Null: nothing is kept beyond a reader.
  virtual const Keeper* keeper() const { return nullptr; }

  // Empty: there is no such row (or its subject was erased).
  virtual absl::StatusOr<std::optional<std::string>> Get(
      absl::string_view key) const = 0;

  // Calls `visit` for the rows whose key begins with `prefix`, in the order of
  // keys, until it returns false. `visit` changes no row.
  using Visit =
      std::function<bool(absl::string_view key, absl::string_view value)>;
  virtual absl::Status Scan(absl::string_view prefix,
                            const Visit& visit) const = 0;
};

// What a fold may do beside reading. Changes are seen by later reads.
class StateWriter : public StateReader {
 public:
  virtual void Put(Subject subject, absl::string_view key,
                   std::string value) = 0;
  virtual void Delete(absl::string_view key) = 0;
};

// The row under `key` as message T; empty when there is none. DATA_LOSS: it
// does not parse.
template <class T>
absl::StatusOr<std::optional<T>> ReadRow(const StateReader& state,
                                         absl::string_view key) {
  ASSIGN_OR_RETURN(std::optional<std::string> bytes, state.Get(key));
  if (!bytes.has_value()) return std::optional<T>();
  T row;
  if (!row.ParseFromString(*bytes)) {
    return absl::DataLossError("a state row does not parse");
  }
  return std::optional<T>(std::move(row));
}

// Puts message `row` under `key`.
template <class T>
void PutRow(StateWriter& state, Subject subject, absl::string_view key,
            const T& row) {
  state.Put(subject, key, row.SerializeAsString());
}

// Changes on top of a reader that is not touched. Not thread-safe.
class Overlay final : public StateWriter {
 public:
  struct Change {
    Subject subject = 0;
    std::optional<std::string> value;  // empty: deleted
  };
  using Changes = absl::btree_map<std::string, Change>;

  // `below` must outlive the overlay.
  explicit Overlay(const StateReader& below) : below_(below) {}

  absl::StatusOr<std::optional<std::string>> Get(
      absl::string_view key) const override;
  absl::Status Scan(absl::string_view prefix,
                    const Visit& visit) const override;
  void Put(Subject subject, absl::string_view key, std::string value) override;
  void Delete(absl::string_view key) override;

  const Changes& changes() const { return changes_; }
  // Takes over the changes of `above`, an overlay over this one.
  void Absorb(Changes above);
  // Gives its changes away, and has none afterwards.
  Changes TakeChanges() { return std::exchange(changes_, {}); }
  void Clear() { changes_.clear(); }

 private:
  const StateReader& below_;
  Changes changes_;
};

// A state in a map, for tests and as-of folds.
class MapState final : public StateWriter {
 public:
  absl::StatusOr<std::optional<std::string>> Get(
      absl::string_view key) const override;
  absl::Status Scan(absl::string_view prefix,
                    const Visit& visit) const override;
  void Put(Subject subject, absl::string_view key, std::string value) override;
  void Delete(absl::string_view key) override;

  const std::map<std::string, std::pair<Subject, std::string>, std::less<>>&
  rows() const {
    return rows_;
  }

 private:
  std::map<std::string, std::pair<Subject, std::string>, std::less<>> rows_;
};

}  // namespace kith::core
