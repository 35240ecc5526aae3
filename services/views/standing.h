// What disclosure must know of the people and families that pieces are about:
// the material of its Context, from the same rows as the pieces, so that rows
// and decision stand at one position; as-of rows give it as it stood then.
//
// Pure; DATA_LOSS: stop.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/container/btree_set.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "kith/ledger/v1/label.pb.h"
#include "kith/ledger/v1/state.pb.h"
#include "services/core/state.h"
#include "services/views/piece.h"

namespace kith::views {

// Whom labels name. Kept with what was composed and walked through at each
// read, so in sets that lie together.
struct Concerned {
  absl::btree_set<core::EntityNumber> records;
  absl::btree_set<core::EntityNumber> families;

  void Add(const ledger::v1::ItemLabel& label);
  template <class T>
  void Add(const Pieces<T>& pieces) {
    for (const Piece<T>& piece : pieces) Add(piece.label);
  }
};

struct RecordStanding {
  std::string agency;
  // Records of the same person by links that a person made or that rest on a
  // verified identifier, itself included.
  absl::btree_set<core::EntityNumber> surely_same;
  // Those by any link, and those that possibly match one of these.
  absl::btree_set<core::EntityNumber> perhaps_same;
  bool gone = false;  // made in error
  // The day of their birth, where a record of theirs has it to the day.
  std::optional<absl::CivilDay> born;
};

struct Standing {
  std::map<core::EntityNumber, RecordStanding> records;
  // Every consent and restriction about any of these or what they link to,
  // ended ones too, each once, by number.
  std::vector<ledger::v1::ConsentRow> consents;
  std::vector<ledger::v1::RestrictionRow> restrictions;
  // Every override and broken glass about any of these or the families.
  std::vector<ledger::v1::OverrideRow> overrides;
  std::vector<ledger::v1::GlassRow> glass;
  // Agencies that work with a record's person by any link (an open involvement
  // or plan, or with a family of theirs): it opens their own items only. And
  // those that work with a family (a plan, the lead, members it states, or an
  // involvement with one of `members_of_family`).
  std::map<core::EntityNumber, std::set<std::string>> agencies_of_record;
  std::map<core::EntityNumber, std::set<std::string>> agencies_of_family;
  // Number of the practitioner who leads each family.
  std::map<core::EntityNumber, core::EntityNumber> lead_of_family;
  // Records that present memberships of each family name, and those surely the
  // same: a machine's link makes nobody a member.
  std::map<core::EntityNumber, absl::btree_set<core::EntityNumber>>
      members_of_family;
  // Agreements between organisations, whenever they hold.
  std::vector<ledger::v1::SharingAgreementRecorded> agreements;
  // From this age a person answers for themselves; 0: no rules in force.
  uint32_t age_capacity_presumed = 0;
};

// From then on the override licenses nothing.
absl::Time EndOf(const ledger::v1::OverrideRow& row);
// Whether the family is not told of it.
bool IsEmbargoed(const ledger::v1::OverrideRow& row);
bool IsEmbargoed(const ledger::v1::GlassRow& row);

// Whether the agency holds a record, not made in error, of that record's
// person: itself, or one that is surely the same.
absl::StatusOr<bool> HoldsRecordOf(const core::StateReader& view,
                                   absl::string_view agency,
                                   core::EntityNumber record);

absl::StatusOr<Standing> StandingOf(const core::StateReader& view,
                                    const Concerned& concerned, absl::Time now);

}  // namespace kith::views
