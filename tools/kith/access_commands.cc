// kith access: what roles may see, and why somebody may or may not see
// something.
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/status.h"
#include "kith/api/v1/consent_service.pb.h"
#include "services/disclosure/roles.h"
#include "tools/kith/command.h"

namespace kith::cli {
namespace {

using api::v1::ExplainAccessRequest;

struct ExplainFlags {
  std::string role, person, agency, practitioner, recipient, purpose,
      item_class, item, item_agency, on;
  bool all = false;
};

absl::Status UnknownWord(const std::string& option, const std::string& word) {
  return absl::InvalidArgumentError(
      absl::StrCat("--", option, ": there is no ", word));
}

absl::Status ParseRole(const std::string& text, agency::v1::Role* role) {
  if (agency::v1::Role_Parse(absl::StrCat("ROLE_", absl::AsciiStrToUpper(text)),
                             role)) {
    return absl::OkStatus();
  }
  return UnknownWord("of-role", text);
}

// Printed from the table that this program was built with; asks no node.
absl::Status ExplainRole(const ExplainFlags& flags) {
  const auto& roles = disclosure::ShippedRoles();
  if (flags.all) {
    std::printf("%s", disclosure::DescribeAsMarkdown(roles).c_str());
    return absl::OkStatus();
  }
  agency::v1::Role role = agency::v1::ROLE_UNSPECIFIED;
  RETURN_IF_ERROR(ParseRole(flags.role, &role));
  std::printf("%s", disclosure::Describe(roles, role).c_str());
  return absl::OkStatus();
}

absl::Status FillRequest(const ExplainFlags& flags,
                         ExplainAccessRequest* request) {
  request->set_person_id(flags.person);
  request->set_agency(flags.agency);
  request->set_practitioner_local_id(flags.practitioner);
  request->set_recipient_person_id(flags.recipient);
  request->set_purpose(flags.purpose);
  request->set_item_agency(flags.item_agency);
  request->set_item_id(flags.item);
  if (!flags.role.empty()) {
    agency::v1::Role role = agency::v1::ROLE_UNSPECIFIED;
    RETURN_IF_ERROR(ParseRole(flags.role, &role));
    request->set_role(role);
  }
  agency::v1::ItemClass item_class = agency::v1::ITEM_CLASS_UNSPECIFIED;
  if (!flags.item_class.empty() &&
      !agency::v1::ItemClass_Parse(
          absl::StrCat("ITEM_CLASS_", absl::AsciiStrToUpper(flags.item_class)),
          &item_class)) {
    return UnknownWord("class", flags.item_class);
  }
  request->set_class_(item_class);
  if (flags.on.empty()) return absl::OkStatus();
  return ParseDate(flags.on, "--on", request->mutable_on());
}

absl::Status ExplainItem(const ExplainFlags& flags, Bench& bench) {
  ExplainAccessRequest request;
  api::v1::ExplainAccessResponse response;
  RETURN_IF_ERROR(FillRequest(flags, &request));
  RETURN_IF_ERROR(
      bench.client.Call("ConsentService.ExplainAccess", request, &response));
  bench.out.Json(response);
  bench.out.Line(
      absl::StrCat(response.allowed() ? "yes" : "no", ": ", response.reason()));
  if (!response.rows().empty()) {
    bench.out.Line(
        absl::StrCat("rows: ", absl::StrJoin(response.rows(), ", ")));
  }
  for (const std::string& id : response.decided_by_ids()) {
    bench.out.Line(absl::StrCat("decided by: ", id));
  }
  return absl::OkStatus();
}

void AddExplain(CLI::App& access, Chosen& chosen) {
  auto* command = AddCommand(
      access, "explain",
      "What a role may see; or whether a recipient may have something of a "
      "person, for a purpose, on a day, and what decided it.",
      "kith access explain --of-role auditor\n  kith access explain --person "
      "P --for-agency school --class assessment --for-purpose early_help");
  auto flags = std::make_shared<ExplainFlags>();
  command->add_flag("--all", flags->all, "Every role and purpose, as markdown");
  command->add_option("--of-role", flags->role, "A role, or the recipient's");
  command->add_option("--person", flags->person, "Of whom, by Kith's id");
  command->add_option("--for-agency", flags->agency, "The recipient's agency");
  command->add_option("--for-practitioner", flags->practitioner,
                      "Who there, as that agency calls them");
  command->add_option("--for-person", flags->recipient,
                      "Or a family member, by Kith's id");
  command->add_option("--for-purpose", flags->purpose, "What for");
  command->add_option("--class", flags->item_class, "What of");
  command->add_option("--item", flags->item, "Or one thing, by Kith's id");
  command->add_option("--item-agency", flags->item_agency,
                      "Whose item; yours unless said");
  command->add_option("--on", flags->on, "On which day; today unless said");
  command->callback([flags, &chosen] {
    chosen.run = [flags](Bench& bench) -> absl::Status {
      if (!flags->person.empty()) return ExplainItem(*flags, bench);
      if (flags->all || !flags->role.empty()) return ExplainRole(*flags);
      return absl::InvalidArgumentError("name a role, or a person");
    };
  });
}

}  // namespace

void AddAccessCommands(CLI::App& app, Chosen& chosen) {
  auto* access = app.add_subcommand("access", "Who may see what, and why");
  access->require_subcommand(1);
  AddExplain(*access, chosen);
}

}  // namespace kith::cli
