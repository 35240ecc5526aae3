// What there is and whose it is, read off the ledger fact by fact: no list, row
// or view is asked. For tests that compare lists with what they should hold.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/civil_time.h"
#include "kith/ledger/v1/facts.pb.h"
#include "services/engine/read_view.h"

namespace kith::server_tests {

// Something with an id.
struct LedgerThing {
  std::string id;
  std::set<uint64_t> records;  // about whom
  uint64_t family = 0;         // as it names it; 0: none
  std::string agency;          // who said it first
  bool over = false;           // closed, merged or ended
  std::set<std::string> alerted;
};
using LedgerThings = std::map<uint64_t, LedgerThing>;  // by number

class LedgerIndex {
 public:
  // As it stands on the day. Stops the test program when a fact does not parse.
  LedgerIndex(const engine::ReadView& view, absl::CivilDay today);

  LedgerThings plans, referrals, assessments, meetings, consents, restrictions,
      overrides, cases, matches, items, agreements, panel_items;

  // Plans and assessments by the positions of the facts that state them.
  std::map<uint64_t, uint64_t> plan_lines, assessment_lines;  // their numbers

  // Ids of persons, and of families that joined no other.
  std::vector<std::string> Persons() const;
  // Persons' ids beside the agencies that stated the records which those are
  // from.
  std::vector<std::pair<std::string, std::string>> StatedPersons() const;
  std::vector<std::string> Families() const;
  // Every record of the person, or of the present members of the family.
  std::set<uint64_t> RecordsOf(const std::string& person_id) const;
  std::set<uint64_t> PeopleOf(const std::string& family_id) const;
  // Ids of the records that memberships of present members name.
  std::set<std::string> NamedIn(const std::string& family_id) const;
  // Families of which the person is a present member.
  std::set<std::string> FamiliesOf(const std::string& person_id) const;
  // The person whose records say this NHS number; empty: nobody's do, or
  // several persons' do.
  std::string PersonWith(const std::string& nhs_number) const;
  // Whether something that names `family` is of the family with that id.
  bool IsOf(uint64_t family, const std::string& family_id) const;
  // Whether the agency works with the family: through an involvement, a plan
  // that runs, its lead, or a present member whom it stated.
  bool WorksWith(const std::string& agency, const std::string& family_id) const;
  // How many facts of each kind there are, by the name of its field.
  const std::map<std::string, int>& kinds() const { return kinds_; }

 private:
  struct Membership {
    uint64_t family = 0, record = 0;
    std::string agency;
    kith::agency::v1::Period period;
  };
  struct Involved {
    uint64_t record = 0;
    std::string agency;
    kith::agency::v1::Period period;
  };
  struct Lead {
    uint64_t family = 0, practitioner = 0;
  };

  void Take(uint64_t position, const ledger::v1::Fact& fact);
  void TakeLine(uint64_t position, const ledger::v1::Fact& fact);
  void TakePeople(const ledger::v1::Fact& fact);
  void TakeFamilies(const ledger::v1::Fact& fact);
  void TakeLeads(const ledger::v1::Fact& fact);
  void TakePermissions(const ledger::v1::Fact& fact);
  void TakeWork(const ledger::v1::Fact& fact);
  void TakeWorklists(const ledger::v1::Fact& fact);
  bool IsCurrent(const Membership& member) const;
  uint64_t Standing(uint64_t family) const;
  uint64_t PersonOf(uint64_t record) const;
  bool WorksWithPeople(const std::string& agency,
                       const std::string& family_id) const;

  const absl::CivilDay today_;
  std::map<std::string, int> kinds_;
  std::map<uint64_t, std::string> records_;    // their first ids
  std::map<uint64_t, std::string> numbers_;    // NHS numbers, of records
  std::map<uint64_t, std::string> stated_by_;  // agencies, of records
  std::map<uint64_t, uint64_t> person_of_;     // the person's first record
  std::map<uint64_t, std::string> families_;
  std::map<uint64_t, uint64_t> joined_;            // to the survivor
  std::map<uint64_t, std::string> practitioners_;  // their agencies
  std::map<std::pair<uint64_t, uint64_t>, Membership> members_;
  std::map<uint64_t, Involved> involved_;
  std::map<uint64_t, Lead> leads_;  // open ones
};

}  // namespace kith::server_tests
