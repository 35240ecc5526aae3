#include "services/views/keeping.h"

#include "services/views/keys.h"

namespace kith::views {

absl::StatusOr<std::optional<std::string>> Watched::Get(
    absl::string_view key) const {
  groups_.emplace(keys::GroupOf(key));
  return below_.Get(key);
}

absl::Status Watched::Scan(absl::string_view prefix, const Visit& visit) const {
  const auto group = keys::GroupOfPrefix(prefix);
  if (group.has_value()) {
    groups_.emplace(*group);
  } else {
    whole_ = false;
  }
  return below_.Scan(prefix, visit);
}

std::shared_ptr<const core::Kept> Watched::Find(absl::string_view name) const {
  // Of anything else that is kept it is not known here which rows it was made
  // of: it is made again, of rows that are noted.
  if (keys::GroupOfPrefix(name) != name) return nullptr;
  auto kept = below_.keeper()->Find(name);
  if (kept != nullptr) groups_.emplace(name);
  return kept;
}

void Watched::Keep(absl::string_view name,
                   const std::vector<std::string>& groups,
                   std::shared_ptr<const core::Kept> kept) const {
  below_.keeper()->Keep(name, groups, std::move(kept));
}

std::vector<std::string> Watched::groups() const {
  if (!whole_) return {};
  return std::vector<std::string>(groups_.begin(), groups_.end());
}

}  // namespace kith::views
