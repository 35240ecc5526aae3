// Who is one step away from a person.
//
// Internal to this folder; see overlap.h.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "services/core/duplicate/overlap.h"

namespace kith::core::duplicate {

// Where a way has come to: a person, by one of their records, or a family.
struct Place {
  EntityNumber record = 0;
  EntityNumber family = 0;
  std::vector<ledger::v1::OverlapStep> steps;
};

ledger::v1::OverlapStep StepOf(absl::string_view kind, EntityNumber from,
                               EntityNumber to);

// Records of the person that are not made in error.
absl::StatusOr<std::vector<EntityNumber>> SoundRecords(const StateReader& state,
                                                       EntityNumber record);

// Members of the family's group, one step further.
absl::StatusOr<std::vector<Place>> MembersOf(const Scene& scene,
                                             const Place& family);
// Close kin, household, and families of a person, with the members of these.
absl::StatusOr<std::vector<Place>> Close(const Scene& scene,
                                         const Place& person);
// Others related, and who is at one address.
absl::StatusOr<std::vector<Place>> Distant(const Scene& scene,
                                           const Place& person);
// Through possible matches that nobody decided.
absl::StatusOr<std::vector<Place>> Possible(const Scene& scene,
                                            const Place& person);

}  // namespace kith::core::duplicate
