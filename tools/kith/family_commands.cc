#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/status.h"
#include "kith/api/v1/audit_service.pb.h"
#include "kith/api/v1/family_service.pb.h"
#include "tools/kith/command.h"
#include "tools/kith/family_view.h"

namespace kith::cli {
namespace {

void PrintSummaries(
    const Output& out,
    const google::protobuf::RepeatedPtrField<api::v1::FamilySummary>& all) {
  std::vector<std::vector<std::string>> rows;
  for (const auto& family : all) {
    rows.push_back(
        {family.family_id(), absl::StrJoin(family.member_names(), ", "),
         Text(family.lead()), absl::StrCat(family.open_plan_ids_size()),
         Text(family.review_due())});
  }
  out.Table({"FAMILY", "MEMBERS", "LEAD", "PLANS", "REVIEW BY"}, rows);
}

void AddFind(CLI::App& family, Chosen& chosen) {
  auto* command = AddCommand(family, "find",
                             "Families of one person, found by a strong match.",
                             "kith family find --nhs 9434765919");
  auto flags = std::make_shared<PersonFlags>();
  flags->Add(*command);
  command->callback([flags, &chosen] {
    chosen.run = [flags](Bench& bench) -> absl::Status {
      api::v1::FindFamiliesRequest request;
      api::v1::FindFamiliesResponse response;
      RETURN_IF_ERROR(flags->Fill(request.mutable_person()));
      RETURN_IF_ERROR(
          bench.client.Call("FamilyService.FindFamilies", request, &response));
      bench.out.Json(response);
      PrintSummaries(bench.out, response.families());
      return absl::OkStatus();
    };
  });
}

void AddShow(CLI::App& family, Chosen& chosen) {
  auto* command = AddCommand(family, "show", "The one view of a family.",
                             "kith family show FAMILY --at 2026-03-01");
  auto id = std::make_shared<std::string>();
  auto when = std::make_shared<WhenOptions>();
  command->add_option("family", *id, "The family's id")->required();
  when->Add(*command);
  command->callback([id, when, &chosen] {
    chosen.run = [id, when](Bench& bench) -> absl::Status {
      api::v1::GetFamilyRequest request;
      api::v1::GetFamilyResponse response;
      request.set_family_id(*id);
      RETURN_IF_ERROR(when->Fill(request.mutable_read()));
      RETURN_IF_ERROR(
          bench.client.Call("FamilyService.GetFamily", request, &response));
      bench.out.Json(response);
      PrintFamily(bench.out, response.family());
      return absl::OkStatus();
    };
  });
}

void AddTimeline(CLI::App& family, Chosen& chosen) {
  auto* command = AddCommand(family, "timeline", "What happened, oldest first.",
                             "kith family timeline FAMILY");
  auto id = std::make_shared<std::string>();
  auto when = std::make_shared<WhenOptions>();
  auto page = std::make_shared<PageFlags>();
  command->add_option("family", *id, "The family's id")->required();
  when->Add(*command);
  page->Add(*command);
  command->callback([id, when, page, &chosen] {
    chosen.run = [id, when, page](Bench& bench) -> absl::Status {
      api::v1::GetTimelineRequest request;
      api::v1::GetTimelineResponse response;
      request.set_family_id(*id);
      page->Fill(request.mutable_page());
      RETURN_IF_ERROR(when->Fill(request.mutable_read()));
      RETURN_IF_ERROR(
          bench.client.Call("FamilyService.GetTimeline", request, &response));
      bench.out.Json(response);
      std::vector<std::vector<std::string>> rows;
      for (const auto& entry : response.entries()) {
        rows.push_back({Text(entry.by().occurred_at()), entry.what(),
                        entry.text(), Text(entry.by())});
      }
      bench.out.Table({"WHEN", "WHAT", "", "SAID BY"}, rows);
      PrintNext(bench.out, response.next_page_token());
      return absl::OkStatus();
    };
  });
}

void AddReplay(CLI::App& family, Chosen& chosen) {
  auto* command = AddCommand(
      family, "replay",
      "The facts of a family's history, in the order of the ledger, with the\n"
      "digest of each record.",
      "kith family replay FAMILY --why \"complaint 12\"");
  auto id = std::make_shared<std::string>();
  auto why = std::make_shared<std::string>();
  auto when = std::make_shared<WhenOptions>();
  command->add_option("family", *id, "The family's id")->required();
  command->add_option("--why", *why, "Why; required of an auditor");
  when->Add(*command);
  command->callback([id, why, when, &chosen] {
    chosen.run = [id, why, when](Bench& bench) -> absl::Status {
      api::v1::ReplayRequest request;
      api::v1::ReplayResponse response;
      request.set_family_id(*id);
      request.set_reason(*why);
      RETURN_IF_ERROR(when->Fill(request.mutable_read()));
      std::vector<std::vector<std::string>> rows;
      RETURN_IF_ERROR(bench.client.Stream(
          "AuditService.Replay", request, &response,
          [&](const google::protobuf::Message&) {
            const auto& entry = response.entry();
            if (bench.out.json()) bench.out.Json(response);
            rows.push_back({absl::StrCat(entry.number()),
                            Text(entry.recorded_at()), entry.kind(),
                            Text(entry.by()), entry.statement().source(),
                            entry.digest().substr(0, 12)});
            return true;
          }));
      bench.out.Table(
          {"POSITION", "RECORDED", "FACT", "SAID BY", "SOURCE", "DIGEST"},
          rows);
      return absl::OkStatus();
    };
  });
}

void AddCaseload(CLI::App& family, Chosen& chosen) {
  auto* command =
      AddCommand(family, "caseload", "Families that your agency works with.",
                 "kith family caseload --of hv-7");
  auto who = std::make_shared<std::string>();
  auto page = std::make_shared<PageFlags>();
  command->add_option("--of", *who, "Only those of this practitioner");
  page->Add(*command);
  command->callback([who, page, &chosen] {
    chosen.run = [who, page](Bench& bench) -> absl::Status {
      api::v1::ListCaseloadRequest request;
      api::v1::ListCaseloadResponse response;
      request.set_practitioner_local_id(*who);
      page->Fill(request.mutable_page());
      RETURN_IF_ERROR(
          bench.client.Call("FamilyService.ListCaseload", request, &response));
      bench.out.Json(response);
      PrintSummaries(bench.out, response.families());
      PrintNext(bench.out, response.next_page_token());
      return absl::OkStatus();
    };
  });
}

void AddDue(CLI::App& family, Chosen& chosen) {
  auto* command = AddCommand(family, "due", "What is due or overdue today.",
                             "kith family due --overdue");
  auto overdue = std::make_shared<bool>(false);
  auto page = std::make_shared<PageFlags>();
  command->add_flag("--overdue", *overdue, "Only what is overdue");
  page->Add(*command);
  command->callback([overdue, page, &chosen] {
    chosen.run = [overdue, page](Bench& bench) -> absl::Status {
      api::v1::ListDueRequest request;
      api::v1::ListDueResponse response;
      request.set_overdue_only(*overdue);
      page->Fill(request.mutable_page());
      RETURN_IF_ERROR(
          bench.client.Call("FamilyService.ListDue", request, &response));
      bench.out.Json(response);
      std::vector<std::vector<std::string>> rows;
      for (const auto& entry : response.entries()) {
        rows.push_back({entry.kind(), Text(entry.due_from()),
                        Text(entry.due_until()),
                        entry.overdue() ? "overdue" : "", entry.agency(),
                        absl::StrJoin(entry.rows(), ","), entry.about_id()});
      }
      bench.out.Table({"WHAT", "FROM", "UNTIL", "", "AGENCY", "ROWS", "ABOUT"},
                      rows);
      PrintNext(bench.out, response.next_page_token());
      return absl::OkStatus();
    };
  });
}

void AddPersonShow(CLI::App& person, Chosen& chosen) {
  auto* command = AddCommand(person, "show",
                             "One person, as the agencies that know them say.",
                             "kith person show PERSON");
  auto id = std::make_shared<std::string>();
  auto when = std::make_shared<WhenOptions>();
  command->add_option("person", *id, "The person's id")->required();
  when->Add(*command);
  command->callback([id, when, &chosen] {
    chosen.run = [id, when](Bench& bench) -> absl::Status {
      api::v1::GetPersonRequest request;
      api::v1::GetPersonResponse response;
      request.set_person_id(*id);
      RETURN_IF_ERROR(when->Fill(request.mutable_read()));
      RETURN_IF_ERROR(
          bench.client.Call("FamilyService.GetPerson", request, &response));
      bench.out.Json(response);
      PrintPerson(bench.out, response.person());
      return absl::OkStatus();
    };
  });
}

}  // namespace

void AddFamilyCommands(CLI::App& app, Chosen& chosen) {
  auto* family = app.add_subcommand("family", "Families: the one view");
  family->require_subcommand(1);
  AddFind(*family, chosen);
  AddShow(*family, chosen);
  AddTimeline(*family, chosen);
  AddReplay(*family, chosen);
  AddCaseload(*family, chosen);
  AddDue(*family, chosen);
  auto* person = app.add_subcommand("person", "People");
  person->require_subcommand(1);
  AddPersonShow(*person, chosen);
}

}  // namespace kith::cli
