#include "tests/oracle/ledger_reading.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/check.h"

namespace kith::ledger_oracle {
namespace {

using Items = std::set<std::string>;

bool IsMet(const Numbers& some, const std::vector<Number>& others) {
  return std::any_of(others.begin(), others.end(),
                     [&](Number number) { return some.count(number) > 0; });
}

// what a person decided counts; a machine's word only where a verified
// identifier stands behind it.
bool IsSure(const Pair& pair) {
  if (pair.decision != agency::v1::MATCH_DECISION_UNSPECIFIED) {
    return pair.decision == agency::v1::MATCH_DECISION_SAME;
  }
  return pair.judged == ledger::v1::PAIR_OUTCOME_LINK && pair.verified;
}

bool IsUndecidedPossibility(const Pair& pair) {
  return pair.decision == agency::v1::MATCH_DECISION_UNSPECIFIED &&
         pair.judged == ledger::v1::PAIR_OUTCOME_POSSIBLE;
}

}  // namespace

std::string ItemText(agency::v1::ItemClass item_class,
                     const std::string& agency, const Numbers& records,
                     Number family, bool shielded) {
  return absl::StrCat(agency::v1::ItemClass_Name(item_class), " of ", agency,
                      " about ", absl::StrJoin(records, " "), " in ", family,
                      shielded ? ", shielded" : "");
}

const Record& Reading::Find(Number number) const {
  for (const Record& record : world_.records) {
    if (record.number == number) return record;
  }
  KITH_CHECK(false);
}

Numbers Reading::PersonOf(Number number) const {
  Numbers records;
  for (const Record& record : world_.records) {
    if (record.person == Find(number).person) records.insert(record.number);
  }
  return records;
}

Numbers Reading::SurelySame(Number record) const {
  const Numbers person = PersonOf(record);
  Numbers same = {record};
  for (bool grew = true; grew;) {
    grew = false;
    for (const Pair& pair : world_.pairs) {
      if (!IsSure(pair) || person.count(pair.one) == 0 ||
          person.count(pair.other) == 0) {
        continue;
      }
      if (same.count(pair.one) == same.count(pair.other)) continue;
      same.insert(pair.one);
      same.insert(pair.other);
      grew = true;
    }
  }
  return same;
}

Numbers Reading::PerhapsSame(Number record) const {
  const Numbers person = PersonOf(record);
  Numbers perhaps = person;
  for (const Pair& pair : world_.pairs) {
    if (!IsUndecidedPossibility(pair)) continue;
    if (person.count(pair.one) > 0) perhaps.merge(PersonOf(pair.other));
    if (person.count(pair.other) > 0) perhaps.merge(PersonOf(pair.one));
  }
  return perhaps;
}

// its own word first, else that of the earliest record of theirs.
std::optional<absl::CivilDay> Reading::BornOn(Number number) const {
  const Record& own = Find(number);
  if (own.has_birth_day && !own.gone) return own.born;
  for (const Number other : PersonOf(number)) {
    const Record& record = Find(other);
    if (record.has_birth_day && !record.gone) return record.born;
  }
  return std::nullopt;
}

// Who leaves today is no member any more.
bool Reading::IsNow(const Membership& member) const {
  if (member.span.from.has_value() && world_.today < *member.span.from) {
    return false;
  }
  return !member.span.until.has_value() || world_.today < *member.span.until;
}

// On the last day one still works.
bool Reading::WorksNow(const Involvement& one) const {
  if (one.span.from.has_value() && world_.today < *one.span.from) return false;
  return !one.span.until.has_value() || world_.today <= *one.span.until;
}

Number Reading::Standing(Number number) const {
  for (const Family& family : world_.families) {
    if (family.number == number && family.joined_into != 0) {
      return Standing(family.joined_into);
    }
  }
  return number;
}

Numbers Reading::FamiliesOf(Number record) const {
  const Numbers person = PersonOf(record);
  Numbers families;
  for (const Membership& member : world_.memberships) {
    if (IsNow(member) && person.count(member.record) > 0) {
      families.insert(Standing(member.family));
    }
  }
  return families;
}

Numbers Reading::MembersOf(Number family) const {
  Numbers members;
  for (const Membership& member : world_.memberships) {
    if (IsNow(member) && Standing(member.family) == Standing(family)) {
      members.merge(SurelySame(member.record));
    }
  }
  return members;
}

Number Reading::LeadOf(Number family) const {
  for (const Lead& lead : world_.leads) {  // as they were appointed
    if (!lead.ended && Standing(lead.family) == Standing(family)) {
      return lead.practitioner;
    }
  }
  return 0;
}

Names Reading::AgenciesOfFamily(Number number) const {
  const Number family = Standing(number);
  Names agencies;
  for (const Membership& member : world_.memberships) {
    if (IsNow(member) && Standing(member.family) == family) {
      agencies.insert(member.agency);
    }
  }
  for (const Plan& plan : world_.plans) {
    if (!plan.closed && Standing(plan.family) == family) {
      agencies.insert(plan.agency);
    }
  }
  for (const Lead& lead : world_.leads) {
    if (!lead.ended && Standing(lead.family) == family) {
      agencies.insert(lead.works_for);
    }
  }
  const Numbers members = MembersOf(family);
  for (const Involvement& one : world_.involvements) {
    if (WorksNow(one) && members.count(one.record) > 0) {
      agencies.insert(one.agency);
    }
  }
  return agencies;
}

Names Reading::AgenciesOfRecord(Number record) const {
  const Numbers person = PersonOf(record);
  Names agencies;
  for (const Involvement& one : world_.involvements) {
    if (WorksNow(one) && person.count(one.record) > 0) {
      agencies.insert(one.agency);
    }
  }
  for (const Plan& plan : world_.plans) {
    if (!plan.closed && IsMet(person, plan.about)) agencies.insert(plan.agency);
  }
  for (const Number family : FamiliesOf(record)) {
    agencies.merge(AgenciesOfFamily(family));
  }
  return agencies;
}

Numbers Reading::About(const Numbers& records,
                       const std::vector<Ruling>& rulings) const {
  Numbers found;
  for (const Ruling& ruling : rulings) {
    if (IsMet(records, ruling.about)) found.insert(ruling.number);
  }
  return found;
}

Numbers Reading::GlassOver(const Numbers& families) const {
  Numbers found;
  for (const Ruling& glass : world_.glass) {
    if (glass.family == 0) continue;
    for (const Number family : families) {
      if (Standing(family) == Standing(glass.family)) {
        found.insert(glass.number);
      }
    }
  }
  return found;
}

bool Reading::Hides(Number number) const {
  const Record& record = Find(number);
  return !record.gone && (record.restricted || record.has_protected_address);
}

// they hide themselves, or somebody does with whom they live.
bool Reading::IsShielded(Number number) const {
  Numbers everybody = PersonOf(number);
  for (const Number family : FamiliesOf(number)) {
    everybody.merge(PresentIn(family));
  }
  return std::any_of(everybody.begin(), everybody.end(),
                     [&](Number record) { return Hides(record); });
}

// Who helps a family knows where they are.
bool Reading::OneIsShielded(Number family) const {
  const Numbers present = PresentIn(family);
  return std::any_of(present.begin(), present.end(),
                     [&](Number record) { return IsShielded(record); });
}

Numbers Reading::PresentIn(Number family) const {
  Numbers records;
  for (const Membership& member : world_.memberships) {
    if (IsNow(member) && Standing(member.family) == Standing(family)) {
      records.merge(PersonOf(member.record));
    }
  }
  return records;
}

Numbers Reading::NamedIn(Number family) const {
  const Numbers present = PresentIn(family);
  Numbers named;
  for (const Membership& member : world_.memberships) {
    if (Standing(member.family) == Standing(family) &&
        present.count(member.record) > 0) {
      named.insert(member.record);
    }
  }
  return named;
}

// Who it is, what they need, and how to reach them; of what was made in error
// nothing.
void Reading::AddRecord(Number number, Number family, bool name_only,
                        Items& items) const {
  const Record& record = Find(number);
  if (record.gone) return;
  const auto add = [&](agency::v1::ItemClass item_class, bool shielded) {
    items.insert(
        ItemText(item_class, record.agency, {number}, family, shielded));
  };
  add(agency::v1::ITEM_CLASS_IDENTITY, record.restricted);
  if (name_only) return;
  if (record.has_religion) {
    add(agency::v1::ITEM_CLASS_NEED, record.restricted);
  }
  if (record.has_open_address) {
    add(agency::v1::ITEM_CLASS_CONTACT, IsShielded(number));
  }
  if (record.has_protected_address) add(agency::v1::ITEM_CLASS_CONTACT, true);
}

// What is said of one record: by its agency alone where it is restricted.
void Reading::AddSaidOf(Number number, Number family, Items& items) const {
  for (const Involvement& one : world_.involvements) {
    if (one.record != number) continue;
    items.insert(ItemText(agency::v1::ITEM_CLASS_INVOLVEMENT, one.agency,
                          {number}, family, Find(number).restricted));
  }
  for (const Need& need : world_.needs) {
    if (need.record != number) continue;
    items.insert(ItemText(agency::v1::ITEM_CLASS_NEED, need.agency, {number},
                          family, Find(number).restricted));
  }
  for (const Relationship& one : world_.relationships) {
    if (one.person != number && one.to != number) continue;
    items.insert(ItemText(agency::v1::ITEM_CLASS_FAMILY, one.agency,
                          {one.person, one.to}, family,
                          Find(one.person).restricted));
  }
}

// What is of the family as a whole is everybody's in it.
void Reading::AddWhole(Number standing, Items& items) const {
  using agency::v1::ITEM_CLASS_CONTACT;
  using agency::v1::ITEM_CLASS_FAMILY;
  const Numbers named = NamedIn(standing);
  const auto is_of = [&](Number family) {
    return Standing(family) == standing;
  };
  const auto add = [&](agency::v1::ItemClass item_class,
                       const std::string& agency, const Numbers& records) {
    items.insert(ItemText(item_class, agency, records, standing, false));
  };
  for (const Family& family : world_.families) {
    if (!is_of(family.number)) continue;
    Numbers records = named;
    if (family.defined_by != 0) records.insert(family.defined_by);
    add(ITEM_CLASS_FAMILY, family.agency, records);
  }
  for (const Membership& member : world_.memberships) {
    if (!is_of(member.family)) continue;
    add(ITEM_CLASS_FAMILY, member.agency, {member.record});
  }
  for (const Helper& helper : world_.helpers) {
    if (!is_of(helper.family)) continue;
    add(ITEM_CLASS_FAMILY, helper.agency, named);
    if (!helper.has_contact) continue;
    items.insert(ItemText(ITEM_CLASS_CONTACT, helper.agency, named, standing,
                          OneIsShielded(standing)));
  }
  AddPlans(standing, /*open_only=*/false, items);
  AddLead(standing, /*name_only=*/false, items);
}

// Of whom it is for, and who does something in it.
void Reading::AddPlans(Number standing, bool open_only, Items& items) const {
  for (const Plan& plan : world_.plans) {
    if (Standing(plan.family) != standing || (open_only && plan.closed)) {
      continue;
    }
    Numbers records(plan.about.begin(), plan.about.end());
    records.insert(plan.doers.begin(), plan.doers.end());
    items.insert(ItemText(agency::v1::ITEM_CLASS_PLAN, plan.agency, records,
                          standing, false));
  }
}

// Who leads, of the agency that appointed; the rest is known to both agencies.
void Reading::AddLead(Number standing, bool name_only, Items& items) const {
  const Numbers named = NamedIn(standing);
  const auto add = [&](agency::v1::ItemClass item_class,
                       const std::string& agency) {
    items.insert(ItemText(item_class, agency, named, standing, false));
  };
  for (const Lead& lead : world_.leads) {
    if (lead.ended || Standing(lead.family) != standing) continue;
    add(agency::v1::ITEM_CLASS_LEAD, lead.appointed_by);
    if (name_only) return;
    add(agency::v1::ITEM_CLASS_INVOLVEMENT, lead.appointed_by);
    add(agency::v1::ITEM_CLASS_INVOLVEMENT, lead.works_for);
    return;  // the first stands
  }
}

void Reading::AddPeople(Number standing, Items& items) const {
  const Numbers present = PresentIn(standing);
  for (const Membership& member : world_.memberships) {
    if (Standing(member.family) == standing) {
      // Who has left is shown by name.
      if (present.count(member.record) == 0) {
        AddRecord(member.record, standing, /*name_only=*/true, items);
      }
    } else if (IsNow(member) && present.count(member.record) > 0) {
      items.insert(ItemText(agency::v1::ITEM_CLASS_FAMILY, member.agency,
                            {member.record}, standing, false));
    }
  }
  for (const Number record : present) {
    AddRecord(record, standing, /*name_only=*/false, items);
    AddSaidOf(record, standing, items);
  }
  AddConsents(present, items);
}

// Consents and restrictions belong to no one family.
void Reading::AddConsents(const Numbers& about, Items& items) const {
  for (const auto* rulings : {&world_.consents, &world_.restrictions}) {
    for (const Ruling& ruling : *rulings) {
      if (!IsMet(about, ruling.about)) continue;
      Numbers records(ruling.about.begin(), ruling.about.end());
      records.insert(ruling.named.begin(), ruling.named.end());
      if (ruling.said_by != 0) records.insert(ruling.said_by);
      items.insert(ItemText(agency::v1::ITEM_CLASS_CONSENT, ruling.agency,
                            records, 0, false));
    }
  }
}

Items Reading::ItemsOfFamily(Number family) const {
  Items items;
  AddWhole(Standing(family), items);
  AddPeople(Standing(family), items);
  return items;
}

Items Reading::ItemsOfPerson(Number record) const {
  Items items;
  const Numbers person = PersonOf(record);
  for (const Number one : person) {
    AddRecord(one, 0, /*name_only=*/false, items);
    AddSaidOf(one, 0, items);
  }
  for (const Membership& member : world_.memberships) {
    if (!IsNow(member) || person.count(member.record) == 0) continue;
    items.insert(ItemText(agency::v1::ITEM_CLASS_FAMILY, member.agency,
                          {member.record}, Standing(member.family), false));
  }
  return items;
}

Items Reading::ItemsOfSummary(Number family) const {
  Items items;
  for (const Number record : NamedIn(family)) {
    AddRecord(record, Standing(family), /*name_only=*/true, items);
  }
  AddLead(Standing(family), /*name_only=*/true, items);
  AddPlans(Standing(family), /*open_only=*/true, items);
  return items;
}

Items Reading::ItemsOfConsents(Number record) const {
  Items items;
  AddConsents(PersonOf(record), items);
  return items;
}

Items Reading::ItemsOfOverrides(Number record) const {
  const Numbers person = PersonOf(record);
  Items items;
  for (const auto* rulings : {&world_.overrides, &world_.glass}) {
    for (const Ruling& ruling : *rulings) {
      if (!IsMet(person, ruling.about)) continue;
      const Numbers records(ruling.about.begin(), ruling.about.end());
      items.insert(ItemText(agency::v1::ITEM_CLASS_OVERRIDE, ruling.agency,
                            records, Standing(ruling.family), false));
    }
  }
  return items;
}

}  // namespace kith::ledger_oracle
