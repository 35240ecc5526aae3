// What linking reads of records and pairs, read once a statement.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "kith/ledger/v1/state.pb.h"
#include "services/core/decision.h"
#include "services/core/identity/profile.h"

namespace kith::core::identity {

using Pair = std::pair<EntityNumber, EntityNumber>;  // the smaller first

class Known {
 public:
  explicit Known(const Decision& decision) : decision_(decision) {}

  // A record that is unknown or was erased is as one that is gone.
  absl::StatusOr<const Profile*> Of(EntityNumber record);
  absl::StatusOr<std::optional<ledger::v1::MatchRow>> Match(const Pair& pair);
  // The records with which this one was ever judged.
  absl::StatusOr<std::vector<EntityNumber>> Judged(EntityNumber record) const;
  // Whether one agency states the two as different people: in one family, or
  // as related.
  absl::StatusOr<bool> Apart(const Pair& pair);
  // Records that share a usable block with this one, in state as it is now.
  absl::StatusOr<std::set<EntityNumber>> Candidates(EntityNumber record) const;
  // Whose block it is; of one above the limit, which is not used, not all.
  absl::StatusOr<std::vector<EntityNumber>> Block(const std::string& key) const;
  // How many records a block may hold to be used.
  size_t block_max() const;

 private:
  absl::StatusOr<const std::set<std::string>*> FamiliesOf(EntityNumber record);
  absl::StatusOr<bool> Related(EntityNumber one, EntityNumber other) const;

  const Decision& decision_;
  std::map<EntityNumber, Profile> profiles_;
  std::map<EntityNumber, std::set<std::string>> families_;
};

}  // namespace kith::core::identity
