#include "tests/oracle/ledger_reading.h"

#include <algorithm>

#include "base/check.h"

namespace kith::ledger_oracle {
namespace {

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

bool IsMet(const Numbers& some, const std::vector<Number>& others) {
  return std::any_of(others.begin(), others.end(),
                     [&](Number number) { return some.count(number) > 0; });
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

}  // namespace kith::ledger_oracle
