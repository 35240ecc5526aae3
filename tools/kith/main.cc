// kith: one command line for practitioners, hub administrators and engineers.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <string>
#include <tuple>

#include "absl/time/time.h"
#include "tools/kith/client.h"
#include "tools/kith/command.h"
#include "tools/kith/output.h"
#include "tools/kith/profile.h"

namespace kith::cli {
namespace {

constexpr char kAbout[] =
    "Example: kith --profile t-12.yaml lead lookup --nhs 9434765919\n\n"
    "Asks a kithd node, and tells it things. Options before the noun say who\n"
    "asks: your agency's certificate and your access token, best in a profile\n"
    "(`kith dev-token --profile` makes one). They may stand in the "
    "environment:\nKITH_PROFILE, KITH_SERVER, KITH_TLS_CA, KITH_CERT, "
    "KITH_KEY, KITH_TOKEN,\nKITH_PURPOSE. A node in development believes what "
    "--plaintext, --agency, --as\nand --role say.";
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
  app.add_option("--purpose", who.purpose, "What for, such as early_help")
      ->envname("KITH_PURPOSE");
  app.add_option("--reason", who.reason, "An auditor's reason");
  app.add_option("--partnership", who.partnership,
                 "Where the node hosts several");
}

void AddCredentials(CLI::App& app, Credentials& credentials) {
  const std::tuple<const char*, std::string&, const char*, const char*> all[] =
      {{"--tls-ca", credentials.authority, "KITH_TLS_CA",
        "Who certified the node (PEM file)"},
       {"--cert", credentials.certificate, "KITH_CERT",
        "Your agency's certificate (PEM file)"},
       {"--key", credentials.key, "KITH_KEY", "Its key (PEM file)"},
       {"--token", credentials.token, "KITH_TOKEN", "Your access token"}};
  for (const auto& [flag, out, variable, what] : all) {
    app.add_option(flag, out, what)->envname(variable);
  }
}

// Who we say we are, to a node in development.
void AddBelieved(CLI::App& app, Credentials& credentials, Identity& who) {
  app.add_flag("--plaintext", credentials.plaintext,
               "For a node in development: no TLS, no token")
      ->envname("KITH_PLAINTEXT");
  app.add_option("--agency", who.agency, "Your agency")->envname("KITH_AGENCY");
  app.add_option("--as", who.practitioner, "You, as your agency calls you")
      ->envname("KITH_PRACTITIONER");
  app.add_option("--role", who.role, "In which role, such as practitioner")
      ->envname("KITH_ROLE")
      ->capture_default_str();
  app.add_option("--name", who.name, "Your name");
  app.add_option("--profession", who.profession, "Your profession");
  app.add_option("--contact", who.contact, "Your telephone or e-mail at work");
  app.add_option("--person", who.person, "A family member's person id");
}

int Main(int argc, char** argv) {
  CLI::App app(kAbout, "kith");
  app.footer(kFooter);
  app.require_subcommand(1);
  ClientOptions options;
  std::string output = "table";
  double timeout_seconds = 30;
  std::string profile;
  app.add_option("--profile", profile, "A file that says the following")
      ->envname("KITH_PROFILE");
  AddWho(app, options);
  AddCredentials(app, options.credentials);
  AddBelieved(app, options.credentials, options.who);
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
  AddSourceCommands(app, chosen);
  AddCheckpointCommands(app, chosen);
  AddAccessCommands(app, chosen);
  AddOverrideCommands(app, chosen);
  AddWatchCommands(app, chosen);
  AddTopicCommands(app, chosen);
  AddCallCommand(app, chosen);
  AddDevelopmentCommands(app, chosen);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  options.timeout = absl::Seconds(timeout_seconds);
  if (!profile.empty()) {
    const absl::Status read = ReadProfile(profile, &options);
    if (!read.ok()) {
      std::fprintf(stderr, "kith: %s\n", std::string(read.message()).c_str());
      return ExitCodeOf(read);
    }
  }
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
