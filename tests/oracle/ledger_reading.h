// What disclosure must be told of people and families, and what labels their
// items bear, read off the rules in the plainest way, for comparison: no step
// of it is shared with services/views. Slow, and meant to be.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "tests/oracle/ledger_worlds.h"

namespace kith::ledger_oracle {

using Numbers = std::set<Number>;
using Names = std::set<std::string>;
using Items = std::set<std::string>;  // as text

// Whether one of the others is among `some`.
bool IsMet(const Numbers& some, const std::vector<Number>& others);

class Reading {
 public:
  explicit Reading(const World& world) : world_(world) {}

  // Records.
  const Record& Find(Number record) const;
  // Those that are held for one human, by whatever link.
  Numbers PersonOf(Number record) const;
  // Those to which links lead that somebody made or a verified identifier does.
  Numbers SurelySame(Number record) const;
  // One human by any link, or possibly: whom something kept from one is kept
  // from the others too.
  Numbers PerhapsSame(Number record) const;
  std::optional<absl::CivilDay> BornOn(Number record) const;
  // Agencies that work with the human.
  Names AgenciesOfRecord(Number record) const;

  // Families, by any that is one with it.
  Number Standing(Number family) const;
  Numbers FamiliesOf(Number record) const;  // in which the human is now
  Numbers MembersOf(Number family) const;
  Names AgenciesOfFamily(Number family) const;
  Number LeadOf(Number family) const;  // a practitioner; 0: nobody

  // Of these rulings, the numbers of those about any of `records`.
  Numbers About(const Numbers& records,
                const std::vector<Ruling>& rulings) const;
  // Broken glass over these families.
  Numbers GlassOver(const Numbers& families) const;

  // Labels of all items, as text: class, agency, records, family, shielded.
  Items ItemsOfFamily(Number family) const;
  Items ItemsOfPerson(Number record) const;
  // Of a family's line in lists.
  Items ItemsOfSummary(Number family) const;
  // Of the lists of a family's plans, referrals, assessments and meetings.
  Items ItemsOfWork(Number family) const;
  // Of the lists of consents and restrictions, and of overrides and broken
  // glass, about a person.
  Items ItemsOfConsents(Number record) const;
  Items ItemsOfOverrides(Number record) const;

 private:
  bool IsNow(const Membership& member) const;
  bool WorksNow(const Involvement& one) const;
  bool Hides(Number record) const;
  // Whether whoever learnt how to reach the human could find one who hides.
  bool IsShielded(Number record) const;
  bool OneIsShielded(Number family) const;
  // Records of everybody who is in the family now, by any link.
  Numbers PresentIn(Number family) const;
  // Of those, the ones by whose records memberships name them.
  Numbers NamedIn(Number family) const;
  void AddRecord(Number record, Number family, bool name_only,
                 Items& items) const;
  void AddSaidOf(Number record, Number family, Items& items) const;
  void AddWhole(Number family, Items& items) const;
  void AddPeople(Number family, Items& items) const;
  void AddLead(Number family, bool name_only, Items& items) const;
  void AddPlans(Number family, bool open_only, Items& items) const;
  void AddPlan(const Plan& plan, Items& items) const;
  void AddService(const Service& service, agency::v1::ItemClass item_class,
                  Items& items) const;
  void AddServices(const Numbers& about, Items& items) const;
  void AddMeetings(Number family, Items& items) const;
  void AddConsents(const Numbers& records, Items& items) const;

  const World& world_;
};

// One label, as the two above have it.
std::string ItemText(agency::v1::ItemClass item_class,
                     const std::string& agency, const Numbers& records,
                     Number family, bool shielded);

}  // namespace kith::ledger_oracle
