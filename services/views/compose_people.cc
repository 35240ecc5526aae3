// Records, and what is said of single people.
#include "kith/agency/v1/options.pb.h"
#include "services/core/family/dates.h"
#include "services/core/family/family.h"
#include "services/views/compose.h"
#include "services/views/due.h"

namespace kith::views {
namespace {

using agency::v1::PersonStated;
using agency::v1::Sensitivity;
using api::v1::NeedView;
using api::v1::PersonView;
using api::v1::RecordView;
using google::protobuf::FieldDescriptor;

// Copies one field, whatever it is.
void CopyField(const PersonStated& from, const FieldDescriptor* field,
               PersonStated* to) {
  PersonStated only = from;
  std::vector<const FieldDescriptor*> fields;
  from.GetReflection()->ListFields(from, &fields);
  for (const FieldDescriptor* other : fields) {
    if (other != field) only.GetReflection()->ClearField(&only, other);
  }
  to->MergeFrom(only);
}

// A record by class; without person or label.
struct RecordParts {
  RecordView identity;
  RecordView contact;
  RecordView protected_contact;
  RecordView need;
};

// Which part of a record a field belongs to: by how sensitive it is.
RecordView* PartFor(const FieldDescriptor* field, RecordParts& parts) {
  switch (field->options().GetExtension(agency::v1::sensitivity)) {
    case Sensitivity::SENSITIVITY_OPEN:
    case Sensitivity::SENSITIVITY_IDENTITY:
      return &parts.identity;
    case Sensitivity::SENSITIVITY_CONTACT:
      return &parts.contact;
    default:
      return &parts.need;
  }
}

// Protected addresses come apart from the others.
void PartAddresses(RecordParts& parts) {
  const PersonStated all = parts.contact.said();
  parts.contact.mutable_said()->clear_addresses();
  for (const auto& address : all.addresses()) {
    RecordView& part =
        address.protected_() ? parts.protected_contact : parts.contact;
    *part.mutable_said()->add_addresses() = address;
  }
  if (parts.contact.said().ByteSizeLong() == 0) parts.contact.clear_said();
}

RecordParts SplitRecord(const ThingRow& row) {
  RecordParts parts;
  PersonStated said = row.record().said();
  said.clear_record();
  said.clear_replaced_by();
  for (auto& identifier : *said.mutable_identifiers()) {
    identifier.clear_local();
  }
  std::vector<const FieldDescriptor*> fields;
  said.GetReflection()->ListFields(said, &fields);
  for (const FieldDescriptor* field : fields) {
    CopyField(said, field, PartFor(field, parts)->mutable_said());
  }
  *parts.identity.mutable_checks() = row.record().checks();
  if (parts.contact.has_said()) PartAddresses(parts);
  return parts;
}

void AddRecordPiece(const ItemLabel& label, const PersonView& frame,
                    const RecordView& outline, const RecordView& part,
                    Pieces<PersonView>* pieces) {
  Piece<PersonView> piece{label, frame};
  RecordView& record = *piece.part.add_records();
  record = outline;
  record.MergeFrom(part);
  pieces->push_back(std::move(piece));
}

absl::StatusOr<RecordView> Outline(const Scene& scene, const ThingRow& row,
                                   const std::string& person_id) {
  RecordView outline;
  outline.set_record_id(row.thing().id());
  outline.set_agency(row.record().agency());
  outline.set_person_id(person_id);
  ASSIGN_OR_RETURN(*outline.mutable_by(), scene.reading.SaidBy(row.said()));
  return outline;
}

absl::StatusOr<Pieces<PersonView>> PartsOfRecord(const Scene& scene,
                                                 EntityNumber record,
                                                 const ThingRow& row,
                                                 bool name_only) {
  Pieces<PersonView> pieces;
  if (row.record().gone()) return pieces;  // made in error: shown to nobody
  PersonView frame;
  ASSIGN_OR_RETURN(std::string person_id, scene.reading.PersonId(record));
  frame.set_person_id(person_id);
  ASSIGN_OR_RETURN(const RecordView outline, Outline(scene, row, person_id));
  bool shielded = true;
  if (!name_only) {
    ASSIGN_OR_RETURN(const auto person, scene.reading.RecordsOf(record));
    ASSIGN_OR_RETURN(shielded,
                     ShieldsContacts(scene.reading, person, scene.today));
  }
  for (const auto& part : LabelledParts(scene, record, row, shielded)) {
    AddRecordPiece(part.label, frame, outline, part.part, &pieces);
    if (name_only) break;
  }
  return pieces;
}

// What says something of one record, whoever else it names: the frame of its
// piece, with the label's class and people.
struct Said {
  Piece<PersonView> piece;
  api::v1::Said by;
};

absl::StatusOr<Said> Begin(const Scene& scene, const Thing& thing,
                           ItemClass item_class, EntityNumber record,
                           EntityNumber other) {
  Said said;
  const std::string& agency = thing.row.said().by().agency();
  said.piece.label =
      LabelOf(scene, item_class, thing.row, agency,
              RecordsIn(std::initializer_list<EntityNumber>{record, other}));
  ASSIGN_OR_RETURN(const ThingRow* row, scene.reading.Record(record));
  if (row != nullptr) {
    said.piece.label.set_shielded(IsRestricted(*row));
  }
  ASSIGN_OR_RETURN(std::string person_id, scene.reading.PersonId(record));
  said.piece.part.set_person_id(std::move(person_id));
  ASSIGN_OR_RETURN(said.by, scene.reading.SaidBy(thing.row.said()));
  return said;
}

absl::StatusOr<Pieces<PersonView>> OfRelationship(const Scene& scene,
                                                  const Thing& thing) {
  const auto& recorded = thing.row.relationship();
  ASSIGN_OR_RETURN(Said said, Begin(scene, thing, agency::v1::ITEM_CLASS_FAMILY,
                                    recorded.person(), recorded.to()));
  auto& view = *said.piece.part.add_relationships();
  view.set_person_id(said.piece.part.person_id());
  ASSIGN_OR_RETURN(*view.mutable_to_person_id(),
                   scene.reading.PersonId(recorded.to()));
  *view.mutable_said() = recorded.said();
  DropReferences(view.mutable_said());
  *view.mutable_by() = said.by;
  return Pieces<PersonView>{std::move(said.piece)};
}

absl::StatusOr<Pieces<PersonView>> OfInvolvement(const Scene& scene,
                                                 const Thing& thing) {
  const auto& recorded = thing.row.involvement();
  ASSIGN_OR_RETURN(Said said,
                   Begin(scene, thing, agency::v1::ITEM_CLASS_INVOLVEMENT,
                         recorded.record(), 0));
  auto& view = *said.piece.part.add_involvements();
  view.set_person_id(said.piece.part.person_id());
  *view.mutable_by() = said.by;
  *view.mutable_said() = recorded.said();
  DropReferences(view.mutable_said());
  if (recorded.worker() != 0) {
    ASSIGN_OR_RETURN(*view.mutable_worker(),
                     scene.reading.Practitioner(recorded.worker()));
  }
  return Pieces<PersonView>{std::move(said.piece)};
}

absl::StatusOr<Pieces<PersonView>> OfNeed(const Scene& scene,
                                          const Thing& thing,
                                          EntityNumber record,
                                          EntityNumber other, NeedView view) {
  ASSIGN_OR_RETURN(Said said, Begin(scene, thing, agency::v1::ITEM_CLASS_NEED,
                                    record, other));
  DropReferences(&view);
  view.set_person_id(said.piece.part.person_id());
  ASSIGN_OR_RETURN(*view.mutable_other_person_id(),
                   scene.reading.PersonId(other));
  *view.mutable_by() = said.by;
  *said.piece.part.add_needs() = std::move(view);
  return Pieces<PersonView>{std::move(said.piece)};
}

absl::StatusOr<NeedView> StayView(const Scene& scene, const Thing& thing) {
  NeedView view;
  *view.mutable_stay() = thing.row.stay().said();
  ASSIGN_OR_RETURN(const auto rules, RulesInForce(scene.reading.view()));
  const auto from =
      core::family::PrivateFosteringFrom(thing.row.stay().said(), rules);
  if (from.has_value()) {
    *view.mutable_private_fostering_from() = core::ToDate(*from);
  }
  return view;
}

}  // namespace

bool IsRestricted(const ThingRow& row) {
  return row.record().said().restricted() || row.record().restricted_since();
}

bool ProtectsContact(const ThingRow& row) {
  if (row.record().gone()) return false;
  if (IsRestricted(row) || row.record().shielded_since()) return true;
  for (const auto& address : row.record().said().addresses()) {
    if (address.protected_()) return true;
  }
  return false;
}

void MoveWhatTellsAddresses(
    google::protobuf::RepeatedPtrField<ledger::v1::Evidence>* evidence,
    google::protobuf::RepeatedPtrField<ledger::v1::Evidence>* told) {
  google::protobuf::RepeatedPtrField<ledger::v1::Evidence> left;
  for (auto& one : *evidence) {
    // Twins of different family names are such by their address.
    const bool tells = one.field() == "postcode" || one.field() == "twins";
    *(tells ? told : &left)->Add() = std::move(one);
  }
  evidence->Swap(&left);
}

ItemLabel LabelOfAddresses(const Scene& scene, const RecordSet& both) {
  ItemLabel label = Label(scene, agency::v1::ITEM_CLASS_CONTACT, "", both);
  label.set_shielded(true);
  return label;
}

absl::StatusOr<bool> OneHides(const Scene& scene, const RecordSet& both) {
  RecordSet people;
  for (const EntityNumber record : both) {
    ASSIGN_OR_RETURN(const auto records, scene.reading.RecordsOf(record));
    people.insert(records.begin(), records.end());
  }
  return ShieldsContacts(scene.reading, {people.begin(), people.end()},
                         scene.today);
}

Pieces<RecordView> LabelledParts(const Scene& scene, EntityNumber record,
                                 const ThingRow& row, bool contacts_shielded) {
  RecordParts parts = SplitRecord(row);
  ItemLabel label = LabelOf(scene, agency::v1::ITEM_CLASS_IDENTITY, row,
                            row.record().agency(), {record});
  label.set_shielded(IsRestricted(row));
  Pieces<RecordView> pieces;
  pieces.push_back({label, std::move(parts.identity)});
  if (parts.need.has_said()) {
    label.set_class_(agency::v1::ITEM_CLASS_NEED);
    pieces.push_back({label, std::move(parts.need)});
  }
  label.set_class_(agency::v1::ITEM_CLASS_CONTACT);
  label.set_shielded(label.shielded() || contacts_shielded);
  if (parts.contact.has_said()) {
    pieces.push_back({label, std::move(parts.contact)});
  }
  label.set_shielded(true);
  if (parts.protected_contact.has_said()) {
    pieces.push_back({label, std::move(parts.protected_contact)});
  }
  return pieces;
}

absl::StatusOr<Pieces<PersonView>> OfRecord(const Scene& scene,
                                            EntityNumber record,
                                            const ThingRow& row) {
  return PartsOfRecord(scene, record, row, /*name_only=*/false);
}

absl::StatusOr<Pieces<PersonView>> NameOfRecord(const Scene& scene,
                                                EntityNumber record,
                                                const ThingRow& row) {
  return PartsOfRecord(scene, record, row, /*name_only=*/true);
}

namespace {

absl::StatusOr<Pieces<PersonView>> Told(const Scene& scene,
                                        const Thing& thing) {
  const ThingRow& row = thing.row;
  NeedView need;
  if (row.has_relationship()) return OfRelationship(scene, thing);
  if (row.has_involvement()) return OfInvolvement(scene, thing);
  if (row.has_need()) {
    *need.mutable_need() = row.need().said();
    return OfNeed(scene, thing, row.need().record(), 0, std::move(need));
  }
  if (row.has_young_carer()) {
    *need.mutable_young_carer() = row.young_carer().said();
    return OfNeed(scene, thing, row.young_carer().record(),
                  row.young_carer().cares_for(), std::move(need));
  }
  if (row.has_competence()) {
    *need.mutable_competence() = row.competence().said();
    return OfNeed(scene, thing, row.competence().record(), 0, std::move(need));
  }
  if (!row.has_stay()) return Pieces<PersonView>();
  ASSIGN_OR_RETURN(need, StayView(scene, thing));
  return OfNeed(scene, thing, row.stay().record(), row.stay().carer(),
                std::move(need));
}

}  // namespace

absl::StatusOr<Pieces<PersonView>> AboutPerson(const Scene& scene,
                                               EntityNumber record,
                                               const Thing& thing) {
  ASSIGN_OR_RETURN(auto pieces, Told(scene, thing));
  for (auto& piece : pieces) {
    ASSIGN_OR_RETURN(*piece.part.mutable_person_id(),
                     scene.reading.PersonId(record));
  }
  return pieces;
}

}  // namespace kith::views
