// What the facts of a history say, in pieces: each under the label that the
// same content bears where the other views show it.
#include "services/views/replay.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/str_split.h"
#include "services/views/replay_labels.h"

namespace kith::views {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using ledger::v1::Fact;

// The fields of each fact that the views show too. Whatever is not named, a
// replay keeps to itself: a new fact, or a new field, is for nobody until it is
// named here and `LabelOfFact` knows under which label. Records have pieces
// of their own; their fields are split by `LabelledParts`.
struct Shown {
  Fact::WhatCase what;
  absl::string_view fields;
};
constexpr Shown kShown[] = {
    {Fact::kRelationshipRecorded, "person to said"},
    {Fact::kFamilyFounded, "family defined_by"},
    {Fact::kMemberStated, "family record said"},
    {Fact::kMemberLeft, "family record until"},
    {Fact::kNetworkRecorded, "entry family said"},
    {Fact::kInvolvementRecorded, "involvement record worker said"},
    {Fact::kNeedRecorded, "need record said"},
    {Fact::kYoungCarerRecorded, "record cares_for said"},
    {Fact::kFosteringStayRecorded, "record carer said"},
    {Fact::kCompetenceRecorded, "judgement record said"},
    {Fact::kConsentRecorded, "consent records answered_by recipients said"},
    {Fact::kConsentEnded, "consent"},
    {Fact::kRestrictionRecorded, "restriction records barred said"},
    {Fact::kRestrictionEnded, "restriction"},
    {Fact::kFamilyAgreementRecorded, "agreement family parties version said"},
    {Fact::kFamilyAgreementSignedBy, "agreement party version signed_on"},
    {Fact::kFamilyAgreementSuperseded, "agreement"},
    {Fact::kSharingNoteRecorded, "note records recipients said"},
    {Fact::kReferralRecorded, "referral records family said"},
    {Fact::kReferralStepped, "referral said"},
    {Fact::kAssessmentRecorded, "assessment records family said"},
    {Fact::kScoreRecorded, "assessment scored_by said instrument"},
    {Fact::kPlanRecorded,
     "plan family records state version content doers period closure "
     "closure_wording"},
    {Fact::kPlanAgreedTo, "plan version"},
    {Fact::kPlanRevised, "plan version content doers"},
    {Fact::kActionMoved, "plan said"},
    {Fact::kPlanReviewHeld, "plan said"},
    {Fact::kPlanEnded, "plan reason wording"},
    {Fact::kLeadContacted, "plan said"},
    {Fact::kPlansMerged, "survivor merged"},
    {Fact::kPlansParted, "merged"},
    {Fact::kMeetingRecorded,
     "meeting family plan family_present practitioners chair said"},
    {Fact::kLeadTaken, "appointment family practitioner provisional from"},
    {Fact::kLeadNoticed, "family appointment"},
    {Fact::kLeadSuccessorNamed, "family appointment practitioner"},
    {Fact::kLeadLeft, "family appointment until"},
    {Fact::kLeadDisputed, "family appointment claimed open"},
    {Fact::kDuplicatePlanFound, "case one other level basis score"},
    {Fact::kDuplicateRuled, "case decision"},
    {Fact::kDuplicateReopened, "case"},
    {Fact::kDuplicateGone, "case"},
    {Fact::kPairJudged, "match one other outcome evidence"},
    {Fact::kMatchRuled, "match one other decision"},
    {Fact::kOverrideRecorded, "override records recipients said review_due"},
    {Fact::kGlassBroken, "access family records said review_due until"},
    {Fact::kFamilyTold, "override on wording"},
    {Fact::kOverrideJudged, "override finding wording"},
    {Fact::kGlassApproved, "access"},
    {Fact::kGlassMended, "access"},
};

// What the views show by Kith's own ids.
void DropSaidTwice(Fact& fact) {
  if (fact.has_consent_recorded()) {
    fact.mutable_consent_recorded()->mutable_said()->clear_recipients();
  } else if (fact.has_restriction_recorded()) {
    fact.mutable_restriction_recorded()->mutable_said()->clear_barred();
  } else if (fact.has_sharing_note_recorded()) {
    fact.mutable_sharing_note_recorded()->mutable_said()->clear_recipients();
  }
}

// The named fields of the fact; `what` is not set when none is.
Fact ShownOf(const Fact& fact) {
  Fact shown;
  const auto* named = absl::c_find_if(
      kShown, [&](const Shown& one) { return one.what == fact.what_case(); });
  if (named == std::end(kShown)) return shown;
  const std::vector<absl::string_view> names =
      absl::StrSplit(named->fields, ' ');
  const FieldDescriptor* what =
      Fact::descriptor()->FindFieldByNumber(fact.what_case());
  Message* part = shown.GetReflection()->MutableMessage(&shown, what);
  part->CopyFrom(fact.GetReflection()->GetMessage(fact, what));
  std::vector<const FieldDescriptor*> fields;
  part->GetReflection()->ListFields(*part, &fields);
  for (const FieldDescriptor* field : fields) {
    if (absl::c_linear_search(names, field->name())) continue;
    part->GetReflection()->ClearField(part, field);
  }
  DropSaidTwice(shown);
  DropReferences(&shown);
  return shown;
}

// Whether somebody of this record was of the family and is no more.
bool HasLeft(const Household& household, EntityNumber record) {
  for (const Member& member : household.members) {
    if (absl::c_linear_search(member.records, record)) return !member.current;
  }
  return false;
}

// The parts of a record as the fact states it, at least as shielded as what
// stands of it now.
absl::StatusOr<Pieces<Fact>> OfRecordStated(const Scene& scene,
                                            const Household& household,
                                            bool has_left, const Fact& fact) {
  const auto& stated = fact.record_stated();
  const EntityNumber record = stated.record().number();
  ASSIGN_OR_RETURN(const ThingRow* row, scene.reading.Record(record));
  Pieces<Fact> pieces;
  if (row == nullptr || row->record().gone()) return pieces;
  ThingRow as_stated = *row;
  *as_stated.mutable_record()->mutable_said() = stated.said();
  *as_stated.mutable_record()->mutable_checks() = stated.checks();
  ASSIGN_OR_RETURN(const auto all, scene.reading.RecordsOf(record));
  ASSIGN_OR_RETURN(bool shielded,
                   ShieldsContacts(scene.reading, all, scene.today));
  if (has_left && !shielded) {
    // Where they lived may be where those hide who have stayed.
    ASSIGN_OR_RETURN(shielded,
                     ShieldsNetwork(scene.reading, household, scene.today));
  }
  shielded = shielded || ProtectsContact(as_stated);
  for (auto& part : LabelledParts(scene, record, as_stated, shielded)) {
    Piece<Fact> piece{std::move(part.label), {}};
    if (IsRestricted(*row)) piece.label.set_shielded(true);
    // The family is told the names of those who were of it (`NameOfRecord`).
    if (has_left && !pieces.empty()) piece.label.clear_family();
    auto& said = *piece.part.mutable_record_stated();
    *said.mutable_record() = stated.record();
    said.mutable_said()->Swap(part.part.mutable_said());
    said.mutable_checks()->Swap(part.part.mutable_checks());
    pieces.push_back(std::move(piece));
  }
  return pieces;
}

// How to reach somebody of the network comes apart from who they are.
absl::Status PartNetwork(const Scene& scene, const Household& household,
                         Pieces<Fact>* pieces) {
  Piece<Fact> contact = pieces->front();
  auto& known = *pieces->front().part.mutable_network_recorded();
  auto& reached = *contact.part.mutable_network_recorded()->mutable_said();
  known.mutable_said()->clear_contact();
  const std::string how = reached.contact();
  if (how.empty()) return absl::OkStatus();
  reached.Clear();
  reached.set_contact(how);
  contact.label.set_class_(agency::v1::ITEM_CLASS_CONTACT);
  ASSIGN_OR_RETURN(const bool shielded,
                   ShieldsNetwork(scene.reading, household, scene.today));
  contact.label.set_shielded(contact.label.shielded() || shielded);
  pieces->push_back(std::move(contact));
  return absl::OkStatus();
}

// How the addresses of two stand to each other comes apart where one hides.
absl::Status PartEvidence(const Scene& scene, Pieces<Fact>* pieces) {
  auto& judged = *pieces->front().part.mutable_pair_judged();
  const RecordSet both = {judged.one(), judged.other()};
  ASSIGN_OR_RETURN(const bool hides, OneHides(scene, both));
  if (!hides) return absl::OkStatus();
  Piece<Fact> addresses{LabelOfAddresses(scene, both), {}};
  MoveWhatTellsAddresses(
      judged.mutable_evidence(),
      addresses.part.mutable_pair_judged()->mutable_evidence());
  if (addresses.part.pair_judged().evidence().empty()) return absl::OkStatus();
  pieces->push_back(std::move(addresses));
  return absl::OkStatus();
}

absl::StatusOr<Pieces<Fact>> AsViewsShow(const Scene& scene,
                                         const Household& household,
                                         Subject subject, const ItemLabel& line,
                                         const Fact& fact) {
  const bool has_left = HasLeft(household, subject);
  if (fact.has_record_stated()) {
    return OfRecordStated(scene, household, has_left, fact);
  }
  Pieces<Fact> pieces;
  Fact shown = ShownOf(fact);
  if (shown.what_case() == Fact::WHAT_NOT_SET) return pieces;
  ASSIGN_OR_RETURN(auto label, LabelOfFact(scene, household, line, fact));
  if (!label.has_value()) return pieces;
  // Their own, and no longer the family's.
  if (has_left) label->clear_family();
  pieces.push_back({*std::move(label), std::move(shown)});
  if (fact.has_network_recorded()) {
    RETURN_IF_ERROR(PartNetwork(scene, household, &pieces));
  }
  if (fact.has_pair_judged()) RETURN_IF_ERROR(PartEvidence(scene, &pieces));
  return pieces;
}

}  // namespace

absl::StatusOr<Pieces<Fact>> ContentOf(const Scene& scene,
                                       const Household& household,
                                       Subject subject, const ItemLabel& line,
                                       const Fact& fact, Telling telling) {
  ASSIGN_OR_RETURN(Pieces<Fact> pieces,
                   AsViewsShow(scene, household, subject, line, fact));
  if (telling == Telling::kAsViewsShow) return pieces;
  ItemLabel label = line;
  for (const auto& piece : pieces) label = Stricter(label, piece.label);
  return Pieces<Fact>{{std::move(label), fact}};
}

}  // namespace kith::views
