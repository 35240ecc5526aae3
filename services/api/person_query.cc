#include "services/api/person_query.h"

#include "base/civil_date.h"
#include "base/status.h"
#include "services/views/find.h"

namespace kith::api {
namespace {

bool IsStrong(const v1::PersonQuery& query) {
  if (query.has_identifier() && !query.identifier().value().empty()) {
    return true;
  }
  if (query.has_record() && !query.record().local_id().empty()) return true;
  return !query.given().empty() && !query.family().empty() &&
         query.has_birth_date() && !query.postcode().empty();
}

}  // namespace

absl::StatusOr<std::vector<uint64_t>> OnePerson(ReadCall& call,
                                                const v1::PersonQuery& query) {
  if (!IsStrong(query)) {
    return absl::InvalidArgumentError(
        "person: give an identifier, or given and family name with birth_date "
        "and postcode, or your own agency's record");
  }
  v1::PersonQuery own = query;
  if (own.has_record()) own.mutable_record()->set_agency(call.reader().agency);
  ASSIGN_OR_RETURN(
      std::vector<uint64_t> records,
      views::FindPersons(call.view().view(), own, base::LondonDay(call.now()),
                         call.view().hash()));
  uint64_t person = 0;
  for (uint64_t record : records) {
    ASSIGN_OR_RETURN(const uint64_t of,
                     views::PersonOf(call.view().view(), record));
    if (person != 0 && of != person) return std::vector<uint64_t>();
    person = of;
  }
  return records;
}

absl::StatusOr<std::vector<uint64_t>> FamiliesFound(
    ReadCall& call, const std::vector<uint64_t>& records) {
  if (records.empty()) return records;
  ASSIGN_OR_RETURN(const auto families,
                   views::FamiliesOfRecords(call.view().view(), records,
                                            base::LondonDay(call.now())));
  for (const uint64_t family : families) call.Touch(family);
  if (!families.empty()) return families;
  for (const uint64_t record : records) call.TouchRecord(record);
  return families;
}

}  // namespace kith::api
