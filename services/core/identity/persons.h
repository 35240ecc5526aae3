// Persons: sets of records judged to be one human, named by the number of the
// record that came first.
//
// The number and id of a person that was merged go on naming one of its
// records, so `PersonOf` answers for retired persons too. Pure reads;
// DATA_LOSS: stop.
#pragma once

#include <vector>

#include "absl/status/statusor.h"
#include "kith/ledger/v1/state.pb.h"
#include "services/core/state.h"

namespace kith::core::identity {

// The person a record belongs to. A record that is unknown or was erased is a
// person of its own.
absl::StatusOr<EntityNumber> PersonOf(const StateReader& state,
                                      EntityNumber record);

// All records of the person that `record` belongs to, ascending.
absl::StatusOr<std::vector<EntityNumber>> RecordsOf(const StateReader& state,
                                                    EntityNumber record);

// Whether the pair is surely one human: people decided so, or an identifier was
// verified. What a machine found alike otherwise may be two.
bool IsSure(const ledger::v1::MatchRow& match);

// Those of them to which sure links lead from `record`, one after the other,
// itself included; ascending.
absl::StatusOr<std::vector<EntityNumber>> SurelyOf(const StateReader& state,
                                                   EntityNumber record);

}  // namespace kith::core::identity
