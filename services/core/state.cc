#include "services/core/state.h"

#include "absl/strings/match.h"

namespace kith::core {
namespace {

// What Overlay::Scan walks: its own changes, between the rows from below.
class Merge {
 public:
  Merge(const Overlay::Changes& changes, absl::string_view prefix,
        const StateReader::Visit& visit)
      : changes_(changes),
        prefix_(prefix),
        visit_(visit),
        next_(changes.lower_bound(prefix)) {}

  bool Below(absl::string_view key, absl::string_view value) {
    if (!ChangesBefore(key)) return false;
    if (AtEnd() || absl::string_view(next_->first) != key) {
      return visit_(key, value);
    }
    return Emit();
  }

  // All that remain.
  void Finish() {
    while (!AtEnd()) {
      if (!Emit()) return;
    }
  }

 private:
  bool AtEnd() const {
    return next_ == changes_.end() || !absl::StartsWith(next_->first, prefix_);
  }
  bool ChangesBefore(absl::string_view key) {
    while (!AtEnd() && absl::string_view(next_->first) < key) {
      if (!Emit()) return false;
    }
    return true;
  }
  bool Emit() {
    const auto& [key, change] = *next_++;
    return !change.value.has_value() || visit_(key, *change.value);
  }

  const Overlay::Changes& changes_;
  const absl::string_view prefix_;
  const StateReader::Visit& visit_;
  Overlay::Changes::const_iterator next_;
};

}  // namespace

absl::StatusOr<std::optional<std::string>> Overlay::Get(
    absl::string_view key) const {
  const auto found = changes_.find(key);
  if (found != changes_.end()) return found->second.value;
  return below_.Get(key);
}

absl::Status Overlay::Scan(absl::string_view prefix, const Visit& visit) const {
  Merge merge(changes_, prefix, visit);
  bool more = true;
  RETURN_IF_ERROR(
      below_.Scan(prefix, [&](absl::string_view key, absl::string_view value) {
        return more = merge.Below(key, value);
      }));
  if (more) merge.Finish();
  return absl::OkStatus();
}

void Overlay::Put(Subject subject, absl::string_view key, std::string value) {
  changes_[std::string(key)] = Change{subject, std::move(value)};
}

void Overlay::Delete(absl::string_view key) {
  changes_[std::string(key)] = Change{};
}

void Overlay::Absorb(Changes above) {
  while (!above.empty()) {
    auto put = changes_.insert(above.extract(above.begin()));
    if (!put.inserted) put.position->second = std::move(put.node.mapped());
  }
}

absl::StatusOr<std::optional<std::string>> MapState::Get(
    absl::string_view key) const {
  const auto found = rows_.find(key);
  if (found == rows_.end()) return std::optional<std::string>();
  return std::optional<std::string>(found->second.second);
}

absl::Status MapState::Scan(absl::string_view prefix,
                            const Visit& visit) const {
  for (auto row = rows_.lower_bound(prefix);
       row != rows_.end() && absl::StartsWith(row->first, prefix); ++row) {
    if (!visit(row->first, row->second.second)) break;
  }
  return absl::OkStatus();
}

void MapState::Put(Subject subject, absl::string_view key, std::string value) {
  rows_[std::string(key)] = {subject, std::move(value)};
}

void MapState::Delete(absl::string_view key) { rows_.erase(std::string(key)); }

}  // namespace kith::core
