// Plans with their reviews and contacts, and meetings.
#include "base/civil_date.h"
#include "services/core/family/dates.h"
#include "services/core/meeting/meeting.h"
#include "services/views/folding.h"
#include "services/views/times.h"

namespace kith::views {
namespace {

using ledger::v1::PlanRow;

ThingKey PlanKey(const Folding& folding, EntityNumber plan) {
  return {folding.subject(), Kind::kPlan, keys::Numbered(plan)};
}

template <class Change>
absl::Status ChangePlan(Folding& folding, EntityNumber number,
                        const Change& change) {
  return folding.Change(PlanKey(folding, number),
                        [&](ThingRow& row) { change(*row.mutable_plan()); });
}

absl::Status FoldRecorded(Folding& folding) {
  const auto& recorded = folding.fact().plan_recorded();
  const auto& by = folding.fact().by();
  const ThingKey key = PlanKey(folding, recorded.plan().number());
  Numbers before;
  RETURN_IF_ERROR(
      folding.WorksWithFamily(recorded.family(), by.practitioner()));
  RETURN_IF_ERROR(
      folding.State(key, recorded.plan(), Naming::kId, [&](ThingRow& row) {
        PlanRow& plan = *row.mutable_plan();
        before = plan.recorded().records();
        if (!plan.has_recorded()) {
          plan.set_agency(by.agency());
          plan.set_reported(by.reported());
          plan.set_opened_by(by.practitioner());
        }
        *plan.mutable_recorded() = recorded;
        if (recorded.state() == agency::v1::PLAN_STATE_AGREED) {
          plan.set_agreed_version(recorded.version());
        }
      }));
  folding.Link(key, recorded.records(), before);
  return absl::OkStatus();
}

absl::Status FoldAgreed(Folding& folding) {
  const auto& agreed = folding.fact().plan_agreed_to();
  return ChangePlan(folding, agreed.plan(), [&](PlanRow& plan) {
    plan.mutable_recorded()->set_state(agency::v1::PLAN_STATE_AGREED);
    plan.set_agreed_version(agreed.version());
  });
}

absl::Status FoldRevised(Folding& folding) {
  const auto& revised = folding.fact().plan_revised();
  return ChangePlan(folding, revised.plan(), [&](PlanRow& plan) {
    auto& recorded = *plan.mutable_recorded();
    recorded.set_version(revised.version());
    *recorded.mutable_content() = revised.content();
    *recorded.mutable_doers() = revised.doers();
    if (recorded.state() == agency::v1::PLAN_STATE_AGREED) {
      plan.set_agreed_version(revised.version());
    }
  });
}

absl::Status FoldMoved(Folding& folding) {
  const auto& said = folding.fact().action_moved().said();
  const EntityNumber number = folding.fact().action_moved().plan();
  return ChangePlan(folding, number, [&](PlanRow& plan) {
    auto& content = *plan.mutable_recorded()->mutable_content();
    for (auto& action : *content.mutable_actions()) {
      if (action.key() != said.action()) continue;
      action.set_state(said.state());
      action.set_difference(said.difference());
    }
  });
}

void Reviewed(PlanRow& plan, absl::CivilDay day) {
  const auto& last = plan.last_review();
  if (core::IsWhole(last) && core::FirstDay(last) >= day) return;
  *plan.mutable_last_review() = core::ToDate(day);
}

absl::Status FoldReview(Folding& folding) {
  const auto& held = folding.fact().plan_review_held();
  const ThingKey review{
      folding.subject(), Kind::kReview,
      keys::Numbered(held.plan()) + keys::Numbered(held.review().number())};
  RETURN_IF_ERROR(
      folding.State(review, held.review(), Naming::kNone,
                    [&](ThingRow& row) { *row.mutable_review() = held; }));
  return ChangePlan(folding, held.plan(), [&](PlanRow& plan) {
    if (core::IsWhole(held.said().on())) {
      Reviewed(plan, core::FirstDay(held.said().on()));
    }
    auto& content = *plan.mutable_recorded()->mutable_content();
    content.clear_next_review();
    if (held.said().has_next_review()) {
      *content.mutable_next_review() = held.said().next_review();
    }
  });
}

absl::Status FoldContact(Folding& folding) {
  const auto& contacted = folding.fact().lead_contacted();
  const ThingKey key{folding.subject(), Kind::kContact,
                     keys::Numbered(contacted.plan()) +
                         keys::Numbered(contacted.contact().number())};
  return folding.State(
      key, contacted.contact(), Naming::kNone,
      [&](ThingRow& row) { *row.mutable_contact() = contacted; });
}

absl::Status FoldEnded(Folding& folding) {
  const auto& ended = folding.fact().plan_ended();
  return folding.Change(PlanKey(folding, ended.plan()), [&](ThingRow& row) {
    auto& recorded = *row.mutable_plan()->mutable_recorded();
    recorded.set_state(agency::v1::PLAN_STATE_CLOSED);
    recorded.set_closure(ended.reason());
    recorded.set_closure_wording(ended.wording());
    const auto day = base::LondonDay(ToTime(folding.fact().by().occurred_at()));
    *recorded.mutable_period()->mutable_until() = core::ToDate(day);
    *row.mutable_ended() = folding.mark();
  });
}

// A meeting with the family about a plan counts as its review.
absl::Status FoldMeeting(Folding& folding) {
  const auto& recorded = folding.fact().meeting_recorded();
  const auto& said = recorded.said();
  const ThingKey key{folding.subject(), Kind::kMeeting,
                     keys::Numbered(recorded.meeting().number())};
  RETURN_IF_ERROR(
      folding.State(key, recorded.meeting(), Naming::kId,
                    [&](ThingRow& row) { *row.mutable_meeting() = recorded; }));
  if (recorded.plan() == 0 || said.state() != agency::v1::MEETING_STATE_HELD ||
      !core::meeting::IsWithFamily(said.kind())) {
    return absl::OkStatus();
  }
  // The plan may be of another family that is one with this one.
  ASSIGN_OR_RETURN(
      const auto place,
      core::ReadRow<PlaceRow>(folding.rows(), keys::Place(recorded.plan())));
  if (!place.has_value()) return absl::OkStatus();
  const ThingKey plan{place->subject(), Kind::kPlan, place->rest()};
  return folding.Change(plan, [&](ThingRow& row) {
    if (row.plan().recorded().state() == agency::v1::PLAN_STATE_CLOSED) return;
    Reviewed(*row.mutable_plan(), base::LondonDay(ToTime(said.at())));
  });
}

}  // namespace

absl::Status FoldPlan(Folding& folding) {
  const Fact& fact = folding.fact();
  if (fact.has_plan_recorded()) return FoldRecorded(folding);
  if (fact.has_plan_agreed_to()) return FoldAgreed(folding);
  if (fact.has_plan_revised()) return FoldRevised(folding);
  if (fact.has_action_moved()) return FoldMoved(folding);
  if (fact.has_plan_review_held()) return FoldReview(folding);
  if (fact.has_lead_contacted()) return FoldContact(folding);
  if (fact.has_plan_ended()) return FoldEnded(folding);
  return FoldMeeting(folding);
}

}  // namespace kith::views
