#include "services/views/find.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "kith/ledger/v1/view.pb.h"
#include "services/core/family/resolve.h"
#include "services/views/compose.h"
#include "services/views/keeping.h"
#include "services/views/reading.h"
#include "services/views/search_keys.h"

namespace kith::views {
namespace {

using ledger::v1::PlaceRow;

// What an entry takes that holds next to nothing.
constexpr size_t kKeptBytes = 200;

using Numbers = std::vector<EntityNumber>;

absl::StatusOr<Numbers> ScanKnownAs(const core::StateReader& view,
                                    const std::string& hash) {
  Numbers found;
  RETURN_IF_ERROR(view.Scan(keys::KnownAs(hash),
                            [&](absl::string_view key, absl::string_view) {
                              found.push_back(keys::LastNumber(key));
                              return found.size() < kFoundMax;
                            }));
  return found;
}

absl::StatusOr<Numbers> KnownAs(const core::StateReader& view,
                                const std::string& hash) {
  ASSIGN_OR_RETURN(const auto found, Kept<Numbers>(
                                         view, "=h" + hash,
                                         [&](const core::StateReader& rows) {
                                           return ScanKnownAs(rows, hash);
                                         },
                                         [](const Numbers& numbers) {
                                           return kKeptBytes +
                                                  numbers.size() * 8;
                                         }));
  return *found;
}

absl::StatusOr<std::optional<Named>> FindRows(const core::StateReader& view,
                                              absl::string_view id) {
  ASSIGN_OR_RETURN(auto row, core::ReadRow<PlaceRow>(view, keys::Id(id)));
  if (!row.has_value()) return std::optional<Named>();
  ASSIGN_OR_RETURN(auto place,
                   core::ReadRow<PlaceRow>(view, keys::Place(row->number())));
  if (place.has_value()) row = std::move(place);
  Named named{row->number(), row->subject()};
  if (row->kind() == static_cast<uint32_t>(Kind::kFamily)) {
    ASSIGN_OR_RETURN(named.number, Resolve(view, named.number));
    named.subject = named.number;
  }
  return std::optional<Named>(named);
}

// A row knows nothing of those one lives with: whether somebody's address tells
// where another hides is seen where it is read.
absl::Status DropWhoHides(Reading& reading, absl::CivilDay day,
                          Numbers* found) {
  Numbers shown;
  for (const EntityNumber record : *found) {
    ASSIGN_OR_RETURN(const auto person, reading.RecordsOf(record));
    ASSIGN_OR_RETURN(const bool hides, ShieldsContacts(reading, person, day));
    if (!hides) shown.push_back(record);
  }
  *found = std::move(shown);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::optional<Named>> Find(const core::StateReader& view,
                                          absl::string_view id) {
  ASSIGN_OR_RETURN(
      const auto named,
      Kept<std::optional<Named>>(
          view, absl::StrCat("=i", id),
          [&](const core::StateReader& rows) { return FindRows(rows, id); },
          [](const std::optional<Named>&) { return kKeptBytes; }));
  return *named;
}

absl::StatusOr<std::optional<EntityNumber>> NumberOfId(
    const core::StateReader& view, absl::string_view id) {
  ASSIGN_OR_RETURN(const auto named, Find(view, id));
  if (!named.has_value()) return std::optional<EntityNumber>();
  return std::optional<EntityNumber>(named->number);
}

absl::StatusOr<std::string> IdOfThing(const core::StateReader& view,
                                      EntityNumber number) {
  ASSIGN_OR_RETURN(const auto place,
                   core::ReadRow<PlaceRow>(view, keys::Place(number)));
  if (!place.has_value()) return std::string();
  Reading reading(view);
  ASSIGN_OR_RETURN(
      const Thing* thing,
      reading.Get(
          {place->subject(), static_cast<Kind>(place->kind()), place->rest()}));
  return thing == nullptr ? std::string() : thing->row.thing().id();
}

absl::StatusOr<std::vector<EntityNumber>> FindPersons(
    const core::StateReader& view, const api::v1::PersonQuery& query,
    absl::CivilDay day, const core::KeyHash& hash) {
  Reading reading(view);
  std::set<EntityNumber> records;
  for (const std::string& key : SearchKeys(query)) {
    ASSIGN_OR_RETURN(auto found, KnownAs(view, hash(key)));
    if (TellsAddress(key)) {
      RETURN_IF_ERROR(DropWhoHides(reading, day, &found));
    }
    records.insert(found.begin(), found.end());
  }
  std::vector<EntityNumber> sorted(records.begin(), records.end());
  if (sorted.size() > kFoundMax) sorted.resize(kFoundMax);
  return sorted;
}

absl::StatusOr<EntityNumber> FindPractitioner(const core::StateReader& view,
                                              absl::string_view agency,
                                              absl::string_view local_id,
                                              const core::KeyHash& hash) {
  ASSIGN_OR_RETURN(const auto found,
                   KnownAs(view, hash(PractitionerKey(agency, local_id))));
  return found.empty() ? EntityNumber{0} : found.front();
}

absl::StatusOr<EntityNumber> PersonOf(const core::StateReader& view,
                                      EntityNumber record) {
  return Reading(view).PersonOf(record);
}

absl::StatusOr<std::vector<EntityNumber>> RecordsOf(
    const core::StateReader& view, EntityNumber record) {
  return Reading(view).RecordsOf(record);
}

absl::StatusOr<EntityNumber> Resolve(const core::StateReader& view,
                                     EntityNumber family) {
  return Reading(view).Resolve(family);
}

absl::StatusOr<std::vector<EntityNumber>> FamiliesOfRecords(
    const core::StateReader& view, const std::vector<EntityNumber>& records,
    absl::CivilDay day) {
  Reading reading(view);
  return PresentFamilies(reading, records, day);
}

absl::StatusOr<std::vector<EntityNumber>> PresentFamilies(
    Reading& reading, const std::vector<EntityNumber>& records,
    absl::CivilDay day) {
  std::set<EntityNumber> everyone;
  for (const EntityNumber record : records) {
    ASSIGN_OR_RETURN(const auto all, reading.RecordsOf(record));
    everyone.insert(all.begin(), all.end());
  }
  std::set<EntityNumber> families;
  for (const EntityNumber record : everyone) {
    ASSIGN_OR_RETURN(const Things memberships,
                     reading.Of(record, Kind::kMember));
    for (const Thing* thing : memberships) {
      if (!core::family::IsCurrent(thing->row.member(), day)) continue;
      ASSIGN_OR_RETURN(const EntityNumber family,
                       reading.Resolve(thing->key.subject));
      families.insert(family);
    }
  }
  return std::vector<EntityNumber>(families.begin(), families.end());
}

}  // namespace kith::views
