// Copies of a node's databases: asked of a running node, put back beside one
// that is stopped.
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "base/status.h"
#include "eventstore/files.h"
#include "eventstore/rocks_store.h"
#include "kith/api/v1/operations_service.pb.h"
#include "services/api/data_folder.h"
#include "tools/kith/command.h"

namespace kith::cli {
namespace {

struct RestoreFlags {
  std::string from, data;
  bool another_node = false;
};

void AddMake(CLI::App& noun, Chosen& chosen) {
  auto* command = AddCommand(noun, "make", "Writes a checkpoint on the node.",
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

eventstore::RocksOptions Target(const RestoreFlags& flags,
                                const std::string& name) {
  eventstore::RocksOptions options;
  options.folder = absl::StrCat(flags.data, "/", name);
  options.master_key_file = options.folder + ".key";
  return options;
}

absl::Status CheckIsWhole(const std::string& checkpoint) {
  for (const char* name : {api::kLedgerName, api::kAccessLogName}) {
    const std::string manifest =
        absl::StrCat(checkpoint, "/", name, "/MANIFEST");
    if (eventstore::Exists(manifest)) continue;
    return absl::FailedPreconditionError(absl::StrCat(
        checkpoint, " is no whole checkpoint: ", manifest, " is missing"));
  }
  return absl::OkStatus();
}

absl::Status CheckHasKey(const eventstore::RocksOptions& target) {
  if (eventstore::Exists(target.master_key_file)) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrCat(
      target.master_key_file,
      " is missing: put the key file of that name there first, from the node "
      "that made the checkpoint; it is in no checkpoint"));
}

absl::Status RestoreOne(const RestoreFlags& flags, const std::string& name,
                        const std::string& what, const Output& out) {
  const eventstore::RocksOptions target = Target(flags, name);
  RETURN_IF_ERROR(CheckHasKey(target));
  RETURN_IF_ERROR(eventstore::RestoreCheckpoint(
      absl::StrCat(flags.from, "/", name), target));
  ASSIGN_OR_RETURN(const auto store, eventstore::OpenRocksStore(target));
  ASSIGN_OR_RETURN(const auto snapshot, store->Read());
  out.Line(absl::StrCat(what, ": ", snapshot->head().next, " records, head ",
                        absl::BytesToHexString(snapshot->head().digest)));
  return absl::OkStatus();
}

// The log that is there knows of later looks than any checkpoint.
absl::Status RestoreAccessLog(const RestoreFlags& flags, const Output& out) {
  const std::string folder = Target(flags, api::kAccessLogName).folder;
  if (!eventstore::Exists(folder)) {
    return RestoreOne(flags, api::kAccessLogName, "access log", out);
  }
  RETURN_IF_ERROR(eventstore::CheckIsClosed(folder));
  out.Line(absl::StrCat("access log: ", folder, " is there and is kept"));
  return absl::OkStatus();
}

// The ledger last: where it is there, the restore is done.
absl::Status Restore(const RestoreFlags& flags, const Output& out) {
  RETURN_IF_ERROR(CheckIsWhole(flags.from));
  const eventstore::RocksOptions ledger = Target(flags, api::kLedgerName);
  if (eventstore::Exists(ledger.folder)) {
    RETURN_IF_ERROR(eventstore::CheckIsClosed(ledger.folder));
    return absl::AlreadyExistsError(
        absl::StrCat(ledger.folder, " is there already: move it away first"));
  }
  RETURN_IF_ERROR(CheckHasKey(ledger));
  if (!flags.another_node) RETURN_IF_ERROR(RestoreAccessLog(flags, out));
  RETURN_IF_ERROR(eventstore::WriteFile(
      absl::StrCat(flags.data, "/", api::kRestoredMark), ""));
  RETURN_IF_ERROR(RestoreOne(flags, api::kLedgerName, "ledger", out));
  out.Line(
      "start kithd on it: with Kafka it takes what came later from its inbox, "
      "and answers nobody before");
  return absl::OkStatus();
}

void AddRestore(CLI::App& noun, Chosen& chosen) {
  auto* command = AddCommand(
      noun, "restore",
      "Puts a checkpoint into the data folder of a partnership, while no kithd "
      "runs on it. Verifies the whole ledger. An access log that is there is "
      "kept, a ledger must have been moved away.",
      "kith checkpoint restore /var/lib/kith-checkpoints/2026-03-01 --data "
      "/var/lib/kith/hackney");
  auto flags = std::make_shared<RestoreFlags>();
  command->add_option("from", flags->from, "The checkpoint's folder")
      ->required();
  command
      ->add_option("--data", flags->data,
                   "The partnership's data folder; holds store.key and "
                   "access.key of the node that made the checkpoint")
      ->required();
  command->add_flag("--another-node", flags->another_node,
                    "The ledger alone, for another node than the one that made "
                    "it: an access log is of one node");
  command->callback([flags, &chosen] {
    chosen.run = [flags](Bench& bench) { return Restore(*flags, bench.out); };
  });
}

}  // namespace

void AddCheckpointCommands(CLI::App& app, Chosen& chosen) {
  auto* noun = app.add_subcommand("checkpoint", "Copies to restore from");
  noun->require_subcommand(1);
  AddMake(*noun, chosen);
  AddRestore(*noun, chosen);
}

}  // namespace kith::cli
