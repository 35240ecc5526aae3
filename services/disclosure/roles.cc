#include "services/disclosure/roles.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "base/check.h"
#include "base/id.h"
#include "base/status.h"
#include "google/protobuf/io/tokenizer.h"
#include "google/protobuf/text_format.h"
#include "services/disclosure/shipped_roles.h"

namespace kith::disclosure {
namespace {

using ledger::v1::RoleRights;
using ledger::v1::RoleTable;

// Keeps the first complaint: where, and what.
class FirstError final : public google::protobuf::io::ErrorCollector {
 public:
  void AddError(int line, google::protobuf::io::ColumnNumber column,
                const std::string& message) override {
    if (!text_.empty()) return;
    text_ =
        absl::StrCat("line ", line + 1, ", column ", column + 1, ": ", message);
  }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

absl::Status Wrong(absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat("role table: ", what));
}

template <class Classes>
absl::Status CheckClasses(const Classes& classes) {
  std::set<int> seen;
  for (const int item : classes) {
    if (item <= agency::v1::ITEM_CLASS_UNSPECIFIED ||
        item >= ClassSet::kClassesMax) {
      return Wrong("a class that is none");
    }
    if (!seen.insert(item).second) {
      return Wrong(absl::StrCat("listed twice: ",
                                agency::v1::ItemClass_Name(
                                    static_cast<agency::v1::ItemClass>(item))));
    }
  }
  return absl::OkStatus();
}

bool IsWord(absl::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return absl::ascii_isalpha(static_cast<unsigned char>(c));
  });
}

absl::Status CheckMethod(absl::string_view method) {
  const std::pair<absl::string_view, absl::string_view> parts =
      absl::StrSplit(method, absl::MaxSplits('.', 1));
  if (IsWord(parts.first) && absl::EndsWith(parts.first, "Service") &&
      (parts.second == "*" || IsWord(parts.second))) {
    return absl::OkStatus();
  }
  return Wrong(absl::StrCat("no method: ", method));
}

absl::Status CheckRights(const RoleRights& rights) {
  if (rights.summary().empty()) return Wrong("a role without a summary");
  RETURN_IF_ERROR(CheckClasses(rights.own()));
  RETURN_IF_ERROR(CheckClasses(rights.by_permission()));
  RETURN_IF_ERROR(CheckClasses(rights.everywhere()));
  RETURN_IF_ERROR(CheckClasses(rights.outline()));
  RETURN_IF_ERROR(CheckClasses(rights.of_family()));
  RETURN_IF_ERROR(CheckClasses(rights.alerted()));
  for (const std::string& method : rights.methods()) {
    RETURN_IF_ERROR(CheckMethod(method));
  }
  return absl::OkStatus();
}

absl::Status CheckRoles(const RoleTable& table) {
  std::set<int> seen;
  for (const RoleRights& rights : table.roles()) {
    if (rights.role() == agency::v1::ROLE_UNSPECIFIED) {
      return Wrong("a role that is none");
    }
    if (!seen.insert(rights.role()).second) {
      return Wrong(
          absl::StrCat("listed twice: ", agency::v1::Role_Name(rights.role())));
    }
    RETURN_IF_ERROR(CheckRights(rights));
  }
  const auto* all = agency::v1::Role_descriptor();
  for (int i = 0; i < all->value_count(); ++i) {
    const int number = all->value(i)->number();
    if (number != agency::v1::ROLE_UNSPECIFIED && seen.count(number) == 0) {
      return Wrong(absl::StrCat("missing: ", all->value(i)->name()));
    }
  }
  return absl::OkStatus();
}

absl::Status CheckPurposes(const RoleTable& table) {
  std::set<std::string> seen;
  for (const auto& needs : table.purposes()) {
    if (!base::IsName(needs.purpose())) return Wrong("a purpose that is none");
    if (!seen.insert(needs.purpose()).second) {
      return Wrong(absl::StrCat("listed twice: ", needs.purpose()));
    }
    RETURN_IF_ERROR(CheckClasses(needs.classes()));
  }
  return seen.empty() ? Wrong("no purposes") : absl::OkStatus();
}

template <class Classes>
ClassSet SetOf(const Classes& classes) {
  ClassSet set;
  for (const int item : classes) set.Add(item);
  return set;
}

Rights ReadyFor(const RoleRights& rights, const RoleTable& table) {
  Rights ready;
  ready.known = true;
  ready.own = SetOf(rights.own());
  ready.by_permission = SetOf(rights.by_permission());
  ready.everywhere = SetOf(rights.everywhere());
  ready.outline = SetOf(rights.outline());
  ready.of_family = SetOf(rights.of_family());
  ready.alerted = SetOf(rights.alerted());
  ready.needs_reason = rights.needs_reason();
  ready.break_glass = rights.break_glass();
  ready.agreement_required = table.agreement_required();
  return ready;
}

std::string Lower(absl::string_view name, absl::string_view prefix) {
  return absl::AsciiStrToLower(name.substr(prefix.size()));
}

}  // namespace

absl::StatusOr<Roles> Roles::Parse(absl::string_view text) {
  RoleTable table;
  FirstError error;
  google::protobuf::TextFormat::Parser parser;
  parser.RecordErrorsTo(&error);
  if (!parser.ParseFromString(std::string(text), &table)) {
    return Wrong(error.text());
  }
  if (table.version() == 0) return Wrong("no version");
  RETURN_IF_ERROR(CheckRoles(table));
  RETURN_IF_ERROR(CheckPurposes(table));
  return Roles(std::move(table));
}

Roles::Roles(RoleTable table) : table_(std::move(table)) {
  rights_.resize(agency::v1::Role_ARRAYSIZE);
  for (const RoleRights& rights : table_.roles()) {
    rights_[rights.role()] = ReadyFor(rights, table_);
  }
  for (const auto& needs : table_.purposes()) {
    needed_.push_back(needs.classes().empty() ? ClassSet::Every()
                                              : SetOf(needs.classes()));
  }
}

Rights Roles::RightsFor(agency::v1::Role role,
                        absl::string_view purpose) const {
  if (!agency::v1::Role_IsValid(role)) return Rights();
  Rights rights = rights_[role];
  rights.needed = NeededFor(purpose);
  return rights;
}

ClassSet Roles::NeededFor(absl::string_view purpose) const {
  for (int i = 0; i < table_.purposes_size(); ++i) {
    if (absl::string_view(table_.purposes(i).purpose()) == purpose) {
      return needed_[i];
    }
  }
  return ClassSet();
}

const RoleRights* Roles::Of(agency::v1::Role role) const {
  for (const RoleRights& rights : table_.roles()) {
    if (rights.role() == role) return &rights;
  }
  return nullptr;
}

bool Roles::Needs(absl::string_view purpose, agency::v1::ItemClass item) const {
  return NeededFor(purpose).Has(item);
}

bool Roles::MayCall(agency::v1::Role role, absl::string_view method) const {
  const RoleRights* rights = Of(role);
  if (rights == nullptr) return false;
  return std::any_of(
      rights->methods().begin(), rights->methods().end(),
      [&](const std::string& allowed) {
        if (!absl::EndsWith(allowed, ".*")) {
          return absl::string_view(allowed) == method;
        }
        return absl::StartsWith(
            method, absl::string_view(allowed).substr(0, allowed.size() - 1));
      });
}

bool Roles::Oversees(agency::v1::Role role) const {
  const RoleRights* rights = Of(role);
  return rights != nullptr && rights->oversees();
}

const Roles& ShippedRoles() {
  static const Roles* const roles = [] {
    absl::StatusOr<Roles> parsed = Roles::Parse(kShippedRoles);
    KITH_CHECK(parsed.ok());
    return new Roles(*std::move(parsed));
  }();
  return *roles;
}

std::string NameOf(agency::v1::Role role) {
  return Lower(agency::v1::Role_Name(role), "ROLE_");
}

std::string NameOf(agency::v1::ItemClass item) {
  return Lower(agency::v1::ItemClass_Name(item), "ITEM_CLASS_");
}

}  // namespace kith::disclosure
