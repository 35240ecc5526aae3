#include "services/views/reading.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"

namespace kith::views {
namespace {

// How many joins lead from a family to the one that stands for it at most.
constexpr int kJoinsMax = 1000;

// What a parsed row takes, about: for the keeper's limit.
constexpr size_t kMemoryOfARow = 300;
constexpr size_t kMemoryOfAByte = 3;

// Those whose rest begins with `rest`.
Things Within(const SubjectRows& rows, Kind kind, absl::string_view rest) {
  auto at = std::partition_point(rows.things.begin(), rows.things.end(),
                                 [&](const Thing& thing) {
                                   if (thing.key.kind != kind)
                                     return thing.key.kind < kind;
                                   return thing.key.rest < rest;
                                 });
  Things things;
  for (; at != rows.things.end(); ++at) {
    if (at->key.kind != kind || !absl::StartsWith(at->key.rest, rest)) break;
    things.push_back(&*at);
  }
  return things;
}

}  // namespace

ThingKey LeadsTo(const Thing& thing) { return keys::ParseElsewhere(thing.key); }

absl::StatusOr<std::shared_ptr<const SubjectRows>> Reading::ReadRows(
    Subject subject) {
  auto rows = std::make_shared<SubjectRows>();
  bool sound = true;
  RETURN_IF_ERROR(view_.Scan(
      keys::ThingsOf(subject),
      [&](absl::string_view key, absl::string_view value) {
        rows->things.push_back({keys::ParseThing(key), {}});
        ThingRow& row = rows->things.back().row;
        sound =
            row.ParseFromArray(value.data(), static_cast<int>(value.size()));
        rows->bytes += kMemoryOfARow + kMemoryOfAByte * value.size();
        return sound;
      }));
  if (!sound) return absl::DataLossError("a view row does not parse");
  return rows;
}

absl::StatusOr<const SubjectRows*> Reading::RowsOf(Subject subject) {
  auto& rows = rows_[subject];
  if (rows != nullptr) return rows.get();
  const core::Keeper* keeper = view_.keeper();
  const std::string group = keys::ThingsOf(subject);
  if (keeper != nullptr) {
    rows = std::static_pointer_cast<const SubjectRows>(keeper->Find(group));
    if (rows != nullptr) return rows.get();
  }
  ASSIGN_OR_RETURN(rows, ReadRows(subject));
  if (keeper != nullptr) keeper->Keep(group, {group}, rows);
  return rows.get();
}

absl::StatusOr<Things> Reading::Of(Subject subject) {
  ASSIGN_OR_RETURN(const SubjectRows* rows, RowsOf(subject));
  Things things;
  for (const Thing& thing : rows->things) {
    const ThingKey key = LeadsTo(thing);
    if (key.kind == Kind::WHAT_NOT_SET || key.kind == Kind::kMember ||
        key.kind == Kind::kMatch) {
      things.push_back(&thing);
      continue;
    }
    ASSIGN_OR_RETURN(const Thing* owned, Get(key));
    if (owned != nullptr) things.push_back(owned);
  }
  return things;
}

absl::StatusOr<Things> Reading::Of(Subject subject, Kind kind) {
  ASSIGN_OR_RETURN(const SubjectRows* rows, RowsOf(subject));
  Things things = Within(*rows, kind, "");
  const char leads_to = static_cast<char>(kind);
  for (const Thing* lead :
       Within(*rows, Kind::kOwner, absl::string_view(&leads_to, 1))) {
    ASSIGN_OR_RETURN(const Thing* owned, Get(LeadsTo(*lead)));
    if (owned != nullptr) things.push_back(owned);
  }
  return things;
}

absl::StatusOr<Things> Reading::PartsOf(const ThingKey& key, Kind kind) {
  ASSIGN_OR_RETURN(const SubjectRows* rows, RowsOf(key.subject));
  return Within(*rows, kind, key.rest);
}

absl::StatusOr<const Thing*> Reading::Get(const ThingKey& key) {
  ASSIGN_OR_RETURN(const SubjectRows* rows, RowsOf(key.subject));
  const Things found = Within(*rows, key.kind, key.rest);
  const bool is_it = !found.empty() && found.front()->key.rest == key.rest;
  return is_it ? found.front() : nullptr;
}

absl::StatusOr<const Thing*> Reading::NumberedAny(EntityNumber number) {
  if (number == 0) return nullptr;
  ASSIGN_OR_RETURN(auto place, core::ReadRow<ledger::v1::PlaceRow>(
                                   view_, keys::Place(number)));
  if (!place.has_value()) return nullptr;
  return Get(
      {place->subject(), static_cast<Kind>(place->kind()), place->rest()});
}

absl::StatusOr<const Thing*> Reading::Numbered(EntityNumber number, Kind kind) {
  ASSIGN_OR_RETURN(auto place, core::ReadRow<ledger::v1::PlaceRow>(
                                   view_, keys::Place(number)));
  if (!place.has_value() || place->kind() != static_cast<uint32_t>(kind)) {
    return nullptr;
  }
  return Get({place->subject(), kind, place->rest()});
}

absl::StatusOr<const ThingRow*> Reading::Own(Subject subject, Kind kind) {
  ASSIGN_OR_RETURN(const Thing* thing, Get({subject, kind, ""}));
  return thing == nullptr ? nullptr : &thing->row;
}

absl::StatusOr<const ThingRow*> Reading::Record(EntityNumber record) {
  return Own(record, Kind::kRecord);
}

absl::StatusOr<EntityNumber> Reading::PersonOf(EntityNumber record) {
  ASSIGN_OR_RETURN(const ThingRow* row, Record(record));
  return row == nullptr ? record : row->record().person();
}

absl::StatusOr<std::vector<EntityNumber>> Reading::RecordsOf(
    EntityNumber record) {
  ASSIGN_OR_RETURN(const EntityNumber person, PersonOf(record));
  ASSIGN_OR_RETURN(const ThingRow* row, Own(person, Kind::kPerson));
  if (row == nullptr) return std::vector<EntityNumber>{person};
  const auto& records = row->person().records();
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
  return Own(family, Kind::kFamily);
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

absl::StatusOr<std::string> Reading::PlanId(EntityNumber plan) {
  if (plan == 0) return std::string();
  ASSIGN_OR_RETURN(const Thing* thing, Numbered(plan, Kind::kPlan));
  return thing != nullptr ? thing->row.thing().id() : std::string();
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
