// Which cases the facts of a statement raise, change, reopen or end.
#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "services/core/duplicate/cases.h"
#include "services/core/duplicate/duplicate.h"
#include "services/core/duplicate/overlap.h"
#include "services/core/family/resolve.h"
#include "services/core/identity/persons.h"
#include "services/core/keys.h"

namespace kith::core::duplicate {
namespace {

using ledger::v1::CaseRow;
using ledger::v1::DuplicatePlanFound;
using ledger::v1::Fact;
using ledger::v1::OverlapStep;
using ledger::v1::PlanRow;

using Numbers = std::set<EntityNumber>;

// What facts changed, each once however many facts name it.
struct Changed {
  Numbers plans;
  Numbers people;    // ways that begin or end with them
  Numbers crossing;  // also ways that lead through them
  Numbers families;
};

// Each way across a match or membership begins or ends right beside it, so
// that the people at its ends are enough. Relations and links of records may
// lie in the middle of one.
void Note(const Fact& fact, Changed& changed) {
  switch (fact.what_case()) {
    case Fact::kPlanRecorded:
      changed.plans.insert(fact.plan_recorded().plan().number());
      return;
    case Fact::kPlanEnded:
      changed.plans.insert(fact.plan_ended().plan());
      return;
    case Fact::kPlansMerged:
      changed.plans.insert(
          {fact.plans_merged().survivor(), fact.plans_merged().merged()});
      return;
    case Fact::kPlansParted:
      changed.plans.insert(
          {fact.plans_parted().survivor(), fact.plans_parted().merged()});
      return;
    case Fact::kRecordStated:  // a correction may have moved house
      changed.people.insert(fact.record_stated().record().number());
      return;
    case Fact::kPairJudged:
      changed.people.insert(
          {fact.pair_judged().one(), fact.pair_judged().other()});
      return;
    case Fact::kMatchRuled:
      changed.people.insert(
          {fact.match_ruled().one(), fact.match_ruled().other()});
      return;
    case Fact::kRecordGone:
      changed.crossing.insert(fact.record_gone().record());
      return;
    case Fact::kRecordUnstored:
      changed.crossing.insert(fact.record_unstored().record());
      return;
    case Fact::kRelationshipRecorded:
      changed.crossing.insert({fact.relationship_recorded().person(),
                               fact.relationship_recorded().to()});
      return;
    case Fact::kPersonsMerged:
      changed.crossing.insert(fact.persons_merged().survivor());
      return;
    case Fact::kPersonSplit:
      changed.crossing.insert(
          {fact.person_split().from(), fact.person_split().part()});
      return;
    case Fact::kMemberStated:
      changed.people.insert(fact.member_stated().record());
      changed.families.insert(fact.member_stated().family());
      return;
    case Fact::kMemberLeft:
      changed.people.insert(fact.member_left().record());
      changed.families.insert(fact.member_left().family());
      return;
    case Fact::kFamiliesJoined:
      changed.families.insert(fact.families_joined().survivor());
      return;
    case Fact::kFamiliesParted:
      changed.families.insert(
          {fact.families_parted().survivor(), fact.families_parted().joined()});
      return;
    // All else leads from nobody to nobody.
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
    case Fact::kFamilyFounded:
    case Fact::kNetworkRecorded:
    case Fact::kInvolvementRecorded:
    case Fact::kNeedRecorded:
    case Fact::kYoungCarerRecorded:
    case Fact::kFosteringStayRecorded:
    case Fact::kCompetenceRecorded:
    case Fact::kConsentRecorded:
    case Fact::kConsentEnded:
    case Fact::kRestrictionRecorded:
    case Fact::kRestrictionEnded:
    case Fact::kFamilyAgreementRecorded:
    case Fact::kFamilyAgreementSignedBy:
    case Fact::kFamilyAgreementSuperseded:
    case Fact::kSharingAgreementRecorded:
    case Fact::kSharingNoteRecorded:
    case Fact::kPanelItemRecorded:
    case Fact::kReferralRecorded:
    case Fact::kReferralStepped:
    case Fact::kAssessmentRecorded:
    case Fact::kScoreRecorded:
    case Fact::kPlanAgreedTo:
    case Fact::kPlanRevised:
    case Fact::kActionMoved:
    case Fact::kPlanReviewHeld:
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
    case Fact::kOverrideRecorded:
    case Fact::kFamilyTold:
    case Fact::kOverrideJudged:
    case Fact::kGlassBroken:
    case Fact::kGlassApproved:
    case Fact::kGlassMended:
    case Fact::WHAT_NOT_SET:
      return;
  }
}

absl::Status AddUnder(const StateReader& state, const std::string& prefix,
                      Numbers& plans) {
  return state.Scan(prefix, [&](absl::string_view key, absl::string_view) {
    plans.insert(keys::LastNumber(key));
    return true;
  });
}

absl::Status AddTouching(const StateReader& state, EntityNumber record,
                         Numbers& plans) {
  ASSIGN_OR_RETURN(const auto records, identity::RecordsOf(state, record));
  for (EntityNumber each : records) {
    RETURN_IF_ERROR(AddUnder(state, keys::PlansTouching(each), plans));
  }
  return absl::OkStatus();
}

// The plans of a family's group, and people in it who may be touched by others.
absl::Status AddOfFamily(const Scene& scene, EntityNumber family,
                         Changed& changed) {
  ASSIGN_OR_RETURN(const auto group, family::Group(scene.state, family));
  for (EntityNumber each : group) {
    RETURN_IF_ERROR(
        AddUnder(scene.state, keys::PlansOfFamily(each), changed.plans));
  }
  ASSIGN_OR_RETURN(const auto members,
                   family::CurrentMembers(scene.state, family, scene.day));
  changed.people.insert(members.begin(), members.end());
  return absl::OkStatus();
}

// The plans that the changes may have brought nearer or farther.
absl::StatusOr<Numbers> Concerned(const Scene& scene, Changed changed) {
  const Numbers families = changed.families;
  for (EntityNumber family : families) {
    RETURN_IF_ERROR(AddOfFamily(scene, family, changed));
  }
  for (EntityNumber record : changed.people) {
    RETURN_IF_ERROR(AddTouching(scene.state, record, changed.plans));
  }
  for (EntityNumber record : changed.crossing) {
    ASSIGN_OR_RETURN(const auto around, PlansAround(scene, record));
    changed.plans.insert(around.begin(), around.end());
  }
  return std::move(changed.plans);
}

// One case.

Way BasisOf(const google::protobuf::RepeatedPtrField<OverlapStep>& steps,
            ledger::v1::DuplicateLevel level) {
  return {level, {steps.begin(), steps.end()}};
}

absl::StatusOr<bool> Holds(const StateReader& state, const Way& basis,
                           const std::vector<Way>& ways) {
  for (const Way& way : ways) {
    ASSIGN_OR_RETURN(const bool same, SameWay(state, basis, way));
    if (same) return true;
  }
  return false;
}

absl::Status AddFound(EntityNumber one, EntityNumber other,
                      const std::vector<Way>& ways, const CaseRow* before,
                      Decision& decision) {
  Fact fact;
  DuplicatePlanFound& found = *fact.mutable_duplicate_plan_found();
  if (before == nullptr) {
    *found.mutable_case_() = decision.NewIdentity(base::IdKind::kCase);
  } else {
    found.mutable_case_()->set_number(NumberOf(*before));
  }
  found.set_one(one);
  found.set_other(other);
  found.set_level(ways.front().level);
  for (const OverlapStep& step : ways.front().steps) *found.add_basis() = step;
  found.set_score(Score(ways));
  return AddToCase(one, other, std::move(fact), decision);
}

absl::Status AddGone(const CaseRow& row, absl::string_view cause,
                     Decision& decision) {
  Fact fact;
  fact.mutable_duplicate_gone()->set_case_(NumberOf(row));
  fact.mutable_duplicate_gone()->set_cause(std::string(cause));
  return AddToCase(row.found().one(), row.found().other(), std::move(fact),
                   decision);
}

// An open case says the strongest way; as long as that holds and none is
// stronger, it stays as it is.
absl::Status UpdateOpen(const CaseRow& row, const std::vector<Way>& ways,
                        Decision& decision) {
  const Way basis = BasisOf(row.found().basis(), row.found().level());
  ASSIGN_OR_RETURN(const bool holds, Holds(decision.state(), basis, ways));
  if (holds && ways.front().level == row.found().level()) {
    return absl::OkStatus();
  }
  return AddFound(row.found().one(), row.found().other(), ways, &row, decision);
}

// A rising level confirms that plans are one, and questions that they are two.
absl::Status UpdateDecided(const CaseRow& row, const std::vector<Way>& ways,
                           Decision& decision) {
  const Way basis = BasisOf(row.decided_basis(), row.decided_level());
  ASSIGN_OR_RETURN(const bool holds, Holds(decision.state(), basis, ways));
  const bool rose = ways.front().level < row.decided_level();
  const bool questioned =
      rose && row.state() == ledger::v1::CASE_STATE_DIFFERENT;
  if (!questioned && (holds || rose)) return absl::OkStatus();
  RETURN_IF_ERROR(PartMerged(row, decision));
  RETURN_IF_ERROR(
      AddFound(row.found().one(), row.found().other(), ways, &row, decision));
  return Reopen(row, questioned ? "level_rose" : "basis_ended", decision);
}

absl::Status Update(const CaseRow& row, const std::vector<Way>& ways,
                    Decision& decision) {
  switch (row.state()) {
    case ledger::v1::CASE_STATE_OPEN:
      return UpdateOpen(row, ways, decision);
    case ledger::v1::CASE_STATE_SAME:
    case ledger::v1::CASE_STATE_DIFFERENT:
      return UpdateDecided(row, ways, decision);
    default:  // it had gone; a merge that outlived it needs a new decision
      RETURN_IF_ERROR(PartMerged(row, decision));
      return AddFound(row.found().one(), row.found().other(), ways, &row,
                      decision);
  }
}

// All cases of one plan.

using WaysTo = std::map<EntityNumber, std::vector<Way>>;

// The plan merged right into `plan` under which `below` stands: itself, or what
// it was merged into. 0: it does not stand under it.
absl::StatusOr<EntityNumber> Branch(const StateReader& state, EntityNumber plan,
                                    EntityNumber below) {
  while (below != 0) {
    ASSIGN_OR_RETURN(const auto row, PlanOf(state, below));
    if (!row.has_value()) return 0;
    if (row->merged_into() == plan) return below;
    below = row->merged_into();
  }
  return 0;
}

// With which plan a way from `from`, which is `plan` or stands under it, to
// `to` makes a pair of `plan`; 0: with none.
absl::StatusOr<EntityNumber> Counterpart(const StateReader& state,
                                         EntityNumber plan, EntityNumber from,
                                         EntityNumber to) {
  ASSIGN_OR_RETURN(const EntityNumber survivor, Survivor(state, plan));
  ASSIGN_OR_RETURN(const EntityNumber other, Survivor(state, to));
  if (other != survivor) return other;
  if (to == plan) return 0;
  // Both are one by now: the pair is that of a plan and what was merged into
  // it, which lasts as long as there is a way between them.
  ASSIGN_OR_RETURN(const EntityNumber to_branch, Branch(state, plan, to));
  if (to_branch == 0) {
    ASSIGN_OR_RETURN(const auto row, PlanOf(state, plan));
    return row.has_value() ? row->merged_into() : 0;
  }
  ASSIGN_OR_RETURN(const EntityNumber from_branch, Branch(state, plan, from));
  return from_branch == to_branch ? 0 : to_branch;
}

absl::StatusOr<bool> IsOpenPlan(const StateReader& state, EntityNumber plan) {
  ASSIGN_OR_RETURN(const auto row, PlanOf(state, plan));
  return row.has_value() && IsOpen(*row);
}

absl::Status AddWaysFrom(const Decision& decision, EntityNumber plan,
                         EntityNumber from, WaysTo& ways) {
  const StateReader& state = decision.state();
  ASSIGN_OR_RETURN(const auto row, PlanOf(state, from));
  if (!row.has_value() || !IsOpen(*row)) return absl::OkStatus();
  const auto& records = row->recorded().records();
  const Touch touch{{records.begin(), records.end()}, row->recorded().family()};
  ASSIGN_OR_RETURN(auto found, WaysFrom(SceneOf(decision), touch));
  for (auto& [to, more] : found) {
    ASSIGN_OR_RETURN(const bool open, IsOpenPlan(state, to));
    if (!open) continue;
    ASSIGN_OR_RETURN(const EntityNumber other,
                     Counterpart(state, plan, from, to));
    if (other == 0) continue;
    std::move(more.begin(), more.end(), std::back_inserter(ways[other]));
  }
  return absl::OkStatus();
}

// Ways from what the plan and those merged into it touch.
absl::StatusOr<WaysTo> WaysOf(const Decision& decision, EntityNumber plan) {
  WaysTo ways;
  ASSIGN_OR_RETURN(const auto group, MergedUnder(decision.state(), plan));
  for (EntityNumber each : group) {
    RETURN_IF_ERROR(AddWaysFrom(decision, plan, each, ways));
  }
  return ways;
}

// Whether two plans may have a case: both open, and neither merged, unless one
// into the other.
absl::StatusOr<bool> MayPair(const StateReader& state, EntityNumber plan,
                             EntityNumber other) {
  ASSIGN_OR_RETURN(const auto row, PlanOf(state, plan));
  ASSIGN_OR_RETURN(const auto other_row, PlanOf(state, other));
  if (!row.has_value() || !other_row.has_value()) return false;
  if (!IsOpen(*row) || !IsOpen(*other_row)) return false;
  if (row->merged_into() == other || other_row->merged_into() == plan) {
    return true;
  }
  return row->merged_into() == 0 && other_row->merged_into() == 0;
}

// Why two plans make no case any more.
absl::StatusOr<absl::string_view> CauseOfEnd(const StateReader& state,
                                             const CaseRow& row) {
  for (EntityNumber plan : {row.found().one(), row.found().other()}) {
    ASSIGN_OR_RETURN(const bool open, IsOpenPlan(state, plan));
    if (!open) return "plan_closed";
  }
  ASSIGN_OR_RETURN(const bool may_pair,
                   MayPair(state, row.found().one(), row.found().other()));
  return may_pair ? "basis_ended" : "plan_merged";
}

absl::Status End(const CaseRow& row, Decision& decision) {
  ASSIGN_OR_RETURN(const auto cause, CauseOfEnd(decision.state(), row));
  // Also when a plan that had closed opens again, and the way is no more.
  if (cause == "basis_ended") RETURN_IF_ERROR(PartMerged(row, decision));
  if (row.state() == ledger::v1::CASE_STATE_GONE) return absl::OkStatus();
  return AddGone(row, cause, decision);
}

absl::Status Judge(EntityNumber plan, EntityNumber other, std::vector<Way> ways,
                   Decision& decision) {
  ASSIGN_OR_RETURN(const bool may_pair, MayPair(decision.state(), plan, other));
  ASSIGN_OR_RETURN(const auto row, CaseBetween(decision.state(), plan, other));
  if (!may_pair || ways.empty()) {
    return row.has_value() ? End(*row, decision) : absl::OkStatus();
  }
  if (other < plan) {
    for (Way& way : ways) way = Reversed(std::move(way));
  }
  SortByStrength(ways);
  if (row.has_value()) return Update(*row, ways, decision);
  return AddFound(std::min(plan, other), std::max(plan, other), ways, nullptr,
                  decision);
}

// Judges every pair of the plan: those to which ways lead, and those of its
// cases, which may have ended.
absl::Status JudgeAll(EntityNumber plan, Decision& decision) {
  WaysTo ways;
  ASSIGN_OR_RETURN(const bool open, IsOpenPlan(decision.state(), plan));
  if (open) {
    ASSIGN_OR_RETURN(ways, WaysOf(decision, plan));
  }
  ASSIGN_OR_RETURN(const auto cases, CasesOf(decision.state(), plan));
  for (const CaseRow& row : cases) ways.try_emplace(OtherPlan(row, plan));
  for (auto& [other, found] : ways) {
    RETURN_IF_ERROR(Judge(plan, other, std::move(found), decision));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status Conclude(Decision& decision) {
  size_t seen = 0;
  // Parting plans that had been merged changes more.
  while (seen < decision.facts().size()) {
    Changed changed;
    for (; seen < decision.facts().size(); ++seen) {
      Note(decision.facts()[seen].fact, changed);
    }
    ASSIGN_OR_RETURN(const Numbers plans,
                     Concerned(SceneOf(decision), std::move(changed)));
    for (EntityNumber plan : plans) {
      ASSIGN_OR_RETURN(const EntityNumber survivor,
                       Survivor(decision.state(), plan));
      RETURN_IF_ERROR(JudgeAll(plan, decision));
      if (survivor != plan) RETURN_IF_ERROR(JudgeAll(survivor, decision));
    }
  }
  return absl::OkStatus();
}

}  // namespace kith::core::duplicate
