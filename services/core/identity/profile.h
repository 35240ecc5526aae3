// A record as it is compared with others.
#pragma once

#include <string>
#include <vector>

#include "absl/time/civil_time.h"
#include "kith/ledger/v1/facts.pb.h"
#include "kith/ledger/v1/state.pb.h"

namespace kith::core::identity {

// One of the names of a person; all parts as NameTokens writes them.
struct ComparedName {
  std::string first;   // first given name; empty when none is known
  std::string middle;  // the other given names, blanks between
  std::string family;  // all of the family name, without blanks
  friend bool operator==(const ComparedName&, const ComparedName&) = default;
};

// All lists are sorted and without repeats, so that the order in which a source
// writes things decides nothing; names keep their order, the usual one first.
struct Profile {
  // What orders records whatever the order they came in: agency, system and
  // local id, parted by zero bytes.
  std::string key;
  std::vector<ComparedName> names;
  bool has_birth = false;  // to the day
  absl::CivilDay birth;
  std::vector<std::string> postcodes;     // present and former, none generic
  std::vector<std::string> nhs_verified;  // not superseded
  std::vector<std::string> nhs;           // sound, these included
  std::vector<std::string> upns;          // sound, permanent
  std::vector<std::string> former_upns;   // sound
  std::vector<std::string> ulns;
  // Keys, as above, of the records that it says are of this person: other
  // agencies', and the one that replaced it.
  std::vector<std::string> same_as;
  bool gone = false;
};

Profile ProfileOf(const ledger::v1::RecordRow& row,
                  const ledger::v1::Rules& rules);

// Texts that two records share when they are worth comparing: each survives
// another kind of damage. Independent of the rules in force, since rows are
// kept under (an HMAC of) them.
std::vector<std::string> BlockingKeys(const ledger::v1::RecordRow& row);

// Whether `stated` has all that profile and blocks are made of as `row` has it,
// letter by letter: a new telephone number links nobody.
bool LinksAlike(const ledger::v1::RecordRow& row,
                const ledger::v1::RecordStated& stated);

}  // namespace kith::core::identity
