#include "tests/simulation/people.h"

#include "absl/strings/str_cat.h"

namespace kith::simulation {
namespace {

using agency::v1::Statement;

}  // namespace

Statement RestrictionStatement(const Told& told, int child) {
  const std::string id = absl::StrCat("b", RecordIdOf(told.family, child));
  Statement said;
  SetSnapshot(told, id, said);
  agency::v1::RestrictionStated& stated = *said.mutable_restriction_stated();
  *stated.mutable_restriction() = LocalOf(told, id);
  *stated.add_about() = PersonOf(told, child);
  const bool knows_adults = told.agency == "council";
  switch (told.version % 4) {
    case 0:
    case 1:
      *stated.add_barred()->mutable_person() =
          PersonOf(told, knows_adults ? 1 : 5 - child);
      break;
    case 2:
      stated.add_barred()->set_agency("health");
      break;
    default:  // everybody
      break;
  }
  stated.add_classes(told.version % 3 == 0 ? agency::v1::ITEM_CLASS_CONTACT
                                           : agency::v1::ITEM_CLASS_NEED);
  *stated.mutable_asked_by() =
      PersonOf(told, knows_adults && told.version % 5 != 0 ? 0 : child);
  stated.set_reason("asked at the door");
  return said;
}

Statement YoungCarerStatement(const Told& told, int child) {
  Statement said;
  agency::v1::YoungCarerStated& stated = *said.mutable_young_carer_stated();
  *stated.mutable_person() = PersonOf(told, child);
  // Not said, which is refused, among them.
  stated.set_young_carer(static_cast<agency::v1::Answer>(told.version % 3));
  if (told.agency != "school") *stated.mutable_cares_for() = PersonOf(told, 0);
  stated.set_identified_by(told.agency);
  return said;
}

Statement FosteringStayStatement(const Told& told, int child) {
  Statement said;
  agency::v1::FosteringStayStated& stated =
      *said.mutable_fostering_stay_stated();
  *stated.mutable_child() = PersonOf(told, child);
  if (told.agency != "school") {
    *stated.mutable_carer() = PersonOf({told.agency, told.family + 1}, 0);
  }
  stated.set_close_relative(told.version % 4 == 0 ? agency::v1::ANSWER_YES
                                                  : agency::v1::ANSWER_NO);
  if (told.version % 5 == 0) return said;  // no first day
  agency::v1::Date& from = *stated.mutable_period()->mutable_from();
  from.set_year(2024);
  from.set_month(1 + told.version % 3);
  from.set_day(1);
  if (told.version % 2 == 0) {
    agency::v1::Date& until = *stated.mutable_period()->mutable_until();
    until = from;
    until.set_day(5 + told.version % 20);
  }
  return said;
}

Statement CompetenceStatement(const Told& told, int child, uint64_t number) {
  Statement said;
  agency::v1::CompetenceJudged& judged = *said.mutable_competence_judged();
  *judged.mutable_person() = PersonOf(told, child);
  judged.set_matter(number % 2 == 0 ? "sharing" : "withholding");
  judged.set_competent(number % 3 != 0);
  if (number % 7 != 0) judged.set_reasons("weighed what would follow");
  return said;
}

}  // namespace kith::simulation
