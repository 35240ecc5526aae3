#include "services/views/folding.h"

#include <algorithm>
#include <utility>

#include "base/civil_date.h"
#include "services/views/listing.h"
#include "services/views/times.h"

namespace kith::views {
namespace {

bool Has(const Numbers& numbers, uint64_t number) {
  return std::find(numbers.begin(), numbers.end(), number) != numbers.end();
}

PlaceRow PlaceOf(const ThingKey& key, EntityNumber number) {
  PlaceRow place;
  place.set_number(number);
  place.set_subject(key.subject);
  place.set_kind(key.kind);
  place.set_rest(key.rest);
  return place;
}

// The records that rows lead from.
const Numbers& RecordsOf(const ThingRow& row) {
  switch (row.what_case()) {
    case Kind::kConsent:
      return row.consent().recorded().records();
    case Kind::kRestriction:
      return row.restriction().recorded().records();
    case Kind::kSharingNote:
      return row.sharing_note().records();
    case Kind::kReferral:
      return row.referral().recorded().records();
    case Kind::kAssessment:
      return row.assessment().recorded().records();
    default:
      return row.plan().recorded().records();
  }
}

// The kind of row of which one thing has several: reviews of a plan...
std::vector<Kind> PartsOf(Kind kind) {
  switch (kind) {
    case Kind::kReferral:
      return {Kind::kStep};
    case Kind::kAssessment:
      return {Kind::kScore};
    case Kind::kPlan:
      return {Kind::kReview, Kind::kContact};
    default:
      return {};
  }
}

}  // namespace

Mark Folding::mark() const {
  Mark mark;
  *mark.mutable_by() = fact().by();
  mark.set_position(recorded_.position);
  *mark.mutable_recorded_at() = ToTimestamp(recorded_.recorded_at);
  *mark.mutable_unmet() = fact().unmet();
  return mark;
}

absl::StatusOr<ThingRow> Folding::Take(const ThingKey& key,
                                       const Identity& identity,
                                       Naming naming) {
  if (naming != Naming::kNone) {
    RETURN_IF_ERROR(MoveHere(key, identity.number()));
  }
  ASSIGN_OR_RETURN(auto found, Read(key));
  ThingRow row = found.has_value() ? *std::move(found) : ThingRow();
  row.clear_ended();
  if (!row.has_thing()) *row.mutable_thing() = identity;
  if (identity.id().empty() || naming == Naming::kNone) return row;
  const PlaceRow place = PlaceOf(key, identity.number());
  core::PutRow(rows_, key.subject, keys::Place(identity.number()), place);
  if (naming == Naming::kId) {
    core::PutRow(rows_, key.subject, keys::Id(identity.id()), place);
  }
  return row;
}

// What is stated of another subject than before, as when an agency corrects
// whom a consent is about, lies under that one from now on, with its parts.
absl::Status Folding::MoveHere(const ThingKey& key, EntityNumber number) {
  ASSIGN_OR_RETURN(auto place,
                   core::ReadRow<PlaceRow>(rows_, keys::Place(number)));
  if (!place.has_value() || place->subject() == key.subject) {
    return absl::OkStatus();
  }
  const ThingKey old{place->subject(), key.kind, place->rest()};
  ASSIGN_OR_RETURN(auto row, Read(old));
  std::vector<std::pair<std::string, std::string>> parts;
  for (const Kind kind : PartsOf(key.kind)) {
    const std::string from = keys::ThingsOf(old.subject, kind) + key.rest;
    RETURN_IF_ERROR(
        rows_.Scan(from, [&](absl::string_view at, absl::string_view value) {
          parts.emplace_back(std::string(at), std::string(value));
          return true;
        }));
  }
  for (auto& [at, value] : parts) {
    ThingKey to = keys::ParseThing(at);
    to.subject = key.subject;
    rows_.Put(key.subject, to.Bytes(), std::move(value));
    rows_.Delete(at);
  }
  if (row.has_value()) {
    for (const EntityNumber record : RecordsOf(*row)) {
      rows_.Delete(keys::Elsewhere(record, old));
    }
    for (const std::string& listed : row->listed_under()) rows_.Delete(listed);
    row->clear_listed_under();
    core::PutRow(rows_, key.subject, key.Bytes(), *row);
  }
  rows_.Delete(old.Bytes());
  core::PutRow(rows_, key.subject, keys::Place(number), PlaceOf(key, number));
  return absl::OkStatus();
}

absl::Status Folding::Put(const ThingKey& key, ThingRow row) {
  ASSIGN_OR_RETURN(const std::vector<Listing> listings,
                   ListingsOf(rows_, key, row));
  std::vector<std::string> listed;
  for (const Listing& listing : listings) {
    listed.push_back(listing.key);
    rows_.Put(key.subject, listing.key, listing.value);
  }
  for (const std::string& old : row.listed_under()) {
    if (std::find(listed.begin(), listed.end(), old) == listed.end()) {
      rows_.Delete(old);
    }
  }
  *row.mutable_listed_under() = {listed.begin(), listed.end()};
  core::PutRow(rows_, key.subject, key.Bytes(), row);
  return absl::OkStatus();
}

void Folding::NoteUnmet(ThingRow& row) const {
  auto& unmet = *row.mutable_said()->mutable_unmet();
  for (const std::string& rule : fact().unmet()) {
    if (std::find(unmet.begin(), unmet.end(), rule) == unmet.end()) {
      *unmet.Add() = rule;
    }
  }
}

void Folding::Link(const ThingKey& key, const Numbers& others,
                   const Numbers& others_before) {
  for (const uint64_t other : others_before) {
    if (!Has(others, other)) rows_.Delete(keys::Elsewhere(other, key));
  }
  for (const uint64_t other : others) {
    if (other == key.subject) {
      rows_.Delete(keys::Elsewhere(other, key));
    } else {
      LinkFrom(other, key);
    }
  }
}

void Folding::LinkFrom(Subject other, const ThingKey& key) {
  ThingRow row;
  row.set_owner(key.subject);
  core::PutRow(rows_, other, keys::Elsewhere(other, key), row);
}

absl::Status Folding::PutOnce(Subject subject, const std::string& key) {
  ASSIGN_OR_RETURN(const auto there, rows_.Get(key));
  if (!there.has_value()) rows_.Put(subject, key, "");
  return absl::OkStatus();
}

absl::Status Folding::WorksWithFamily(EntityNumber family,
                                      EntityNumber practitioner) {
  RETURN_IF_ERROR(PractitionerWorksWithFamily(practitioner, family));
  if (agency().empty()) return absl::OkStatus();
  return PutOnce(family,
                 keys::WorkWithFamily(keys::WorkOfAgency(agency()), family));
}

absl::Status Folding::PractitionerWorksWithFamily(EntityNumber practitioner,
                                                  EntityNumber family) {
  if (practitioner == 0) return absl::OkStatus();
  return PutOnce(family, keys::WorkWithFamily(
                             keys::WorkOfPractitioner(practitioner), family));
}

absl::Status Folding::WorksWithRecord(EntityNumber record,
                                      EntityNumber practitioner) {
  if (practitioner != 0) {
    RETURN_IF_ERROR(PutOnce(
        record,
        keys::WorkWithRecord(keys::WorkOfPractitioner(practitioner), record)));
  }
  if (agency().empty()) return absl::OkStatus();
  return PutOnce(record,
                 keys::WorkWithRecord(keys::WorkOfAgency(agency()), record));
}

}  // namespace kith::views
