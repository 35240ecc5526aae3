#include "tests/oracle/worlds.h"

#include <algorithm>
#include <functional>

namespace kith::oracle {
namespace {

const std::vector<std::string>& Agencies() {
  static const auto* all =
      new std::vector<std::string>{"council", "health", "school"};
  return *all;
}

// Most often the first, now and then another: a permission must fit to count.
const std::vector<std::string>& Purposes() {
  static const auto* all =
      new std::vector<std::string>{"early_help",   "early_help",   "early_help",
                                   "safeguarding", "lead_contact", "curiosity"};
  return *all;
}

class Inventor {
 public:
  explicit Inventor(uint64_t seed) : random_(seed) {}

  World Invent() {
    world_.today = Int(1, 400);
    world_.hour = Int(0, 23);
    Fill(Int(2, 6), [&] { AddRecord(); });
    AddLinks();
    Fill(Int(1, 2), [&] { AddFamily(); });
    Fill(Int(0, 6), [&] { AddAnswer(); });
    Fill(Int(0, 3), [&] { AddBar(); });
    if (Chance(30)) AddOverride();
    if (Chance(50)) AddAgreement();
    Fill(12, [&] { AddItem(); });
    Fill(8, [&] { AddReader(); });
    if (Chance(50)) AddGrant();
    return std::move(world_);
  }

  World Turn(const World& now) {
    world_ = now;
    TurnTime();
    for (Record& record : world_.records) {
      if (Chance(record.gone ? 60 : 15)) record.gone = !record.gone;
    }
    Drop(30, world_.sure);
    Drop(30, world_.possible);
    Drop(20, world_.answers);
    for (Answer& one : world_.answers) TurnEnd(one.ended);
    Drop(20, world_.bars);
    for (Bar& one : world_.bars) TurnEnd(one.ended);
    TurnWork();
    for (auto& one : world_.overrides) TurnEnd(one.ended);
    for (auto& one : world_.grants) TurnEnd(one.ended);
    return std::move(world_);
  }

 private:
  // Often the same day: overrides and grants live for hours.
  void TurnTime() {
    if (Chance(50)) {
      world_.hour = Int(0, world_.hour);
    } else {
      world_.today = Int(std::max(1, world_.today - 60), world_.today);
      world_.hour = Int(0, 23);
    }
  }
  template <class List>
  void Drop(int percent, List& list) {
    List kept;
    for (const auto& one : list) {
      if (!Chance(percent)) kept.push_back(one);
    }
    list = std::move(kept);
  }
  void TurnEnd(bool& ended) {
    if (Chance(25)) ended = !ended;
  }
  void TurnWork() {
    for (Family& family : world_.families) {
      if (Chance(30)) family.lead = Int(50, 53);
      if (Chance(30)) family.members.insert(AnyRecord());
      if (Chance(30)) family.agencies = SomeAgencies(40);
    }
    for (auto& agencies : world_.works_with) {
      if (Chance(30)) agencies = SomeAgencies(25);
    }
  }
  std::set<std::string> SomeAgencies(int percent) {
    std::set<std::string> some;
    for (const auto& agency : Agencies()) {
      if (Chance(percent)) some.insert(agency);
    }
    return some;
  }

  int Int(int from, int to) {
    return std::uniform_int_distribution<int>(from, to)(random_);
  }
  bool Chance(int percent) { return Int(1, 100) <= percent; }
  template <class List>
  const auto& Pick(const List& list) {
    return list[Int(0, static_cast<int>(list.size()) - 1)];
  }
  void Fill(int times, const std::function<void()>& add) {
    for (int i = 0; i < times; ++i) add();
  }
  int AnyRecord() { return Int(1, static_cast<int>(world_.records.size())); }
  std::vector<int> SomeRecords(int most) {
    std::set<int> some;
    for (int i = Int(1, most); i > 0; --i) some.insert(AnyRecord());
    return {some.begin(), some.end()};
  }
  std::set<ItemClass> SomeClasses() {
    std::set<ItemClass> some;
    if (Chance(65)) return some;
    for (int i = Int(1, 3); i > 0; --i) some.insert(AnyClass());
    return some;
  }
  ItemClass AnyClass() {
    // The classes of content more often than the others.
    return static_cast<ItemClass>(Chance(60) ? Int(1, 11) : Int(1, 20));
  }
  Who AnyWho() {
    Who who;
    const int which = Int(1, 100);
    if (which <= 60) {
      who.agency = Pick(Agencies());
    } else if (which <= 75) {
      who.practitioner = Int(50, 53);
    } else {
      who.record = AnyRecord();
    }
    return who;
  }
  std::vector<Who> SomeWho(int most) {
    std::vector<Who> some;
    for (int i = Int(0, most); i > 0; --i) some.push_back(AnyWho());
    return some;
  }
  void SetPeriod(int* from, int* until) {
    if (Chance(30)) *from = std::max(1, world_.today + Int(-2, 2));
    if (Chance(30)) *until = std::max(1, world_.today + Int(-2, 2));
  }

  void AddRecord() {
    Record record;
    record.number = static_cast<int>(world_.records.size()) + 1;
    record.agency = Pick(Agencies());
    record.person = Int(1, 3);
    record.gone = Chance(4);
    world_.records.push_back(record);
    if (world_.works_with.empty()) world_.works_with.emplace_back();
    std::set<std::string> agencies;
    for (const auto& agency : Agencies()) {
      if (Chance(25)) agencies.insert(agency);
    }
    world_.works_with.push_back(agencies);
  }

  // Ages lie around 16 on the days of the world; a person has one birth date.
  void AddLinks() {
    int born[4] = {0, 0, 0, 0};
    for (int& year : born) year = Chance(70) ? Int(2008, 2012) : 0;
    for (Record& one : world_.records) {
      one.born_year = born[one.person];
      for (const Record& other : world_.records) {
        if (other.number <= one.number) continue;
        if (one.person == other.person && Chance(60)) {
          world_.sure.push_back({one.number, other.number});
        } else if (one.person != other.person && Chance(10)) {
          world_.possible.push_back({one.number, other.number});
        }
      }
    }
  }

  void AddFamily() {
    Family family;
    family.number = 100 + static_cast<int>(world_.families.size());
    for (const Record& record : world_.records) {
      if (Chance(50)) family.members.insert(record.number);
    }
    for (const auto& agency : Agencies()) {
      if (Chance(40)) family.agencies.insert(agency);
    }
    if (Chance(60)) family.lead = Int(50, 53);
    world_.families.push_back(family);
  }

  void AddAnswer() {
    Answer answer;
    answer.number = 200 + static_cast<int>(world_.answers.size());
    answer.agency = Pick(Agencies());
    answer.kind = Chance(80) ? agency::v1::CONSENT_KIND_SHARE
                             : static_cast<ConsentKind>(Int(1, 4));
    answer.answer = Chance(75) ? agency::v1::CONSENT_ANSWER_GIVEN
                               : static_cast<ConsentAnswer>(Int(1, 3));
    answer.about = SomeRecords(4);
    answer.to = SomeWho(3);
    if (!Chance(10)) answer.purpose = Pick(Purposes());
    answer.classes = SomeClasses();
    SetPeriod(&answer.from, &answer.until);
    answer.answered_by = Chance(80) ? AnyRecord() : 0;
    answer.since_year = Int(2020, 2026);
    answer.own_only = Chance(15);
    answer.ended = Chance(15);
    world_.answers.push_back(answer);
    if (!Chance(20)) return;
    // Somebody else answers the same question otherwise.
    answer.number += 50;
    answer.answer = answer.answer == agency::v1::CONSENT_ANSWER_GIVEN
                        ? agency::v1::CONSENT_ANSWER_REFUSED
                        : agency::v1::CONSENT_ANSWER_GIVEN;
    world_.answers.push_back(answer);
  }

  void AddBar() {
    Bar bar;
    bar.number = 300 + static_cast<int>(world_.bars.size());
    bar.agency = Pick(Agencies());
    bar.about = SomeRecords(2);
    bar.barred = SomeWho(2);
    bar.classes = SomeClasses();
    if (Chance(30)) bar.things = {Int(1, 4)};
    SetPeriod(&bar.from, &bar.until);
    bar.from_family = Chance(30);
    bar.own_only = Chance(15);
    bar.ended = Chance(15);
    world_.bars.push_back(bar);
  }

  absl::Time Around(int hours) {
    return MomentOf(world_) + absl::Hours(Int(-hours, hours));
  }

  void AddOverride() {
    disclosure::Override one;
    one.number = 400;
    if (Chance(70)) one.agencies.insert(Pick(Agencies()));
    if (Chance(40)) one.practitioners.insert(Int(50, 53));
    for (const int record : SomeRecords(3)) one.records.insert(record);
    one.classes = SomeClasses();
    one.purpose = Chance(95) ? Pick(Purposes()) : "";
    one.reason = static_cast<agency::v1::OverrideReason>(Int(1, 4));
    one.from = Around(2);
    one.until = Around(2);
    one.complete = Chance(85);
    one.ended = Chance(10);
    world_.overrides.push_back(one);
  }

  void AddGrant() {
    disclosure::Grant grant;
    grant.number = 500;
    // Most often of somebody who is there.
    const disclosure::Reader& reader = Pick(world_.readers);
    grant.agency = Chance(80) ? reader.agency : Pick(Agencies());
    grant.practitioner = Chance(80) ? reader.practitioner_number : Int(50, 53);
    if (Chance(70)) grant.families.insert(Pick(world_.families).number);
    if (Chance(40)) grant.records.insert(AnyRecord());
    grant.classes = SomeClasses();
    grant.from = Around(3);
    grant.until = grant.from + absl::Hours(Int(1, 5));
    grant.shielded_approved = Chance(50);
    grant.ended = Chance(10);
    world_.grants.push_back(grant);
  }

  void AddAgreement() {
    disclosure::Agreement agreement;
    agreement.number = 600;
    for (const auto& agency : Agencies()) {
      if (Chance(70)) agreement.parties.insert(agency);
    }
    if (Chance(30)) agreement.purposes.insert(Pick(Purposes()));
    agreement.classes = SomeClasses();
    if (Chance(30)) agreement.from = DayOf(world_.today + Int(-1, 1));
    if (Chance(30)) agreement.until = DayOf(world_.today + Int(-1, 1));
    agreement.ended = Chance(10);
    world_.agreements.push_back(agreement);
  }

  void AddItem() {
    Item item;
    item.item_class = AnyClass();
    item.agency = Chance(95) ? Pick(Agencies()) : "";
    if (!Chance(5)) item.about = SomeRecords(2);
    if (!Chance(10)) item.family = Pick(world_.families).number;
    for (const auto& agency : Agencies()) {
      if (Chance(50)) item.named.push_back(agency);
    }
    item.draft = Chance(8);
    item.shielded = Chance(10);
    item.embargoed = Chance(8);
    item.thing = Chance(10) ? 300 + Int(0, 2) : Int(0, 4);
    item.basis = static_cast<LegalBasis>(Chance(70) ? Int(0, 1) : Int(0, 5));
    world_.items.push_back(item);
  }

  void AddReader() {
    disclosure::Reader reader;
    reader.agency = Chance(97) ? Pick(Agencies()) : "";
    reader.practitioner = "p";
    reader.role = static_cast<Role>(Chance(45)   ? Int(1, 2)
                                    : Chance(40) ? 3
                                                 : Int(0, 11));
    if (Chance(85)) reader.practitioner_number = Int(50, 53);
    reader.purpose = Chance(97) ? Pick(Purposes()) : "";
    if (Chance(15)) reader.purpose = "audit";
    if (reader.role == agency::v1::ROLE_FAMILY_MEMBER) {
      reader.practitioner_number = 0;
      reader.record = AnyRecord();
    }
    if (Chance(50)) reader.reason = "complaint";
    reader.at = MomentOf(world_);
    world_.readers.push_back(reader);
  }

  std::mt19937_64 random_;
  World world_;
};

agency::v1::Date DateOf(int day) {
  agency::v1::Date date;
  const absl::CivilDay civil = DayOf(day);
  date.set_year(static_cast<int32_t>(civil.year()));
  date.set_month(civil.month());
  date.set_day(civil.day());
  return date;
}

void SetPeriod(int from, int until, agency::v1::Period* period) {
  if (from != 0) *period->mutable_from() = DateOf(from);
  if (until != 0) *period->mutable_until() = DateOf(until);
}

template <class Named>
void AddNamed(const std::vector<Who>& all, Named* out) {
  for (const Who& who : all) {
    auto* one = out->Add();
    if (!who.agency.empty()) {
      one->set_agency(who.agency);
    } else if (who.practitioner != 0) {
      one->set_practitioner(who.practitioner);
    } else {
      one->set_record(who.record);
    }
  }
}

ledger::v1::ConsentRow RowOf(const Answer& answer) {
  ledger::v1::ConsentRow row;
  row.set_agency(answer.agency);
  row.set_ended(answer.ended);
  row.mutable_since()->set_seconds(absl::ToUnixSeconds(absl::FromCivil(
      absl::CivilHour(answer.since_year, 6, 15, 12), absl::UTCTimeZone())));
  auto& recorded = *row.mutable_recorded();
  recorded.mutable_consent()->set_number(answer.number);
  for (const int record : answer.about) recorded.add_records(record);
  recorded.set_answered_by(answer.answered_by);
  AddNamed(answer.to, recorded.mutable_recipients());
  auto& said = *recorded.mutable_said();
  said.set_kind(answer.kind);
  said.set_answer(answer.answer);
  said.set_purpose(answer.purpose);
  for (const ItemClass item : answer.classes) said.add_classes(item);
  SetPeriod(answer.from, answer.until, said.mutable_period());
  said.set_own_records_only(answer.own_only);
  return row;
}

ledger::v1::RestrictionRow RowOf(const Bar& bar) {
  ledger::v1::RestrictionRow row;
  row.set_agency(bar.agency);
  row.set_ended(bar.ended);
  auto& recorded = *row.mutable_recorded();
  recorded.mutable_restriction()->set_number(bar.number);
  for (const int record : bar.about) recorded.add_records(record);
  AddNamed(bar.barred, recorded.mutable_barred());
  for (const int thing : bar.things) recorded.add_things(thing);
  auto& said = *recorded.mutable_said();
  for (const ItemClass item : bar.classes) said.add_classes(item);
  SetPeriod(bar.from, bar.until, said.mutable_period());
  said.set_from_family(bar.from_family);
  said.set_own_records_only(bar.own_only);
  return row;
}

// Everything that is reached over the pairs, from one.
absl::btree_set<uint64_t> Closure(uint64_t start,
                                  const std::vector<Pair>& pairs) {
  absl::btree_set<uint64_t> reached = {start};
  for (bool grew = true; grew;) {
    grew = false;
    for (const Pair& pair : pairs) {
      const bool one = reached.count(pair.one) > 0;
      const bool other = reached.count(pair.other) > 0;
      if (one == other) continue;
      reached.insert(one ? pair.other : pair.one);
      grew = true;
    }
  }
  return reached;
}

absl::btree_set<uint64_t> PersonOf(const World& world, int person) {
  absl::btree_set<uint64_t> records;
  for (const Record& record : world.records) {
    if (record.person == person) records.insert(record.number);
  }
  return records;
}

disclosure::RecordContext ContextOf(const World& world, const Record& record) {
  disclosure::RecordContext about;
  about.agency = record.agency;
  about.gone = record.gone;
  about.surely_same = Closure(record.number, world.sure);
  about.perhaps_same = PersonOf(world, record.person);
  const absl::btree_set<uint64_t> own = about.perhaps_same;
  for (const Pair& pair : world.possible) {
    for (const auto& [mine, other] :
         {std::pair{pair.one, pair.other}, std::pair{pair.other, pair.one}}) {
      if (own.count(mine) == 0) continue;
      about.perhaps_same.merge(
          PersonOf(world, world.records[other - 1].person));
    }
  }
  if (record.born_year != 0) {
    about.born = absl::CivilDay(record.born_year, 6, 15);
  }
  return about;
}

}  // namespace

World Invent(uint64_t seed) { return Inventor(seed).Invent(); }

World Before(const World& now, uint64_t seed) {
  return Inventor(seed).Turn(now);
}

absl::CivilDay DayOf(int day) { return absl::CivilDay(2025, 12, 31) + day; }

absl::Time MomentOf(const World& world) {
  return absl::FromCivil(absl::CivilHour(DayOf(world.today)),
                         absl::UTCTimeZone()) +
         absl::Hours(world.hour);
}

ledger::v1::ItemLabel LabelOf(const Item& item) {
  ledger::v1::ItemLabel label;
  label.set_class_(item.item_class);
  label.set_agency(item.agency);
  for (const int record : item.about) label.add_records(record);
  label.set_family(item.family);
  for (const std::string& agency : item.named) label.add_named_agencies(agency);
  label.set_draft(item.draft);
  label.set_shielded(item.shielded);
  label.set_embargoed(item.embargoed);
  label.set_thing(item.thing);
  label.set_basis(item.basis);
  return label;
}

disclosure::Context ContextOf(const World& world) {
  disclosure::Context context;
  context.today = DayOf(world.today);
  for (const Record& record : world.records) {
    context.records[record.number] = ContextOf(world, record);
    context.agencies_of_record[record.number] = world.works_with[record.number];
  }
  for (const Family& family : world.families) {
    context.agencies_of_family[family.number] = family.agencies;
    context.members_of_family[family.number] = {family.members.begin(),
                                                family.members.end()};
    if (family.lead != 0) context.lead_of_family[family.number] = family.lead;
  }
  for (const Answer& one : world.answers)
    context.consents.push_back(RowOf(one));
  for (const Bar& one : world.bars) context.restrictions.push_back(RowOf(one));
  context.overrides = world.overrides;
  context.grants = world.grants;
  context.agreements = world.agreements;
  return context;
}

}  // namespace kith::oracle
