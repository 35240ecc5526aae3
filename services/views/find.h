// From what a caller says to numbers.
//
// Pure reads over the rows of a view; DATA_LOSS: stop. Finding something says
// nothing about whether the caller may know of it: give pieces to disclosure.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "kith/api/v1/views.pb.h"
#include "services/core/decision.h"
#include "services/core/state.h"

namespace kith::views {

// What an id names now. A person that was merged answers as the record whose
// number this is (`PersonOf` finds the survivor), a family that joined another
// as that other.
struct Named {
  core::EntityNumber number = 0;
  core::Subject subject = 0;  // whose rows hold it
};
absl::StatusOr<std::optional<Named>> Find(const core::StateReader& view,
                                          absl::string_view id);
// Its number only.
absl::StatusOr<std::optional<core::EntityNumber>> NumberOfId(
    const core::StateReader& view, absl::string_view id);

// The id of what has that number; empty: it is not known, or has none.
absl::StatusOr<std::string> IdOfThing(const core::StateReader& view,
                                      core::EntityNumber number);

// Records that match strongly, ascending: by a verified identifier, by name,
// birth date and postcode all alike, or by the caller's own agency's record.
// By name, birth date and postcode nobody is found whose contacts are shielded
// on the day, for their own address or that of somebody they live with: whoever
// may ask could otherwise try where they hide. Of them it decides
// nothing, and is as if they were not there.
// Empty for a query that holds none of these whole. May be of several persons:
// then say that it is uncertain. At most `kFoundMax`.
inline constexpr size_t kFoundMax = 50;
absl::StatusOr<std::vector<core::EntityNumber>> FindPersons(
    const core::StateReader& view, const api::v1::PersonQuery& query,
    absl::CivilDay day, const core::KeyHash& hash);

// The practitioner that the agency calls so; 0: nobody.
absl::StatusOr<core::EntityNumber> FindPractitioner(
    const core::StateReader& view, absl::string_view agency,
    absl::string_view local_id, const core::KeyHash& hash);

// The person of a record: the number of that person's first record.
absl::StatusOr<core::EntityNumber> PersonOf(const core::StateReader& view,
                                            core::EntityNumber record);
// All records of that person, ascending.
absl::StatusOr<std::vector<core::EntityNumber>> RecordsOf(
    const core::StateReader& view, core::EntityNumber record);

// The family that stands for `family`: itself, or the one it joined.
absl::StatusOr<core::EntityNumber> Resolve(const core::StateReader& view,
                                           core::EntityNumber family);

// Families, resolved, of which the persons of these records are members on the
// day; ascending.
absl::StatusOr<std::vector<core::EntityNumber>> FamiliesOfRecords(
    const core::StateReader& view,
    const std::vector<core::EntityNumber>& records, absl::CivilDay day);

}  // namespace kith::views
