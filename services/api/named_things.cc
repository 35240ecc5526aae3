#include "services/api/named_things.h"

#include <algorithm>
#include <vector>

#include "base/status.h"
#include "kith/agency/v1/common.pb.h"
#include "kith/agency/v1/person.pb.h"
#include "kith/ledger/v1/state.pb.h"
#include "services/core/decision.h"
#include "services/core/keys.h"
#include "services/views/find.h"
#include "services/views/labels.h"
#include "services/views/read.h"
#include "services/views/worklists.h"

namespace kith::api {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// The fields that hold ids of Kith's, wherever they stand in a statement.
bool HoldsId(const FieldDescriptor& field) {
  const std::string& name = field.full_name();
  return name == "kith.agency.v1.PersonRef.person_id" ||
         name == "kith.agency.v1.ThingRef.id" ||
         name == "kith.agency.v1.RestrictionStated.item_ids" ||
         name == "kith.agency.v1.DuplicateDecided.case_id" ||
         name == "kith.agency.v1.QuarantineDecided.item_id";
}

// The references to what an agency knows by a name of its own.
bool HoldsLocalName(const FieldDescriptor& field) {
  const std::string& name = field.full_name();
  return name == "kith.agency.v1.PersonRef.record" ||
         name == "kith.agency.v1.ThingRef.local";
}

void Collect(const Message& message, Named& named);

void CollectLocal(const Message& message, const FieldDescriptor& field,
                  Named& named) {
  const auto& ref = static_cast<const agency::v1::LocalRef&>(
      message.GetReflection()->GetMessage(message, &field));
  named.agencies.insert(ref.agency());
  if (message.GetDescriptor() == agency::v1::PersonRef::descriptor()) {
    named.local_people.push_back(ref);
  }
}

// What kind of thing a reference is to, its field tells.
void CollectFamily(const Message& message, const FieldDescriptor& field,
                   Named& named) {
  if (field.message_type() != agency::v1::ThingRef::descriptor() ||
      field.name() != "family") {
    return;
  }
  const auto& ref = static_cast<const agency::v1::ThingRef&>(
      message.GetReflection()->GetMessage(message, &field));
  if (ref.has_local()) named.local_families.push_back(ref.local());
}

void CollectField(const Message& message, const FieldDescriptor& field,
                  Named& named) {
  const auto& reflection = *message.GetReflection();
  if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
    if (HoldsLocalName(field)) {
      CollectLocal(message, field, named);
      return;
    }
    if (!field.is_repeated()) {
      Collect(reflection.GetMessage(message, &field), named);
      CollectFamily(message, field, named);
      return;
    }
    for (int i = 0; i < reflection.FieldSize(message, &field); ++i) {
      Collect(reflection.GetRepeatedMessage(message, &field, i), named);
    }
  } else if (HoldsId(field) && field.is_repeated()) {
    for (int i = 0; i < reflection.FieldSize(message, &field); ++i) {
      named.ids.insert(reflection.GetRepeatedString(message, &field, i));
    }
  } else if (HoldsId(field)) {
    named.ids.insert(reflection.GetString(message, &field));
  }
}

// Whether it is a decision on two records that are named by Kith's ids.
bool CollectPair(const Message& message, Named& named) {
  if (message.GetDescriptor() != agency::v1::MatchDecided::descriptor()) {
    return false;
  }
  const auto& decided = static_cast<const agency::v1::MatchDecided&>(message);
  if (decided.one().person_id().empty() ||
      decided.other().person_id().empty()) {
    return false;
  }
  named.pairs.emplace_back(decided.one().person_id(),
                           decided.other().person_id());
  return true;
}

void Collect(const Message& message, Named& named) {
  if (CollectPair(message, named)) return;
  std::vector<const FieldDescriptor*> fields;
  message.GetReflection()->ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    CollectField(message, *field, named);
  }
}

using Labels = std::vector<ledger::v1::ItemLabel>;

template <class View>
absl::StatusOr<Labels> LabelsOf(const views::Answer<View>& pieces) {
  if (!pieces.ok()) return pieces.status();
  Labels labels;
  if (!pieces->has_value()) return labels;
  for (const auto& piece : **pieces) labels.push_back(piece.label);
  return labels;
}

Labels OperationLabel() {
  ledger::v1::ItemLabel label;
  label.set_class_(agency::v1::ITEM_CLASS_OPERATION);
  return {label};
}

// Labels of what a thing holds, or of the person or family it belongs to.
absl::StatusOr<Labels> LabelsOf(const ReadCall& call, base::IdKind kind,
                                const views::Named& named) {
  const core::StateReader& rows = call.view().view();
  const absl::Time now = call.now();
  switch (kind) {
    case base::IdKind::kPerson:
      return LabelsOf(views::PersonPieces(rows, named.number, now));
    case base::IdKind::kFamily:
      return LabelsOf(views::FamilyPieces(rows, named.number, now));
    case base::IdKind::kPlan:
      return LabelsOf(views::PlanPieces(rows, named.number, now));
    case base::IdKind::kReferral:
      return LabelsOf(views::ReferralPieces(rows, named.number));
    case base::IdKind::kAssessment:
      return LabelsOf(views::AssessmentPieces(rows, named.number));
    case base::IdKind::kCase:
      return LabelsOf(views::DuplicatePieces(rows, named.number, now));
    case base::IdKind::kMatch:
      return LabelsOf(views::MatchPieces(rows, named.number, now));
    // Of the thing alone: who may see its person need not see it.
    case base::IdKind::kMeeting:
    case base::IdKind::kLead:
    case base::IdKind::kConsent:
    case base::IdKind::kOther:
      return views::LabelsOfThing(rows, named.number, now);
    case base::IdKind::kOverride:
      return LabelsOf(views::OverridePieces(rows, named.number));
    case base::IdKind::kItem:
      return OperationLabel();
    case base::IdKind::kPractitioner:
      break;
  }
  return Labels();
}

// Views know parts of a person, such as needs, by number alone; the state knows
// every id.
absl::StatusOr<std::optional<views::Named>> Find(const ReadCall& call,
                                                 const std::string& id) {
  ASSIGN_OR_RETURN(auto named, views::Find(call.view().view(), id));
  if (named) return named;
  ASSIGN_OR_RETURN(const auto row,
                   core::ReadRow<ledger::v1::NumberRow>(call.view().state(),
                                                        core::keys::Id(id)));
  if (!row) return named;
  return std::optional<views::Named>(views::Named{row->number(), 0});
}

absl::StatusOr<disclosure::Discloser> DoorFor(ReadCall& call,
                                              const Labels& labels) {
  views::Concerned concerned;
  for (const auto& label : labels) concerned.Add(label);
  return call.Door(concerned);
}

Labels AdmittedBy(disclosure::Discloser& door, const Labels& labels) {
  Labels seen;
  for (const auto& label : labels) {
    if (door.Admit(label)) seen.push_back(label);
  }
  return seen;
}

}  // namespace

Named NamedIn(const Message& statement) {
  Named named;
  Collect(statement, named);
  return named;
}

absl::StatusOr<Labels> SeenOf(ReadCall& call, const Labels& labels) {
  ASSIGN_OR_RETURN(disclosure::Discloser door, DoorFor(call, labels));
  return AdmittedBy(door, labels);
}

absl::StatusOr<Labels> SeenLabels(ReadCall& call, const std::string& id) {
  const auto parsed = base::ParseId(id);
  if (!parsed || parsed->partnership != call.node().partnership) {
    return NotFound();
  }
  ASSIGN_OR_RETURN(const auto named, Find(call, id));
  if (!named) return NotFound();
  if (parsed->kind == base::IdKind::kFamily) call.Touch(named->number);
  ASSIGN_OR_RETURN(const Labels labels, LabelsOf(call, parsed->kind, *named));
  ASSIGN_OR_RETURN(disclosure::Discloser door, DoorFor(call, labels));
  Labels seen = AdmittedBy(door, labels);
  if (seen.empty()) return call.Withheld(door);
  return seen;
}

namespace {

// The number of the record with that id; 0: there is none.
absl::StatusOr<uint64_t> RecordNumber(const ReadCall& call,
                                      const std::string& id) {
  ASSIGN_OR_RETURN(const auto row,
                   core::ReadRow<ledger::v1::NumberRow>(call.view().state(),
                                                        core::keys::Id(id)));
  return row ? row->number() : 0;
}

// Whoever may see the match of two records may name both: of another agency's
// person a hub administrator sees nothing else. Without a match, each alone.
absl::Status MaySeePair(ReadCall& call, const std::string& one,
                        const std::string& other) {
  ASSIGN_OR_RETURN(const uint64_t first, RecordNumber(call, one));
  ASSIGN_OR_RETURN(const uint64_t second, RecordNumber(call, other));
  ASSIGN_OR_RETURN(
      const auto match,
      core::ReadRow<ledger::v1::MatchRow>(
          call.view().state(),
          core::keys::Match(std::min(first, second), std::max(first, second))));
  if (match) {
    const absl::Status seen =
        SeenLabels(call, match->judged().match().id()).status();
    if (!absl::IsNotFound(seen)) return seen;
  }
  RETURN_IF_ERROR(SeenLabels(call, one).status());
  return SeenLabels(call, other).status();
}

// Whom a thing is about, and whose family's it is.
absl::Status TouchId(ReadCall& call, const std::string& id) {
  const auto parsed = base::ParseId(id);
  if (!parsed) return absl::OkStatus();
  ASSIGN_OR_RETURN(const auto named, Find(call, id));
  if (!named) return absl::OkStatus();
  if (parsed->kind == base::IdKind::kFamily) {
    call.Touch(named->number);
    return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(const Labels labels, LabelsOf(call, parsed->kind, *named));
  for (const auto& label : labels) {
    if (label.family() != 0) call.Touch(label.family());
    for (const uint64_t record : label.records()) call.TouchRecord(record);
  }
  return absl::OkStatus();
}

// What an agency names so; 0: there is no such.
absl::StatusOr<uint64_t> NumberOf(const ReadCall& call, absl::string_view kind,
                                  const agency::v1::LocalRef& ref) {
  ASSIGN_OR_RETURN(
      const auto row,
      core::ReadRow<ledger::v1::NumberRow>(
          call.view().state(), core::ReferenceKey(call.view().hash(), kind, ref,
                                                  call.reader().agency)));
  return row ? row->number() : 0;
}

}  // namespace

absl::Status MayName(const ReadCall& call, const Named& named) {
  const bool member = call.reader().role == agency::v1::ROLE_FAMILY_MEMBER;
  for (const std::string& agency : named.agencies) {
    const bool own = agency.empty() || agency == call.reader().agency;
    if (member || !own) return NotFound();
  }
  return absl::OkStatus();
}

absl::Status MaySee(ReadCall& call, const Named& named) {
  RETURN_IF_ERROR(MayName(call, named));
  for (const std::string& id : named.ids) {
    RETURN_IF_ERROR(SeenLabels(call, id).status());
  }
  for (const auto& [one, other] : named.pairs) {
    RETURN_IF_ERROR(MaySeePair(call, one, other));
  }
  return absl::OkStatus();
}

absl::Status TouchNamed(ReadCall& call, const Named& named) {
  for (const std::string& id : named.ids) {
    RETURN_IF_ERROR(TouchId(call, id));
  }
  for (const auto& ref : named.local_people) {
    ASSIGN_OR_RETURN(const uint64_t record, NumberOf(call, "person", ref));
    if (record != 0) call.TouchRecord(record);
  }
  for (const auto& ref : named.local_families) {
    ASSIGN_OR_RETURN(const uint64_t family, NumberOf(call, "family", ref));
    if (family != 0) call.Touch(family);
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<uint64_t>> OverridesNamed(const ReadCall& call,
                                                     const Named& named) {
  std::vector<uint64_t> numbers;
  for (const std::string& id : named.ids) {
    const auto parsed = base::ParseId(id);
    if (!parsed || parsed->kind != base::IdKind::kOverride) continue;
    ASSIGN_OR_RETURN(const auto found, Find(call, id));
    if (found) numbers.push_back(found->number);
  }
  return numbers;
}

absl::StatusOr<uint64_t> SeenFamily(ReadCall& call, absl::string_view id) {
  ASSIGN_OR_RETURN(const uint64_t family, call.Family(id));
  RETURN_IF_ERROR(SeenLabels(call, std::string(id)).status());
  return family;
}

absl::StatusOr<uint64_t> SeenPerson(ReadCall& call, absl::string_view id) {
  ASSIGN_OR_RETURN(const uint64_t person,
                   call.Number(id, base::IdKind::kPerson));
  RETURN_IF_ERROR(SeenLabels(call, std::string(id)).status());
  return person;
}

}  // namespace kith::api
