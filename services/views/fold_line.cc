// One line of a history for each fact that says something of people.
#include "absl/strings/str_cat.h"
#include "services/views/folding.h"

namespace kith::views {
namespace {

using agency::v1::ItemClass;
using ledger::v1::TimelineRow;

// A value of an enum as people read it: "CONSENT_ANSWER_GIVEN", with the length
// of its prefix, is "given".
template <class Enum>
std::string Word(Enum value, const std::string& (*name)(Enum),
                 absl::string_view prefix) {
  const std::string& whole = name(value);
  if (whole.size() <= prefix.size()) return "";
  std::string word = whole.substr(prefix.size());
  for (char& c : word) {
    c = c == '_' ? ' ' : static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
  }
  return word == "unspecified" ? "" : word;
}

std::string Words(std::initializer_list<std::string> parts) {
  std::string text;
  for (const std::string& part : parts) {
    if (part.empty()) continue;
    absl::StrAppend(&text, text.empty() ? "" : ", ", part);
  }
  return text;
}

class LineOf {
 public:
  explicit LineOf(const Fact& fact) : fact_(fact) {}

  // False: the fact belongs in no history.
  bool Fill() {
    line_.set_agency(fact_.by().agency());
    switch (fact_.what_case()) {
      case Fact::kRecordStated:
        return Say(agency::v1::ITEM_CLASS_IDENTITY, "",
                   {fact_.record_stated().record().number()});
      case Fact::kRecordGone:
        return Say(agency::v1::ITEM_CLASS_IDENTITY, "",
                   {fact_.record_gone().record()});
      case Fact::kRelationshipRecorded:
        return SayRelationship();
      case Fact::kFamilyFounded:
        return Say(agency::v1::ITEM_CLASS_FAMILY, "",
                   {fact_.family_founded().defined_by()});
      case Fact::kMemberStated:
        return Say(agency::v1::ITEM_CLASS_FAMILY,
                   fact_.member_stated().said().role(),
                   {fact_.member_stated().record()});
      case Fact::kMemberLeft:
        return Say(agency::v1::ITEM_CLASS_FAMILY, "",
                   {fact_.member_left().record()});
      case Fact::kNetworkRecorded:
        return Say(agency::v1::ITEM_CLASS_FAMILY,
                   fact_.network_recorded().said().relationship(), {});
      case Fact::kFamiliesJoined:
      case Fact::kFamiliesParted:
        return Say(agency::v1::ITEM_CLASS_FAMILY, "", {});
      case Fact::kInvolvementRecorded:
        return Say(agency::v1::ITEM_CLASS_INVOLVEMENT,
                   Words({fact_.involvement_recorded().said().service(),
                          fact_.involvement_recorded().said().role()}),
                   {fact_.involvement_recorded().record()});
      case Fact::kNeedRecorded:
      case Fact::kYoungCarerRecorded:
      case Fact::kFosteringStayRecorded:
      case Fact::kCompetenceRecorded:
        return SayNeed();
      case Fact::kConsentRecorded:
      case Fact::kConsentEnded:
      case Fact::kRestrictionRecorded:
      case Fact::kRestrictionEnded:
        return SayConsent();
      case Fact::kReferralRecorded:
      case Fact::kReferralStepped:
      case Fact::kAssessmentRecorded:
      case Fact::kScoreRecorded:
        return SayService();
      case Fact::kPlanRecorded:
      case Fact::kPlanAgreedTo:
      case Fact::kPlanRevised:
      case Fact::kActionMoved:
      case Fact::kPlanReviewHeld:
      case Fact::kPlanEnded:
      case Fact::kLeadContacted:
      case Fact::kPlansMerged:
      case Fact::kPlansParted:
        return SayPlan();
      case Fact::kMeetingRecorded:
        return SayMeeting();
      case Fact::kFamilyAgreementRecorded:
      case Fact::kFamilyAgreementSignedBy:
      case Fact::kFamilyAgreementSuperseded:
        return SayAgreement();
      case Fact::kSharingNoteRecorded:
        return Say(agency::v1::ITEM_CLASS_CONSENT,
                   Word(fact_.sharing_note_recorded().said().kind(),
                        agency::v1::SharingNoteKind_Name, "SHARING_NOTE_KIND_"),
                   fact_.sharing_note_recorded().records());
      case Fact::kLeadTaken:
      case Fact::kLeadNoticed:
      case Fact::kLeadSuccessorNamed:
      case Fact::kLeadLeft:
      case Fact::kLeadDisputed:
        return Say(agency::v1::ITEM_CLASS_INVOLVEMENT, "", {});
      case Fact::kDuplicatePlanFound:
      case Fact::kDuplicateRuled:
      case Fact::kDuplicateReopened:
      case Fact::kDuplicateGone:
        // The hub's: it may name what one side must not learn of.
        line_.clear_agency();
        return Say(agency::v1::ITEM_CLASS_DUPLICATE, "", {});
      case Fact::kPairJudged:
      case Fact::kPersonsMerged:
      case Fact::kPersonSplit:
      case Fact::kMatchRuled:
        // The hub's, and an auditor's: which records are one person.
        line_.clear_agency();
        return Say(agency::v1::ITEM_CLASS_MATCH, "", {});
      case Fact::kOverrideRecorded:
        return SayOverride(fact_.override_recorded().override().number(),
                           fact_.override_recorded().records());
      case Fact::kGlassBroken:
        return SayGlass();
      case Fact::kFamilyTold:
        return SayOverride(fact_.family_told().override(), {});
      case Fact::kOverrideJudged:
        return SayOverride(fact_.override_judged().override(), {});
      case Fact::kGlassApproved:
        return SayOverride(fact_.glass_approved().access(), {});
      case Fact::kGlassMended:
        return SayOverride(fact_.glass_mended().access(), {});
      case Fact::kPartnershipFounded:
      case Fact::kRulesActivated:
      case Fact::kSourceRegistered:
      case Fact::kSourceResumed:
      case Fact::kStatementRefused:
      case Fact::kFrameQuarantined:
      case Fact::kStatementParked:
      case Fact::kParkingEnded:
      case Fact::kQuarantineEnded:
      case Fact::kPractitionerKnown:
      // Nothing is said any more of a record that is not kept, and nothing is
      // told of a family that a panel does not name.
      case Fact::kRecordUnstored:
      case Fact::kSupportCounted:
      case Fact::kSharingAgreementRecorded:
      case Fact::kPanelItemRecorded:
      case Fact::WHAT_NOT_SET:
        return false;
    }
    return false;
  }

  TimelineRow& line() { return line_; }

 private:
  bool Say(ItemClass item_class, const std::string& text,
           std::initializer_list<uint64_t> records) {
    line_.set_class_(item_class);
    line_.set_text(text);
    for (const uint64_t record : records) {
      if (record != 0) line_.add_records(record);
    }
    return true;
  }
  bool Say(ItemClass item_class, const std::string& text,
           const Numbers& records) {
    *line_.mutable_records() = records;
    return Say(item_class, text, {});
  }

  bool SayRelationship() {
    const auto& recorded = fact_.relationship_recorded();
    return Say(agency::v1::ITEM_CLASS_FAMILY,
               Word(recorded.said().kind(), agency::v1::RelationshipKind_Name,
                    "RELATIONSHIP_KIND_"),
               {recorded.person(), recorded.to()});
  }

  bool SayNeed() {
    const ItemClass need = agency::v1::ITEM_CLASS_NEED;
    if (fact_.has_need_recorded()) {
      const auto& said = fact_.need_recorded().said();
      return Say(
          need,
          Words({said.need(), Word(said.state(), agency::v1::NeedState_Name,
                                   "NEED_STATE_")}),
          {fact_.need_recorded().record()});
    }
    if (fact_.has_young_carer_recorded()) {
      const auto& recorded = fact_.young_carer_recorded();
      return Say(need,
                 Word(recorded.said().young_carer(), agency::v1::Answer_Name,
                      "ANSWER_"),
                 {recorded.record(), recorded.cares_for()});
    }
    if (fact_.has_fostering_stay_recorded()) {
      const auto& recorded = fact_.fostering_stay_recorded();
      return Say(need, "", {recorded.record(), recorded.carer()});
    }
    return Say(need, fact_.competence_recorded().said().matter(),
               {fact_.competence_recorded().record()});
  }

  bool SayConsent() {
    const ItemClass consent = agency::v1::ITEM_CLASS_CONSENT;
    if (fact_.has_consent_recorded()) {
      const auto& said = fact_.consent_recorded().said();
      return Say(consent,
                 Words({Word(said.kind(), agency::v1::ConsentKind_Name,
                             "CONSENT_KIND_"),
                        Word(said.answer(), agency::v1::ConsentAnswer_Name,
                             "CONSENT_ANSWER_"),
                        said.purpose()}),
                 fact_.consent_recorded().records());
    }
    if (fact_.has_restriction_recorded()) {
      return Say(consent, "", fact_.restriction_recorded().records());
    }
    return Say(consent, "", {});  // of the subject; FoldLine adds it
  }

  bool SayService() {
    if (fact_.has_referral_recorded()) {
      const auto& recorded = fact_.referral_recorded();
      return Say(
          agency::v1::ITEM_CLASS_REFERRAL,
          Words({recorded.said().service(),
                 Word(recorded.said().state(), agency::v1::ReferralState_Name,
                      "REFERRAL_STATE_")}),
          recorded.records());
    }
    if (fact_.has_referral_stepped()) {
      return Say(agency::v1::ITEM_CLASS_REFERRAL,
                 Word(fact_.referral_stepped().said().to(),
                      agency::v1::ReferralState_Name, "REFERRAL_STATE_"),
                 {});
    }
    if (fact_.has_assessment_recorded()) {
      const auto& recorded = fact_.assessment_recorded();
      return Say(agency::v1::ITEM_CLASS_ASSESSMENT, recorded.said().type(),
                 recorded.records());
    }
    const auto& score = fact_.score_recorded();
    return Say(agency::v1::ITEM_CLASS_ASSESSMENT,
               Words({score.said().instrument(), score.said().item(),
                      absl::StrCat(score.said().value())}),
               {score.scored_by()});
  }

  bool SayOfPlan(uint64_t plan, const std::string& text) {
    line_.set_plan(plan);
    return Say(agency::v1::ITEM_CLASS_PLAN, text, {});
  }

  bool SayPlan() {
    if (fact_.has_plan_recorded()) {
      const auto& recorded = fact_.plan_recorded();
      *line_.mutable_records() = recorded.records();
      return SayOfPlan(recorded.plan().number(),
                       Words({recorded.content().category(),
                              Word(recorded.state(), agency::v1::PlanState_Name,
                                   "PLAN_STATE_")}));
    }
    if (fact_.has_plan_agreed_to()) {
      return SayOfPlan(fact_.plan_agreed_to().plan(), "");
    }
    if (fact_.has_plan_revised()) {
      return SayOfPlan(fact_.plan_revised().plan(), "");
    }
    if (fact_.has_action_moved()) {
      const auto& moved = fact_.action_moved();
      return SayOfPlan(moved.plan(), Words({moved.said().action(),
                                            Word(moved.said().state(),
                                                 agency::v1::ActionState_Name,
                                                 "ACTION_STATE_")}));
    }
    if (fact_.has_plan_review_held()) {
      return SayOfPlan(fact_.plan_review_held().plan(), "");
    }
    if (fact_.has_plan_ended()) {
      const auto& ended = fact_.plan_ended();
      return SayOfPlan(ended.plan(),
                       Word(ended.reason(), agency::v1::ClosureReason_Name,
                            "CLOSURE_REASON_"));
    }
    if (fact_.has_lead_contacted()) {
      return SayOfPlan(fact_.lead_contacted().plan(), "");
    }
    if (fact_.has_plans_merged()) {
      return SayOfPlan(fact_.plans_merged().merged(), "");
    }
    return SayOfPlan(fact_.plans_parted().merged(), "");
  }

  bool SayAgreement() {
    const ItemClass agreement = agency::v1::ITEM_CLASS_FAMILY_AGREEMENT;
    if (fact_.has_family_agreement_recorded()) {
      return Say(agreement, "agreement",
                 fact_.family_agreement_recorded().parties());
    }
    if (fact_.has_family_agreement_signed_by()) {
      return Say(agreement, "agreement signed",
                 {fact_.family_agreement_signed_by().party()});
    }
    return Say(agreement, "agreement superseded", {});
  }

  bool SayOverride(uint64_t number, const Numbers& records) {
    line_.set_override(number);
    return Say(agency::v1::ITEM_CLASS_OVERRIDE, "", records);
  }

  // That of a family is in the family's history already.
  bool SayGlass() {
    const auto& broken = fact_.glass_broken();
    return SayOverride(broken.access().number(),
                       broken.family() == 0 ? broken.records() : Numbers());
  }

  bool SayMeeting() {
    const auto& recorded = fact_.meeting_recorded();
    const bool apart =
        recorded.said().kind() == agency::v1::MEETING_KIND_SEPARATE_SESSION;
    return Say(apart ? agency::v1::ITEM_CLASS_CONVERSATION
                     : agency::v1::ITEM_CLASS_MEETING,
               Words({Word(recorded.said().kind(), agency::v1::MeetingKind_Name,
                           "MEETING_KIND_"),
                      Word(recorded.said().state(),
                           agency::v1::MeetingState_Name, "MEETING_STATE_")}),
               recorded.family_present());
  }

  const Fact& fact_;
  TimelineRow line_;
};

// Number of the thing that a fact states or changes; 0: none of its own.
uint64_t ThingOf(const Fact& fact) {
  switch (fact.what_case()) {
    case Fact::kNetworkRecorded:
      return fact.network_recorded().entry().number();
    case Fact::kInvolvementRecorded:
      return fact.involvement_recorded().involvement().number();
    case Fact::kNeedRecorded:
      return fact.need_recorded().need().number();
    case Fact::kCompetenceRecorded:
      return fact.competence_recorded().judgement().number();
    case Fact::kConsentRecorded:
      return fact.consent_recorded().consent().number();
    case Fact::kConsentEnded:
      return fact.consent_ended().consent();
    case Fact::kRestrictionRecorded:
      return fact.restriction_recorded().restriction().number();
    case Fact::kRestrictionEnded:
      return fact.restriction_ended().restriction();
    case Fact::kSharingNoteRecorded:
      return fact.sharing_note_recorded().note().number();
    case Fact::kReferralRecorded:
      return fact.referral_recorded().referral().number();
    case Fact::kReferralStepped:
      return fact.referral_stepped().referral();
    case Fact::kAssessmentRecorded:
      return fact.assessment_recorded().assessment().number();
    case Fact::kScoreRecorded:
      return fact.score_recorded().assessment();
    case Fact::kMeetingRecorded:
      return fact.meeting_recorded().meeting().number();
    // A plan's lines bear the plan, the others are covered by class.
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
    case Fact::kRelationshipRecorded:
    case Fact::kPairJudged:
    case Fact::kPersonsMerged:
    case Fact::kPersonSplit:
    case Fact::kMatchRuled:
    case Fact::kFamilyFounded:
    case Fact::kMemberStated:
    case Fact::kMemberLeft:
    case Fact::kFamiliesJoined:
    case Fact::kFamiliesParted:
    case Fact::kYoungCarerRecorded:
    case Fact::kFosteringStayRecorded:
    case Fact::kFamilyAgreementRecorded:
    case Fact::kFamilyAgreementSignedBy:
    case Fact::kFamilyAgreementSuperseded:
    case Fact::kSharingAgreementRecorded:
    case Fact::kPanelItemRecorded:
    case Fact::kPlanRecorded:
    case Fact::kPlanAgreedTo:
    case Fact::kPlanRevised:
    case Fact::kActionMoved:
    case Fact::kPlanReviewHeld:
    case Fact::kPlanEnded:
    case Fact::kLeadContacted:
    case Fact::kLeadTaken:
    case Fact::kLeadNoticed:
    case Fact::kLeadSuccessorNamed:
    case Fact::kLeadLeft:
    case Fact::kLeadDisputed:
    case Fact::kDuplicatePlanFound:
    case Fact::kDuplicateRuled:
    case Fact::kDuplicateReopened:
    case Fact::kDuplicateGone:
    case Fact::kPlansMerged:
    case Fact::kPlansParted:
    case Fact::kOverrideRecorded:
    case Fact::kFamilyTold:
    case Fact::kOverrideJudged:
    case Fact::kGlassBroken:
    case Fact::kGlassApproved:
    case Fact::kGlassMended:
    case Fact::WHAT_NOT_SET:
      return 0;
  }
  return 0;  // of a later release
}

// Facts of records: their subject is one of those they are about.
bool IsOfRecord(const TimelineRow& line) {
  const ItemClass item_class = line.class_();
  if (item_class == agency::v1::ITEM_CLASS_OVERRIDE) {
    return !line.records().empty();
  }
  return item_class == agency::v1::ITEM_CLASS_CONSENT ||
         item_class == agency::v1::ITEM_CLASS_REFERRAL ||
         item_class == agency::v1::ITEM_CLASS_ASSESSMENT;
}

}  // namespace

void FoldLine(Folding& folding) {
  LineOf line_of(folding.fact());
  if (!line_of.Fill()) return;
  TimelineRow& line = line_of.line();
  const Subject subject = folding.subject();
  const uint64_t position = folding.recorded().position;
  *line.mutable_said() = folding.mark();
  line.mutable_said()->clear_position();
  line.set_thing(ThingOf(folding.fact()));
  line.set_fact_kind(static_cast<uint32_t>(folding.fact().what_case()));
  const bool of_record = IsOfRecord(line);
  bool names_subject = false;
  TimelineRow elsewhere;
  elsewhere.set_owner(subject);
  for (const uint64_t record : line.records()) {
    names_subject = names_subject || record == subject;
    if (!of_record || record == subject) continue;
    core::PutRow(folding.rows(), record, keys::Line(record, position),
                 elsewhere);
  }
  if (of_record && !names_subject) line.add_records(subject);
  core::PutRow(folding.rows(), subject, keys::Line(subject, position), line);
}

}  // namespace kith::views
