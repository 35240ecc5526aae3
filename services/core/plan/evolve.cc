// How plans look after each fact.
#include <algorithm>
#include <string>
#include <utility>

#include "base/civil_date.h"
#include "services/core/keys.h"
#include "services/core/parts.h"
#include "services/core/plan/plan.h"

namespace kith::core::plan {
namespace {

using ledger::v1::Fact;
using ledger::v1::PlanRecorded;
using ledger::v1::PlanRow;

// Changes the row of a plan; one that was erased stays away.
template <class Change>
absl::Status ChangePlan(StateWriter& state, Subject subject, EntityNumber plan,
                        const Change& change) {
  ASSIGN_OR_RETURN(auto row, ReadRow<PlanRow>(state, keys::Plan(plan)));
  if (!row.has_value()) return absl::OkStatus();
  change(*row);
  PutRow(state, subject, keys::Plan(plan), *row);
  return absl::OkStatus();
}

void Unindex(StateWriter& state, const PlanRecorded& plan) {
  const EntityNumber number = plan.plan().number();
  for (EntityNumber record : plan.records()) {
    state.Delete(keys::PlanTouching(record, number));
  }
  state.Delete(keys::PlanOfFamily(plan.family(), number));
}

void Index(StateWriter& state, Subject subject, const PlanRecorded& plan) {
  const EntityNumber number = plan.plan().number();
  for (EntityNumber record : plan.records()) {
    state.Put(subject, keys::PlanTouching(record, number), "");
  }
  state.Put(subject, keys::PlanOfFamily(plan.family(), number), "");
}

absl::Status Recorded(StateWriter& state, const Fact& fact, Subject subject,
                      const KeyHash& hash) {
  const PlanRecorded& recorded = fact.plan_recorded();
  const std::string key = keys::Plan(recorded.plan().number());
  ASSIGN_OR_RETURN(auto row, ReadRow<PlanRow>(state, key));
  if (!row.has_value()) row.emplace();
  const ledger::v1::Identity known = row->recorded().plan();
  if (row->has_recorded()) Unindex(state, row->recorded());
  *row->mutable_recorded() = recorded;
  if (recorded.plan().id().empty()) {
    *row->mutable_recorded()->mutable_plan() = known;
  } else {
    row->set_agency(fact.by().agency());
    row->set_reported(fact.by().reported());
    row->set_opened_by(fact.by().practitioner());
    PutNames(state, hash, "plan", recorded.local(), row->agency(),
             recorded.plan());
  }
  if (recorded.state() == agency::v1::PLAN_STATE_AGREED) {
    row->set_agreed_version(recorded.version());
  }
  Index(state, subject, recorded);
  PutRow(state, subject, key, *row);
  return absl::OkStatus();
}

void Revise(const ledger::v1::PlanRevised& revised, PlanRow& row) {
  PlanRecorded& plan = *row.mutable_recorded();
  plan.set_version(revised.version());
  *plan.mutable_content() = revised.content();
  *plan.mutable_doers() = revised.doers();
  if (plan.state() == agency::v1::PLAN_STATE_AGREED) {
    row.set_agreed_version(revised.version());
  }
}

void Move(const agency::v1::ActionUpdated& said, PlanRow& row) {
  for (auto& action :
       *row.mutable_recorded()->mutable_content()->mutable_actions()) {
    if (action.key() != said.action()) continue;
    action.set_state(said.state());
    action.set_difference(said.difference());
  }
}

// The next review is as said at this one, else by the six to eight weeks rule.
void Review(const ledger::v1::PlanReviewHeld& held, PlanRow& row) {
  *row.mutable_reviewed() = held;
  agency::v1::PlanContent& content = *row.mutable_recorded()->mutable_content();
  content.clear_next_review();
  if (held.said().has_next_review()) {
    *content.mutable_next_review() = held.said().next_review();
  }
  const auto before = WholeDay(row.last_review());
  const auto now = WholeDay(held.said().on());
  if (now.has_value() && (!before.has_value() || *before < *now)) {
    *row.mutable_last_review() = held.said().on();
  }
}

void End(const Fact& fact, PlanRow& row) {
  PlanRecorded& plan = *row.mutable_recorded();
  plan.set_state(agency::v1::PLAN_STATE_CLOSED);
  plan.set_closure(fact.plan_ended().reason());
  plan.set_closure_wording(fact.plan_ended().wording());
  *plan.mutable_period()->mutable_until() = ToDate(base::LondonDay(
      absl::FromUnixSeconds(fact.by().occurred_at().seconds())));
}

}  // namespace

absl::Status Evolve(StateWriter& state, const Fact& fact, Subject subject,
                    const KeyHash& hash) {
  const auto change = [&](EntityNumber plan, const auto& how) {
    return ChangePlan(state, subject, plan, how);
  };
  if (fact.has_plan_recorded()) return Recorded(state, fact, subject, hash);
  if (fact.has_plan_agreed_to()) {
    const auto& agreed = fact.plan_agreed_to();
    return change(agreed.plan(), [&](PlanRow& row) {
      row.mutable_recorded()->set_state(agency::v1::PLAN_STATE_AGREED);
      row.set_agreed_version(agreed.version());
    });
  }
  if (fact.has_plan_revised()) {
    const auto& revised = fact.plan_revised();
    return change(revised.plan(), [&](PlanRow& row) { Revise(revised, row); });
  }
  if (fact.has_action_moved()) {
    const auto& moved = fact.action_moved();
    return change(moved.plan(), [&](PlanRow& row) { Move(moved.said(), row); });
  }
  if (fact.has_plan_review_held()) {
    const auto& held = fact.plan_review_held();
    return change(held.plan(), [&](PlanRow& row) { Review(held, row); });
  }
  if (fact.has_plan_ended()) {
    return change(fact.plan_ended().plan(),
                  [&](PlanRow& row) { End(fact, row); });
  }
  if (fact.has_lead_contacted()) {
    const auto& contacted = fact.lead_contacted();
    return change(contacted.plan(),
                  [&](PlanRow& row) { *row.mutable_contacted() = contacted; });
  }
  return absl::OkStatus();
}

}  // namespace kith::core::plan
