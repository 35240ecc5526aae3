// Acts on plans.
#include "services/core/plan/plan.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "services/core/family/resolve.h"
#include "services/core/family/roles.h"
#include "services/core/family/speaking.h"
#include "services/core/keys.h"
#include "services/core/parts.h"
#include "services/core/plan/access.h"
#include "services/core/plan/common.h"
#include "services/core/plan/content.h"

namespace kith::core::plan {
namespace {

using agency::v1::ContactNote;
using ledger::v1::Fact;
using ledger::v1::PlanRecorded;
using ledger::v1::PlanRow;

absl::Status CheckVersionGiven(uint64_t version, absl::string_view field) {
  if (version != 0) return absl::OkStatus();
  return Senseless("VERSION_MISSING", "it says which version was seen", field);
}

bool HasContent(const PlanRow& plan, const Content& content) {
  PlanRecorded same = plan.recorded();
  SetContent(same, content);
  return SaySame(same, plan.recorded());
}

// Contacts.

absl::Status CheckContact(const ContactNote& contact,
                          const Decision& decision) {
  if (!contact.has_on()) return absl::OkStatus();
  RETURN_IF_ERROR(CheckDate(contact.on(), "contact.on"));
  if (FirstDay(contact.on()) <= decision.day()) return absl::OkStatus();
  return Refuse("NOT_YET", "the contact is still to come", {"R-186"},
                "contact.on");
}

absl::Status AddContact(const ContactNote& contact, const PlanRow& plan,
                        Decision& decision) {
  ledger::v1::LeadContacted contacted;
  contacted.set_plan(NumberOf(plan));
  *contacted.mutable_said() = contact;
  contacted.mutable_said()->clear_plan();
  if (!contact.has_on()) {
    *contacted.mutable_said()->mutable_on() = ToDate(decision.day());
  }
  if (SaySame(plan.contacted().said(), contacted.said())) {
    return absl::OkStatus();
  }
  *contacted.mutable_contact() = decision.NewIdentity(base::IdKind::kOther);
  Fact fact;
  *fact.mutable_lead_contacted() = std::move(contacted);
  return AddTo(plan, std::move(fact), decision);
}

// Opening.

absl::StatusOr<EntityNumber> FamilyOf(const agency::v1::PlanOpened& said,
                                      const std::vector<EntityNumber>& records,
                                      Decision& decision) {
  if (said.has_family()) {
    return decision.Thing("family", base::IdKind::kFamily, said.family());
  }
  return family::FamilyOrFound(decision, records.front());
}

// Actions.

// Whether the speaker is the one who is to do it: the practitioner, or
// a family member who speaks for themselves.
absl::StatusOr<bool> ActorDoes(const ledger::v1::ResolvedAction& doer,
                               Decision& decision) {
  if (doer.practitioner() != 0) {
    ASSIGN_OR_RETURN(const EntityNumber actor, decision.Actor());
    return actor == doer.practitioner();
  }
  return family::IsActingMember(doer.record(), decision);
}

absl::Status CheckMayUpdate(const PlanRow& plan,
                            const ledger::v1::ResolvedAction& doer,
                            Decision& decision) {
  RETURN_IF_ERROR(CheckSide(plan, decision));
  if (decision.reported()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const bool does, ActorDoes(doer, decision));
  if (does) return absl::OkStatus();
  if (CheckWriter(plan, decision).ok()) return absl::OkStatus();
  return Forbid("NOT_YOUR_ACTION",
                "an action belongs to who accepted it, or to the lead",
                {"R-119"});
}

// Reviews.

// what professionals or a panel say among themselves changes no
// plan, and reviews none.
absl::StatusOr<EntityNumber> MeetingOf(const agency::v1::PlanReviewed& said,
                                       Decision& decision) {
  if (!said.has_meeting()) return 0;
  ASSIGN_OR_RETURN(
      const EntityNumber number,
      decision.Thing("meeting", base::IdKind::kMeeting, said.meeting()));
  ASSIGN_OR_RETURN(
      const auto row,
      ReadRow<ledger::v1::MeetingRow>(decision.state(), keys::Meeting(number)));
  if (!row.has_value()) return MissingId("meeting");
  const agency::v1::MeetingKind kind = row->recorded().said().kind();
  RETURN_IF_ERROR(decision.Require(
      kind == agency::v1::MEETING_KIND_TEAM_AROUND_FAMILY ||
          kind == agency::v1::MEETING_KIND_FAMILY_NETWORK,
      Refuse("REVIEW_WITHOUT_FAMILY",
             "a plan is reviewed with the family, not without it",
             {"R-170", "R-229"}, "plan_reviewed.meeting")));
  return number;
}

absl::StatusOr<ledger::v1::PlanReviewHeld> ReviewOf(
    const agency::v1::PlanReviewed& said, const PlanRow& plan,
    Decision& decision) {
  ledger::v1::PlanReviewHeld held;
  held.set_plan(NumberOf(plan));
  ASSIGN_OR_RETURN(const EntityNumber meeting, MeetingOf(said, decision));
  held.set_meeting(meeting);
  *held.mutable_said() = said;
  held.mutable_said()->clear_plan();
  held.mutable_said()->clear_meeting();
  if (!said.has_on())
    *held.mutable_said()->mutable_on() = ToDate(decision.day());
  return held;
}

absl::Status CheckReviewDays(const agency::v1::PlanReviewed& said,
                             const Decision& decision) {
  if (said.has_next_review()) {
    RETURN_IF_ERROR(CheckDate(said.next_review(), "plan_reviewed.next_review"));
  }
  if (!said.has_on()) return absl::OkStatus();
  if (!WholeDay(said.on()).has_value()) {
    return Senseless("DATE_IMPOSSIBLE", "a review is on one day",
                     "plan_reviewed.on");
  }
  if (*WholeDay(said.on()) <= decision.day()) return absl::OkStatus();
  return Refuse("NOT_YET", "the review is still to come", {"R-173"},
                "plan_reviewed.on");
}

}  // namespace

absl::Status Decide(const agency::v1::PlanOpened& said, Decision& decision) {
  RETURN_IF_ERROR(RequireWorkingRole(decision));
  if (said.about().empty()) {
    return Senseless("ABOUT_NOBODY", "a plan is for somebody",
                     "plan_opened.about");
  }
  RETURN_IF_ERROR(CheckContact(said.contact_with_lead(), decision));
  PlanRow contacted;
  if (said.has_contact_with_lead()) {
    ASSIGN_OR_RETURN(contacted,
                     Find(said.contact_with_lead().plan(), decision));
  }
  PlanRecorded recorded;
  ASSIGN_OR_RETURN(const std::vector<EntityNumber> records,
                   RecordsOfAll(decision, said.about(), "plan_opened.about"));
  for (EntityNumber record : records) recorded.add_records(record);
  ASSIGN_OR_RETURN(Content content,
                   Resolve(said.content(), "plan_opened.content", decision));
  ASSIGN_OR_RETURN(const EntityNumber family,
                   FamilyOf(said, records, decision));
  recorded.set_family(family);
  SetContent(recorded, std::move(content));
  recorded.set_state(agency::v1::PLAN_STATE_DRAFT);
  recorded.set_version(1);
  *recorded.mutable_period()->mutable_from() = ToDate(decision.day());
  RETURN_IF_ERROR(NoteContactOwed(recorded, NumberOf(contacted), decision));
  *recorded.mutable_plan() = decision.NewIdentity(base::IdKind::kPlan);
  decision.Tell(recorded.plan());
  RETURN_IF_ERROR(AddPlan(std::move(recorded), decision));
  if (!said.has_contact_with_lead()) return absl::OkStatus();
  return AddContact(said.contact_with_lead(), contacted, decision);
}

absl::Status Decide(const agency::v1::PlanAgreed& said, Decision& decision) {
  RETURN_IF_ERROR(CheckVersionGiven(said.version(), "plan_agreed.version"));
  ASSIGN_OR_RETURN(const PlanRow plan, Find(said.plan(), decision));
  RETURN_IF_ERROR(CheckWriter(plan, decision));
  RETURN_IF_ERROR(CheckOpen(plan));
  if (plan.agreed_version() == said.version()) return absl::OkStatus();
  RETURN_IF_ERROR(CheckVersion(plan, said.version()));
  ASSIGN_OR_RETURN(
      const auto agreed_by,
      OfTheFamily(plan, said.agreed_by(), "plan_agreed.agreed_by", decision));
  Fact fact;
  auto& agreed = *fact.mutable_plan_agreed_to();
  agreed.set_plan(NumberOf(plan));
  agreed.set_version(said.version());
  for (EntityNumber record : agreed_by) agreed.add_agreed_by(record);
  return AddTo(plan, std::move(fact), decision);
}

absl::Status Decide(const agency::v1::PlanAmended& said, Decision& decision) {
  RETURN_IF_ERROR(CheckVersionGiven(said.version(), "plan_amended.version"));
  ASSIGN_OR_RETURN(const PlanRow plan, Find(said.plan(), decision));
  RETURN_IF_ERROR(CheckWriter(plan, decision));
  RETURN_IF_ERROR(CheckOpen(plan));
  ASSIGN_OR_RETURN(Content content,
                   Resolve(said.content(), "plan_amended.content", decision));
  if (HasContent(plan, content)) return absl::OkStatus();
  RETURN_IF_ERROR(CheckVersion(plan, said.version()));
  Fact fact;
  auto& revised = *fact.mutable_plan_revised();
  if (plan.recorded().state() == agency::v1::PLAN_STATE_AGREED ||
      !said.agreed_by().empty()) {
    ASSIGN_OR_RETURN(const auto agreed_by,
                     OfTheFamily(plan, said.agreed_by(),
                                 "plan_amended.agreed_by", decision));
    for (EntityNumber record : agreed_by) revised.add_agreed_by(record);
  }
  revised.set_plan(NumberOf(plan));
  revised.set_version(plan.recorded().version() + 1);
  *revised.mutable_content() = std::move(content.said);
  for (auto& doer : content.doers) *revised.add_doers() = std::move(doer);
  return AddTo(plan, std::move(fact), decision);
}

absl::Status Decide(const agency::v1::ActionUpdated& said, Decision& decision) {
  if (!agency::v1::ActionState_IsValid(said.state())) {
    return Senseless("UNKNOWN_CODE", "an action has no such state",
                     "action_updated.state");
  }
  ASSIGN_OR_RETURN(const PlanRow plan, Find(said.plan(), decision));
  const auto& actions = plan.recorded().content().actions();
  const auto action = std::find_if(actions.begin(), actions.end(),
                                   [&](const agency::v1::PlanAction& a) {
                                     return a.key() == said.action();
                                   });
  if (action == actions.end()) {
    return Refuse("ACTION_UNKNOWN", "the plan has no such action", {},
                  "action_updated.action");
  }
  // Doers stand in the order of the actions.
  RETURN_IF_ERROR(CheckMayUpdate(
      plan, plan.recorded().doers(static_cast<int>(action - actions.begin())),
      decision));
  RETURN_IF_ERROR(CheckOpen(plan));
  Fact fact;
  auto& moved = *fact.mutable_action_moved();
  moved.set_plan(NumberOf(plan));
  *moved.mutable_said() = said;
  moved.mutable_said()->clear_plan();
  if (said.state() == agency::v1::ACTION_STATE_UNSPECIFIED) {
    moved.mutable_said()->set_state(agency::v1::ACTION_STATE_OPEN);
  }
  if (said.difference().empty()) {
    moved.mutable_said()->set_difference(action->difference());
  }
  if (moved.said().state() == action->state() &&
      moved.said().difference() == action->difference()) {
    return absl::OkStatus();
  }
  return AddTo(plan, std::move(fact), decision);
}

absl::Status Decide(const agency::v1::PlanReviewed& said, Decision& decision) {
  RETURN_IF_ERROR(CheckReviewDays(said, decision));
  ASSIGN_OR_RETURN(const PlanRow plan, Find(said.plan(), decision));
  RETURN_IF_ERROR(CheckWriter(plan, decision));
  RETURN_IF_ERROR(CheckOpen(plan));
  RETURN_IF_ERROR(decision.Require(
      plan.recorded().state() == agency::v1::PLAN_STATE_AGREED,
      Refuse("PLAN_NOT_AGREED", "a plan is agreed before it is reviewed",
             {"R-208"})));
  ASSIGN_OR_RETURN(ledger::v1::PlanReviewHeld held,
                   ReviewOf(said, plan, decision));
  *held.mutable_review() = plan.reviewed().review();
  if (SaySame(held, plan.reviewed())) return absl::OkStatus();
  *held.mutable_review() = decision.NewIdentity(base::IdKind::kOther);
  Fact fact;
  *fact.mutable_plan_review_held() = std::move(held);
  return AddTo(plan, std::move(fact), decision);
}

absl::Status Decide(const agency::v1::ContactRecorded& said,
                    Decision& decision) {
  RETURN_IF_ERROR(RequireWorkingRole(decision));
  RETURN_IF_ERROR(CheckContact(said.contact(), decision));
  ASSIGN_OR_RETURN(const PlanRow plan, Find(said.contact().plan(), decision));
  if (plan.recorded().state() == agency::v1::PLAN_STATE_CLOSED) {
    return CheckOpen(plan);
  }
  return AddContact(said.contact(), plan, decision);
}

}  // namespace kith::core::plan
