// The role table as people read it: docs/access.md and `kith access explain`.
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/disclosure/roles.h"

namespace kith::disclosure {
namespace {

using Classes = google::protobuf::RepeatedField<int>;
using ledger::v1::RoleRights;

std::string Names(const Classes& classes) {
  return absl::StrJoin(classes, ", ", [](std::string* out, int item) {
    absl::StrAppend(out, NameOf(static_cast<agency::v1::ItemClass>(item)));
  });
}

struct Row {
  absl::string_view what;
  std::string classes;
};

std::vector<Row> RowsOf(const RoleRights& rights) {
  const std::string everywhere = absl::StrCat(
      Names(rights.everywhere()),
      rights.needs_reason() ? " (with a recorded reason only)" : "");
  std::vector<Row> rows;
  const auto add = [&](absl::string_view what, std::string classes) {
    if (!classes.empty()) rows.push_back({what, std::move(classes)});
  };
  add(rights.role() == agency::v1::ROLE_FAMILY_MEMBER ? "about themselves alone"
                                                      : "own agency's",
      Names(rights.own()));
  add("their family's own", Names(rights.of_family()));
  add("by permission", Names(rights.by_permission()));
  add("of every agency", rights.everywhere().empty() ? "" : everywhere);
  add("where their agency was alerted", Names(rights.alerted()));
  add("in outline", Names(rights.outline()));
  add("may break the glass", rights.break_glass() ? "yes" : "");
  add("what is due, and counts, of every agency",
      rights.oversees() ? "yes" : "");
  add("methods", absl::StrJoin(rights.methods(), ", "));
  return rows;
}

}  // namespace

std::string Describe(const Roles& roles, agency::v1::Role role) {
  const RoleRights* rights = roles.Of(role);
  if (rights == nullptr) return "";
  std::string text = absl::StrCat(NameOf(role), ": ", rights->summary(), "\n");
  for (const Row& row : RowsOf(*rights)) {
    absl::StrAppend(&text, "  ", row.what, ": ", row.classes, "\n");
  }
  return text;
}

std::string DescribeAsMarkdown(const Roles& roles) {
  std::string text = absl::StrCat(
      "# Who may see and do what\n\nWritten by `kith access explain --all` "
      "from services/disclosure/roles.textproto, version ",
      roles.version(),
      "; a test holds it. A class that a role does not list is closed to it; "
      "one that it lists opens only as the rules in "
      "services/disclosure/policy.h say.\n\nSharing between agencies without "
      "an agreement of theirs is ",
      roles.table().agreement_required() ? "refused" : "marked", " (R-098).\n");
  for (const RoleRights& rights : roles.table().roles()) {
    absl::StrAppend(&text, "\n## ", NameOf(rights.role()), "\n\n",
                    rights.summary(), "\n\n| what | classes |\n|---|---|\n");
    for (const Row& row : RowsOf(rights)) {
      absl::StrAppend(&text, "| ", row.what, " | ", row.classes, " |\n");
    }
  }
  absl::StrAppend(&text,
                  "\n## Purposes\n\nWhat a purpose needs at most (R-090); any "
                  "other purpose sees nothing.\n\n| purpose | what for | "
                  "classes |\n|---|---|---|\n");
  for (const auto& needs : roles.table().purposes()) {
    absl::StrAppend(&text, "| ", needs.purpose(), " | ", needs.summary(), " | ",
                    needs.classes().empty() ? "all" : Names(needs.classes()),
                    " |\n");
  }
  return text;
}

}  // namespace kith::disclosure
