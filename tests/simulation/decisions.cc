#include "tests/simulation/decisions.h"

namespace kith::simulation {

using agency::v1::Statement;

Statement MatchDecision(const Told& told, uint64_t number) {
  Statement said;
  agency::v1::MatchDecided& decided = *said.mutable_match_decided();
  const Told school = {"school", told.family};
  *decided.mutable_one() = PersonOf(told, 2);
  *decided.mutable_other() = PersonOf(school, 2);
  decided.set_decision(number % 3 == 0 ? agency::v1::MATCH_DECISION_SAME
                       : number % 3 == 1
                           ? agency::v1::MATCH_DECISION_DIFFERENT
                           : agency::v1::MATCH_DECISION_WITHDRAWN);
  decided.set_reason("asked the family");
  return said;
}

Statement JoinDecision(const Told& told, uint64_t number) {
  Statement said;
  agency::v1::FamiliesJoinDecided& decided =
      *said.mutable_families_join_decided();
  *decided.mutable_one() = FamilyOf(told);
  *decided.mutable_other() = FamilyOf({told.agency, told.family ^ 1});
  decided.set_joined(number % 3 != 0);
  if (number / 3 % 8 != 0) decided.set_reason("they moved together");
  return said;
}

Statement DuplicateDecision(const DuplicateCase& found, uint64_t number) {
  Statement said;
  agency::v1::DuplicateDecided& decided = *said.mutable_duplicate_decided();
  decided.set_case_id(found.id);
  // Not said, which is refused, among them.
  decided.set_decision(static_cast<agency::v1::DuplicateDecision>(number % 4));
  if (number / 4 % 5 != 0) {
    decided.mutable_surviving_plan()->set_id(number / 4 % 2 == 0 ? found.one
                                                                 : found.other);
  }
  decided.set_reason("both workers were asked");
  return said;
}

}  // namespace kith::simulation
