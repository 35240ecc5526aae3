#include "tests/simulation/acts.h"

#include "absl/strings/str_cat.h"
#include "base/id.h"
#include "tests/simulation/population.h"

namespace kith::simulation {
namespace {

using agency::v1::Statement;

agency::v1::PlanContent ContentOf(uint64_t number) {
  agency::v1::PlanContent content;
  content.set_category("family_plan");
  content.add_goals(absl::StrCat("a calmer bedtime ", number));
  agency::v1::PlanAction& action = *content.add_actions();
  action.set_key("a1");
  action.set_what("agree a bedtime");
  action.mutable_practitioner()->set_agency("council");
  action.mutable_practitioner()->set_local_id("w2");
  action.mutable_by()->set_year(2024);
  action.mutable_by()->set_month(5);
  action.mutable_by()->set_day(1);
  return content;
}

agency::v1::PractitionerRef Worker(uint64_t number) {
  agency::v1::PractitionerRef worker;
  worker.set_agency("council");
  worker.set_local_id(absl::StrCat("w", number % 7));
  worker.set_name("A. Worker");
  return worker;
}

Statement OnPlan(uint64_t which, uint64_t number,
                 const agency::v1::ThingRef& plan, const Told& told) {
  Statement said;
  switch (which) {
    case 0:
      *said.mutable_plan_agreed()->mutable_plan() = plan;
      *said.mutable_plan_agreed()->add_agreed_by() = PersonOf(told, 0);
      break;
    case 1:
      *said.mutable_plan_amended()->mutable_plan() = plan;
      *said.mutable_plan_amended()->mutable_content() = ContentOf(number);
      *said.mutable_plan_amended()->add_agreed_by() = PersonOf(told, 0);
      break;
    case 2:
      *said.mutable_action_updated()->mutable_plan() = plan;
      said.mutable_action_updated()->set_action("a1");
      said.mutable_action_updated()->set_state(agency::v1::ACTION_STATE_DONE);
      said.mutable_action_updated()->set_difference("sleeps earlier");
      break;
    case 3:
      *said.mutable_plan_reviewed()->mutable_plan() = plan;
      said.mutable_plan_reviewed()->set_summary("going well");
      break;
    default:
      *said.mutable_plan_closed()->mutable_plan() = plan;
      said.mutable_plan_closed()->set_reason(
          agency::v1::CLOSURE_REASON_RESOLVED);
      said.mutable_plan_closed()->set_wording("aims met");
  }
  return said;
}

Statement OnLead(uint64_t which, uint64_t number, const Told& told) {
  Statement said;
  const agency::v1::ThingRef family = FamilyOf(told);
  switch (which) {
    case 0:
    case 1:
      *said.mutable_lead_appointed()->mutable_family() = family;
      *said.mutable_lead_appointed()->mutable_practitioner() = Worker(number);
      said.mutable_lead_appointed()->set_at(
          agency::v1::APPOINTED_AT_TEAM_AROUND_FAMILY);
      *said.mutable_lead_appointed()->add_agreed_by() = PersonOf(told, 0);
      said.mutable_lead_appointed()->set_accepted(true);
      break;
    case 2:
      *said.mutable_lead_notice_given()->mutable_family() = family;
      said.mutable_lead_notice_given()->set_reason("leaves the service");
      break;
    case 3:
      *said.mutable_lead_successor_agreed()->mutable_family() = family;
      *said.mutable_lead_successor_agreed()->mutable_practitioner() =
          Worker(number + 1);
      *said.mutable_lead_successor_agreed()->add_agreed_by() =
          PersonOf(told, 0);
      break;
    case 4:
      *said.mutable_lead_handed_over()->mutable_family() = family;
      said.mutable_lead_handed_over()->set_outgoing_attended(
          agency::v1::ANSWER_YES);
      break;
    default:
      *said.mutable_lead_ended()->mutable_family() = family;
      said.mutable_lead_ended()->set_reason("work is done");
  }
  return said;
}

Statement OpenPlan(uint64_t number, const Told& told) {
  Statement said;
  agency::v1::PlanOpened& opened = *said.mutable_plan_opened();
  *opened.mutable_family() = FamilyOf(told);
  *opened.add_about() = PersonOf(told, 2 + static_cast<int>(number % 2));
  *opened.mutable_content() = ContentOf(number);
  return said;
}

Statement JudgeMatch(uint64_t number, const Told& told) {
  Statement said;
  agency::v1::MatchDecided& decided = *said.mutable_match_decided();
  const Told school = {"school", told.family};
  *decided.mutable_one() = PersonOf(told, 2);
  *decided.mutable_other() = PersonOf(school, 2);
  decided.set_decision(number % 3 == 0 ? agency::v1::MATCH_DECISION_SAME
                       : number % 3 == 1
                           ? agency::v1::MATCH_DECISION_DIFFERENT
                           : agency::v1::MATCH_DECISION_WITHDRAWN);
  decided.set_reason("asked the family");
  return said;
}

}  // namespace

Statement Acts::Next(std::mt19937_64& random) {
  const uint64_t number = random();
  const Told told = {"council", random() % families_};
  switch (random() % 10) {
    case 0:
    case 1:
      return OpenPlan(number, told);
    case 2:
    case 3:
    case 4:
      return OnPlan(random() % 5, number, AnyPlan(random), told);
    case 5:
    case 6:
    case 7:
      return OnLead(random() % 6, number, told);
    case 8:
      return JudgeMatch(number, told);
    default:
      break;
  }
  Statement said;
  if (consents_.empty() || number % 2 == 0) {
    said = ConsentStatement({"council", told.family, 0}, 0);
    said.clear_snapshot();
    said.mutable_consent_stated()->clear_consent();
    return said;
  }
  said.mutable_consent_withdrawn()->mutable_consent()->set_id(
      consents_[number % consents_.size()]);
  *said.mutable_consent_withdrawn()->mutable_withdrawn_by() = PersonOf(told, 0);
  return said;
}

void Acts::Heard(const ledger::v1::OutcomeRow& outcome) {
  for (const ledger::v1::Identity& made : outcome.made()) {
    const auto id = base::ParseId(made.id());
    if (!id.has_value()) continue;
    if (id->kind == base::IdKind::kPlan) plans_.push_back(made.id());
    if (id->kind == base::IdKind::kConsent) consents_.push_back(made.id());
  }
}

agency::v1::ThingRef Acts::AnyPlan(std::mt19937_64& random) const {
  agency::v1::ThingRef plan;
  if (plans_.empty()) {
    *plan.mutable_local() = LocalOf({"council", 0}, "no such plan");
  } else {
    // Late ones more often: their statements still change something.
    const uint64_t back = random() % std::min<uint64_t>(plans_.size(), 6);
    plan.set_id(plans_[plans_.size() - 1 - back]);
  }
  return plan;
}

}  // namespace kith::simulation
