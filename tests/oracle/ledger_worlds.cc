#include "tests/oracle/ledger_worlds.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/substitute.h"
#include "tests/oracle/ledger_inventor.h"

namespace kith::ledger_oracle {
namespace {

constexpr auto kNone = ledger::v1::PAIR_OUTCOME_NONE;
constexpr auto kPossible = ledger::v1::PAIR_OUTCOME_POSSIBLE;
constexpr auto kLink = ledger::v1::PAIR_OUTCOME_LINK;
constexpr auto kSame = agency::v1::MATCH_DECISION_SAME;
constexpr auto kDifferent = agency::v1::MATCH_DECISION_DIFFERENT;

}  // namespace

const std::vector<std::string>& Agencies() {
  static const auto* all =
      new std::vector<std::string>{"council", "health", "school"};
  return *all;
}

std::string DateText(absl::CivilDay day) {
  return absl::Substitute("year: $0 month: $1 day: $2", day.year(), day.month(),
                          day.day());
}

std::string PeriodText(const Span& span) {
  std::string text = "period {";
  if (span.from.has_value()) {
    absl::StrAppend(&text, " from { ", DateText(*span.from), " }");
  }
  if (span.until.has_value()) {
    absl::StrAppend(&text, " until { ", DateText(*span.until), " }");
  }
  return text + " }";
}

std::string ListText(const std::string& field,
                     const std::vector<Number>& numbers) {
  std::string text;
  for (const Number number : numbers) {
    absl::StrAppend(&text, field, ": ", number, " ");
  }
  return text;
}

std::vector<Number> Rest(const std::vector<Number>& numbers) {
  return {numbers.begin() + 1, numbers.end()};
}

ToldTwice Inventor::Invent() {
  world_.today = absl::CivilDay(2024, 3, 4) + Int(0, 300);
  history_->On(world_.today);
  Times(Int(2, 8), [&] { AddRecord(); });
  AddPairs();
  if (Chance(25)) SplitOne();
  Times(Int(1, 4), [&] { AddFamily(); });
  Times(Int(1, 6), [&] { AddMembership(); });
  AddJoins();
  if (Chance(30)) EndMembership();
  Times(Int(0, 3), [&] { AddPlan(); });
  for (const Family& family : world_.families) AddLeads(family.number);
  Times(Int(0, 4), [&] { AddInvolvement(); });
  Times(Int(0, 2), [&] { AddNeed(); });
  Times(Int(0, 3), [&] { AddRelationship(); });
  Times(Int(0, 2), [&] { AddHelper(); });
  Times(Int(0, 4), [&] { AddConsent(); });
  Times(Int(0, 3), [&] { AddRestriction(); });
  Times(Int(0, 2), [&] { AddOverride(); });
  Times(Int(0, 2), [&] { AddGlass(); });
  Times(Int(0, 3), [&] { AddAssessment(); });
  Times(Int(0, 2), [&] { AddReferral(); });
  Times(Int(0, 3), [&] { AddMeeting(); });
  for (Record& record : world_.records) Change(record);
  return {std::move(world_), std::move(history_)};
}

void Inventor::AddRecord() {
  Record record;
  record.agency = Speak();
  record.restricted = Chance(8);
  record.has_open_address = Chance(60);
  record.has_protected_address = Chance(10);
  record.has_religion = Chance(40);
  record.has_birth_day = Chance(50);
  record.born = absl::CivilDay(2010, 1, 1) + Int(0, 2000);
  record.number = history_->Person("Given", "Family", SaidOf(record));
  record.person = record.number;
  world_.records.push_back(record);
}

// Without its name, which is no matter here.
std::string Inventor::SaidOf(const Record& record) {
  std::string said;
  if (record.restricted) absl::StrAppend(&said, "restricted: true ");
  if (record.has_open_address) {
    absl::StrAppend(&said, "addresses { postcode: 'RV1 4QX' } ");
  }
  if (record.has_protected_address) {
    absl::StrAppend(&said,
                    "addresses { postcode: 'RV2 5QY' protected: true } ");
  }
  if (record.has_religion) absl::StrAppend(&said, "religion: 'r' ");
  if (record.has_birth_day) {
    absl::StrAppend(&said, "birth_date { ", DateText(record.born), " } ");
  } else if (Chance(50)) {
    absl::StrAppend(&said, "birth_date { year: 2011 month: 5 } ");
  }
  return said;
}

// Most pairs are nothing to each other.
void Inventor::AddPairs() {
  for (size_t i = 0; i < world_.records.size(); ++i) {
    for (size_t j = i + 1; j < world_.records.size(); ++j) {
      if (Chance(30)) {
        AddPair(world_.records[i].number, world_.records[j].number);
      }
    }
  }
}

void Inventor::AddPair(Number one, Number other) {
  Pair pair{one, other};
  const int kind = Int(1, 100);
  pair.judged = kind <= 55 ? kLink : kind <= 90 ? kPossible : kNone;
  pair.verified = pair.judged == kLink ? Chance(50) : Chance(10);
  history_->Judge(one, other, pair.judged, pair.verified);
  if (Chance(20)) {
    pair.decision = Chance(50) ? kSame : kDifferent;
    Rule(pair);
  }
  world_.pairs.push_back(pair);
  const bool links = pair.decision == kSame ||
                     (pair.judged == kLink && pair.decision != kDifferent);
  // Something that is known besides may keep them two.
  if (links && !Chance(10)) MakeOne(one, other);
}

void Inventor::Rule(const Pair& pair) {
  Speak();
  history_->Add(pair.other, {pair.one},
                absl::Substitute("match_ruled { one: $0 other: $1 $2 $3 }",
                                 pair.one, pair.other, "reason: 'looked'",
                                 pair.decision == kSame
                                     ? "decision: MATCH_DECISION_SAME"
                                     : "decision: MATCH_DECISION_DIFFERENT"));
}

Record& Inventor::Find(Number number) {
  return *std::find_if(
      world_.records.begin(), world_.records.end(),
      [&](const Record& record) { return record.number == number; });
}

std::vector<Number> Inventor::PersonOf(Number number) {
  std::vector<Number> records;
  for (const Record& record : world_.records) {
    if (record.person == Find(number).person) {
      records.push_back(record.number);
    }
  }
  return records;
}

void Inventor::MakeOne(Number one, Number other) {
  if (Find(one).person == Find(other).person) return;
  std::vector<Number> survivor = PersonOf(one), retired = PersonOf(other);
  if (retired.front() < survivor.front()) std::swap(survivor, retired);
  history_->Add(
      retired.front(), {survivor.front()},
      absl::Substitute("persons_merged { survivor: $0 retired: $1 $2 }",
                       survivor.front(), retired.front(),
                       ListText("records", retired)));
  for (const Number record : retired) {
    Find(record).person = Find(survivor.front()).person;
  }
}

// One record turns out to be somebody else's: no link of it is left.
void Inventor::SplitOne() {
  const Number part = AnyRecord();
  const std::vector<Number> person = PersonOf(part);
  if (person.size() < 2) return;
  const auto leads_here = [&](const Pair& pair) {
    return (pair.one == part || pair.other == part) &&
           Find(pair.one).person == Find(pair.other).person;
  };
  for (const Pair& pair : world_.pairs) {
    if (leads_here(pair) && pair.decision == kSame) return;
  }
  for (Pair& pair : world_.pairs) {
    if (!leads_here(pair)) continue;
    pair.judged = kNone;
    pair.verified = false;
  }
  // Kith names who stays by the earliest record.
  if (part == person.front()) {
    history_->Split(part, Rest(person));
    for (const Number record : Rest(person)) {
      Find(record).person = person[1];
    }
    Find(part).person = part;
    return;
  }
  history_->Split(person.front(), {part});
  for (const Number record : person) Find(record).person = person.front();
  Find(part).person = part;
}

void Inventor::AddFamily() {
  Family family;
  family.agency = Speak();
  if (Chance(60)) family.defined_by = AnyRecord();
  family.number = history_->Family({}, family.defined_by);
  world_.families.push_back(family);
}

void Inventor::AddMembership() {
  Membership member;
  member.agency = Speak();
  member.family = AnyFamily();
  member.record = AnyRecord();
  member.span = AnySpan();
  history_->Member(member.family, member.record, PeriodText(member.span));
  const auto known = std::find_if(
      world_.memberships.begin(), world_.memberships.end(),
      [&](const Membership& one) {
        return one.family == member.family && one.record == member.record &&
               one.agency == member.agency;
      });
  if (known == world_.memberships.end()) {
    world_.memberships.push_back(member);
  } else {
    known->span = member.span;
  }
}

// A report ends what its agency said, somebody's act what anybody did.
void Inventor::EndMembership() {
  const Membership& picked = Pick(world_.memberships);
  const bool act = Chance(50);
  const Number family = picked.family, record = picked.record;
  const std::string agency = Speak();
  if (act) history_->Act(agency, "w1");
  const absl::CivilDay until = world_.today + Int(-1, 1);
  history_->Left(family, record, until);
  for (Membership& member : world_.memberships) {
    if (member.family != family || member.record != record) continue;
    if (!act && member.agency != agency) continue;
    if (member.span.until.has_value() && *member.span.until <= until) {
      continue;
    }
    member.span.until = until;
  }
}

void Inventor::AddJoins() {
  for (size_t i = 1; i < world_.families.size(); ++i) {
    if (!Chance(25)) continue;
    Family& joined = world_.families[i];
    Number survivor = 0;  // the first one stands for its group
    for (size_t j = 0; j < i; ++j) {
      if (world_.families[j].joined_into == 0) {
        survivor = world_.families[j].number;
        if (Chance(50)) break;
      }
    }
    history_->Join(survivor, joined.number);
    joined.joined_into = survivor;
    if (!Chance(20)) continue;
    history_->Part(survivor, joined.number);
    joined.joined_into = 0;
  }
}

// Some were made in error, of some more is said later.
void Inventor::Change(Record& record) {
  history_->Feed(record.agency);
  if (Chance(8)) {
    history_->Add(record.number, {},
                  absl::Substitute("record_gone { record: $0 reason: 'r' }",
                                   record.number));
    record.gone = true;
  } else if (Chance(10)) {
    record.has_protected_address = !record.has_protected_address;
    record.restricted = Chance(20);
    history_->Restate(record.number,
                      SaidOf(record) + "names { given: 'Given' }");
  }
}

ToldTwice Invent(uint64_t seed) { return Inventor(seed).Invent(); }

}  // namespace kith::ledger_oracle
