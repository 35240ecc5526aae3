// Keeps what was made of rows together with the groups of rows it was made of,
// so that the next reader need not make it again while none of them changes.
// For views and api.
//
// Only what does not depend on who reads may be kept; decisions never are.
#pragma once

#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "base/status.h"
#include "services/core/state.h"
#include "services/views/piece.h"

namespace kith::views {

// Reads on for somebody and notes which groups of rows were read. Lives for one
// making. Not thread-safe.
class Watched final : public core::StateReader, public core::Keeper {
 public:
  // `below` must outlive it.
  explicit Watched(const core::StateReader& below) : below_(below) {}

  absl::StatusOr<std::optional<std::string>> Get(
      absl::string_view key) const override;
  absl::Status Scan(absl::string_view prefix,
                    const Visit& visit) const override;
  const core::Keeper* keeper() const override {
    return below_.keeper() == nullptr ? nullptr : this;
  }
  // Finds only rows that are kept under the name of their group.
  std::shared_ptr<const core::Kept> Find(absl::string_view name) const override;
  void Keep(absl::string_view name, const std::vector<std::string>& groups,
            std::shared_ptr<const core::Kept> kept) const override;

  // Empty: rows were read that no group holds, so nothing tells of a change.
  std::vector<std::string> groups() const;

 private:
  const core::StateReader& below_;
  mutable std::set<std::string> groups_;
  mutable bool whole_ = true;
};

// Parsed messages take some times their bytes on the wire.
template <class T>
size_t MemoryOfPieces(const Pieces<T>& pieces) {
  size_t bytes = 0;
  for (const Piece<T>& piece : pieces) {
    bytes += sizeof(piece) + piece.label.SpaceUsedLong() +
             4 * piece.part.ByteSizeLong();
  }
  return bytes;
}

template <class T>
struct KeptValue final : core::Kept {
  T value;
};

// What `make(rows)` made, a StatusOr<T>, kept under `name`, which must say all
// that it depends on beside the rows. `size(value)` is its memory, about.
template <class T, class Make, class Size>
absl::StatusOr<std::shared_ptr<const T>> Kept(const core::StateReader& view,
                                              const std::string& name,
                                              const Make& make,
                                              const Size& size) {
  const core::Keeper* keeper = view.keeper();
  std::shared_ptr<const KeptValue<T>> kept;
  if (keeper != nullptr) {
    kept = std::static_pointer_cast<const KeptValue<T>>(keeper->Find(name));
  }
  if (kept == nullptr) {
    const Watched watched(view);
    auto made = std::make_shared<KeptValue<T>>();
    ASSIGN_OR_RETURN(made->value, make(watched));
    made->bytes = size(made->value);
    kept = std::move(made);
    const auto groups = watched.groups();
    if (keeper != nullptr && !groups.empty()) keeper->Keep(name, groups, kept);
  }
  return std::shared_ptr<const T>(kept, &kept->value);
}

}  // namespace kith::views
