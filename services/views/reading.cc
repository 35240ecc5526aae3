#include "services/views/reading.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"

namespace kith::views {
namespace {

// How many joins lead from a family to the one that stands for it at most.
constexpr int kJoinsMax = 1000;

absl::Status Broken() {
  return absl::DataLossError("a view row does not parse");
}

const ThingRow* Find(
    const std::map<EntityNumber, std::optional<ThingRow>>& rows,
    EntityNumber number) {
  const auto& found = rows.at(number);
  return found.has_value() ? &*found : nullptr;
}

}  // namespace

ThingKey LeadsTo(const Thing& thing) { return keys::ParseElsewhere(thing.key); }

absl::Status Reading::Collect(const std::string& prefix, Things* things) const {
  bool sound = true;
  RETURN_IF_ERROR(
      view_.Scan(prefix, [&](absl::string_view key, absl::string_view value) {
        Thing thing{keys::ParseThing(key), {}};
        sound = thing.row.ParseFromArray(value.data(),
                                         static_cast<int>(value.size()));
        things->push_back(std::move(thing));
        return sound;
      }));
  return sound ? absl::OkStatus() : Broken();
}

absl::StatusOr<const Things*> Reading::Of(Subject subject) {
  const auto known = things_.find(subject);
  if (known != things_.end()) return &known->second;
  Things found;
  RETURN_IF_ERROR(Collect(keys::ThingsOf(subject), &found));
  Things things;
  for (Thing& thing : found) {
    const ThingKey key = LeadsTo(thing);
    if (key.kind == Kind::WHAT_NOT_SET || key.kind == Kind::kMember ||
        key.kind == Kind::kMatch) {
      things.push_back(std::move(thing));
      continue;
    }
    ASSIGN_OR_RETURN(auto owned, Get(key));
    if (owned.has_value()) things.push_back(*std::move(owned));
  }
  return &(things_[subject] = std::move(things));
}

absl::StatusOr<Things> Reading::Of(Subject subject, Kind kind) const {
  Things things;
  RETURN_IF_ERROR(Collect(keys::ThingsOf(subject, kind), &things));
  Things leads;
  RETURN_IF_ERROR(Collect(keys::Elsewhere(subject, kind), &leads));
  for (const Thing& lead : leads) {
    ASSIGN_OR_RETURN(auto owned, Get(LeadsTo(lead)));
    if (owned.has_value()) things.push_back(*std::move(owned));
  }
  return things;
}

absl::StatusOr<Things> Reading::PartsOf(const ThingKey& key, Kind kind) const {
  Things parts;
  const auto known = things_.find(key.subject);
  if (known == things_.end()) {
    RETURN_IF_ERROR(
        Collect(keys::ThingsOf(key.subject, kind) + key.rest, &parts));
    return parts;
  }
  for (const Thing& thing : known->second) {
    if (thing.key.subject == key.subject && thing.key.kind == kind &&
        absl::StartsWith(thing.key.rest, key.rest)) {
      parts.push_back(thing);
    }
  }
  return parts;
}

absl::StatusOr<std::optional<Thing>> Reading::Get(const ThingKey& key) const {
  ASSIGN_OR_RETURN(auto row, core::ReadRow<ThingRow>(view_, key.Bytes()));
  if (!row.has_value()) return std::optional<Thing>();
  return std::optional<Thing>(Thing{key, *std::move(row)});
}

absl::StatusOr<std::optional<Thing>> Reading::Numbered(EntityNumber number,
                                                       Kind kind) const {
  ASSIGN_OR_RETURN(auto place, core::ReadRow<ledger::v1::PlaceRow>(
                                   view_, keys::Place(number)));
  if (!place.has_value() || place->kind() != static_cast<uint32_t>(kind)) {
    return std::optional<Thing>();
  }
  return Get({place->subject(), kind, place->rest()});
}

absl::StatusOr<const ThingRow*> Reading::Record(EntityNumber record) {
  if (records_.count(record) == 0) {
    ASSIGN_OR_RETURN(records_[record],
                     core::ReadRow<ThingRow>(
                         view_, ThingKey{record, Kind::kRecord, ""}.Bytes()));
  }
  return Find(records_, record);
}

absl::StatusOr<EntityNumber> Reading::PersonOf(EntityNumber record) {
  ASSIGN_OR_RETURN(const ThingRow* row, Record(record));
  return row == nullptr ? record : row->record().person();
}

absl::StatusOr<std::vector<EntityNumber>> Reading::RecordsOf(
    EntityNumber record) {
  ASSIGN_OR_RETURN(const EntityNumber person, PersonOf(record));
  ASSIGN_OR_RETURN(const auto row, Get({person, Kind::kPerson, ""}));
  if (!row.has_value()) return std::vector<EntityNumber>{person};
  const auto& records = row->row.person().records();
  return std::vector<EntityNumber>(records.begin(), records.end());
}

absl::StatusOr<std::string> Reading::PersonId(EntityNumber record) {
  if (record == 0) return std::string();
  ASSIGN_OR_RETURN(const EntityNumber person, PersonOf(record));
  ASSIGN_OR_RETURN(const ThingRow* first, Record(person));
  if (first != nullptr) return first->thing().id();
  // The person's first record was erased: any other names the person too.
  ASSIGN_OR_RETURN(const ThingRow* own, Record(record));
  return own == nullptr ? std::string() : own->thing().id();
}

void Reading::AddOnce(std::string id,
                      google::protobuf::RepeatedPtrField<std::string>* ids) {
  if (id.empty() || std::find(ids->begin(), ids->end(), id) != ids->end()) {
    return;
  }
  *ids->Add() = std::move(id);
}

absl::StatusOr<const ThingRow*> Reading::Family(EntityNumber family) {
  if (families_.count(family) == 0) {
    ASSIGN_OR_RETURN(families_[family],
                     core::ReadRow<ThingRow>(
                         view_, ThingKey{family, Kind::kFamily, ""}.Bytes()));
  }
  return Find(families_, family);
}

absl::StatusOr<EntityNumber> Reading::Resolve(EntityNumber family) {
  for (int i = 0; i < kJoinsMax; ++i) {
    ASSIGN_OR_RETURN(const ThingRow* row, Family(family));
    if (row == nullptr || row->family().joined_into() == 0) break;
    family = row->family().joined_into();
  }
  return family;
}

absl::StatusOr<std::vector<EntityNumber>> Reading::Group(EntityNumber family) {
  std::vector<EntityNumber> group = {family};
  for (size_t i = 0; i < group.size(); ++i) {
    ASSIGN_OR_RETURN(const ThingRow* row, Family(group[i]));
    if (row == nullptr) continue;
    for (const EntityNumber joined : row->family().joined()) {
      if (std::find(group.begin(), group.end(), joined) == group.end()) {
        group.push_back(joined);
      }
    }
  }
  std::sort(group.begin(), group.end());
  return group;
}

absl::StatusOr<std::string> Reading::FamilyId(EntityNumber family) {
  if (family == 0) return std::string();
  ASSIGN_OR_RETURN(const EntityNumber standing, Resolve(family));
  ASSIGN_OR_RETURN(const ThingRow* row, Family(standing));
  return row == nullptr ? std::string() : row->thing().id();
}

absl::StatusOr<std::string> Reading::PlanId(EntityNumber plan) const {
  if (plan == 0) return std::string();
  ASSIGN_OR_RETURN(const auto thing, Numbered(plan, Kind::kPlan));
  return thing.has_value() ? thing->row.thing().id() : std::string();
}

absl::StatusOr<api::v1::PractitionerView> Reading::Practitioner(
    EntityNumber number) {
  const auto known = practitioners_.find(number);
  if (known != practitioners_.end()) return known->second;
  api::v1::PractitionerView& view = practitioners_[number];
  if (number == 0) return view;
  ASSIGN_OR_RETURN(const auto row, core::ReadRow<ledger::v1::PractitionerRow>(
                                       view_, keys::Practitioner(number)));
  if (!row.has_value()) return view;
  view.set_practitioner_id(row->practitioner().id());
  view.set_agency(row->agency());
  view.set_name(row->said().name());
  view.set_profession(row->said().profession());
  view.set_contact(row->said().contact());
  return view;
}

absl::StatusOr<api::v1::Said> Reading::SaidBy(const ledger::v1::Mark& mark) {
  api::v1::Said said;
  said.set_agency(mark.by().agency());
  if (mark.by().practitioner() != 0) {
    ASSIGN_OR_RETURN(*said.mutable_practitioner(),
                     Practitioner(mark.by().practitioner()));
  }
  *said.mutable_occurred_at() = mark.by().occurred_at();
  *said.mutable_recorded_at() = mark.recorded_at();
  said.set_reported(mark.by().reported());
  *said.mutable_unmet() = mark.unmet();
  return said;
}

}  // namespace kith::views
