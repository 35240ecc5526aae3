// How a command is written: it declares its options on a CLI11 subcommand and
// sets what to run. Commands of one noun stand in one file.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "kith/api/v1/common.pb.h"
#include "kith/api/v1/views.pb.h"
#include "tools/kith/client.h"
#include "tools/kith/output.h"

namespace kith::cli {

// What a command has at hand when it runs.
struct Bench {
  Client& client;
  const Output& out;
};

using Run = std::function<absl::Status(Bench&)>;

// Where commands put what is to be run. One is chosen by the command line.
struct Chosen {
  Run run;
};

void AddFamilyCommands(CLI::App& app, Chosen& chosen);    // family, person
void AddLeadCommands(CLI::App& app, Chosen& chosen);      // lead
void AddWorkCommands(CLI::App& app, Chosen& chosen);      // plan, consent, ...
void AddWorklistCommands(CLI::App& app, Chosen& chosen);  // duplicate, match
void AddOperationCommands(CLI::App& app,
                          Chosen& chosen);                  // ledger, view, ...
void AddSourceCommands(CLI::App& app, Chosen& chosen);      // source
void AddCheckpointCommands(CLI::App& app, Chosen& chosen);  // checkpoint
void AddTopicCommands(CLI::App& app, Chosen& chosen);       // topics
void AddOverrideCommands(CLI::App& app, Chosen& chosen);    // override, glass
// `family watch`, `worklist`; after the family commands.
void AddWatchCommands(CLI::App& app, Chosen& chosen);
void AddAccessCommands(CLI::App& app, Chosen& chosen);  // access
void AddCallCommand(CLI::App& app, Chosen& chosen);     // call
// dev-ca, dev-token
void AddDevelopmentCommands(CLI::App& app, Chosen& chosen);

// A subcommand with an example at the head of its help.
CLI::App* AddCommand(CLI::App& noun, const std::string& verb,
                     const std::string& what, const std::string& example);

// --at and --at-position, for reads that take them.
struct WhenOptions {
  std::string at, position, min_position;
  void Add(CLI::App& command);
  // INVALID_ARGUMENT: not a time.
  absl::Status Fill(api::v1::ReadOptions* read) const;
};

// --limit and --page-token.
struct PageFlags {
  int size = 50;
  std::string token;
  void Add(CLI::App& command);
  void Fill(api::v1::PageOptions* page) const;
};
// Says how to go on, when there is more.
void PrintNext(const Output& out, const std::string& next_page_token);

// --nhs, --upn, --given..., --record: whom to look for.
struct PersonFlags {
  std::string nhs, upn, given, family, birth, postcode, system, local_id;
  void Add(CLI::App& command);
  absl::Status Fill(api::v1::PersonQuery* query) const;
};

// A new request id, unless the caller gives one.
struct WriteFlags {
  std::string request_id;
  void Add(CLI::App& command);
  void Fill(api::v1::WriteOptions* write) const;
};
// Says what became of a write.
void PrintOutcome(const Output& out, const api::v1::Outcome& outcome);
// Why something ended so, in words.
std::string ReasonText(const ledger::v1::Reason& reason);

// "2024-02-29" -> Date. INVALID_ARGUMENT names the option.
absl::Status ParseDate(const std::string& text, const std::string& option,
                       agency::v1::Date* date);

}  // namespace kith::cli
