#include "tests/simulation/occurred.h"

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tests/simulation/invariants.h"

namespace kith::simulation {
namespace {

using ledger::v1::Fact;

std::string WhomItBars(const ledger::v1::RestrictionRecorded& recorded) {
  if (recorded.barred().empty()) return "everybody";
  return recorded.barred(0).record() != 0 ? "a person" : "an organisation";
}

// What the agencies mean to bring about.
constexpr const char* kMeant[] = {
    "frame_quarantined",
    "statement_parked",
    "statement_refused",
    "parking_ended",
    "practitioner_known",
    "record_stated",
    "relationship_recorded",
    "pair_judged",
    "persons_merged",
    "person_split",
    "match_ruled",
    "family_founded",
    "member_stated",
    "families_joined by decision",
    "families_joined by rule",
    "families_parted",
    "involvement_recorded",
    "need_recorded",
    "young_carer_recorded",
    "fostering_stay_recorded",
    "competence_recorded",
    "consent_recorded",
    "consent_ended",
    "restriction_recorded for a person",
    "restriction_recorded for an organisation",
    "restriction_recorded for everybody",
    "restriction_ended",
    "referral_recorded",
    "referral_stepped to REFERRAL_STATE_RECEIVED",
    "referral_stepped to REFERRAL_STATE_ACCEPTED",
    "referral_stepped to REFERRAL_STATE_DECLINED",
    "referral_stepped to REFERRAL_STATE_SIGNPOSTED",
    "referral_stepped to REFERRAL_STATE_OUTCOME_TOLD",
    "assessment_recorded",
    "score_recorded on norfolk-scaling",
    "score_recorded on wf-outcome",
    "plan_recorded",
    "plan_agreed_to",
    "plan_revised",
    "action_moved",
    "plan_ended",
    "meeting_recorded",
    "lead_taken",
    "lead_noticed",
    "lead_left",
    "lead_disputed",
    "duplicate_plan_found",
    "duplicate_ruled DUPLICATE_DECISION_SAME",
    "duplicate_ruled DUPLICATE_DECISION_DIFFERENT",
    "duplicate_ruled DUPLICATE_DECISION_WITHDRAWN",
    "duplicate_reopened",
    "duplicate_gone",
    "plans_merged",
};

// What tells facts of one name apart; empty: nothing that matters.
std::string MoreOf(const Fact& fact) {
  switch (fact.what_case()) {
    case Fact::kReferralStepped:
      return absl::StrCat(" to ", agency::v1::ReferralState_Name(
                                      fact.referral_stepped().said().to()));
    case Fact::kScoreRecorded:
      return absl::StrCat(" on ", fact.score_recorded().said().instrument());
    case Fact::kRestrictionRecorded:
      return absl::StrCat(" for ", WhomItBars(fact.restriction_recorded()));
    case Fact::kFamiliesJoined:
      return fact.families_joined().decided() ? " by decision" : " by rule";
    case Fact::kDuplicateRuled:
      return absl::StrCat(" ", agency::v1::DuplicateDecision_Name(
                                   fact.duplicate_ruled().decision()));
    default:
      return "";
  }
}

std::string KindOf(const Fact& fact) {
  const auto* field =
      Fact::descriptor()->FindFieldByNumber(static_cast<int>(fact.what_case()));
  return absl::StrCat(field->name(), MoreOf(fact));
}

}  // namespace

void Count(const engine::ReadView& view, Occurred& occurred) {
  const absl::Status scanned = view.snapshot().ScanLedger(
      0, [&](const eventstore::StoredRecord& record) {
        ++occurred[KindOf(SaidIn(record).fact)];
        return true;
      });
  EXPECT_TRUE(scanned.ok()) << scanned;
}

void ExpectAllOccurred(const Occurred& occurred) {
  for (const char* kind : kMeant) {
    EXPECT_TRUE(occurred.count(kind) > 0) << kind;
  }
}

}  // namespace kith::simulation
