// When two families are one.
#include <algorithm>
#include <utility>
#include <vector>

#include "base/civil_date.h"
#include "base/status.h"
#include "services/core/family/family.h"
#include "services/core/family/kept_apart.h"
#include "services/core/family/resolve.h"
#include "services/core/family/roles.h"
#include "services/core/identity/persons.h"
#include "services/core/keys.h"

namespace kith::core::family {
namespace {

using agency::v1::FamiliesJoinDecided;
using ledger::v1::Fact;
using ledger::v1::FamilyRow;
using Numbers = std::vector<EntityNumber>;

void AddOnce(Numbers& numbers, EntityNumber number) {
  const auto place = std::lower_bound(numbers.begin(), numbers.end(), number);
  if (place == numbers.end() || *place != number) {
    numbers.insert(place, number);
  }
}

absl::Status AddJoin(EntityNumber survivor, EntityNumber joined, bool decided,
                     const std::string& reason, Decision& decision) {
  Fact fact;
  auto& join = *fact.mutable_families_joined();
  join.set_survivor(survivor);
  join.set_joined(joined);
  join.set_decided(decided);
  join.set_reason(reason);
  return decision.Add(joined, {survivor}, std::move(fact));
}

absl::Status AddParting(EntityNumber survivor, EntityNumber joined,
                        const std::string& reason, Decision& decision) {
  Fact fact;
  auto& parting = *fact.mutable_families_parted();
  parting.set_survivor(survivor);
  parting.set_joined(joined);
  parting.set_reason(reason);
  return decision.Add(joined, {survivor}, std::move(fact));
}

absl::StatusOr<FamilyRow> RowOf(const StateReader& state, EntityNumber family) {
  ASSIGN_OR_RETURN(auto row, ReadRow<FamilyRow>(state, keys::Family(family)));
  return row.has_value() ? *std::move(row) : FamilyRow();
}

// One side of a join: some families, and the persons in them now.
struct Side {
  Numbers families;
  Numbers persons;
  bool defined = false;  // a named person defined one of the families
};

absl::StatusOr<Side> SideOf(const StateReader& state, Numbers families,
                            absl::CivilDay day) {
  Side side;
  for (const EntityNumber family : families) {
    ASSIGN_OR_RETURN(const FamilyRow row, RowOf(state, family));
    side.defined = side.defined || row.founded().defined_by() != 0;
    ASSIGN_OR_RETURN(const auto memberships, Memberships(state, family));
    for (const auto& membership : memberships) {
      if (!IsCurrent(membership, day)) continue;
      ASSIGN_OR_RETURN(const EntityNumber person,
                       identity::PersonOf(state, membership.stated().record()));
      AddOnce(side.persons, person);
    }
  }
  side.families = std::move(families);
  return side;
}

// Nobody in person defined it, and all of its people are in the other.
bool LiesWithin(const Side& side, const Side& other) {
  return !side.defined && !side.persons.empty() &&
         std::includes(other.persons.begin(), other.persons.end(),
                       side.persons.begin(), side.persons.end());
}

bool AreOne(const Side& side, const Side& other) {
  return LiesWithin(side, other) || LiesWithin(other, side);
}

absl::StatusOr<bool> KeptApart(const StateReader& state, const Side& one,
                               const Side& other) {
  for (const EntityNumber first : one.families) {
    for (const EntityNumber second : other.families) {
      ASSIGN_OR_RETURN(const auto row, state.Get(KeptApartKey(first, second)));
      if (row.has_value()) return true;
    }
  }
  return false;
}

Numbers Union(const Numbers& one, const Numbers& other) {
  Numbers both;
  std::set_union(one.begin(), one.end(), other.begin(), other.end(),
                 std::back_inserter(both));
  return both;
}

void Absorb(std::vector<Side>& sides, size_t into, size_t from) {
  sides[into].families = Union(sides[into].families, sides[from].families);
  sides[into].persons = Union(sides[into].persons, sides[from].persons);
  sides[into].defined = sides[into].defined || sides[from].defined;
  sides.erase(sides.begin() + static_cast<std::ptrdiff_t>(from));
}

size_t SideWith(const std::vector<Side>& sides, EntityNumber family) {
  size_t found = 0;
  while (!std::binary_search(sides[found].families.begin(),
                             sides[found].families.end(), family)) {
    ++found;
  }
  return found;
}

// Makes one of the first two sides that are one; false when there are none.
absl::StatusOr<bool> AbsorbOne(const StateReader& state,
                               std::vector<Side>& sides) {
  for (size_t one = 0; one < sides.size(); ++one) {
    for (size_t other = one + 1; other < sides.size(); ++other) {
      if (!AreOne(sides[one], sides[other])) continue;
      ASSIGN_OR_RETURN(const bool apart,
                       KeptApart(state, sides[one], sides[other]));
      if (apart) continue;
      Absorb(sides, one, other);
      return true;
    }
  }
  return false;
}

// What the families of a group would make if they met only now: decided joins
// first, then the rule. Two that lean on each other do not hold a third.
absl::StatusOr<std::vector<Side>> Regroup(const StateReader& state,
                                          const Numbers& group,
                                          absl::CivilDay day) {
  std::vector<Side> sides;
  for (const EntityNumber family : group) {
    ASSIGN_OR_RETURN(Side side, SideOf(state, {family}, day));
    sides.push_back(std::move(side));
  }
  for (const EntityNumber family : group) {
    ASSIGN_OR_RETURN(const FamilyRow row, RowOf(state, family));
    if (row.joined_into() == 0 || !row.joined_by_decision()) continue;
    const size_t into = SideWith(sides, row.joined_into());
    const size_t from = SideWith(sides, family);
    if (into != from) Absorb(sides, std::min(into, from), std::max(into, from));
  }
  while (true) {
    ASSIGN_OR_RETURN(const bool absorbed, AbsorbOne(state, sides));
    if (!absorbed) return sides;
  }
}

// Ends the joins in the group of `family` that nothing holds together any more;
// adds who was parted to `touched`.
absl::Status Part(EntityNumber family, absl::CivilDay day, Numbers& touched,
                  Decision& decision) {
  const StateReader& state = decision.state();
  ASSIGN_OR_RETURN(const Numbers group, Group(state, family));
  if (group.size() == 1) return absl::OkStatus();
  ASSIGN_OR_RETURN(const auto sides, Regroup(state, group, day));
  for (const EntityNumber joined : group) {
    ASSIGN_OR_RETURN(const FamilyRow row, RowOf(state, joined));
    if (row.joined_into() == 0 ||
        SideWith(sides, joined) == SideWith(sides, row.joined_into())) {
      continue;
    }
    RETURN_IF_ERROR(AddParting(row.joined_into(), joined, "", decision));
    AddOnce(touched, joined);
    AddOnce(touched, row.joined_into());
  }
  return absl::OkStatus();
}

// The earliest family that is one with that of `root`; 0 when none is.
absl::StatusOr<EntityNumber> Partner(const StateReader& state,
                                     EntityNumber root, absl::CivilDay day) {
  ASSIGN_OR_RETURN(Numbers group, JoinedUnder(state, root));
  ASSIGN_OR_RETURN(const Side side, SideOf(state, std::move(group), day));
  Numbers candidates;
  for (const EntityNumber person : side.persons) {
    ASSIGN_OR_RETURN(const auto families, FamiliesOf(state, person, day));
    for (const EntityNumber family : families) AddOnce(candidates, family);
  }
  for (const EntityNumber candidate : candidates) {
    if (candidate == root) continue;
    ASSIGN_OR_RETURN(Numbers theirs, JoinedUnder(state, candidate));
    ASSIGN_OR_RETURN(const Side other, SideOf(state, std::move(theirs), day));
    if (!AreOne(side, other)) continue;
    ASSIGN_OR_RETURN(const bool apart, KeptApart(state, side, other));
    if (!apart) return candidate;
  }
  return 0;
}

// Each join leaves one group less: it ends.
absl::Status Join(EntityNumber family, absl::CivilDay day, Decision& decision) {
  while (true) {
    ASSIGN_OR_RETURN(const EntityNumber root,
                     Resolve(decision.state(), family));
    ASSIGN_OR_RETURN(const EntityNumber partner,
                     Partner(decision.state(), root, day));
    if (partner == 0) return absl::OkStatus();
    RETURN_IF_ERROR(AddJoin(std::min(root, partner), std::max(root, partner),
                            false, "", decision));
  }
}

absl::Status AddFamiliesOf(const StateReader& state, EntityNumber record,
                           absl::CivilDay day, Numbers& touched) {
  ASSIGN_OR_RETURN(const auto families, FamiliesOf(state, record, day));
  for (const EntityNumber family : families) AddOnce(touched, family);
  return absl::OkStatus();
}

// Families whose people, definers or joins a fact changed.
absl::Status Touch(const StateReader& state, const Fact& fact,
                   absl::CivilDay day, Numbers& touched) {
  if (fact.has_family_founded()) {
    AddOnce(touched, fact.family_founded().family().number());
  } else if (fact.has_member_stated()) {
    AddOnce(touched, fact.member_stated().family());
  } else if (fact.has_member_left()) {
    AddOnce(touched, fact.member_left().family());
  } else if (fact.has_families_parted()) {
    AddOnce(touched, fact.families_parted().survivor());
    AddOnce(touched, fact.families_parted().joined());
  } else if (fact.has_families_joined()) {
    AddOnce(touched, fact.families_joined().survivor());
  } else if (fact.has_persons_merged()) {
    return AddFamiliesOf(state, fact.persons_merged().survivor(), day, touched);
  } else if (fact.has_person_split()) {
    RETURN_IF_ERROR(
        AddFamiliesOf(state, fact.person_split().from(), day, touched));
    return AddFamiliesOf(state, fact.person_split().part(), day, touched);
  }
  return absl::OkStatus();
}

absl::Status DecideJoin(EntityNumber one, EntityNumber other,
                        const std::string& reason, Decision& decision) {
  ASSIGN_OR_RETURN(const EntityNumber first, Resolve(decision.state(), one));
  ASSIGN_OR_RETURN(const EntityNumber second, Resolve(decision.state(), other));
  if (first != second) {
    return AddJoin(std::min(first, second), std::max(first, second), true,
                   reason, decision);
  }
  // They are one already: the person's word now holds them together.
  const EntityNumber later = std::max(one, other);
  ASSIGN_OR_RETURN(const FamilyRow row, RowOf(decision.state(), later));
  if (row.joined_into() == 0 || row.joined_by_decision()) {
    return absl::OkStatus();
  }
  return AddJoin(row.joined_into(), later, true, reason, decision);
}

absl::Status DecideParting(EntityNumber one, EntityNumber other,
                           const std::string& reason, Decision& decision) {
  ASSIGN_OR_RETURN(const EntityNumber first, Resolve(decision.state(), one));
  ASSIGN_OR_RETURN(const EntityNumber second, Resolve(decision.state(), other));
  if (first != second) return absl::OkStatus();
  const EntityNumber later = std::max(one, other);
  ASSIGN_OR_RETURN(const FamilyRow row, RowOf(decision.state(), later));
  return AddParting(row.joined_into(), later, reason, decision);
}

}  // namespace

absl::Status Decide(const FamiliesJoinDecided& said, Decision& decision) {
  RETURN_IF_ERROR(RequireAct(decision));
  RETURN_IF_ERROR(RequireRole(decision, {agency::v1::ROLE_PRACTITIONER,
                                         agency::v1::ROLE_LEAD_PROFESSIONAL,
                                         agency::v1::ROLE_HUB_ADMINISTRATOR,
                                         agency::v1::ROLE_SAFEGUARDING_LEAD}));
  if (said.reason().empty()) {
    return Senseless("REASON_MISSING", "a decision gives its reason",
                     "families_join_decided.reason");
  }
  ASSIGN_OR_RETURN(const EntityNumber one,
                   decision.Thing("family", base::IdKind::kFamily, said.one()));
  ASSIGN_OR_RETURN(
      const EntityNumber other,
      decision.Thing("family", base::IdKind::kFamily, said.other()));
  if (one == other) {
    return Senseless("ONE_FAMILY", "both references name one family",
                     "families_join_decided.other");
  }
  return said.joined() ? DecideJoin(one, other, said.reason(), decision)
                       : DecideParting(one, other, said.reason(), decision);
}

// Who is current is asked on the day of recording, which never goes back, so
// that a late report of old times parts no family of today.
absl::Status Conclude(Decision& decision) {
  const absl::CivilDay day = base::LondonDay(decision.recorded_at());
  Numbers touched;
  for (const NewFact& added : decision.facts()) {
    RETURN_IF_ERROR(Touch(decision.state(), added.fact, day, touched));
  }
  const Numbers to_part = touched;
  for (const EntityNumber family : to_part) {
    RETURN_IF_ERROR(Part(family, day, touched, decision));
  }
  for (const EntityNumber family : touched) {
    RETURN_IF_ERROR(Join(family, day, decision));
  }
  return absl::OkStatus();
}

}  // namespace kith::core::family
