#include "services/core/identity/persons.h"

#include <algorithm>
#include <utility>

#include "base/status.h"
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

bool IsSure(const ledger::v1::MatchRow& match) {
  if (match.decision() == agency::v1::MATCH_DECISION_SAME) return true;
  return match.decision() == agency::v1::MATCH_DECISION_UNSPECIFIED &&
         match.judged().outcome() == ledger::v1::PAIR_OUTCOME_LINK &&
         match.judged().verified();
}

absl::StatusOr<std::vector<EntityNumber>> SurelyOf(const StateReader& state,
                                                   EntityNumber record) {
  ASSIGN_OR_RETURN(auto others, RecordsOf(state, record));
  others.erase(std::remove(others.begin(), others.end(), record), others.end());
  std::vector<EntityNumber> reached = {record};
  for (size_t next = 0; next < reached.size(); ++next) {
    std::vector<EntityNumber> left;
    for (const EntityNumber other : others) {
      const std::pair<EntityNumber, EntityNumber> pair =
          std::minmax(reached[next], other);
      ASSIGN_OR_RETURN(const auto match,
                       ReadRow<ledger::v1::MatchRow>(
                           state, keys::Match(pair.first, pair.second)));
      const bool sure = match.has_value() && IsSure(*match);
      (sure ? reached : left).push_back(other);
    }
    others = std::move(left);
  }
  std::sort(reached.begin(), reached.end());
  return reached;
}

}  // namespace kith::core::identity
