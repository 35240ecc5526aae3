#include "tests/simulation/plan_acts.h"

#include "absl/strings/str_cat.h"

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

}  // namespace

Statement OnPlan(uint64_t which, uint64_t number,
                 const agency::v1::ThingRef& plan, const Told& told) {
  Statement said;
  switch (which) {
    case 0:
      *said.mutable_plan_agreed()->mutable_plan() = plan;
      *said.mutable_plan_agreed()->add_agreed_by() = PersonOf(told, 0);
      said.mutable_plan_agreed()->set_version(1 + number % 2);
      break;
    case 1:
      *said.mutable_plan_amended()->mutable_plan() = plan;
      *said.mutable_plan_amended()->mutable_content() = ContentOf(number);
      *said.mutable_plan_amended()->add_agreed_by() = PersonOf(told, 0);
      said.mutable_plan_amended()->set_version(1 + number % 2);
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

}  // namespace kith::simulation
