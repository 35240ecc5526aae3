#include "services/views/as_of_facts.h"

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include "base/status.h"
#include "services/views/compose.h"
#include "services/views/find.h"

namespace kith::views {
namespace {

using ledger::v1::Fact;

// How far a subject's facts lead on. Smaller leads further.
enum class Reach {
  kBegun,      // a record to begin with, or linked to one: its families whole
  kMember,     // of a whole family: its possible matches, and whom it names
  kMentioned,  // named by one of those: its possible matches
  kNamed,      // by a permission or restriction of any: its possible matches
  kPossible,   // possibly one with those: links only
};

class Gathering {
 public:
  Gathering(const core::StateReader& present, uint64_t position,
            const ScanFacts& scan)
      : present_(present), position_(position), scan_(scan) {}

  absl::Status Run(const AsOfStart& start) {
    for (const EntityNumber family : start.families) AddFamily(family, true);
    for (const EntityNumber record : start.records) {
      AddRecord(record, Reach::kBegun);
    }
    while (!waiting_.empty()) {
      const Subject subject = *waiting_.begin();
      waiting_.erase(waiting_.begin());
      RETURN_IF_ERROR(Take(subject));
    }
    return absl::OkStatus();
  }

  std::map<uint64_t, FactThen> TakeFacts() { return std::move(facts_); }

 private:
  void AddFamily(EntityNumber family, bool whole) {
    if (family == 0) return;
    const auto [known, is_new] = families_.emplace(family, whole);
    if (!is_new && (known->second || !whole)) return;
    known->second = known->second || whole;
    waiting_.insert(family);
  }

  void AddRecord(EntityNumber record, Reach reach) {
    if (record == 0) return;
    const auto [known, is_new] = records_.emplace(record, reach);
    if (!is_new && known->second <= reach) return;
    known->second = std::min(known->second, reach);
    waiting_.insert(record);
  }

  void AddPractitioner(EntityNumber practitioner) {
    if (practitioner != 0 && others_.insert(practitioner).second) {
      waiting_.insert(practitioner);
    }
  }

  template <class Records>
  void AddRecords(const Records& records, Reach reach) {
    for (const EntityNumber record : records) AddRecord(record, reach);
  }

  // The facts of a subject are scanned once and followed again each time that
  // it turns out to lead further.
  absl::Status Take(Subject subject) {
    if (scanned_.size() >= kAsOfSubjectsMax) return TooMuch();
    if (scanned_.count(subject) == 0) RETURN_IF_ERROR(Scan(subject));
    for (const uint64_t position : scanned_[subject]) {
      const FactThen& kept = facts_.at(position);
      Follow(subject, kept);
      if (!IsFamily(subject)) continue;
      RETURN_IF_ERROR(AddFamiliesOfPlans(kept.fact));
      RETURN_IF_ERROR(AddFamiliesOnWay(kept.fact));
    }
    return absl::OkStatus();
  }

  absl::Status Scan(Subject subject) {
    std::vector<uint64_t>& positions = scanned_[subject];
    return scan_(
        subject, [&](const Recorded& recorded) -> absl::StatusOr<bool> {
          if (recorded.position >= position_) return false;
          if (facts_.size() >= kAsOfFactsMax) return TooMuch();
          positions.push_back(recorded.position);
          facts_.emplace(recorded.position,
                         FactThen{recorded.recorded_at, recorded.subject,
                                  recorded.statement, recorded.fact});
          return true;
        });
  }

  static absl::Status TooMuch() {
    return absl::ResourceExhaustedError("the history is too long to fold");
  }

  // A case and a merger name plans by number: the present view knows of which
  // family they are.
  absl::Status AddFamiliesOfPlans(const Fact& fact) {
    for (const EntityNumber plan : {fact.duplicate_plan_found().one(),
                                    fact.duplicate_plan_found().other(),
                                    fact.plans_merged().survivor()}) {
      if (plan == 0) continue;
      ASSIGN_OR_RETURN(const auto place, core::ReadRow<ledger::v1::PlaceRow>(
                                             present_, keys::Place(plan)));
      if (place.has_value()) AddFamily(place->subject(), false);
    }
    return absl::OkStatus();
  }

  // A case's way through families names members and families alike, by number:
  // the present view knows which is which.
  absl::Status AddFamiliesOnWay(const Fact& fact) {
    for (const auto& step : fact.duplicate_plan_found().basis()) {
      if (step.kind() != "family") continue;
      for (const EntityNumber number : {step.from(), step.to()}) {
        ASSIGN_OR_RETURN(const auto place, core::ReadRow<ledger::v1::PlaceRow>(
                                               present_, keys::Place(number)));
        if (place.has_value() && place->kind() == Kind::kFamily) {
          AddFamily(number, false);
        } else {
          AddRecord(number, Reach::kMentioned);
        }
      }
    }
    return absl::OkStatus();
  }

  Reach ReachOf(Subject subject) const {
    const auto record = records_.find(subject);
    return record == records_.end() ? Reach::kPossible : record->second;
  }
  bool IsWhole(Subject subject) const {
    const auto family = families_.find(subject);
    return family != families_.end() && family->second;
  }
  bool IsFamily(Subject subject) const { return families_.count(subject) > 0; }

  // Whom a fact of `subject` leads to.
  void Follow(Subject subject, const FactThen& kept) {
    const Fact& fact = kept.fact;
    AddPractitioners(fact);
    FollowLinks(subject, fact);
    if (IsFamily(subject)) {
      FollowFamily(subject, kept);
      return;
    }
    // Who is named there, and is perhaps one with the reader, decides what is
    // shown of all of these (standing.h).
    AddRecipients(fact.consent_recorded().recipients(), Reach::kNamed);
    AddRecipients(fact.restriction_recorded().barred(), Reach::kNamed);
    if (ReachOf(subject) <= Reach::kMentioned) {
      FollowRecord(subject, kept);
    }
  }

  // Links lead as far as the record itself.
  void FollowLinks(Subject subject, const Fact& fact) {
    if (IsFamily(subject)) return;
    const Reach reach = ReachOf(subject);
    if (fact.has_persons_merged()) {
      const auto& merged = fact.persons_merged();
      AddRecord(merged.survivor(), reach);
      AddRecord(merged.retired(), reach);
      AddRecords(merged.records(), reach);
    } else if (fact.has_person_split()) {
      const auto& split = fact.person_split();
      AddRecord(split.from(), reach);
      AddRecord(split.part(), reach);
      AddRecords(split.records(), reach);
    } else if (fact.has_pair_judged() || fact.has_match_ruled()) {
      if (reach == Reach::kPossible) return;
      AddRecord(fact.pair_judged().one(), Reach::kPossible);
      AddRecord(fact.pair_judged().other(), Reach::kPossible);
      AddRecord(fact.match_ruled().one(), Reach::kPossible);
      AddRecord(fact.match_ruled().other(), Reach::kPossible);
    }
  }

  void FollowFamily(Subject family, const FactThen& kept) {
    const bool whole = IsWhole(family);
    const Fact& fact = kept.fact;
    AddFamily(fact.families_joined().survivor(), whole);
    AddFamily(fact.families_joined().joined(), whole);
    AddFamily(fact.families_parted().survivor(), whole);
    AddFamily(fact.families_parted().joined(), whole);
    if (fact.has_member_stated() && whole) {
      AddRecord(fact.member_stated().record(), Reach::kMember);
    }
    // Plans of other families matter for the cases they are in.
    AddMentioned(fact);
    // Its facts that lie with another family: cases and merged plans.
    if (kept.subject != family && IsOfFamily(fact)) {
      AddFamily(kept.subject, false);
    }
  }

  void FollowRecord(Subject record, const FactThen& kept) {
    const bool begun = ReachOf(record) == Reach::kBegun;
    const Fact& fact = kept.fact;
    if (ReachOf(record) <= Reach::kMember) {
      AddMentioned(fact);
      AddFamily(fact.referral_recorded().family(), false);
      AddFamily(fact.assessment_recorded().family(), false);
    }
    // What lies with another: its later facts name that one only.
    if (kept.subject == record || ComesAfterOverride(fact)) return;
    // Of a member it is shown, and its label names that one too.
    if (!IsOfFamily(fact)) {
      return AddRecord(kept.subject, ReachOf(record) <= Reach::kMember
                                         ? Reach::kMentioned
                                         : Reach::kPossible);
    }
    AddFamily(kept.subject, begun && fact.has_member_stated());
  }

  // What was said of an override or broken glass lies where that does.
  static bool ComesAfterOverride(const Fact& fact) {
    return fact.has_family_told() || fact.has_override_judged() ||
           fact.has_glass_approved() || fact.has_glass_mended();
  }

  // Facts whose subject is a family.
  static bool IsOfFamily(const Fact& fact) {
    switch (fact.what_case()) {
      case Fact::kFamilyFounded:
      case Fact::kMemberStated:
      case Fact::kMemberLeft:
      case Fact::kNetworkRecorded:
      case Fact::kFamiliesJoined:
      case Fact::kFamiliesParted:
      case Fact::kFamilyAgreementRecorded:
      case Fact::kFamilyAgreementSignedBy:
      case Fact::kFamilyAgreementSuperseded:
      case Fact::kPlanRecorded:
      case Fact::kPlanAgreedTo:
      case Fact::kPlanRevised:
      case Fact::kActionMoved:
      case Fact::kPlanReviewHeld:
      case Fact::kPlanEnded:
      case Fact::kLeadContacted:
      case Fact::kMeetingRecorded:
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
        return true;
      case Fact::kGlassBroken:
        return fact.glass_broken().family() != 0;
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
      case Fact::kInvolvementRecorded:
      case Fact::kNeedRecorded:
      case Fact::kYoungCarerRecorded:
      case Fact::kFosteringStayRecorded:
      case Fact::kCompetenceRecorded:
      case Fact::kConsentRecorded:
      case Fact::kConsentEnded:
      case Fact::kRestrictionRecorded:
      case Fact::kRestrictionEnded:
      case Fact::kSharingAgreementRecorded:
      case Fact::kSharingNoteRecorded:
      case Fact::kPanelItemRecorded:
      case Fact::kReferralRecorded:
      case Fact::kReferralStepped:
      case Fact::kAssessmentRecorded:
      case Fact::kScoreRecorded:
      case Fact::kOverrideRecorded:
      case Fact::kFamilyTold:
      case Fact::kOverrideJudged:
      case Fact::kGlassApproved:
      case Fact::kGlassMended:
      case Fact::WHAT_NOT_SET:
        return false;
    }
    return false;  // of a later release
  }

  // Everybody else whose data a fact holds or points to.
  void AddMentioned(const Fact& fact) {
    const Reach reach = Reach::kMentioned;
    AddRecord(fact.family_founded().defined_by(), reach);
    AddRecord(fact.member_stated().record(), reach);
    AddRecord(fact.member_stated().said_by(), reach);
    AddRecord(fact.relationship_recorded().person(), reach);
    AddRecord(fact.relationship_recorded().to(), reach);
    AddRecord(fact.young_carer_recorded().cares_for(), reach);
    AddRecord(fact.fostering_stay_recorded().carer(), reach);
    AddRecords(fact.consent_recorded().records(), reach);
    AddRecord(fact.consent_recorded().answered_by(), reach);
    AddRecipients(fact.consent_recorded().recipients(), reach);
    AddRecords(fact.restriction_recorded().records(), reach);
    AddRecord(fact.restriction_recorded().asked_by(), reach);
    AddRecipients(fact.restriction_recorded().barred(), reach);
    AddRecords(fact.family_agreement_recorded().parties(), reach);
    AddRecords(fact.sharing_note_recorded().records(), reach);
    AddRecipients(fact.sharing_note_recorded().recipients(), reach);
    AddRecords(fact.override_recorded().records(), reach);
    AddRecords(fact.referral_recorded().records(), reach);
    AddRecords(fact.assessment_recorded().records(), reach);
    AddRecord(fact.score_recorded().scored_by(), reach);
    AddRecords(fact.plan_recorded().records(), reach);
    AddDoers(fact.plan_recorded().doers());
    AddDoers(fact.plan_revised().doers());
    AddRecords(fact.meeting_recorded().family_present(), reach);
  }

  template <class Recipients>
  void AddRecipients(const Recipients& recipients, Reach reach) {
    for (const auto& recipient : recipients) {
      AddRecord(recipient.record(), reach);
      AddPractitioner(recipient.practitioner());
    }
  }

  template <class Doers>
  void AddDoers(const Doers& doers) {
    for (const auto& doer : doers) {
      AddRecord(doer.record(), Reach::kMentioned);
      AddPractitioner(doer.practitioner());
    }
  }

  void AddPractitioners(const Fact& fact) {
    AddPractitioner(fact.by().practitioner());
    AddPractitioner(fact.involvement_recorded().worker());
    AddPractitioner(fact.lead_taken().practitioner());
    AddPractitioner(fact.lead_successor_named().practitioner());
    AddPractitioner(fact.lead_disputed().claimed());
    AddPractitioner(fact.meeting_recorded().chair());
    for (const EntityNumber present : fact.meeting_recorded().practitioners()) {
      AddPractitioner(present);
    }
  }

  const core::StateReader& present_;
  const uint64_t position_;
  const ScanFacts& scan_;
  std::map<EntityNumber, bool> families_;  // whether whole
  std::map<EntityNumber, Reach> records_;
  std::set<EntityNumber> others_;
  std::set<Subject> waiting_;
  std::map<Subject, std::vector<uint64_t>> scanned_;
  std::map<uint64_t, FactThen> facts_;
};

}  // namespace

absl::StatusOr<std::map<uint64_t, FactThen>> GatherFacts(
    const core::StateReader& present, const AsOfStart& start, uint64_t position,
    const ScanFacts& scan) {
  Gathering gathering(present, position, scan);
  RETURN_IF_ERROR(gathering.Run(start));
  return gathering.TakeFacts();
}

}  // namespace kith::views
