#include <filesystem>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "base/status.h"
#include "tools/authority/development.h"
#include "tools/kith/command.h"

namespace kith::cli {
namespace {

namespace fs = std::filesystem;

struct TokenFlags {
  std::string folder, profile, server, purpose = "early_help";
  authority::Person person;
  int minutes = 60;
};

absl::Status MakeAuthority(const std::string& folder,
                           const authority::DevelopmentOptions& options,
                           const std::vector<std::string>& agencies,
                           const Output& out) {
  RETURN_IF_ERROR(
      authority::MakeDevelopment(folder, options, agencies, absl::Now()));
  out.Line(absl::StrCat("start a node with: kithd --identity ", folder,
                        "/node ..."));
  return absl::OkStatus();
}

// A profile for `kith --profile`; its paths hold from any folder.
absl::Status WriteProfile(const TokenFlags& flags, const std::string& token) {
  std::error_code error;
  const std::string folder = fs::absolute(flags.folder, error).string();
  const std::string agency =
      absl::StrCat(folder, "/agencies/", flags.person.agency);
  return authority::WriteSecret(
      flags.profile,
      absl::StrCat(flags.server.empty() ? "" : "server: ", flags.server,
                   flags.server.empty() ? "" : "\n", "tls_ca: ", folder,
                   "/authority.crt\ncert: ", agency, ".crt\nkey: ", agency,
                   ".key\npurpose: ", flags.purpose, "\ntoken: ", token, "\n"));
}

absl::Status MakeToken(const TokenFlags& flags, const Output& out) {
  ASSIGN_OR_RETURN(
      const std::string token,
      authority::MakeDevelopmentToken(flags.folder, flags.person, absl::Now(),
                                      absl::Minutes(flags.minutes)));
  if (!flags.profile.empty()) return WriteProfile(flags, token);
  out.Line(token);
  return absl::OkStatus();
}

void AddAuthority(CLI::App& app, Chosen& chosen) {
  auto folder = std::make_shared<std::string>();
  auto agencies = std::make_shared<std::vector<std::string>>();
  auto options = std::make_shared<authority::DevelopmentOptions>();
  CLI::App* command = AddCommand(
      app, "dev-ca",
      "Makes a development authority in a folder: certificates for agencies "
      "and "
      "a node, and what the node needs to believe them. Run it again to add "
      "agencies. Not for real data.",
      "kith dev-ca build/dev-identity --agency school --agency council");
  command->add_option("folder", *folder, "Where it is, or is to be")
      ->required();
  command->add_option("--agency", *agencies,
                      "An agency that needs a "
                      "certificate; may be repeated");
  command->add_option("--trust-domain", options->trust_domain, "Of new ones")
      ->capture_default_str();
  command
      ->add_option("--node-name", options->node_names,
                   "A name of the node, as DNS:... or IP:...")
      ->capture_default_str();
  command->callback([&chosen, folder, agencies, options] {
    chosen.run = [folder, agencies, options](Bench& bench) {
      return MakeAuthority(*folder, *options, *agencies, bench.out);
    };
  });
}

void AddToken(CLI::App& app, Chosen& chosen) {
  auto flags = std::make_shared<TokenFlags>();
  CLI::App* command = AddCommand(
      app, "dev-token",
      "An access token of a development authority for one person, or with "
      "--profile all that `kith --profile` needs.",
      "kith dev-token build/dev-identity --agency school --as t-12 --profile "
      "t-12.yaml");
  command->add_option("folder", flags->folder, "The authority's")->required();
  command->add_option("--agency", flags->person.agency, "Who vouches for them")
      ->required();
  command
      ->add_option("--as", flags->person.subject,
                   "They, as their agency calls them")
      ->required();
  command->add_option("--role", flags->person.role, "Such as practitioner")
      ->capture_default_str();
  command->add_option("--person", flags->person.person_id,
                      "A family member's person id");
  command->add_option("--name", flags->person.name, "Their name");
  command->add_option("--profession", flags->person.profession,
                      "Their profession");
  command->add_option("--contact", flags->person.contact,
                      "Their telephone or e-mail at work");
  command->add_option("--minutes", flags->minutes, "How long it holds")
      ->check(CLI::Range(1, 1440))
      ->capture_default_str();
  command->add_option("--profile", flags->profile,
                      "Write a profile there instead of printing the token");
  command->add_option("--server", flags->server, "The profile's node");
  command->add_option("--purpose", flags->purpose, "The profile's purpose")
      ->capture_default_str();
  command->callback([&chosen, flags] {
    chosen.run = [flags](Bench& bench) { return MakeToken(*flags, bench.out); };
  });
}

}  // namespace

void AddDevelopmentCommands(CLI::App& app, Chosen& chosen) {
  AddAuthority(app, chosen);
  AddToken(app, chosen);
}

}  // namespace kith::cli
