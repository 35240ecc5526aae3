// What the facts of a history say, in pieces: each under the label that the
// same content bears where the other views show it.
#include "services/views/replay.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/str_split.h"
#include "services/core/family/resolve.h"

namespace kith::views {
namespace {

using agency::v1::ItemClass;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using ledger::v1::Fact;

// The fields of each fact that the views show too. Whatever is not named, a
// replay keeps to itself: a new fact, or a new field, is for nobody until it is
// named here and `Labelling` below knows under which label. Records have pieces
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

void AddRecords(const RecordSet& more, ItemLabel* label) {
  RecordSet records = RecordsIn(label->records());
  for (const EntityNumber record : more) {
    if (record != 0) records.insert(record);
  }
  label->clear_records();
  label->mutable_records()->Add(records.begin(), records.end());
}

// `label`, and whatever `other` asks for besides.
ItemLabel Stricter(ItemLabel label, const ItemLabel& other) {
  AddRecords(RecordsIn(other.records()), &label);
  label.set_shielded(label.shielded() || other.shielded());
  label.set_draft(label.draft() || other.draft());
  label.set_embargoed(label.embargoed() || other.embargoed());
  return label;
}

using Labelled = absl::StatusOr<std::optional<ItemLabel>>;

// Under which label the views show what a fact says. Empty: they do not.
class Labelling {
 public:
  Labelling(const Scene& scene, const Household& household,
            const ItemLabel& line, const Fact& fact)
      : scene_(scene), household_(household), line_(line), fact_(fact) {}

  Labelled Find() const {
    switch (fact_.what_case()) {
      // Their lines are labelled as the views label them.
      case Fact::kRelationshipRecorded:
      case Fact::kInvolvementRecorded:
      case Fact::kNeedRecorded:
      case Fact::kYoungCarerRecorded:
      case Fact::kFosteringStayRecorded:
      case Fact::kCompetenceRecorded:
      case Fact::kNetworkRecorded:
      case Fact::kPlanAgreedTo:
      case Fact::kPlanReviewHeld:
      case Fact::kPlanEnded:
      case Fact::kLeadContacted:
      case Fact::kPlansMerged:
      case Fact::kPlansParted:
        return Line({});
      case Fact::kFamilyFounded:
        return Line(household_.StatedNow());
      case Fact::kMemberStated:
        return Line({fact_.member_stated().said_by()});
      case Fact::kMemberLeft:
        return Line({fact_.member_left().said_by()});
      case Fact::kConsentRecorded:
      case Fact::kConsentEnded:
      case Fact::kRestrictionRecorded:
      case Fact::kRestrictionEnded:
      case Fact::kSharingNoteRecorded:
        return LabelOfConsent();
      case Fact::kFamilyAgreementRecorded:
        return AsThing(OfFamilyAgreement, Kind::kFamilyAgreement,
                       fact_.family_agreement_recorded().agreement().number());
      case Fact::kFamilyAgreementSignedBy:
        return AsThing(OfFamilyAgreement, Kind::kFamilyAgreement,
                       fact_.family_agreement_signed_by().agreement());
      case Fact::kFamilyAgreementSuperseded:
        return AsThing(OfFamilyAgreement, Kind::kFamilyAgreement,
                       fact_.family_agreement_superseded().agreement());
      case Fact::kReferralRecorded:
        return LabelOfReferral(fact_.referral_recorded().referral().number());
      case Fact::kReferralStepped:
        return LabelOfReferral(fact_.referral_stepped().referral());
      case Fact::kAssessmentRecorded:
        return AsThing(OfAssessment, Kind::kAssessment,
                       fact_.assessment_recorded().assessment().number());
      case Fact::kScoreRecorded:
        return LabelOfScore();
      case Fact::kPlanRecorded:
      case Fact::kPlanRevised:
        return LabelOfContent();
      case Fact::kActionMoved:
        return LabelOfAction();
      case Fact::kMeetingRecorded:
        return LabelOfMeeting();
      case Fact::kLeadTaken:
        return LabelOfLead(fact_.lead_taken().appointment().number());
      case Fact::kLeadNoticed:
        return LabelOfLead(fact_.lead_noticed().appointment());
      case Fact::kLeadSuccessorNamed:
        return LabelOfLead(fact_.lead_successor_named().appointment());
      case Fact::kLeadLeft:
        return LabelOfLead(fact_.lead_left().appointment());
      case Fact::kLeadDisputed:
        return LabelOfLead(fact_.lead_disputed().appointment());
      case Fact::kDuplicatePlanFound:
        return LabelOfCase(fact_.duplicate_plan_found().case_().number());
      case Fact::kDuplicateRuled:
        return LabelOfCase(fact_.duplicate_ruled().case_());
      case Fact::kDuplicateReopened:
        return LabelOfCase(fact_.duplicate_reopened().case_());
      case Fact::kDuplicateGone:
        return LabelOfCase(fact_.duplicate_gone().case_());
      case Fact::kPairJudged:
        return Line({fact_.pair_judged().one(), fact_.pair_judged().other()});
      case Fact::kMatchRuled:
        return Line({fact_.match_ruled().one(), fact_.match_ruled().other()});
      case Fact::kOverrideRecorded:
      case Fact::kFamilyTold:
      case Fact::kOverrideJudged:
      case Fact::kGlassBroken:
      case Fact::kGlassApproved:
      case Fact::kGlassMended:
        return OfNoFamilyButItsOwn();
      // No view shows what these say.
      case Fact::kPartnershipFounded:
      case Fact::kRulesActivated:
      case Fact::kSourceRegistered:
      case Fact::kSourceResumed:
      case Fact::kStatementRefused:
      case Fact::kFrameQuarantined:
      case Fact::kStatementParked:
      case Fact::kParkingEnded:
      case Fact::kQuarantineEnded:
      case Fact::kSupportCounted:
      case Fact::kPractitionerKnown:
      case Fact::kRecordStated:
      case Fact::kRecordGone:
      case Fact::kRecordUnstored:
      case Fact::kPersonsMerged:
      case Fact::kPersonSplit:
      case Fact::kFamiliesJoined:
      case Fact::kFamiliesParted:
      case Fact::kSharingAgreementRecorded:
      case Fact::kPanelItemRecorded:
      case Fact::WHAT_NOT_SET:
        return std::optional<ItemLabel>();
    }
    return std::optional<ItemLabel>();  // of a later release
  }

 private:
  Labelled Line(const RecordSet& more) const {
    ItemLabel label = line_;
    AddRecords(more, &label);
    return std::optional<ItemLabel>(std::move(label));
  }

  // As the thing is labelled now, and as strictly as its line.
  template <class View>
  Labelled AsThing(absl::StatusOr<Pieces<View>> (*of)(const Scene&,
                                                      const Thing&),
                   Kind kind, EntityNumber number) const {
    ASSIGN_OR_RETURN(const Thing* thing, scene_.reading.Numbered(number, kind));
    if (thing == nullptr) return std::optional<ItemLabel>();
    ASSIGN_OR_RETURN(const auto pieces, of(scene_, *thing));
    if (pieces.empty()) return std::optional<ItemLabel>();
    return std::optional<ItemLabel>(Stricter(pieces.front().label, line_));
  }

  Labelled LabelOfConsent() const {
    if (fact_.has_consent_recorded()) {
      const auto& recorded = fact_.consent_recorded();
      return With(
          AsThing(OfConsent, Kind::kConsent, recorded.consent().number()),
          WithRecipients({recorded.answered_by()}, recorded.recipients()));
    }
    if (fact_.has_restriction_recorded()) {
      const auto& recorded = fact_.restriction_recorded();
      return With(AsThing(OfRestriction, Kind::kRestriction,
                          recorded.restriction().number()),
                  WithRecipients({recorded.asked_by()}, recorded.barred()));
    }
    if (fact_.has_sharing_note_recorded()) {
      const auto& recorded = fact_.sharing_note_recorded();
      return With(
          AsThing(OfSharingNote, Kind::kSharingNote, recorded.note().number()),
          WithRecipients({}, recorded.recipients()));
    }
    if (fact_.has_consent_ended()) {
      return AsThing(OfConsent, Kind::kConsent,
                     fact_.consent_ended().consent());
    }
    return AsThing(OfRestriction, Kind::kRestriction,
                   fact_.restriction_ended().restriction());
  }

  static Labelled With(Labelled label, const RecordSet& more) {
    if (label.ok() && label->has_value()) AddRecords(more, &**label);
    return label;
  }

  // Each part is an item of who says it.
  Labelled SaidByWhoSaysIt(Labelled label) const {
    if (label.ok() && label->has_value()) {
      (*label)->set_agency(line_.agency());
    }
    return label;
  }

  Labelled LabelOfReferral(EntityNumber referral) const {
    return SaidByWhoSaysIt(AsThing(OfReferral, Kind::kReferral, referral));
  }

  Labelled LabelOfScore() const {
    const auto& score = fact_.score_recorded();
    return SaidByWhoSaysIt(
        With(AsThing(OfAssessment, Kind::kAssessment, score.assessment()),
             {score.scored_by()}));
  }

  absl::StatusOr<const Thing*> Plan(EntityNumber plan) const {
    return scene_.reading.Numbered(plan, Kind::kPlan);
  }

  // As the plan is labelled now, and as it was with these words. Earlier words
  // stay with its agency and its lead, as a draft does: whom they name, and
  // whether they were agreed, no row tells any more.
  Labelled LabelOfContent() const {
    const bool revised = fact_.has_plan_revised();
    ASSIGN_OR_RETURN(const Thing* plan,
                     Plan(revised ? fact_.plan_revised().plan()
                                  : fact_.plan_recorded().plan().number()));
    if (plan == nullptr) return std::optional<ItemLabel>();
    Thing then = *plan;
    auto& recorded = *then.row.mutable_plan()->mutable_recorded();
    if (revised) {
      recorded.set_version(fact_.plan_revised().version());
      *recorded.mutable_content() = fact_.plan_revised().content();
      *recorded.mutable_doers() = fact_.plan_revised().doers();
    } else {
      recorded = fact_.plan_recorded();
    }
    ASSIGN_OR_RETURN(const ItemLabel so, LabelOfPlan(scene_, then));
    ItemLabel label = line_;
    AddRecords(RecordsIn(so.records()), &label);
    if (recorded.version() != plan->row.plan().recorded().version()) {
      label.set_draft(true);
    }
    return std::optional<ItemLabel>(std::move(label));
  }

  Labelled LabelOfAction() const {
    const auto& moved = fact_.action_moved();
    ASSIGN_OR_RETURN(const Thing* plan, Plan(moved.plan()));
    if (plan == nullptr) return std::optional<ItemLabel>();
    ItemLabel label = line_;
    const bool stands = absl::c_any_of(
        plan->row.plan().recorded().content().actions(), [&](const auto& one) {
          return one.key() == moved.said().action() &&
                 one.difference() == moved.said().difference();
        });
    if (!stands) label.set_draft(true);
    return std::optional<ItemLabel>(std::move(label));
  }

  // Held apart once, it is so in all that is said of it.
  Labelled LabelOfMeeting() const {
    const auto& recorded = fact_.meeting_recorded();
    ASSIGN_OR_RETURN(auto label, AsThing(OfMeeting, Kind::kMeeting,
                                         recorded.meeting().number()));
    if (!label.has_value()) return label;
    if (line_.class_() == agency::v1::ITEM_CLASS_CONVERSATION) {
      label->set_class_(line_.class_());
      return label;
    }
    ASSIGN_OR_RETURN(const Thing* plan, Plan(recorded.plan()));
    if (plan != nullptr) {
      AddRecords(RecordsIn(plan->row.plan().recorded().records()), &*label);
    }
    return label;
  }

  // An item of the agency that recorded the appointment, whoever disputes it.
  Labelled LabelOfLead(EntityNumber appointment) const {
    for (const Thing* thing : household_.things) {
      const ThingRow& row = thing->row;
      if (!row.has_lead() || row.thing().number() != appointment) continue;
      return std::optional<ItemLabel>(
          Stricter(LabelOf(scene_, agency::v1::ITEM_CLASS_INVOLVEMENT, row,
                           row.lead().agency(), household_.StatedNow()),
                   line_));
    }
    return std::optional<ItemLabel>();
  }

  // The hub's, of everybody on both sides.
  Labelled LabelOfCase(EntityNumber number) const {
    ASSIGN_OR_RETURN(const Thing* found,
                     scene_.reading.Numbered(number, Kind::kDuplicate));
    if (found == nullptr) return std::optional<ItemLabel>();
    ASSIGN_OR_RETURN(const auto pieces, OfCase(scene_, *found));
    if (pieces.empty()) return std::optional<ItemLabel>();
    return std::optional<ItemLabel>(Stricter(pieces.back().label, line_));
  }

  // Who works with a family is not thereby shown what was overridden for one
  // of its people.
  Labelled OfNoFamilyButItsOwn() const {
    ItemLabel label = line_;
    label.clear_family();
    ASSIGN_OR_RETURN(const Thing* glass,
                     scene_.reading.Numbered(line_.thing(), Kind::kGlass));
    if (glass != nullptr) {
      ASSIGN_OR_RETURN(
          const EntityNumber family,
          scene_.reading.Resolve(glass->row.glass().broken().family()));
      label.set_family(family);
    }
    return std::optional<ItemLabel>(std::move(label));
  }

  const Scene& scene_;
  const Household& household_;
  const ItemLabel& line_;
  const Fact& fact_;
};

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
  ASSIGN_OR_RETURN(auto label, Labelling(scene, household, line, fact).Find());
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
