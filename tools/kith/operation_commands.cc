#include <cstdio>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/status.h"
#include "kith/api/v1/audit_service.pb.h"
#include "kith/api/v1/operations_service.pb.h"
#include "tools/kith/command.h"

namespace kith::cli {
namespace {

using Rows = std::vector<std::vector<std::string>>;

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

void Progress(const char* what, uint64_t done, uint64_t total) {
  std::fprintf(stderr, "%s: %llu of %llu\n", what,
               static_cast<unsigned long long>(done),
               static_cast<unsigned long long>(total));
}

void AddLedgerVerify(CLI::App& noun, Chosen& chosen) {
  auto* command = AddCommand(
      noun, "verify",
      "Walks the whole ledger and access log: order, chain, commitments.",
      "kith ledger verify");
  command->callback([&chosen] {
    chosen.run = [](Bench& bench) -> absl::Status {
      api::v1::VerifyLedgerRequest request;
      api::v1::VerifyLedgerResponse response;
      RETURN_IF_ERROR(bench.client.Stream(
          "OperationsService.VerifyLedger", request, &response,
          [&response](const google::protobuf::Message&) {
            if (response.finished()) return true;
            if (response.access_total() == 0) {
              Progress("facts", response.done(), response.total());
            } else {
              Progress("access records", response.access_records(),
                       response.access_total());
            }
            return true;
          }));
      if (!response.finished()) {
        return absl::UnavailableError("the walk did not end");
      }
      bench.out.Json(response);
      bench.out.Line(absl::StrCat(
          "sound: ", response.total(), " facts, head ", response.head_digest(),
          "; ", response.access_records(), " access records"));
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
  AddLedgerVerify(noun("ledger", "The ledger"), chosen);
  AddViewRebuild(noun("view", "The views"), chosen);
  AddStatus(app, chosen);
  AddWhoLooked(app, chosen);
}

}  // namespace kith::cli
