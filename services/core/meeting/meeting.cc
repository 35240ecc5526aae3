#include "services/core/meeting/meeting.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/civil_date.h"
#include "services/core/family/resolve.h"
#include "services/core/family/roles.h"
#include "services/core/keys.h"
#include "services/core/meeting/panel.h"
#include "services/core/parts.h"

namespace kith::core::meeting {
namespace {

using agency::v1::MeetingStated;
using ledger::v1::Fact;
using ledger::v1::MeetingRecorded;
using ledger::v1::MeetingRow;
using ledger::v1::PlanRow;

constexpr absl::string_view kKind = "meeting";
constexpr int kPractitionersMax = 50;
constexpr auto kHeld = agency::v1::MEETING_STATE_HELD;

absl::CivilDay DayOf(const MeetingStated& said) {
  return base::LondonDay(absl::FromUnixSeconds(said.at().seconds()));
}

absl::Status CheckStated(const MeetingStated& said) {
  if (!agency::v1::MeetingKind_IsValid(said.kind()) ||
      said.kind() == agency::v1::MEETING_KIND_UNSPECIFIED ||
      !agency::v1::MeetingState_IsValid(said.state()) ||
      said.state() == agency::v1::MEETING_STATE_UNSPECIFIED) {
    return Senseless("UNKNOWN_CODE", "a meeting has a kind and a state",
                     "meeting_stated.kind");
  }
  if (!said.has_family()) {
    return Senseless("FAMILY_MISSING", "a meeting is about a family",
                     "meeting_stated.family");
  }
  if (said.state() == kHeld && !said.has_at()) {
    return Senseless("TIME_MISSING", "a meeting was held at some time",
                     "meeting_stated.at");
  }
  return AtMost(said.practitioners_size(), kPractitionersMax,
                "meeting_stated.practitioners");
}

absl::StatusOr<MeetingRow> RowOf(const Decision& decision,
                                 EntityNumber meeting) {
  ASSIGN_OR_RETURN(
      auto row, ReadRow<MeetingRow>(decision.state(), keys::Meeting(meeting)));
  if (!row.has_value()) return MissingId(kKind);
  return *std::move(row);
}

// The meeting that is meant; empty for a new one.
absl::StatusOr<std::optional<MeetingRow>> Before(const MeetingStated& said,
                                                 Decision& decision) {
  EntityNumber number = 0;
  if (said.meeting().has_id()) {
    ASSIGN_OR_RETURN(
        number, decision.Thing(kKind, base::IdKind::kMeeting, said.meeting()));
  } else if (said.meeting().has_local()) {
    RETURN_IF_ERROR(CheckOwnKey(decision, said.meeting().local()));
    ASSIGN_OR_RETURN(number, decision.Find(kKind, said.meeting().local()));
  }
  if (number == 0) return std::optional<MeetingRow>();
  ASSIGN_OR_RETURN(MeetingRow row, RowOf(decision, number));
  if (row.agency() != decision.agency()) {
    return Forbid("NOT_YOURS", "the meeting is another agency's");
  }
  return std::optional<MeetingRow>(std::move(row));
}

absl::StatusOr<EntityNumber> PlanOf(const MeetingStated& said,
                                    EntityNumber family, Decision& decision) {
  if (!said.has_plan()) return 0;
  ASSIGN_OR_RETURN(const EntityNumber number,
                   decision.Thing("plan", base::IdKind::kPlan, said.plan()));
  ASSIGN_OR_RETURN(const auto plan,
                   ReadRow<PlanRow>(decision.state(), keys::Plan(number)));
  if (!plan.has_value()) return MissingId("plan");
  ASSIGN_OR_RETURN(
      const EntityNumber of_plan,
      family::Resolve(decision.state(), plan->recorded().family()));
  ASSIGN_OR_RETURN(const EntityNumber of_meeting,
                   family::Resolve(decision.state(), family));
  if (of_plan == of_meeting) return number;
  return Refuse("PLAN_OF_ANOTHER_FAMILY", "the plan is another family's", {},
                "meeting_stated.plan");
}

MeetingStated Kept(const MeetingStated& said, const Decision& decision) {
  MeetingStated kept = said;
  kept.clear_family();
  kept.clear_plan();
  kept.clear_family_present();
  kept.clear_practitioners();
  kept.clear_chair();
  kept.clear_meeting();
  if (said.meeting().has_local()) {
    *kept.mutable_meeting()->mutable_local() =
        decision.Own(said.meeting().local());
  }
  return kept;
}

absl::Status ResolvePeople(const MeetingStated& said, Decision& decision,
                           MeetingRecorded& recorded) {
  ASSIGN_OR_RETURN(const std::vector<EntityNumber> present,
                   RecordsOfAll(decision, said.family_present(),
                                "meeting_stated.family_present"));
  for (EntityNumber record : present) recorded.add_family_present(record);
  for (const auto& each : said.practitioners()) {
    ASSIGN_OR_RETURN(const EntityNumber number, decision.Practitioner(each));
    recorded.add_practitioners(number);
  }
  if (!said.has_chair()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const EntityNumber chair,
                   decision.Practitioner(said.chair()));
  recorded.set_chair(chair);
  return absl::OkStatus();
}

absl::StatusOr<MeetingRecorded> Resolved(
    const MeetingStated& said, const std::optional<MeetingRow>& before,
    Decision& decision) {
  MeetingRecorded recorded;
  ASSIGN_OR_RETURN(
      const EntityNumber family,
      decision.Thing("family", base::IdKind::kFamily, said.family()));
  ASSIGN_OR_RETURN(const EntityNumber plan, PlanOf(said, family, decision));
  RETURN_IF_ERROR(ResolvePeople(said, decision, recorded));
  recorded.set_family(family);
  recorded.set_plan(plan);
  *recorded.mutable_said() = Kept(said, decision);
  // Naming a meeting by Kith's id does not take its own key away.
  if (before.has_value() && !recorded.said().has_meeting() &&
      before->recorded().said().has_meeting()) {
    *recorded.mutable_said()->mutable_meeting() =
        before->recorded().said().meeting();
  }
  return recorded;
}

// the family is present at every meeting of the team around it.
absl::Status CheckFamilyPresent(const MeetingRecorded& recorded,
                                Decision& decision) {
  const bool bound =
      recorded.said().state() == kHeld &&
      recorded.said().kind() == agency::v1::MEETING_KIND_TEAM_AROUND_FAMILY;
  if (!bound) return absl::OkStatus();
  RETURN_IF_ERROR(decision.Require(
      !recorded.family_present().empty(),
      Refuse("FAMILY_ABSENT",
             "the family is present when the team around it meets", {"R-170"},
             "meeting_stated.family_present")));
  for (EntityNumber record : recorded.family_present()) {
    ASSIGN_OR_RETURN(const bool member, family::IsCurrentMember(
                                            decision.state(), recorded.family(),
                                            record, DayOf(recorded.said())));
    RETURN_IF_ERROR(decision.Require(
        member, Refuse("NOT_OF_THE_FAMILY", "who was present is of the family",
                       {"R-170"}, "meeting_stated.family_present")));
  }
  return absl::OkStatus();
}

// what is said apart belongs to one.
absl::Status CheckApart(const MeetingRecorded& recorded, Decision& decision) {
  if (recorded.said().kind() != agency::v1::MEETING_KIND_SEPARATE_SESSION) {
    return absl::OkStatus();
  }
  return decision.Require(
      recorded.family_present_size() == 1,
      Refuse("ONE_MEMBER_APART", "a session apart is with one member",
             {"R-305"}, "meeting_stated.family_present"));
}

absl::Status CheckMove(const MeetingStated& said,
                       const std::optional<MeetingRow>& before,
                       Decision& decision) {
  if (said.state() == kHeld) {
    RETURN_IF_ERROR(
        decision.Require(DayOf(said) <= decision.day(),
                         Refuse("NOT_YET", "the meeting is still to come",
                                {"R-169"}, "meeting_stated.at")));
  }
  if (!before.has_value()) return absl::OkStatus();
  const auto was = before->recorded().said().state();
  return decision.Require(
      was == agency::v1::MEETING_STATE_PLANNED || was == said.state(),
      Refuse("MEETING_OVER", "the meeting was held or cancelled", {"R-169"},
             "meeting_stated.state"));
}

// Meetings with the family about an open plan count as its review.
absl::Status CountForPlan(StateWriter& state, const MeetingRecorded& meeting) {
  if (meeting.plan() == 0 || meeting.said().state() != kHeld ||
      !IsWithFamily(meeting.said().kind())) {
    return absl::OkStatus();
  }
  const std::string key = keys::Plan(meeting.plan());
  ASSIGN_OR_RETURN(auto plan, ReadRow<PlanRow>(state, key));
  if (!plan.has_value() ||
      plan->recorded().state() == agency::v1::PLAN_STATE_CLOSED) {
    return absl::OkStatus();
  }
  const auto last = WholeDay(plan->last_review());
  if (last.has_value() && *last >= DayOf(meeting.said())) {
    return absl::OkStatus();
  }
  *plan->mutable_last_review() = ToDate(DayOf(meeting.said()));
  PutRow(state, plan->recorded().family(), key, *plan);
  return absl::OkStatus();
}

}  // namespace

bool IsWithFamily(agency::v1::MeetingKind kind) {
  return kind == agency::v1::MEETING_KIND_TEAM_AROUND_FAMILY ||
         kind == agency::v1::MEETING_KIND_FAMILY_NETWORK;
}

absl::Status Decide(const MeetingStated& said, Decision& decision) {
  RETURN_IF_ERROR(RequireWorkingRole(decision));
  RETURN_IF_ERROR(CheckStated(said));
  ASSIGN_OR_RETURN(const auto before, Before(said, decision));
  ASSIGN_OR_RETURN(MeetingRecorded recorded, Resolved(said, before, decision));
  if (before.has_value()) {
    *recorded.mutable_meeting() = before->recorded().meeting();
    if (SaySame(recorded, before->recorded())) return absl::OkStatus();
    recorded.mutable_meeting()->clear_id();
  }
  RETURN_IF_ERROR(CheckMove(said, before, decision));
  RETURN_IF_ERROR(CheckFamilyPresent(recorded, decision));
  RETURN_IF_ERROR(CheckApart(recorded, decision));
  if (!before.has_value()) {
    *recorded.mutable_meeting() = decision.NewIdentity(base::IdKind::kMeeting);
    decision.Tell(recorded.meeting());
  }
  std::vector<Subject> also(recorded.family_present().begin(),
                            recorded.family_present().end());
  const Subject subject = recorded.family();
  Fact fact;
  *fact.mutable_meeting_recorded() = std::move(recorded);
  return decision.Add(subject, std::move(also), std::move(fact));
}

absl::Status Evolve(StateWriter& state, const Fact& fact, Subject subject,
                    const KeyHash& hash) {
  if (fact.has_panel_item_recorded()) {
    return EvolvePanelItem(state, fact, subject, hash);
  }
  if (!fact.has_meeting_recorded()) return absl::OkStatus();
  const MeetingRecorded& recorded = fact.meeting_recorded();
  const std::string key = keys::Meeting(recorded.meeting().number());
  ASSIGN_OR_RETURN(auto row, ReadRow<MeetingRow>(state, key));
  if (!row.has_value()) row.emplace();
  const ledger::v1::Identity known = row->recorded().meeting();
  *row->mutable_recorded() = recorded;
  if (recorded.meeting().id().empty()) {
    *row->mutable_recorded()->mutable_meeting() = known;
  } else {
    row->set_agency(fact.by().agency());
    PutNames(state, hash, kKind, recorded.said().meeting().local(),
             row->agency(), recorded.meeting());
  }
  PutRow(state, subject, key, *row);
  return CountForPlan(state, recorded);
}

}  // namespace kith::core::meeting
