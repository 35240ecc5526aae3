// Under which label the views show what a fact says.
#include "services/views/replay_labels.h"

#include <utility>

#include "absl/algorithm/container.h"

namespace kith::views {
namespace {

using agency::v1::ItemClass;
using ledger::v1::Fact;

void AddRecords(const RecordSet& more, ItemLabel* label) {
  RecordSet records = RecordsIn(label->records());
  for (const EntityNumber record : more) {
    if (record != 0) records.insert(record);
  }
  label->clear_records();
  label->mutable_records()->Add(records.begin(), records.end());
}

using Labelled = absl::StatusOr<std::optional<ItemLabel>>;

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

}  // namespace

ItemLabel Stricter(ItemLabel label, const ItemLabel& other) {
  AddRecords(RecordsIn(other.records()), &label);
  label.set_shielded(label.shielded() || other.shielded());
  label.set_draft(label.draft() || other.draft());
  label.set_embargoed(label.embargoed() || other.embargoed());
  return label;
}

absl::StatusOr<std::optional<ItemLabel>> LabelOfFact(const Scene& scene,
                                                     const Household& household,
                                                     const ItemLabel& line,
                                                     const Fact& fact) {
  return Labelling(scene, household, line, fact).Find();
}

}  // namespace kith::views
