#include <cstdio>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/crypto.h"
#include "base/status.h"
#include "kith/api/v1/audit_service.pb.h"
#include "kith/api/v1/operations_service.pb.h"
#include "services/engine/source_keys.h"
#include "tools/kith/command.h"

namespace kith::cli {
namespace {

using Rows = std::vector<std::vector<std::string>>;

std::string ReasonText(const ledger::v1::Reason& reason) {
  return absl::StrCat(reason.code(), ": ", reason.text());
}

void AddQuarantineList(CLI::App& noun, Chosen& chosen) {
  auto* command = AddCommand(noun, "list", "Items that wait for a person.",
                             "kith quarantine list --parked");
  auto parked = std::make_shared<bool>(false);
  auto page = std::make_shared<PageFlags>();
  command->add_flag("--parked", *parked,
                    "Also what waits for something not stated yet");
  page->Add(*command);
  command->callback([parked, page, &chosen] {
    chosen.run = [parked, page](Bench& bench) -> absl::Status {
      api::v1::ListQuarantineRequest request;
      api::v1::ListQuarantineResponse response;
      request.set_include_parked(*parked);
      page->Fill(request.mutable_page());
      RETURN_IF_ERROR(bench.client.Call("OperationsService.ListQuarantine",
                                        request, &response));
      bench.out.Json(response);
      Rows rows;
      for (const auto& item : response.items()) {
        rows.push_back(
            {item.item_id(), item.state(), item.statement().source(),
             absl::StrCat(item.statement().sequence()),
             absl::StrCat(item.attempts()),
             item.has_reason()
                 ? ReasonText(item.reason())
                 : absl::StrCat("waits for ",
                                absl::StrJoin(item.waits_for(), ", "))});
      }
      bench.out.Table({"ITEM", "STATE", "SOURCE", "NUMBER", "TRIES", "WHY"},
                      rows);
      PrintNext(bench.out, response.next_page_token());
      return absl::OkStatus();
    };
  });
}

void AddQuarantineShow(CLI::App& noun, Chosen& chosen) {
  auto* command = AddCommand(noun, "show", "One item: metadata, no content.",
                             "kith quarantine show ITEM");
  auto id = std::make_shared<std::string>();
  command->add_option("item", *id, "The item's id")->required();
  command->callback([id, &chosen] {
    chosen.run = [id](Bench& bench) -> absl::Status {
      api::v1::GetQuarantineItemRequest request;
      api::v1::GetQuarantineItemResponse response;
      request.set_item_id(*id);
      RETURN_IF_ERROR(bench.client.Call("OperationsService.GetQuarantineItem",
                                        request, &response));
      bench.out.Json(response);
      const auto& item = response.item();
      bench.out.Table({"", ""},
                      {{"item", item.item_id()},
                       {"state", item.state()},
                       {"why", ReasonText(item.reason())},
                       {"field", item.reason().field()},
                       {"rows", absl::StrJoin(item.reason().rows(), ", ")},
                       {"source", item.statement().source()},
                       {"number", absl::StrCat(item.statement().epoch(), "/",
                                               item.statement().sequence())},
                       {"first seen", Text(item.first_seen())},
                       {"tries", absl::StrCat(item.attempts())},
                       {"bytes", absl::StrCat(item.frame_bytes())}});
      return absl::OkStatus();
    };
  });
}

void AddQuarantineDecide(CLI::App& noun, Chosen& chosen, const char* verb,
                         agency::v1::QuarantineDecision decision,
                         const char* what) {
  auto* command = AddCommand(
      noun, verb, what,
      absl::StrCat("kith quarantine ", verb, " ITEM --reason \"mended\""));
  auto id = std::make_shared<std::string>();
  auto reason = std::make_shared<std::string>();
  auto write = std::make_shared<WriteFlags>();
  command->add_option("item", *id, "The item's id")->required();
  command->add_option("--reason", *reason, "Why")->required();
  write->Add(*command);
  command->callback([=, &chosen] {
    chosen.run = [=](Bench& bench) -> absl::Status {
      api::v1::DecideQuarantineRequest request;
      api::v1::DecideQuarantineResponse response;
      request.mutable_decision()->set_item_id(*id);
      request.mutable_decision()->set_decision(decision);
      request.mutable_decision()->set_reason(*reason);
      write->Fill(request.mutable_write());
      RETURN_IF_ERROR(bench.client.Call("OperationsService.DecideQuarantine",
                                        request, &response));
      PrintOutcome(bench.out, response.outcome());
      return absl::OkStatus();
    };
  });
}

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
      Rows rows;
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

void Progress(const char* what, uint64_t done, uint64_t total) {
  std::fprintf(stderr, "%s: %llu of %llu\n", what,
               static_cast<unsigned long long>(done),
               static_cast<unsigned long long>(total));
}

void AddLedgerVerify(CLI::App& noun, Chosen& chosen) {
  auto* command = AddCommand(
      noun, "verify", "Walks the whole ledger: order, chain, commitments.",
      "kith ledger verify");
  command->callback([&chosen] {
    chosen.run = [](Bench& bench) -> absl::Status {
      api::v1::VerifyLedgerRequest request;
      api::v1::VerifyLedgerResponse response;
      RETURN_IF_ERROR(bench.client.Stream(
          "OperationsService.VerifyLedger", request, &response,
          [&response](const google::protobuf::Message&) {
            if (!response.finished()) {
              Progress("verified", response.done(), response.total());
            }
            return true;
          }));
      if (!response.finished()) {
        return absl::UnavailableError("the walk did not end");
      }
      bench.out.Json(response);
      bench.out.Line(absl::StrCat("sound: ", response.total(), " facts, head ",
                                  response.head_digest()));
      return absl::OkStatus();
    };
  });
}

void AddViewRebuild(CLI::App& noun, Chosen& chosen) {
  auto* command = AddCommand(
      noun, "rebuild", "Rebuilds the views beside the live ones and switches.",
      "kith view rebuild");
  command->callback([&chosen] {
    chosen.run = [](Bench& bench) -> absl::Status {
      api::v1::RebuildViewsRequest request;
      api::v1::RebuildViewsResponse response;
      RETURN_IF_ERROR(bench.client.Stream(
          "OperationsService.RebuildViews", request, &response,
          [&response](const google::protobuf::Message&) {
            if (!response.finished()) {
              Progress("folded", response.done(), response.total());
            }
            return true;
          }));
      if (!response.finished()) {
        return absl::UnavailableError("the rebuild did not end");
      }
      bench.out.Json(response);
      bench.out.Line(
          absl::StrCat("switched to version ", response.view_version()));
      return absl::OkStatus();
    };
  });
}

void AddCheckpoint(CLI::App& app, Chosen& chosen) {
  auto* noun = app.add_subcommand("checkpoint", "Copies to restore from");
  noun->require_subcommand(1);
  auto* command = AddCommand(*noun, "make", "Writes a checkpoint on the node.",
                             "kith checkpoint make 2026-03-01");
  auto name = std::make_shared<std::string>();
  command->add_option("name", *name, "Name of its folder")->required();
  command->callback([name, &chosen] {
    chosen.run = [name](Bench& bench) -> absl::Status {
      api::v1::CheckpointRequest request;
      api::v1::CheckpointResponse response;
      request.set_name(*name);
      RETURN_IF_ERROR(bench.client.Call("OperationsService.Checkpoint", request,
                                        &response));
      bench.out.Json(response);
      bench.out.Line(response.folder());
      return absl::OkStatus();
    };
  });
}

void AddStatus(CLI::App& app, Chosen& chosen) {
  auto* noun = app.add_subcommand("node", "The node that answers");
  noun->require_subcommand(1);
  auto* command =
      AddCommand(*noun, "status", "How it stands.", "kith node status");
  command->callback([&chosen] {
    chosen.run = [](Bench& bench) -> absl::Status {
      api::v1::GetStatusRequest request;
      api::v1::GetStatusResponse response;
      RETURN_IF_ERROR(
          bench.client.Call("OperationsService.GetStatus", request, &response));
      bench.out.Json(response);
      const auto& status = response.status();
      bench.out.Table({"", ""},
                      {{"partnership", status.partnership()},
                       {"version", status.version()},
                       {"facts", absl::StrCat(status.facts())},
                       {"head", status.head_digest()},
                       {"views", absl::StrCat(status.view_version())},
                       {"rules", absl::StrCat(status.rules_number())},
                       {"waiting", absl::StrCat(status.inbox_depth())},
                       {"serving", status.serving() ? "yes" : "no"},
                       {"reason", status.reason()}});
      return absl::OkStatus();
    };
  });
}

void AddWhoLooked(CLI::App& app, Chosen& chosen) {
  auto* noun = app.add_subcommand("audit", "Who looked");
  noun->require_subcommand(1);
  auto* command =
      AddCommand(*noun, "who-looked", "Who read anything of a family.",
                 "kith audit who-looked FAMILY");
  auto id = std::make_shared<std::string>();
  auto page = std::make_shared<PageFlags>();
  command->add_option("family", *id, "The family's id")->required();
  page->Add(*command);
  command->callback([id, page, &chosen] {
    chosen.run = [id, page](Bench& bench) -> absl::Status {
      api::v1::WhoLookedRequest request;
      api::v1::WhoLookedResponse response;
      request.set_family_id(*id);
      page->Fill(request.mutable_page());
      RETURN_IF_ERROR(
          bench.client.Call("AuditService.WhoLooked", request, &response));
      bench.out.Json(response);
      Rows rows;
      for (const auto& look : response.looks()) {
        rows.push_back({Text(look.at()), look.agency(), look.practitioner(),
                        EnumText(*agency::v1::Role_descriptor(), look.role()),
                        look.purpose(), look.method(),
                        absl::StrJoin(look.basis(), ",")});
      }
      bench.out.Table(
          {"WHEN", "AGENCY", "WHO", "ROLE", "PURPOSE", "METHOD", "BASIS"},
          rows);
      for (const auto& node : response.nodes()) {
        bench.out.Line(absl::StrCat("  ", node.node(), " is complete to ",
                                    Text(node.complete_to())));
      }
      PrintNext(bench.out, response.next_page_token());
      return absl::OkStatus();
    };
  });
}

}  // namespace

void AddOperationCommands(CLI::App& app, Chosen& chosen) {
  auto noun = [&app](const char* name, const char* what) -> CLI::App& {
    auto* added = app.add_subcommand(name, what);
    added->require_subcommand(1);
    return *added;
  };
  CLI::App& quarantine = noun("quarantine", "What could not be read");
  AddQuarantineList(quarantine, chosen);
  AddQuarantineShow(quarantine, chosen);
  AddQuarantineDecide(quarantine, chosen, "retry",
                      agency::v1::QUARANTINE_DECISION_RETRY,
                      "Decides it anew.");
  AddQuarantineDecide(quarantine, chosen, "discard",
                      agency::v1::QUARANTINE_DECISION_DISCARD, "Gives it up.");
  CLI::App& source = noun("source", "Publishers of statements");
  AddSourceList(source, chosen);
  AddSourceRegister(source, chosen);
  AddSourceResume(source, chosen);
  AddLedgerVerify(noun("ledger", "The ledger"), chosen);
  AddViewRebuild(noun("view", "The views"), chosen);
  AddCheckpoint(app, chosen);
  AddStatus(app, chosen);
  AddWhoLooked(app, chosen);
}

}  // namespace kith::cli
