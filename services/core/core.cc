#include "services/core/core.h"

#include "services/core/assessment/assessment.h"
#include "services/core/consent/consent.h"
#include "services/core/duplicate/duplicate.h"
#include "services/core/family/family.h"
#include "services/core/identity/identity.h"
#include "services/core/kernel.h"
#include "services/core/lead/lead.h"
#include "services/core/meeting/meeting.h"
#include "services/core/overriding/overriding.h"
#include "services/core/plan/plan.h"
#include "services/core/referral/referral.h"
#include "services/core/system.h"

namespace kith::core {
namespace {

using agency::v1::Statement;
using ledger::v1::Fact;

// What the statement's own subject makes of it.
absl::Status DecideSaid(const Statement& said, Decision& decision) {
  switch (said.what_case()) {  // no default: a new kind must be met here
    case Statement::kPersonStated:
      return identity::Decide(said.person_stated(), decision);
    case Statement::kRecordRetracted:
      return identity::Decide(said.record_retracted(), decision);
    case Statement::kRelationshipStated:
      return identity::Decide(said.relationship_stated(), decision);
    case Statement::kMatchDecided:
      return identity::Decide(said.match_decided(), decision);

    case Statement::kFamilyStated:
      return family::Decide(said.family_stated(), decision);
    case Statement::kMembershipEnded:
      return family::Decide(said.membership_ended(), decision);
    case Statement::kNetworkMemberStated:
      return family::Decide(said.network_member_stated(), decision);
    case Statement::kFamiliesJoinDecided:
      return family::Decide(said.families_join_decided(), decision);
    case Statement::kInvolvementStated:
      return family::Decide(said.involvement_stated(), decision);
    case Statement::kNeedStated:
      return family::Decide(said.need_stated(), decision);
    case Statement::kYoungCarerStated:
      return family::Decide(said.young_carer_stated(), decision);
    case Statement::kFosteringStayStated:
      return family::Decide(said.fostering_stay_stated(), decision);
    case Statement::kCompetenceJudged:
      return family::Decide(said.competence_judged(), decision);

    case Statement::kConsentStated:
      return consent::Decide(said.consent_stated(), decision);
    case Statement::kConsentWithdrawn:
      return consent::Decide(said.consent_withdrawn(), decision);
    case Statement::kRestrictionStated:
      return consent::Decide(said.restriction_stated(), decision);
    case Statement::kRestrictionLifted:
      return consent::Decide(said.restriction_lifted(), decision);
    case Statement::kFamilyAgreementStated:
      return consent::Decide(said.family_agreement_stated(), decision);
    case Statement::kFamilyAgreementSigned:
      return consent::Decide(said.family_agreement_signed(), decision);
    case Statement::kSharingAgreementStated:
      return consent::Decide(said.sharing_agreement_stated(), decision);
    case Statement::kSharingNoteStated:
      return consent::Decide(said.sharing_note_stated(), decision);

    case Statement::kReferralStated:
      return referral::Decide(said.referral_stated(), decision);
    case Statement::kReferralMoved:
      return referral::Decide(said.referral_moved(), decision);

    case Statement::kAssessmentStated:
      return assessment::Decide(said.assessment_stated(), decision);
    case Statement::kScoreGiven:
      return assessment::Decide(said.score_given(), decision);

    case Statement::kPlanStated:
      return plan::Decide(said.plan_stated(), decision);
    case Statement::kPlanOpened:
      return plan::Decide(said.plan_opened(), decision);
    case Statement::kPlanAgreed:
      return plan::Decide(said.plan_agreed(), decision);
    case Statement::kPlanAmended:
      return plan::Decide(said.plan_amended(), decision);
    case Statement::kActionUpdated:
      return plan::Decide(said.action_updated(), decision);
    case Statement::kPlanReviewed:
      return plan::Decide(said.plan_reviewed(), decision);
    case Statement::kPlanClosed:
      return plan::Decide(said.plan_closed(), decision);
    case Statement::kContactRecorded:
      return plan::Decide(said.contact_recorded(), decision);

    case Statement::kMeetingStated:
      return meeting::Decide(said.meeting_stated(), decision);
    case Statement::kAnonymousPanelItemStated:
      return meeting::Decide(said.anonymous_panel_item_stated(), decision);

    case Statement::kLeadStated:
      return lead::Decide(said.lead_stated(), decision);
    case Statement::kLeadAppointed:
      return lead::Decide(said.lead_appointed(), decision);
    case Statement::kLeadNoticeGiven:
      return lead::Decide(said.lead_notice_given(), decision);
    case Statement::kLeadSuccessorAgreed:
      return lead::Decide(said.lead_successor_agreed(), decision);
    case Statement::kLeadHandedOver:
      return lead::Decide(said.lead_handed_over(), decision);
    case Statement::kLeadEnded:
      return lead::Decide(said.lead_ended(), decision);

    case Statement::kDuplicateDecided:
      return duplicate::Decide(said.duplicate_decided(), decision);

    case Statement::kQuarantineDecided:
      return system::Decide(said.quarantine_decided(), decision);
    case Statement::kSourceRegistered:
      return system::Decide(said.source_registered(), decision);
    case Statement::kSourceResumed:
      return system::Decide(said.source_resumed(), decision);
    case Statement::kRulesActivated:
      return system::Decide(said.rules_activated(), decision);
    case Statement::kReevaluationStepped:
      RETURN_IF_ERROR(system::RequireAdministrator(decision));
      return identity::Decide(said.reevaluation_stepped(), decision);

    case Statement::kOverrideStated:
      return overriding::Decide(said.override_stated(), decision);
    case Statement::kOverrideTold:
      return overriding::Decide(said.override_told(), decision);
    case Statement::kOverrideReviewed:
      return overriding::Decide(said.override_reviewed(), decision);
    case Statement::kBreakGlassStated:
      return overriding::Decide(said.break_glass_stated(), decision);
    case Statement::kBreakGlassApproved:
      return overriding::Decide(said.break_glass_approved(), decision);
    case Statement::kBreakGlassEnded:
      return overriding::Decide(said.break_glass_ended(), decision);

    case Statement::WHAT_NOT_SET:
      break;
  }
  return Senseless("CONTENT", "the statement says nothing");
}

const Ruleset& AllRules() {
  static const Ruleset rules = {Decide, Evolve};
  return rules;
}

}  // namespace

absl::Status Decide(const Statement& said, Decision& decision) {
  if (!agency::v1::LegalBasis_IsValid(said.basis())) {
    return Senseless("CODE_UNKNOWN", "there is no such legal basis", "basis");
  }
  decision.SetBasis(said.basis());
  RETURN_IF_ERROR(DecideSaid(said, decision));
  if (decision.facts().empty()) return absl::OkStatus();
  RETURN_IF_ERROR(consent::CheckKept(decision));
  // Each sees what those before it concluded: links join families, joined
  // families dispute leads, and all of these make plans overlap.
  decision.BeginConclusions();
  RETURN_IF_ERROR(identity::Conclude(decision));
  RETURN_IF_ERROR(family::Conclude(decision));
  RETURN_IF_ERROR(lead::Conclude(decision));
  return duplicate::Conclude(decision);
}

absl::Status Evolve(StateWriter& state, const Fact& fact, Subject subject,
                    const KeyHash& hash) {
  switch (fact.what_case()) {  // no default: a new kind must be met here
    case Fact::kPartnershipFounded:
    case Fact::kRulesActivated:
    case Fact::kSourceRegistered:
    case Fact::kSourceResumed:
      return system::Evolve(state, fact, subject, hash);

    // What waits and what was refused is the kernel's bookkeeping.
    case Fact::kStatementRefused:
    case Fact::kFrameQuarantined:
    case Fact::kStatementParked:
    case Fact::kParkingEnded:
    case Fact::kQuarantineEnded:
    // A count for readers; no rule asks for it.
    case Fact::kSupportCounted:
      return absl::OkStatus();

    case Fact::kPractitionerKnown:
      return EvolvePractitioner(state, fact, subject, hash);

    case Fact::kRecordStated:
      RETURN_IF_ERROR(identity::Evolve(state, fact, subject, hash));
      return duplicate::Evolve(state, fact, subject, hash);  // who lives where
    case Fact::kRecordGone:
    case Fact::kRecordUnstored:
    case Fact::kRelationshipRecorded:
    case Fact::kPairJudged:
    case Fact::kPersonsMerged:
    case Fact::kPersonSplit:
    case Fact::kMatchRuled:
      return identity::Evolve(state, fact, subject, hash);

    case Fact::kFamilyFounded:
    case Fact::kMemberStated:
    case Fact::kMemberLeft:
    case Fact::kNetworkRecorded:
    case Fact::kFamiliesJoined:
    case Fact::kFamiliesParted:
    case Fact::kInvolvementRecorded:
    case Fact::kNeedRecorded:
    case Fact::kYoungCarerRecorded:
    case Fact::kFosteringStayRecorded:
    case Fact::kCompetenceRecorded:
      return family::Evolve(state, fact, subject, hash);

    case Fact::kConsentRecorded:
    case Fact::kConsentEnded:
    case Fact::kRestrictionRecorded:
    case Fact::kRestrictionEnded:
    case Fact::kFamilyAgreementRecorded:
    case Fact::kFamilyAgreementSignedBy:
    case Fact::kFamilyAgreementSuperseded:
    case Fact::kSharingAgreementRecorded:
    case Fact::kSharingNoteRecorded:
      return consent::Evolve(state, fact, subject, hash);

    case Fact::kReferralRecorded:
    case Fact::kReferralStepped:
      return referral::Evolve(state, fact, subject, hash);

    case Fact::kAssessmentRecorded:
    case Fact::kScoreRecorded:
      return assessment::Evolve(state, fact, subject, hash);

    case Fact::kPlanRecorded:
    case Fact::kPlanAgreedTo:
    case Fact::kPlanRevised:
    case Fact::kActionMoved:
    case Fact::kPlanReviewHeld:
    case Fact::kPlanEnded:
    case Fact::kLeadContacted:
      return plan::Evolve(state, fact, subject, hash);

    case Fact::kMeetingRecorded:
    case Fact::kPanelItemRecorded:
      return meeting::Evolve(state, fact, subject, hash);

    case Fact::kLeadTaken:
    case Fact::kLeadNoticed:
    case Fact::kLeadSuccessorNamed:
    case Fact::kLeadLeft:
    case Fact::kLeadDisputed:
      return lead::Evolve(state, fact, subject, hash);

    case Fact::kDuplicatePlanFound:
    case Fact::kDuplicateRuled:
    case Fact::kDuplicateReopened:
    case Fact::kDuplicateGone:
    case Fact::kPlansMerged:
    case Fact::kPlansParted:
      return duplicate::Evolve(state, fact, subject, hash);

    case Fact::kOverrideRecorded:
    case Fact::kFamilyTold:
    case Fact::kOverrideJudged:
    case Fact::kGlassBroken:
    case Fact::kGlassApproved:
    case Fact::kGlassMended:
      return overriding::Evolve(state, fact, subject, hash);

    case Fact::WHAT_NOT_SET:
      break;
  }
  return absl::DataLossError("a fact records nothing that is known");
}

absl::StatusOr<Applied> Apply(const StateReader& state, uint64_t next_position,
                              const Arrival& arrival, const KeyHash& hash) {
  return Kernel(AllRules(), state, next_position, arrival.recorded_at, hash)
      .Take(arrival);
}

absl::StatusOr<Applied> Found(const Genesis& genesis, const KeyHash& hash) {
  return FoundBy(genesis, Evolve, hash);
}

}  // namespace kith::core
