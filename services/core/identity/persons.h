// Persons: sets of records judged to be one human, named by the number of the
// record that came first.
//
// The number and id of a person that was merged go on naming one of its
// records, so `PersonOf` answers for retired persons too. Pure reads;
// DATA_LOSS: stop.
#pragma once

#include <vector>

#include "absl/status/statusor.h"
#include "services/core/state.h"

namespace kith::core::identity {

// The person a record belongs to. A record that is unknown or was erased is a
// person of its own.
absl::StatusOr<EntityNumber> PersonOf(const StateReader& state,
                                      EntityNumber record);

// All records of the person that `record` belongs to, ascending.
absl::StatusOr<std::vector<EntityNumber>> RecordsOf(const StateReader& state,
                                                    EntityNumber record);

}  // namespace kith::core::identity
