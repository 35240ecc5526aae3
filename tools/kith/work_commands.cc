#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/status.h"
#include "kith/api/v1/assessment_service.pb.h"
#include "kith/api/v1/consent_service.pb.h"
#include "kith/api/v1/meeting_service.pb.h"
#include "kith/api/v1/plan_service.pb.h"
#include "kith/api/v1/referral_service.pb.h"
#include "tools/kith/command.h"
#include "tools/kith/family_view.h"

namespace kith::cli {
namespace {

using Rows = std::vector<std::vector<std::string>>;

// `kith NOUN list FAMILY`: Request has family_id and page, Response a next
// token; `print` shows the rest.
template <class Request, class Response>
void AddListOf(CLI::App& noun, Chosen& chosen, const std::string& method,
               const std::string& what, const std::string& example,
               void (*set_id)(Request&, const std::string&),
               void (*print)(const Output&, const Response&)) {
  auto* command = AddCommand(noun, "list", what, example);
  auto id = std::make_shared<std::string>();
  auto page = std::make_shared<PageFlags>();
  command->add_option("of", *id, "Whose: an id")->required();
  page->Add(*command);
  command->callback([=, &chosen] {
    chosen.run = [=](Bench& bench) -> absl::Status {
      Request request;
      Response response;
      set_id(request, *id);
      page->Fill(request.mutable_page());
      RETURN_IF_ERROR(bench.client.Call(method, request, &response));
      bench.out.Json(response);
      print(bench.out, response);
      PrintNext(bench.out, response.next_page_token());
      return absl::OkStatus();
    };
  });
}

void AddPlan(CLI::App& app, Chosen& chosen) {
  auto* plan = app.add_subcommand("plan", "Family plans");
  plan->require_subcommand(1);
  AddListOf<api::v1::ListPlansRequest, api::v1::ListPlansResponse>(
      *plan, chosen, "PlanService.ListPlans", "Plans of a family.",
      "kith plan list FAMILY",
      [](auto& request, const std::string& id) { request.set_family_id(id); },
      [](const Output& out, const api::v1::ListPlansResponse& response) {
        PrintPlans(out, response.plans());
      });
  auto* command = AddCommand(*plan, "show", "One plan with its actions.",
                             "kith plan show PLAN");
  auto id = std::make_shared<std::string>();
  auto when = std::make_shared<WhenOptions>();
  command->add_option("plan", *id, "The plan's id")->required();
  when->Add(*command);
  command->callback([id, when, &chosen] {
    chosen.run = [id, when](Bench& bench) -> absl::Status {
      api::v1::GetPlanRequest request;
      api::v1::GetPlanResponse response;
      request.set_plan_id(*id);
      RETURN_IF_ERROR(when->Fill(request.mutable_read()));
      RETURN_IF_ERROR(
          bench.client.Call("PlanService.GetPlan", request, &response));
      bench.out.Json(response);
      bench.out.Heading(absl::StrCat("Plan ", response.plan().plan_id()));
      Rows rows;
      for (const auto& action : response.plan().content().actions()) {
        rows.push_back(
            {action.what(), action.service(), Text(action.by()),
             EnumText(*agency::v1::ActionState_descriptor(), action.state()),
             action.difference()});
      }
      bench.out.Table({"WHAT", "SERVICE", "BY", "STATE", "DIFFERENCE"}, rows);
      return absl::OkStatus();
    };
  });
}

void PrintConsentList(const Output& out,
                      const api::v1::ListConsentsResponse& response) {
  Rows rows;
  for (const auto& one : response.consents()) {
    rows.push_back(
        {one.consent_id(),
         EnumText(*agency::v1::ConsentKind_descriptor(), one.said().kind()),
         EnumText(*agency::v1::ConsentAnswer_descriptor(), one.said().answer()),
         one.said().purpose(), Text(one.said().period()),
         one.has_ended_at() ? "ended" : "", Text(one.by())});
  }
  for (const auto& one : response.restrictions()) {
    rows.push_back({one.restriction_id(), "restriction", "", "",
                    Text(one.said().period()),
                    one.has_ended_at() ? "lifted" : "", Text(one.by())});
  }
  out.Table({"ID", "KIND", "ANSWER", "PURPOSE", "PERIOD", "", "SAID BY"}, rows);
}

void PrintReferrals(const Output& out,
                    const api::v1::ListReferralsResponse& response) {
  Rows rows;
  for (const auto& one : response.referrals()) {
    rows.push_back(
        {one.referral_id(), one.said().service(),
         EnumText(*agency::v1::ReferralState_descriptor(), one.said().state()),
         Text(one.said().made_on()), Text(one.by())});
  }
  out.Table({"REFERRAL", "SERVICE", "STATE", "MADE", "SAID BY"}, rows);
}

void PrintAssessments(const Output& out,
                      const api::v1::ListAssessmentsResponse& response) {
  Rows rows;
  for (const auto& one : response.assessments()) {
    std::vector<std::string> changes;
    for (const auto& change : one.changes()) {
      if (!change.has_change()) continue;
      changes.push_back(absl::StrCat(change.instrument(), " ", change.item(),
                                     ": ", change.first(), " to ",
                                     change.latest()));
    }
    rows.push_back({one.assessment_id(), one.said().type(),
                    Text(one.said().period()), Text(one.by()),
                    absl::StrJoin(changes, "; ")});
  }
  out.Table({"ASSESSMENT", "TYPE", "PERIOD", "SAID BY", "SCORES THAT MOVED"},
            rows);
}

void PrintMeetings(const Output& out,
                   const api::v1::ListMeetingsResponse& response) {
  Rows rows;
  for (const auto& one : response.meetings()) {
    rows.push_back(
        {one.meeting_id(),
         EnumText(*agency::v1::MeetingKind_descriptor(), one.said().kind()),
         EnumText(*agency::v1::MeetingState_descriptor(), one.said().state()),
         Text(one.said().at()), Text(one.by())});
  }
  out.Table({"MEETING", "KIND", "STATE", "WHEN", "SAID BY"}, rows);
}

}  // namespace

void AddWorkCommands(CLI::App& app, Chosen& chosen) {
  AddPlan(app, chosen);
  auto noun = [&app](const char* name, const char* what) -> CLI::App& {
    auto* added = app.add_subcommand(name, what);
    added->require_subcommand(1);
    return *added;
  };
  AddListOf<api::v1::ListConsentsRequest, api::v1::ListConsentsResponse>(
      noun("consent", "Consents and restrictions"), chosen,
      "ConsentService.ListConsents", "Consents and restrictions of a person.",
      "kith consent list PERSON",
      [](auto& request, const std::string& id) { request.set_person_id(id); },
      PrintConsentList);
  AddListOf<api::v1::ListReferralsRequest, api::v1::ListReferralsResponse>(
      noun("referral", "Referrals"), chosen, "ReferralService.ListReferrals",
      "Referrals of a family.", "kith referral list FAMILY",
      [](auto& request, const std::string& id) { request.set_family_id(id); },
      PrintReferrals);
  AddListOf<api::v1::ListAssessmentsRequest, api::v1::ListAssessmentsResponse>(
      noun("assessment", "Assessments and scores"), chosen,
      "AssessmentService.ListAssessments", "Assessments of a family.",
      "kith assessment list FAMILY",
      [](auto& request, const std::string& id) { request.set_family_id(id); },
      PrintAssessments);
  AddListOf<api::v1::ListMeetingsRequest, api::v1::ListMeetingsResponse>(
      noun("meeting", "Meetings around a family"), chosen,
      "MeetingService.ListMeetings", "Meetings of a family.",
      "kith meeting list FAMILY",
      [](auto& request, const std::string& id) { request.set_family_id(id); },
      PrintMeetings);
}

}  // namespace kith::cli
