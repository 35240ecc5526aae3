// What follows from what is shown, and from nothing else.
#include "services/views/finish.h"

#include <algorithm>
#include <map>
#include <optional>

#include "absl/strings/str_cat.h"
#include "services/core/assessment/scores.h"
#include "services/views/names.h"
#include "services/views/read.h"
#include "services/views/worklists.h"

namespace kith::views {
namespace {

using agency::v1::RelationshipKind;
using api::v1::AssessmentView;
using api::v1::FamilyView;
using api::v1::PersonView;
using api::v1::RelationshipView;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

std::string TextAt(const Message& message, const FieldDescriptor* field,
                   int i) {
  const auto& reflection = *message.GetReflection();
  if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
    return reflection.GetRepeatedMessage(message, field, i).SerializeAsString();
  }
  return reflection.GetRepeatedString(message, field, i);
}

// The kind in which `to` is related to `person` (R-012: derived).
RelationshipKind Inverse(RelationshipKind kind) {
  switch (kind) {
    case agency::v1::RELATIONSHIP_KIND_PARENT:
      return agency::v1::RELATIONSHIP_KIND_CHILD;
    case agency::v1::RELATIONSHIP_KIND_CHILD:
      return agency::v1::RELATIONSHIP_KIND_PARENT;
    case agency::v1::RELATIONSHIP_KIND_GRANDPARENT:
      return agency::v1::RELATIONSHIP_KIND_GRANDCHILD;
    case agency::v1::RELATIONSHIP_KIND_GRANDCHILD:
      return agency::v1::RELATIONSHIP_KIND_GRANDPARENT;
    case agency::v1::RELATIONSHIP_KIND_SIBLING:
    case agency::v1::RELATIONSHIP_KIND_PARTNER:
    case agency::v1::RELATIONSHIP_KIND_FORMER_PARTNER:
    case agency::v1::RELATIONSHIP_KIND_RELATIVE:
    case agency::v1::RELATIONSHIP_KIND_FRIEND:
      return kind;
    default:  // a carer's or step-parent's other side has no word of its own
      return agency::v1::RELATIONSHIP_KIND_UNSPECIFIED;
  }
}

bool Holds(const PersonView& person, const RelationshipView& relationship) {
  return std::any_of(
      person.relationships().begin(), person.relationships().end(),
      [&](const RelationshipView& other) {
        return other.person_id() == relationship.person_id() &&
               other.to_person_id() == relationship.to_person_id() &&
               other.said().kind() == relationship.said().kind();
      });
}

// Adds the other side of `stated` to its person, unless it is stated too.
void AddInverse(const RelationshipView& stated, PersonView* person) {
  const RelationshipKind kind = Inverse(stated.said().kind());
  if (kind == agency::v1::RELATIONSHIP_KIND_UNSPECIFIED) return;
  RelationshipView inverse = stated;
  inverse.set_person_id(stated.to_person_id());
  inverse.set_to_person_id(stated.person_id());
  inverse.mutable_said()->set_kind(kind);
  inverse.mutable_said()->clear_wording();
  inverse.mutable_said()->clear_parental_responsibility();
  if (!Holds(*person, inverse)) {
    *person->add_relationships() = std::move(inverse);
  }
}

void AddInverses(FamilyView* family) {
  std::vector<RelationshipView> stated;
  for (const PersonView& person : family->people()) {
    stated.insert(stated.end(), person.relationships().begin(),
                  person.relationships().end());
  }
  for (const RelationshipView& relationship : stated) {
    for (PersonView& person : *family->mutable_people()) {
      if (person.person_id() == relationship.to_person_id()) {
        AddInverse(relationship, &person);
      }
    }
  }
}

std::string NameIn(const PersonView& person) {
  for (const auto& record : person.records()) {
    std::string name = NameOf(record.said());
    if (!name.empty()) return name;
  }
  return "";
}

void FillNames(FamilyView* family) {
  std::map<std::string, std::string> names;
  for (const PersonView& person : family->people()) {
    names[person.person_id()] = NameIn(person);
  }
  for (auto& member : *family->mutable_members()) {
    const auto name = names.find(member.person_id());
    if (name != names.end()) member.set_name(name->second);
  }
}

// One scorer's scores of one item on one instrument, in order.
struct Line {
  const api::v1::ScoreView* first = nullptr;
  const api::v1::ScoreView* latest = nullptr;
};

int64_t DayNumber(const agency::v1::Date& date) {
  return date.year() * int64_t{10000} + date.month() * 100 + date.day();
}

std::string ScorerOf(const api::v1::ScoreView& score) {
  return score.person_id().empty()
             ? absl::StrCat("w", score.by().practitioner().practitioner_id())
             : absl::StrCat("p", score.person_id());
}

void AddChange(const Line& line, AssessmentView* assessment) {
  auto& change = *assessment->add_changes();
  change.set_instrument(line.first->said().instrument());
  change.set_item(line.first->said().item());
  change.set_person_id(line.first->person_id());
  change.set_first(line.first->said().value());
  change.set_latest(line.latest->said().value());
  change.set_has_change(line.first != line.latest);
  if (!change.has_change()) return;
  change.set_improvement(core::assessment::Change(change.first(),
                                                  change.latest(),
                                                  line.latest->instrument())
                             .value_or(0));
}

void DeriveChanges(AssessmentView* assessment) {
  assessment->clear_changes();
  // Scores of different instruments, or of one whose range was changed, are
  // never put together.
  std::map<std::string, Line> lines;
  const auto day = [](const api::v1::ScoreView* score) {
    return DayNumber(score->said().scored_on());
  };
  for (const auto& score : assessment->scores()) {
    Line& line = lines[absl::StrCat(
        score.instrument().SerializeAsString(), absl::string_view("\0", 1),
        score.said().item(), absl::string_view("\0", 1), ScorerOf(score))];
    if (line.first == nullptr || day(&score) < day(line.first)) {
      line.first = &score;
    }
    if (line.latest == nullptr || day(&score) >= day(line.latest)) {
      line.latest = &score;
    }
  }
  for (const auto& [key, line] : lines) AddChange(line, assessment);
}

}  // namespace

void DropRepeats(Message* message) {
  const auto& reflection = *message->GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection.ListFields(*message, &fields);
  for (const FieldDescriptor* field : fields) {
    if (!field->is_repeated()) continue;
    if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE &&
        field->cpp_type() != FieldDescriptor::CPPTYPE_STRING) {
      continue;
    }
    const int size = reflection.FieldSize(*message, field);
    if (size < 2) continue;
    std::set<std::string> seen;
    int kept = 0;
    for (int i = 0; i < size; ++i) {
      if (!seen.insert(TextAt(*message, field, i)).second) continue;
      if (kept != i) reflection.SwapElements(message, field, kept, i);
      ++kept;
    }
    for (int i = size; i > kept; --i) reflection.RemoveLast(message, field);
  }
}

void Finish(PersonView* person) {
  MergeById(person->mutable_records(),
            [](const auto& record) { return record.record_id(); });
  DropRepeats(person);
  for (auto& record : *person->mutable_records()) {
    DropRepeats(record.mutable_by());
  }
  std::vector<RelationshipView> of_others;
  auto& relationships = *person->mutable_relationships();
  for (const auto& relationship : relationships) {
    if (relationship.to_person_id() == person->person_id() &&
        relationship.person_id() != person->person_id()) {
      of_others.push_back(relationship);
    }
  }
  for (const auto& relationship : of_others) AddInverse(relationship, person);
}

void Finish(api::v1::PlanView* plan) { DropRepeats(plan); }
void Finish(api::v1::ReferralView* referral) { DropRepeats(referral); }
void Finish(api::v1::MeetingView* meeting) { DropRepeats(meeting); }
void Finish(AssessmentView* assessment) {
  DropRepeats(assessment);
  DeriveChanges(assessment);
}

void Finish(api::v1::LeadView* lead) {
  DropRepeats(lead);
  DropRepeats(lead->mutable_by());
}

void Finish(api::v1::LeadAnswer*) {}

void Finish(api::v1::GetLeadResponse* lead) {
  MergeById(lead->mutable_earlier(),
            [](const auto& earlier) { return earlier.lead_id(); });
  if (lead->has_lead()) DropRepeats(lead->mutable_lead());
  for (auto& earlier : *lead->mutable_earlier()) DropRepeats(&earlier);
}

void Finish(api::v1::ListConsentsResponse* consents) {
  MergeById(consents->mutable_consents(),
            [](const auto& consent) { return consent.consent_id(); });
  MergeById(consents->mutable_restrictions(), [](const auto& restriction) {
    return restriction.restriction_id();
  });
}

// With both sides shown, whom to contact on the other is said there.
void Finish(api::v1::DuplicateView* duplicate) {
  auto& sides = *duplicate->mutable_sides();
  MergeById(&sides, [](const auto& side) { return side.plan_id(); });
  DropRepeats(duplicate);
  const auto whole = [](const auto& side) { return !side.plan_id().empty(); };
  if (std::count_if(sides.begin(), sides.end(), whole) >= 2) {
    sides.erase(std::stable_partition(sides.begin(), sides.end(), whole),
                sides.end());
  }
}

void Finish(api::v1::MatchView* match) {
  MergeById(match->mutable_records(),
            [](const auto& record) { return record.record_id(); });
  DropRepeats(match);
}

void Finish(api::v1::FamilySummary* family) { DropRepeats(family); }

void Finish(FamilyView* family) {
  MergeById(family->mutable_people(),
            [](const auto& person) { return person.person_id(); });
  MergeById(family->mutable_network(),
            [](const auto& entry) { return entry.entry_id(); });
  MergeById(family->mutable_consents(),
            [](const auto& consent) { return consent.consent_id(); });
  MergeById(family->mutable_restrictions(), [](const auto& restriction) {
    return restriction.restriction_id();
  });
  MergeById(family->mutable_agreements(),
            [](const auto& agreement) { return agreement.agreement_id(); });
  MergeById(family->mutable_sharing_notes(),
            [](const auto& note) { return note.note_id(); });
  MergeById(family->mutable_referrals(),
            [](const auto& referral) { return referral.referral_id(); });
  MergeById(family->mutable_assessments(),
            [](const auto& assessment) { return assessment.assessment_id(); });
  MergeById(family->mutable_plans(),
            [](const auto& plan) { return plan.plan_id(); });
  MergeById(family->mutable_meetings(),
            [](const auto& meeting) { return meeting.meeting_id(); });
  MergeById(family->mutable_duplicates(),
            [](const auto& duplicate) { return duplicate.case_id(); });
  DropRepeats(family);
  for (auto& person : *family->mutable_people()) Finish(&person);
  for (auto& plan : *family->mutable_plans()) Finish(&plan);
  for (auto& referral : *family->mutable_referrals()) Finish(&referral);
  for (auto& one : *family->mutable_assessments()) Finish(&one);
  for (auto& duplicate : *family->mutable_duplicates()) Finish(&duplicate);
  if (family->has_lead()) Finish(family->mutable_lead());
  AddInverses(family);
  FillNames(family);
}

}  // namespace kith::views
