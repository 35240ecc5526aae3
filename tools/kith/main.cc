// kith: one command line for practitioners, hub administrators and engineers.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <string>

#include "absl/time/time.h"
#include "tools/kith/client.h"
#include "tools/kith/command.h"
#include "tools/kith/output.h"

namespace kith::cli {
namespace {

constexpr char kAbout[] =
    "Example: kith --agency school --as t-12 --purpose early_help lead lookup "
    "--nhs 9434765919\n\n"
    "Asks a kithd node, and tells it things. Options before the noun say who\n"
    "asks; they may stand in the environment: KITH_SERVER, KITH_AGENCY,\n"
    "KITH_PRACTITIONER, KITH_ROLE, KITH_PURPOSE.";
constexpr char kFooter[] =
    "Exit codes: 0 done; 1 refused by a rule, or changed meanwhile; 2 wrong "
    "use;\n3 nothing by that name that you may see; 4 the server cannot be "
    "reached or\nis too slow; 5 you may not; 6 anything else.";

int ExitCodeOf(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kOk:
      return 0;
    case absl::StatusCode::kFailedPrecondition:
    case absl::StatusCode::kAborted:
    case absl::StatusCode::kAlreadyExists:
      return 1;
    case absl::StatusCode::kInvalidArgument:
      return 2;
    case absl::StatusCode::kNotFound:
      return 3;
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kDeadlineExceeded:
    case absl::StatusCode::kResourceExhausted:
      return 4;
    case absl::StatusCode::kPermissionDenied:
    case absl::StatusCode::kUnauthenticated:
      return 5;
    default:
      return 6;
  }
}

void AddWho(CLI::App& app, ClientOptions& options) {
  Identity& who = options.who;
  app.add_option("--server", options.server, "The node's gRPC address")
      ->envname("KITH_SERVER")
      ->capture_default_str();
  app.add_option("--agency", who.agency, "Your agency")->envname("KITH_AGENCY");
  app.add_option("--as", who.practitioner, "You, as your agency calls you")
      ->envname("KITH_PRACTITIONER");
  app.add_option("--role", who.role, "In which role, such as practitioner")
      ->envname("KITH_ROLE")
      ->capture_default_str();
  app.add_option("--purpose", who.purpose, "What for, such as early_help")
      ->envname("KITH_PURPOSE");
  app.add_option("--name", who.name, "Your name");
  app.add_option("--profession", who.profession, "Your profession");
  app.add_option("--contact", who.contact, "Your telephone or e-mail at work");
  app.add_option("--person", who.person, "A family member's person id");
  app.add_option("--reason", who.reason, "An auditor's reason");
  app.add_option("--partnership", who.partnership,
                 "Where the node hosts several");
}

int Main(int argc, char** argv) {
  CLI::App app(kAbout, "kith");
  app.footer(kFooter);
  app.require_subcommand(1);
  ClientOptions options;
  std::string output = "table";
  double timeout_seconds = 30;
  AddWho(app, options);
  app.add_option("--output", output, "table or json")
      ->check(CLI::IsMember({"table", "json"}))
      ->capture_default_str();
  app.add_option("--timeout", timeout_seconds, "Seconds to wait for an answer")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  Chosen chosen;
  AddFamilyCommands(app, chosen);
  AddLeadCommands(app, chosen);
  AddWorkCommands(app, chosen);
  AddWorklistCommands(app, chosen);
  AddOperationCommands(app, chosen);
  AddCallCommand(app, chosen);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  options.timeout = absl::Seconds(timeout_seconds);
  Client client(options);
  const Output out(output == "json", isatty(STDOUT_FILENO) == 1);
  Bench bench{client, out};
  const absl::Status status = chosen.run(bench);
  if (!status.ok()) {
    std::fprintf(stderr, "kith: %s\n", std::string(status.message()).c_str());
    if (!client.last_error_info().empty()) {
      std::fprintf(stderr, "      %s\n", client.last_error_info().c_str());
    }
  }
  return ExitCodeOf(status);
}

}  // namespace
}  // namespace kith::cli

int main(int argc, char** argv) { return kith::cli::Main(argc, argv); }
