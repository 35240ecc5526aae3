// What each role may see and do, and what each purpose needs: a table, not
// code.
//
// The table is data (roles.textproto), built into the program so that every
// node of a release decides alike, and checked when it is loaded. It only says
// which doors a role has; whether one opens is for policy.h to decide.
// Thread-safe: nothing changes after loading.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "kith/agency/v1/consent.pb.h"
#include "kith/agency/v1/frame.pb.h"
#include "kith/ledger/v1/roles.pb.h"

namespace kith::disclosure {

// Item classes, as bits.
class ClassSet {
 public:
  static constexpr int kClassesMax = 64;

  void Add(int item) { bits_ |= uint64_t{1} << item; }
  bool Has(agency::v1::ItemClass item) const {
    return item >= 0 && item < kClassesMax && (bits_ >> item & 1) != 0;
  }

  static ClassSet Every() {
    ClassSet all;
    all.bits_ = ~uint64_t{0};
    return all;
  }

 private:
  uint64_t bits_ = 0;
};

// What a role may see for a purpose, made ready to be asked item by item. The
// sets are those of RoleRights; `needed` is the purpose's.
struct Rights {
  bool known = false;  // there is such a role; else it may do nothing
  ClassSet own, by_permission, everywhere, outline, of_family, alerted, needed;
  bool needs_reason = false;
  bool break_glass = false;
  bool agreement_required = false;
};

class Roles {
 public:
  // INVALID_ARGUMENT, naming what is wrong: an unknown word, a role or purpose
  // that is missing or listed twice, a class listed twice, a method that is no
  // "Service.Method" or "Service.*".
  static absl::StatusOr<Roles> Parse(absl::string_view text);

  const ledger::v1::RoleTable& table() const { return table_; }
  uint32_t version() const { return table_.version(); }

  // Null: there is no such role; it may do nothing.
  const ledger::v1::RoleRights* Of(agency::v1::Role role) const;
  // For all that one reader asks for. An unknown purpose needs nothing.
  Rights RightsFor(agency::v1::Role role, absl::string_view purpose) const;
  // Whether that purpose needs items of the class.
  bool Needs(absl::string_view purpose, agency::v1::ItemClass item) const;
  // Whether the role may call "FamilyService.GetFamily".
  bool MayCall(agency::v1::Role role, absl::string_view method) const;
  // Whether what is due, and counts, are of every agency to the role; counts to
  // leadership as far as agreements go (`MaySeeFigures`).
  bool Oversees(agency::v1::Role role) const;

 private:
  explicit Roles(ledger::v1::RoleTable table);

  ClassSet NeededFor(absl::string_view purpose) const;

  ledger::v1::RoleTable table_;
  std::vector<Rights> rights_;    // by role
  std::vector<ClassSet> needed_;  // by place of the purpose in the table
};

// The table of this release. Stops the process when it cannot be read: a test
// reads it first.
const Roles& ShippedRoles();

// "practitioner", "assessment": a role and a class as people write them.
std::string NameOf(agency::v1::Role role);
std::string NameOf(agency::v1::ItemClass item);

// The table as docs/access.md has it, and one role of it as text. Empty: there
// is no such role.
std::string DescribeAsMarkdown(const Roles& roles);
std::string Describe(const Roles& roles, agency::v1::Role role);

}  // namespace kith::disclosure
