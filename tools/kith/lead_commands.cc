#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "kith/api/v1/lead_service.pb.h"
#include "tools/kith/command.h"

namespace kith::cli {
namespace {

std::string StateText(ledger::v1::LeadState state) {
  return EnumText(*ledger::v1::LeadState_descriptor(), state);
}

void AddLookup(CLI::App& lead, Chosen& chosen) {
  auto* command = AddCommand(
      lead, "lookup",
      "Who leads for a person's families, and how to reach them (R-106).",
      "kith lead lookup --nhs 9434765919");
  auto flags = std::make_shared<PersonFlags>();
  flags->Add(*command);
  command->callback([flags, &chosen] {
    chosen.run = [flags](Bench& bench) -> absl::Status {
      api::v1::LookupLeadRequest request;
      api::v1::LookupLeadResponse response;
      RETURN_IF_ERROR(flags->Fill(request.mutable_person()));
      RETURN_IF_ERROR(
          bench.client.Call("LeadService.LookupLead", request, &response));
      bench.out.Json(response);
      if (response.ask_the_hub()) {
        bench.out.Line("ask the hub: no answer can be given here");
        return absl::OkStatus();
      }
      std::vector<std::vector<std::string>> rows;
      for (const auto& answer : response.answers()) {
        rows.push_back({Text(answer.practitioner()), StateText(answer.state()),
                        answer.disputed() ? "disputed" : "",
                        answer.family_id()});
      }
      bench.out.Table({"CONTACT", "STATE", "", "FAMILY"}, rows);
      return absl::OkStatus();
    };
  });
}

void AddShow(CLI::App& lead, Chosen& chosen) {
  auto* command =
      AddCommand(lead, "show", "Who leads a family, and who led before.",
                 "kith lead show FAMILY");
  auto id = std::make_shared<std::string>();
  auto when = std::make_shared<WhenOptions>();
  command->add_option("family", *id, "The family's id")->required();
  when->Add(*command);
  command->callback([id, when, &chosen] {
    chosen.run = [id, when](Bench& bench) -> absl::Status {
      api::v1::GetLeadRequest request;
      api::v1::GetLeadResponse response;
      request.set_family_id(*id);
      RETURN_IF_ERROR(when->Fill(request.mutable_read()));
      RETURN_IF_ERROR(
          bench.client.Call("LeadService.GetLead", request, &response));
      bench.out.Json(response);
      std::vector<std::vector<std::string>> rows;
      auto add = [&rows](const api::v1::LeadView& one) {
        rows.push_back({Text(one.practitioner()), StateText(one.state()),
                        Text(one.period()), one.disputed() ? "disputed" : ""});
      };
      if (response.has_lead()) add(response.lead());
      for (const auto& one : response.earlier()) add(one);
      bench.out.Table({"WHO", "STATE", "PERIOD", ""}, rows);
      return absl::OkStatus();
    };
  });
}

}  // namespace

void AddLeadCommands(CLI::App& app, Chosen& chosen) {
  auto* lead = app.add_subcommand("lead", "The registry of lead professionals");
  lead->require_subcommand(1);
  AddLookup(*lead, chosen);
  AddShow(*lead, chosen);
}

}  // namespace kith::cli
