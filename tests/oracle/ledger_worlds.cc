#include "tests/oracle/ledger_worlds.h"

#include <algorithm>
#include <random>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/substitute.h"

namespace kith::ledger_oracle {
namespace {

constexpr auto kNone = ledger::v1::PAIR_OUTCOME_NONE;
constexpr auto kPossible = ledger::v1::PAIR_OUTCOME_POSSIBLE;
constexpr auto kLink = ledger::v1::PAIR_OUTCOME_LINK;
constexpr auto kSame = agency::v1::MATCH_DECISION_SAME;
constexpr auto kDifferent = agency::v1::MATCH_DECISION_DIFFERENT;

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

class Inventor {
 public:
  explicit Inventor(uint64_t seed)
      : random_(seed), history_(std::make_unique<views::testing::History>()) {}

  ToldTwice Invent() {
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
    for (Record& record : world_.records) Change(record);
    return {std::move(world_), std::move(history_)};
  }

 private:
  int Int(int from, int to) {
    return std::uniform_int_distribution<int>(from, to)(random_);
  }
  bool Chance(int percent) { return Int(1, 100) <= percent; }
  template <class List>
  auto& Pick(List& list) {
    return list[Int(0, static_cast<int>(list.size()) - 1)];
  }
  template <class Add>
  void Times(int times, const Add& add) {
    for (int i = 0; i < times; ++i) add();
  }
  Number AnyRecord() { return Pick(world_.records).number; }
  Number AnyFamily() { return Pick(world_.families).number; }
  std::vector<Number> SomeRecords(int most) {
    std::set<Number> some;
    Times(Int(1, most), [&] { some.insert(AnyRecord()); });
    return {some.begin(), some.end()};
  }
  // Ends lie around today.
  Span AnySpan() {
    Span span;
    if (Chance(50)) span.from = world_.today + Int(-3, 1);
    if (Chance(35)) {
      span.until = std::max(world_.today + Int(-1, 3),
                            span.from.value_or(world_.today - 3));
    }
    return span;
  }
  std::string Speak() {
    std::string agency = Pick(Agencies());
    history_->Feed(agency);
    return agency;
  }
  std::string IdText(const char* field, Number number) {
    return absl::Substitute("$0 { number: $1 id: 'z$1' }", field, number);
  }

  void AddRecord() {
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
  std::string SaidOf(const Record& record) {
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
  void AddPairs() {
    for (size_t i = 0; i < world_.records.size(); ++i) {
      for (size_t j = i + 1; j < world_.records.size(); ++j) {
        if (Chance(30)) {
          AddPair(world_.records[i].number, world_.records[j].number);
        }
      }
    }
  }

  void AddPair(Number one, Number other) {
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

  void Rule(const Pair& pair) {
    Speak();
    history_->Add(pair.other, {pair.one},
                  absl::Substitute("match_ruled { one: $0 other: $1 $2 $3 }",
                                   pair.one, pair.other, "reason: 'looked'",
                                   pair.decision == kSame
                                       ? "decision: MATCH_DECISION_SAME"
                                       : "decision: MATCH_DECISION_DIFFERENT"));
  }

  Record& Find(Number number) {
    return *std::find_if(
        world_.records.begin(), world_.records.end(),
        [&](const Record& record) { return record.number == number; });
  }
  std::vector<Number> PersonOf(Number number) {
    std::vector<Number> records;
    for (const Record& record : world_.records) {
      if (record.person == Find(number).person) {
        records.push_back(record.number);
      }
    }
    return records;
  }

  void MakeOne(Number one, Number other) {
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
  void SplitOne() {
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

  void AddFamily() {
    Family family;
    family.agency = Speak();
    if (Chance(60)) family.defined_by = AnyRecord();
    family.number = history_->Family({}, family.defined_by);
    world_.families.push_back(family);
  }

  void AddMembership() {
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
  void EndMembership() {
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

  void AddJoins() {
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

  void AddPlan() {
    Plan plan;
    plan.agency = Speak();
    plan.family = AnyFamily();
    plan.about = SomeRecords(3);
    std::string more =
        Chance(70) ? "state: PLAN_STATE_AGREED" : "state: PLAN_STATE_CLOSED";
    plan.closed = more != "state: PLAN_STATE_AGREED";
    if (Chance(30)) {
      plan.doers = {AnyRecord()};
      absl::StrAppend(&more,
                      " content { actions { key: 'a' } } doers { "
                      "key: 'a' record: ",
                      plan.doers[0], " }");
    }
    plan.number = history_->Plan(plan.family, plan.about, more);
    if (!plan.closed && Chance(20)) {
      history_->Add(plan.family, plan.about,
                    absl::StrCat("plan_ended { reason: CLOSURE_REASON_RESOLVED "
                                 "plan: ",
                                 plan.number, " }"));
      plan.closed = true;
    }
    world_.plans.push_back(plan);
  }

  // One after the other.
  void AddLeads(Number family) {
    for (int i = Int(0, 2); i > 0; --i) {
      Lead lead;
      lead.family = family;
      lead.works_for = Pick(Agencies());
      lead.appointed_by = Speak();
      lead.practitioner =
          history_->Practitioner(lead.works_for, absl::StrCat("w", Int(1, 2)));
      lead.number = history_->Lead(family, lead.practitioner);
      lead.ended = i > 1 || Chance(30);
      if (lead.ended) {
        history_->Add(family, {},
                      absl::Substitute(
                          "lead_left { family: $0 appointment: $1 until { $2 } "
                          "reason: 'over' }",
                          family, lead.number, DateText(world_.today)));
      }
      world_.leads.push_back(lead);
    }
  }

  void AddInvolvement() {
    Involvement one;
    one.agency = Speak();
    one.record = AnyRecord();
    one.span = AnySpan();
    history_->Add(
        one.record, {},
        absl::Substitute("involvement_recorded { $0 record: $1 said { "
                         "service: 's' $2 } }",
                         IdText("involvement", history_->NextNumber()),
                         one.record, PeriodText(one.span)));
    world_.involvements.push_back(one);
  }

  void AddNeed() {
    const Need need{AnyRecord(), Speak()};
    history_->Add(
        need.record, {},
        absl::Substitute("need_recorded { $0 record: $1 said { need: 'n' } }",
                         IdText("need", history_->NextNumber()), need.record));
    world_.needs.push_back(need);
  }

  void AddRelationship() {
    const Relationship one{AnyRecord(), AnyRecord(), Speak()};
    if (one.person == one.to) return;
    history_->Add(one.person, {one.to},
                  absl::Substitute("relationship_recorded { person: $0 to: $1 "
                                   "said { kind: RELATIONSHIP_KIND_PARENT } }",
                                   one.person, one.to));
    world_.relationships.push_back(one);
  }

  void AddHelper() {
    const Helper helper{AnyFamily(), Speak(), Chance(50)};
    history_->Add(
        helper.family, {},
        absl::Substitute("network_recorded { $0 family: $1 said { "
                         "name: 'n' contact: '$2' } }",
                         IdText("entry", history_->NextNumber()), helper.family,
                         helper.has_contact ? "c" : ""));
    world_.helpers.push_back(helper);
  }

  Ruling AnyRuling() {
    Ruling ruling;
    ruling.agency = Speak();
    ruling.about = SomeRecords(3);
    if (Chance(30)) ruling.named = {AnyRecord()};
    if (Chance(70)) ruling.said_by = AnyRecord();
    ruling.number = history_->NextNumber();
    return ruling;
  }
  std::string NamedText(const std::string& field, const Ruling& ruling) {
    std::string text = absl::Substitute("$0 { agency: 'health' } ", field);
    for (const Number record : ruling.named) {
      absl::StrAppend(&text, field, " { record: ", record, " } ");
    }
    return text;
  }

  void AddConsent() {
    const Ruling one = AnyRuling();
    history_->Add(
        one.about.front(), Rest(one.about),
        absl::Substitute(
            "consent_recorded { $0 $1 $2 answered_by: $3 said { kind: "
            "CONSENT_KIND_SHARE answer: CONSENT_ANSWER_GIVEN } }",
            IdText("consent", one.number), ListText("records", one.about),
            NamedText("recipients", one), one.said_by));
    if (Chance(20)) {
      history_->Add(
          one.about.front(), Rest(one.about),
          absl::Substitute("consent_ended { consent: $0 }", one.number));
    }
    world_.consents.push_back(one);
  }

  void AddRestriction() {
    const Ruling one = AnyRuling();
    history_->Add(
        one.about.front(), Rest(one.about),
        absl::Substitute("restriction_recorded { $0 $1 $2 asked_by: $3 }",
                         IdText("restriction", one.number),
                         ListText("records", one.about),
                         NamedText("barred", one), one.said_by));
    world_.restrictions.push_back(one);
  }

  void AddOverride() {
    Ruling one = AnyRuling();
    one.named.clear();
    history_->Add(one.about.front(), Rest(one.about),
                  absl::Substitute("override_recorded { $0 $1 $2 }",
                                   IdText("override", one.number),
                                   ListText("records", one.about),
                                   NamedText("recipients", one)));
    world_.overrides.push_back(one);
  }

  void AddGlass() {
    Ruling one = AnyRuling();
    if (Chance(60)) one.family = AnyFamily();
    const Number subject = one.family != 0 ? one.family : one.about.front();
    std::vector<Number> others = one.about;
    others.erase(std::remove(others.begin(), others.end(), subject),
                 others.end());
    history_->Add(subject, others,
                  absl::Substitute("glass_broken { $0 family: $1 $2 }",
                                   IdText("access", one.number), one.family,
                                   ListText("records", one.about)));
    world_.glass.push_back(one);
  }

  // Some were made in error, of some more is said later.
  void Change(Record& record) {
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

  std::mt19937_64 random_;
  World world_;
  std::unique_ptr<views::testing::History> history_;
};

}  // namespace

ToldTwice Invent(uint64_t seed) { return Inventor(seed).Invent(); }

}  // namespace kith::ledger_oracle
