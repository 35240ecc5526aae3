#include "services/kithd/own_sources.h"

#include <future>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "base/crypto.h"
#include "base/status.h"
#include "services/core/keys.h"

namespace kith::kithd {
namespace {

constexpr char kRoot[] = "root";
// The root speaks for no agency of the partnership.
constexpr char kHub[] = "hub";

std::string ApiSourceOf(const std::string& node) {
  return absl::StrCat("api_", absl::StrReplaceAll(node, {{"-", "_"}}));
}

// Names of keys are unique in a ledger.
std::string KeyIdOf(const std::string& source) {
  return absl::StrCat(source, "_k1");
}

uint64_t NewEpoch(const engine::Clock& clock) {
  return static_cast<uint64_t>(absl::ToUnixMicros(clock.Now()));
}

absl::StatusOr<bool> IsKnown(engine::Engine& engine,
                             const std::string& source) {
  ASSIGN_OR_RETURN(const auto view, engine.Read());
  ASSIGN_OR_RETURN(const auto row,
                   core::ReadRow<ledger::v1::SourceRow>(
                       view->state(), core::keys::Source(source)));
  return row.has_value();
}

// Says it as the root, and waits for the outcome.
absl::Status SayAsRoot(const OwnNames& names, engine::SourceKeys& keys,
                       engine::Engine& engine, const engine::Clock& clock,
                       const agency::v1::Statement& statement) {
  ASSIGN_OR_RETURN(const std::string key,
                   keys.FindOrMake(kRoot, KeyIdOf(kRoot)));
  const uint64_t epoch = NewEpoch(clock);
  api::ActSource root(names.partnership, kRoot, KeyIdOf(kRoot), key, epoch,
                      engine);
  std::promise<absl::StatusOr<engine::Outcome>> promise;
  root.Say(kHub, agency::v1::Actor(), absl::StrCat("root-", epoch), clock.Now(),
           statement, [&promise](absl::StatusOr<engine::Outcome> outcome) {
             promise.set_value(std::move(outcome));
           });
  ASSIGN_OR_RETURN(const engine::Outcome outcome, promise.get_future().get());
  if (outcome.row.kind() == ledger::v1::OUTCOME_KIND_ACCEPTED) {
    return absl::OkStatus();
  }
  return absl::FailedPreconditionError(
      absl::StrCat("the ledger does not take this node's own source: ",
                   outcome.row.reason().code()));
}

agency::v1::Statement Registration(const std::string& source,
                                   const std::string& key) {
  agency::v1::Statement statement;
  auto& said = *statement.mutable_source_registered();
  said.set_source(source);
  said.set_kind(agency::v1::SOURCE_KIND_API);
  said.add_agencies("*");
  said.set_key_id(KeyIdOf(source));
  said.set_key_digest(base::Sha256(key));
  return statement;
}

}  // namespace

absl::StatusOr<core::Genesis> OwnGenesis(const std::string& partnership,
                                         engine::SourceKeys& keys,
                                         absl::Time now) {
  ASSIGN_OR_RETURN(const std::string key,
                   keys.FindOrMake(kRoot, KeyIdOf(kRoot)));
  return engine::NewGenesis(partnership, kRoot, KeyIdOf(kRoot), key, now);
}

absl::StatusOr<std::string> NewFounding(const std::string& partnership,
                                        engine::SourceKeys& keys,
                                        absl::Time now) {
  ASSIGN_OR_RETURN(const core::Genesis genesis,
                   OwnGenesis(partnership, keys, now));
  ASSIGN_OR_RETURN(const std::string key,
                   keys.FindOrMake(kRoot, KeyIdOf(kRoot)));
  return engine::FrameOfGenesis(genesis, key);
}

absl::StatusOr<core::Genesis> GenesisOf(const std::string& partnership,
                                        engine::SourceKeys& keys,
                                        const std::string& frame) {
  ASSIGN_OR_RETURN(const std::optional<std::string> key,
                   keys.Find(kRoot, KeyIdOf(kRoot)));
  absl::StatusOr<core::Genesis> genesis =
      absl::FailedPreconditionError("the root's key is not here");
  if (key.has_value()) {
    genesis =
        engine::GenesisOfFrame(frame, partnership, kRoot, KeyIdOf(kRoot), *key);
  }
  if (genesis.ok()) return genesis;
  return absl::FailedPreconditionError(absl::StrCat(
      "another node founded the ledger in the topic: ",
      genesis.status().message(), "; copy its key files, among them ", kRoot,
      ".", KeyIdOf(kRoot), ".key, into the folder of source keys"));
}

absl::StatusOr<std::unique_ptr<api::ActSource>> OwnApiSource(
    const OwnNames& names, engine::SourceKeys& keys, engine::Engine& engine,
    const engine::Clock& clock) {
  const std::string source = ApiSourceOf(names.node);
  ASSIGN_OR_RETURN(const std::string key,
                   keys.FindOrMake(source, KeyIdOf(source)));
  ASSIGN_OR_RETURN(const bool known, IsKnown(engine, source));
  if (!known) {
    RETURN_IF_ERROR(
        SayAsRoot(names, keys, engine, clock, Registration(source, key)));
  }
  return std::make_unique<api::ActSource>(
      names.partnership, source, KeyIdOf(source), key, NewEpoch(clock), engine);
}

}  // namespace kith::kithd
