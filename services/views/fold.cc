#include "services/views/fold.h"

#include "base/status.h"
#include "services/views/folding.h"

namespace kith::views {
namespace {

// Which subject folds a fact. No default: a new kind is to be met here.
absl::Status FoldThings(Folding& folding) {
  switch (folding.fact().what_case()) {
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
      return FoldSystem(folding);
    case Fact::kPractitionerKnown:
    case Fact::kRecordStated:
    case Fact::kRecordGone:
    case Fact::kRecordUnstored:
    case Fact::kRelationshipRecorded:
    case Fact::kPairJudged:
    case Fact::kPersonsMerged:
    case Fact::kPersonSplit:
    case Fact::kMatchRuled:
      return FoldPeople(folding);
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
      return FoldFamily(folding);
    case Fact::kConsentRecorded:
    case Fact::kConsentEnded:
    case Fact::kRestrictionRecorded:
    case Fact::kRestrictionEnded:
      return FoldConsent(folding);
    case Fact::kFamilyAgreementRecorded:
    case Fact::kFamilyAgreementSignedBy:
    case Fact::kFamilyAgreementSuperseded:
    case Fact::kSharingAgreementRecorded:
    case Fact::kSharingNoteRecorded:
    case Fact::kPanelItemRecorded:
      return FoldAgreement(folding);
    case Fact::kReferralRecorded:
    case Fact::kReferralStepped:
    case Fact::kAssessmentRecorded:
    case Fact::kScoreRecorded:
      return FoldService(folding);
    case Fact::kPlanRecorded:
    case Fact::kPlanAgreedTo:
    case Fact::kPlanRevised:
    case Fact::kActionMoved:
    case Fact::kPlanReviewHeld:
    case Fact::kPlanEnded:
    case Fact::kLeadContacted:
    case Fact::kMeetingRecorded:
      return FoldPlan(folding);
    case Fact::kLeadTaken:
    case Fact::kLeadNoticed:
    case Fact::kLeadSuccessorNamed:
    case Fact::kLeadLeft:
    case Fact::kLeadDisputed:
      return FoldLead(folding);
    case Fact::kDuplicatePlanFound:
    case Fact::kDuplicateRuled:
    case Fact::kDuplicateReopened:
    case Fact::kDuplicateGone:
    case Fact::kPlansMerged:
    case Fact::kPlansParted:
      return FoldDuplicate(folding);
    case Fact::kOverrideRecorded:
    case Fact::kFamilyTold:
    case Fact::kOverrideJudged:
    case Fact::kGlassBroken:
    case Fact::kGlassApproved:
    case Fact::kGlassMended:
      return FoldOverride(folding);
    case Fact::WHAT_NOT_SET:
      return absl::OkStatus();
  }
  return absl::OkStatus();  // of a later release, which folds it anew
}

}  // namespace

absl::Status Fold(core::StateWriter& rows, const Recorded& recorded,
                  const core::KeyHash& hash) {
  Folding folding(rows, recorded, hash);
  RETURN_IF_ERROR(FoldThings(folding));
  FoldLine(folding);
  return FoldTally(folding);
}

absl::string_view RowGroupOf(absl::string_view key) {
  return keys::GroupOf(key);
}

}  // namespace kith::views
