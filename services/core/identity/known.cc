#include "services/core/identity/known.h"

#include <algorithm>

#include "services/core/keys.h"

namespace kith::core::identity {
namespace {

using ledger::v1::MatchRow;
using ledger::v1::RecordRow;

// A record is in about ten blocks at most; together they hold its candidates.
constexpr size_t kBlocksPerRecord = 10;

}  // namespace

size_t Known::block_max() const {
  return std::max<size_t>(
      2, decision_.rules().candidates_max() / kBlocksPerRecord);
}

absl::StatusOr<const Profile*> Known::Of(EntityNumber record) {
  const auto known = profiles_.find(record);
  if (known != profiles_.end()) return &known->second;
  ASSIGN_OR_RETURN(auto row,
                   ReadRow<RecordRow>(decision_.state(), keys::Record(record)));
  Profile profile;
  profile.gone = true;
  if (row.has_value()) profile = ProfileOf(*row, decision_.rules());
  return &profiles_.emplace(record, std::move(profile)).first->second;
}

absl::StatusOr<std::optional<MatchRow>> Known::Match(const Pair& pair) {
  return ReadRow<MatchRow>(decision_.state(),
                           keys::Match(pair.first, pair.second));
}

absl::StatusOr<std::vector<EntityNumber>> Known::Judged(
    EntityNumber record) const {
  std::vector<EntityNumber> others;
  RETURN_IF_ERROR(decision_.state().Scan(
      keys::MatchesOf(record), [&](absl::string_view key, absl::string_view) {
        others.push_back(keys::LastNumber(key));
        return true;
      }));
  return others;
}

absl::StatusOr<const std::set<std::string>*> Known::FamiliesOf(
    EntityNumber record) {
  const auto [known, is_new] = families_.try_emplace(record);
  if (is_new) {
    const std::string prefix = keys::FamiliesOf(record);
    // What follows the prefix names the family and the agency.
    RETURN_IF_ERROR(decision_.state().Scan(
        prefix, [&, &families = known->second](absl::string_view key,
                                               absl::string_view) {
          families.insert(std::string(key.substr(prefix.size())));
          return true;
        }));
  }
  return &known->second;
}

absl::StatusOr<bool> Known::Related(EntityNumber one,
                                    EntityNumber other) const {
  bool related = false;
  RETURN_IF_ERROR(
      decision_.state().Scan(keys::Relationship(one, other, ""),
                             [&](absl::string_view, absl::string_view) {
                               related = true;
                               return false;
                             }));
  return related;
}

absl::StatusOr<bool> Known::Apart(const Pair& pair) {
  ASSIGN_OR_RETURN(const auto* one, FamiliesOf(pair.first));
  ASSIGN_OR_RETURN(const auto* other, FamiliesOf(pair.second));
  for (const std::string& family : *one) {
    if (other->count(family) > 0) return true;
  }
  ASSIGN_OR_RETURN(const bool to, Related(pair.first, pair.second));
  if (to) return true;
  return Related(pair.second, pair.first);
}

absl::StatusOr<std::vector<EntityNumber>> Known::Block(
    const std::string& key) const {
  std::vector<EntityNumber> members;
  RETURN_IF_ERROR(
      decision_.state().Scan(keys::BlockOf(decision_.Hash(key)),
                             [&](absl::string_view row, absl::string_view) {
                               members.push_back(keys::LastNumber(row));
                               return members.size() < block_max() + 2;
                             }));
  return members;
}

absl::StatusOr<std::set<EntityNumber>> Known::Candidates(
    EntityNumber record) const {
  std::set<EntityNumber> candidates;
  ASSIGN_OR_RETURN(auto row,
                   ReadRow<RecordRow>(decision_.state(), keys::Record(record)));
  if (!row.has_value()) return candidates;
  for (const std::string& key : BlockingKeys(*row)) {
    ASSIGN_OR_RETURN(const std::vector<EntityNumber> members, Block(key));
    // All or none, so that it does not matter who came first.
    if (members.size() > block_max()) continue;
    candidates.insert(members.begin(), members.end());
  }
  candidates.erase(record);
  return candidates;
}

}  // namespace kith::core::identity
