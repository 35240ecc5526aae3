#include "services/core/identity/persons.h"

#include "kith/ledger/v1/state.pb.h"
#include "services/core/keys.h"

namespace kith::core::identity {

absl::StatusOr<EntityNumber> PersonOf(const StateReader& state,
                                      EntityNumber record) {
  ASSIGN_OR_RETURN(auto row,
                   ReadRow<ledger::v1::RecordRow>(state, keys::Record(record)));
  return row.has_value() && row->person() != 0 ? row->person() : record;
}

absl::StatusOr<std::vector<EntityNumber>> RecordsOf(const StateReader& state,
                                                    EntityNumber record) {
  ASSIGN_OR_RETURN(const EntityNumber person, PersonOf(state, record));
  ASSIGN_OR_RETURN(auto row,
                   ReadRow<ledger::v1::PersonRow>(state, keys::Person(person)));
  if (!row.has_value()) return std::vector<EntityNumber>{person};
  return std::vector<EntityNumber>(row->records().begin(),
                                   row->records().end());
}

}  // namespace kith::core::identity
