// kith source: publishers of statements, their keys and how far they came.
#include <algorithm>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "base/crypto.h"
#include "base/status.h"
#include "kith/api/v1/intake_service.pb.h"
#include "kith/api/v1/operations_service.pb.h"
#include "services/engine/source_keys.h"
#include "tools/kith/command.h"

namespace kith::cli {
namespace {

void PrintKeyFile(const Output& out, const std::string& folder,
                  const std::string& source, const std::string& key_id) {
  out.Line(
      absl::StrCat("key file: ", folder, "/", source, ".", key_id, ".key"));
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
      std::vector<std::vector<std::string>> rows;
      for (const auto& source : response.sources()) {
        rows.push_back(
            {source.source(),
             EnumText(*agency::v1::SourceKind_descriptor(), source.kind()),
             absl::StrJoin(source.agencies(), ","),
             absl::StrJoin(source.key_ids(), ","), absl::StrCat(source.mark()),
             absl::StrCat(source.accepted()), absl::StrCat(source.refused()),
             absl::StrCat(source.quarantined()), absl::StrCat(source.parked()),
             source.disabled() ? "disabled" : ""});
      }
      bench.out.Table({"SOURCE", "KIND", "AGENCIES", "KEYS", "MARK", "ACCEPTED",
                       "REFUSED", "QUARANTINED", "PARKED", ""},
                      rows);
      return absl::OkStatus();
    };
  });
}

void AddSourceOutcome(CLI::App& noun, Chosen& chosen) {
  auto* command = AddCommand(noun, "outcome",
                             "How one statement of your agency's source ended.",
                             "kith source outcome school_feed 4711");
  auto source = std::make_shared<std::string>();
  auto number = std::make_shared<uint64_t>(0);
  auto epoch = std::make_shared<uint64_t>(0);
  command->add_option("source", *source, "Its name")->required();
  command->add_option("number", *number, "The statement's number")->required();
  command->add_option("--epoch", *epoch, "Its epoch; else the present one");
  command->callback([=, &chosen] {
    chosen.run = [=](Bench& bench) -> absl::Status {
      api::v1::GetOutcomeRequest request;
      api::v1::GetOutcomeResponse response;
      request.set_source(*source);
      request.set_sequence(*number);
      request.set_epoch(*epoch);
      RETURN_IF_ERROR(
          bench.client.Call("IntakeService.GetOutcome", request, &response));
      const api::v1::Outcome& outcome = response.outcome();
      PrintOutcome(bench.out, outcome);
      if (outcome.has_reason()) {
        bench.out.Table(
            {"", ""}, {{"why", ReasonText(outcome.reason())},
                       {"field", outcome.reason().field()},
                       {"rows", absl::StrJoin(outcome.reason().rows(), ", ")}});
      }
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
      PrintKeyFile(bench.out, *folder, *source, *key_id);
      return absl::OkStatus();
    };
  });
}

struct Rotation {
  std::string source, folder, key_id;
  std::vector<std::string> retired;
};

// NOT_FOUND: there is no such source.
absl::StatusOr<api::v1::SourceStatus> FindSource(Client& client,
                                                 const std::string& name) {
  api::v1::ListSourcesRequest request;
  do {
    api::v1::ListSourcesResponse response;
    RETURN_IF_ERROR(
        client.Call("OperationsService.ListSources", request, &response));
    for (const auto& source : response.sources()) {
      if (source.source() == name) return source;
    }
    request.mutable_page()->set_page_token(response.next_page_token());
  } while (!request.page().page_token().empty());
  return absl::NotFoundError(absl::StrCat("there is no source ", name));
}

// "mosaic_k3" after "mosaic_k2".
std::string NextKeyId(const api::v1::SourceStatus& source) {
  int latest = 0;
  for (absl::string_view key_id : source.key_ids()) {
    int number = 0;
    if (absl::ConsumePrefix(&key_id, absl::StrCat(source.source(), "_k")) &&
        absl::SimpleAtoi(key_id, &number)) {
      latest = std::max(latest, number);
    }
  }
  return absl::StrCat(source.source(), "_k", latest + 1);
}

// A node's own sources sign with the key they began with.
absl::Status CheckRotation(const Rotation& rotation,
                           const api::v1::SourceStatus& source) {
  if (source.kind() != agency::v1::SOURCE_KIND_OUTBOX) {
    return absl::FailedPreconditionError(
        absl::StrCat(source.source(), " is no adapter's source"));
  }
  for (const std::string& retired : rotation.retired) {
    const auto& known = source.key_ids();
    if (std::find(known.begin(), known.end(), retired) != known.end()) continue;
    return absl::NotFoundError(absl::StrCat(source.source(), " has no key ",
                                            retired, " in force; it has ",
                                            absl::StrJoin(known, ", ")));
  }
  return absl::OkStatus();
}

// A registration says all of a source: what is to stay is said again.
agency::v1::SourceRegistered AsItIs(const api::v1::SourceStatus& source) {
  agency::v1::SourceRegistered said;
  said.set_source(source.source());
  said.set_kind(source.kind());
  *said.mutable_agencies() = source.agencies();
  said.set_disabled(source.disabled());
  return said;
}

absl::Status AddKey(const Rotation& rotation, const std::string& key_id,
                    agency::v1::SourceRegistered& said) {
  engine::SourceKeys keys(rotation.folder);
  ASSIGN_OR_RETURN(const std::string key,
                   keys.FindOrMake(rotation.source, key_id));
  said.set_key_id(key_id);
  said.set_key_digest(base::Sha256(key));
  return absl::OkStatus();
}

absl::Status Rotate(const Rotation& rotation, Bench& bench) {
  if (rotation.folder.empty() && rotation.retired.empty()) {
    return absl::InvalidArgumentError(
        "--keys adds a key, --retire ends one: say at least one of them");
  }
  ASSIGN_OR_RETURN(const api::v1::SourceStatus source,
                   FindSource(bench.client, rotation.source));
  RETURN_IF_ERROR(CheckRotation(rotation, source));
  api::v1::RegisterSourceRequest request;
  api::v1::RegisterSourceResponse response;
  auto& said = *request.mutable_registration();
  said = AsItIs(source);
  const std::string key_id =
      rotation.key_id.empty() ? NextKeyId(source) : rotation.key_id;
  if (!rotation.folder.empty()) {
    RETURN_IF_ERROR(AddKey(rotation, key_id, said));
  }
  for (const std::string& retired : rotation.retired) {
    said.add_retired_key_ids(retired);
  }
  // No request to repeat: what came of an earlier one is seen above.
  WriteFlags().Fill(request.mutable_write());
  RETURN_IF_ERROR(bench.client.Call("OperationsService.RegisterSource", request,
                                    &response));
  PrintOutcome(bench.out, response.outcome());
  if (!rotation.folder.empty()) {
    PrintKeyFile(bench.out, rotation.folder, rotation.source, key_id);
  }
  return absl::OkStatus();
}

void AddSourceRotate(CLI::App& noun, Chosen& chosen) {
  auto* command = AddCommand(
      noun, "rotate",
      "Gives an adapter's source one more key, which counts beside the one it\n"
      "has (--keys), and ends a key when nothing waits that was signed with "
      "it\n"
      "(--retire). Both at once where a key has leaked: what was signed with "
      "it\nand is not decided yet ends in quarantine.",
      "kith source rotate health_feed --keys /var/lib/kith/keys\n"
      "     then: kith source rotate health_feed --retire health_feed_k1");
  auto rotation = std::make_shared<Rotation>();
  command->add_option("source", rotation->source, "Its name")->required();
  auto* keys = command->add_option(
      "--keys", rotation->folder,
      "The node's folder of source keys: make a key there and register it");
  command
      ->add_option("--key-id", rotation->key_id,
                   "Name of the new key, unique in the ledger and never used "
                   "again; else SOURCE_k2 after SOURCE_k1")
      ->needs(keys);
  command
      ->add_option("--retire", rotation->retired,
                   "Id of a key that ends; may be repeated")
      ->allow_extra_args(false);
  command->callback([rotation, &chosen] {
    chosen.run = [rotation](Bench& bench) { return Rotate(*rotation, bench); };
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
  AddSourceOutcome(*noun, chosen);
  AddSourceRegister(*noun, chosen);
  AddSourceRotate(*noun, chosen);
  AddSourceResume(*noun, chosen);
}

}  // namespace kith::cli
