#include "services/views/compose.h"

#include "base/civil_date.h"
#include "kith/agency/v1/common.pb.h"
#include "services/core/family/resolve.h"

namespace kith::views {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

bool IsReference(const Descriptor* type) {
  return type == agency::v1::PersonRef::descriptor() ||
         type == agency::v1::ThingRef::descriptor() ||
         type == agency::v1::LocalRef::descriptor() ||
         type == agency::v1::PractitionerRef::descriptor();
}

// The person's place in a list that is sorted by person.
Member& MemberFor(std::vector<Member>& members, EntityNumber person) {
  auto place = members.begin();
  while (place != members.end() && place->person < person) ++place;
  if (place == members.end() || place->person != person) {
    place = members.insert(place, Member{person, {}, {}, false});
  }
  return *place;
}

absl::Status AddMember(Reading& reading, const ThingRow& row,
                       absl::CivilDay today, std::vector<Member>& members) {
  const EntityNumber record = row.member().stated().record();
  ASSIGN_OR_RETURN(const EntityNumber person, reading.PersonOf(record));
  Member& member = MemberFor(members, person);
  if (member.records.empty()) {
    ASSIGN_OR_RETURN(member.records, reading.RecordsOf(record));
  }
  member.stated.insert(record);
  if (core::family::IsCurrent(row.member(), today)) member.current = true;
  return absl::OkStatus();
}

absl::StatusOr<bool> OneProtects(Reading& reading,
                                 const std::vector<EntityNumber>& records) {
  for (const EntityNumber record : records) {
    ASSIGN_OR_RETURN(const ThingRow* row, reading.Record(record));
    if (row != nullptr && ProtectsContact(*row)) return true;
  }
  return false;
}

absl::StatusOr<bool> FindWhoHides(Reading& reading, EntityNumber family,
                                  absl::CivilDay today) {
  ASSIGN_OR_RETURN(const auto household, HouseholdOf(reading, family, today));
  if (!household.has_value()) return false;
  for (const Member& member : household->members) {
    if (!member.current) continue;
    ASSIGN_OR_RETURN(const bool hides, OneProtects(reading, member.records));
    if (hides) return true;
  }
  return false;
}

// Asked of each record of a family, looked for once.
absl::StatusOr<bool> SomebodyHides(Reading& reading, EntityNumber family,
                                   absl::CivilDay today) {
  const auto known = reading.hiding().find({family, today});
  if (known != reading.hiding().end()) return known->second;
  ASSIGN_OR_RETURN(const bool hides, FindWhoHides(reading, family, today));
  reading.hiding()[{family, today}] = hides;
  return hides;
}

}  // namespace

ItemLabel Label(const Scene& scene, ItemClass item_class,
                const std::string& agency, const RecordSet& records) {
  ItemLabel label;
  label.set_class_(item_class);
  label.set_agency(agency);
  label.mutable_records()->Add(records.begin(), records.end());
  label.set_family(scene.family);
  return label;
}

ItemLabel LabelOf(const Scene& scene, ItemClass item_class, const ThingRow& row,
                  const std::string& agency, const RecordSet& records) {
  ItemLabel label = Label(scene, item_class, agency, records);
  label.set_thing(row.thing().number());
  label.set_basis(row.said().by().basis());
  return label;
}

absl::StatusOr<ItemLabel> LabelOfNamed(const Scene& scene, ItemClass item_class,
                                       const ThingRow& row,
                                       const std::string& agency,
                                       const RecordSet& records,
                                       EntityNumber family) {
  ItemLabel label = LabelOf(scene, item_class, row, agency, records);
  ASSIGN_OR_RETURN(const EntityNumber standing, scene.reading.Resolve(family));
  label.set_family(standing);
  return label;
}

void DropReferences(Message* message) {
  const auto& reflection = *message->GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection.ListFields(*message, &fields);
  for (const FieldDescriptor* field : fields) {
    if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) continue;
    if (IsReference(field->message_type())) {
      reflection.ClearField(message, field);
    } else if (!field->is_repeated()) {
      DropReferences(reflection.MutableMessage(message, field));
    } else {
      const int size = reflection.FieldSize(*message, field);
      for (int i = 0; i < size; ++i) {
        DropReferences(reflection.MutableRepeatedMessage(message, field, i));
      }
    }
  }
}

RecordSet Household::StatedNow() const {
  RecordSet records;
  for (const Member& member : members) {
    if (!member.current) continue;
    records.insert(member.stated.begin(), member.stated.end());
  }
  return records;
}

absl::StatusOr<std::optional<Household>> HouseholdOf(Reading& reading,
                                                     EntityNumber family,
                                                     absl::CivilDay today) {
  Household household;
  ASSIGN_OR_RETURN(household.family, reading.Resolve(family));
  ASSIGN_OR_RETURN(const ThingRow* row, reading.Family(household.family));
  if (row == nullptr) return std::optional<Household>();
  ASSIGN_OR_RETURN(household.group, reading.Group(household.family));
  for (const EntityNumber one : household.group) {
    ASSIGN_OR_RETURN(const Things things, reading.Of(one));
    for (const Thing* thing : things) {
      household.things.push_back(thing);
      if (!thing->row.has_member()) continue;
      RETURN_IF_ERROR(AddMember(reading, thing->row, today, household.members));
    }
  }
  return std::optional<Household>(std::move(household));
}

absl::StatusOr<bool> ShieldsContacts(Reading& reading,
                                     const std::vector<EntityNumber>& records,
                                     absl::CivilDay today) {
  ASSIGN_OR_RETURN(const bool own, OneProtects(reading, records));
  if (own) return true;
  ASSIGN_OR_RETURN(const auto families,
                   PresentFamilies(reading, records, today));
  for (const EntityNumber family : families) {
    ASSIGN_OR_RETURN(const bool hides, SomebodyHides(reading, family, today));
    if (hides) return true;
  }
  return false;
}

absl::StatusOr<bool> ShieldsNetwork(Reading& reading,
                                    const Household& household,
                                    absl::CivilDay today) {
  for (const Member& member : household.members) {
    if (!member.current) continue;
    ASSIGN_OR_RETURN(const bool shielded,
                     ShieldsContacts(reading, member.records, today));
    if (shielded) return true;
  }
  return false;
}

}  // namespace kith::views
