// kith source: publishers of statements, their keys and how far they came.
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/crypto.h"
#include "base/status.h"
#include "kith/api/v1/operations_service.pb.h"
#include "services/engine/source_keys.h"
#include "tools/kith/command.h"

namespace kith::cli {
namespace {

void AddSourceList(CLI::App& noun, Chosen& chosen) {
  auto* command = AddCommand(noun, "list", "Sources and how far they came.",
                             "kith source list");
  command->callback([&chosen] {
    chosen.run = [](Bench& bench) -> absl::Status {
      api::v1::ListSourcesRequest request;
      api::v1::ListSourcesResponse response;
      RETURN_IF_ERROR(bench.client.Call("OperationsService.ListSources",
                                        request, &response));
      bench.out.Json(response);
      std::vector<std::vector<std::string>> rows;
      for (const auto& source : response.sources()) {
        rows.push_back(
            {source.source(),
             EnumText(*agency::v1::SourceKind_descriptor(), source.kind()),
             absl::StrJoin(source.agencies(), ","), absl::StrCat(source.mark()),
             absl::StrCat(source.accepted()), absl::StrCat(source.refused()),
             absl::StrCat(source.quarantined()), absl::StrCat(source.parked()),
             source.disabled() ? "disabled" : ""});
      }
      bench.out.Table({"SOURCE", "KIND", "AGENCIES", "MARK", "ACCEPTED",
                       "REFUSED", "QUARANTINED", "PARKED", ""},
                      rows);
      return absl::OkStatus();
    };
  });
}

void AddSourceRegister(CLI::App& noun, Chosen& chosen) {
  auto* command = AddCommand(
      noun, "register",
      "Registers an adapter's source. Makes its key in a folder that the node\n"
      "reads; give the adapter a copy of that file.",
      "kith source register health_feed --for nhs_trust --keys "
      "/var/lib/kith/keys");
  auto source = std::make_shared<std::string>();
  auto agencies = std::make_shared<std::vector<std::string>>();
  auto folder = std::make_shared<std::string>();
  auto key_id = std::make_shared<std::string>();
  auto write = std::make_shared<WriteFlags>();
  command->add_option("source", *source, "Its name")->required();
  command->add_option("--for", *agencies, "Agencies it speaks for")->required();
  command->add_option("--keys", *folder, "The node's folder of source keys")
      ->required();
  command->add_option("--key-id", *key_id,
                      "Name of the key, unique in the ledger; else SOURCE_k1");
  write->Add(*command);
  command->callback([=, &chosen] {
    chosen.run = [=](Bench& bench) -> absl::Status {
      engine::SourceKeys keys(*folder);
      if (key_id->empty()) *key_id = absl::StrCat(*source, "_k1");
      ASSIGN_OR_RETURN(const std::string key,
                       keys.FindOrMake(*source, *key_id));
      api::v1::RegisterSourceRequest request;
      api::v1::RegisterSourceResponse response;
      auto* said = request.mutable_registration();
      said->set_source(*source);
      said->set_kind(agency::v1::SOURCE_KIND_OUTBOX);
      for (const std::string& agency : *agencies) said->add_agencies(agency);
      said->set_key_id(*key_id);
      said->set_key_digest(base::Sha256(key));
      write->Fill(request.mutable_write());
      RETURN_IF_ERROR(bench.client.Call("OperationsService.RegisterSource",
                                        request, &response));
      PrintOutcome(bench.out, response.outcome());
      bench.out.Line(absl::StrCat("key file: ", *folder, "/", *source, ".",
                                  *key_id, ".key"));
      return absl::OkStatus();
    };
  });
}

void AddSourceResume(CLI::App& noun, Chosen& chosen) {
  auto* command =
      AddCommand(noun, "resume", "Accepts that statements of it are lost.",
                 "kith source resume school_feed --epoch 1 --next 4711 "
                 "--reason \"disk lost\"");
  auto said = std::make_shared<agency::v1::SourceResumed>();
  auto source = std::make_shared<std::string>();
  auto reason = std::make_shared<std::string>();
  auto epoch = std::make_shared<uint64_t>(0);
  auto next = std::make_shared<uint64_t>(0);
  auto write = std::make_shared<WriteFlags>();
  command->add_option("source", *source, "Its name")->required();
  command->add_option("--epoch", *epoch, "Its epoch")->required();
  command->add_option("--next", *next, "The number expected next")->required();
  command->add_option("--reason", *reason, "Why")->required();
  write->Add(*command);
  command->callback([=, &chosen] {
    chosen.run = [=](Bench& bench) -> absl::Status {
      api::v1::ResumeSourceRequest request;
      api::v1::ResumeSourceResponse response;
      auto* resumed = request.mutable_resumption();
      resumed->set_source(*source);
      resumed->set_epoch(*epoch);
      resumed->set_next_sequence(*next);
      resumed->set_reason(*reason);
      write->Fill(request.mutable_write());
      RETURN_IF_ERROR(bench.client.Call("OperationsService.ResumeSource",
                                        request, &response));
      PrintOutcome(bench.out, response.outcome());
      return absl::OkStatus();
    };
  });
}

}  // namespace

void AddSourceCommands(CLI::App& app, Chosen& chosen) {
  auto* noun = app.add_subcommand("source", "Publishers of statements");
  noun->require_subcommand(1);
  AddSourceList(*noun, chosen);
  AddSourceRegister(*noun, chosen);
  AddSourceResume(*noun, chosen);
}

}  // namespace kith::cli
