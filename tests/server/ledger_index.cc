#include "tests/server/ledger_index.h"

#include <tuple>

#include "base/check.h"

namespace kith::server_tests {
namespace {

using ledger::v1::Fact;

absl::CivilDay DayOf(const agency::v1::Date& date) {
  return absl::CivilDay(date.year(), date.month(), date.day());
}

bool Covers(const agency::v1::Period& period, absl::CivilDay day) {
  return (!period.has_from() || DayOf(period.from()) <= day) &&
         (!period.has_until() || day <= DayOf(period.until()));
}

// The thing of that number, known from now on.
LedgerThing& Know(LedgerThings& things, const ledger::v1::Identity& thing,
                  const Fact& fact) {
  LedgerThing& known = things[thing.number()];
  if (!thing.id().empty()) {
    known.id = thing.id();
    known.agency = fact.by().agency();
  }
  return known;
}

template <class Numbers>
void SetRecords(const Numbers& numbers, LedgerThing& thing) {
  thing.records = {numbers.begin(), numbers.end()};
}

}  // namespace

LedgerIndex::LedgerIndex(const engine::ReadView& view, absl::CivilDay today)
    : today_(today) {
  const absl::Status scanned = view.snapshot().ScanLedger(
      0, [&](const eventstore::StoredRecord& record) {
        Fact fact;
        KITH_CHECK(record.payload.has_value() &&
                   fact.ParseFromString(*record.payload));
        Take(record.position, fact);
        return true;
      });
  KITH_CHECK(scanned.ok());
}

void LedgerIndex::Take(uint64_t position, const Fact& fact) {
  const auto* field = Fact::descriptor()->FindFieldByNumber(fact.what_case());
  if (field != nullptr) ++kinds_[field->name()];
  TakePeople(fact);
  TakeFamilies(fact);
  TakeLeads(fact);
  TakePermissions(fact);
  TakeWork(fact);
  TakeWorklists(fact);
  TakeLine(position, fact);
}

void LedgerIndex::TakeLine(uint64_t position, const Fact& fact) {
  if (fact.has_plan_recorded()) {
    plan_lines[position] = fact.plan_recorded().plan().number();
  } else if (fact.has_assessment_recorded()) {
    assessment_lines[position] =
        fact.assessment_recorded().assessment().number();
  }
}

void LedgerIndex::TakePeople(const Fact& fact) {
  if (fact.has_record_stated()) {
    const auto& record = fact.record_stated().record();
    for (const auto& one : fact.record_stated().said().identifiers()) {
      numbers_[record.number()] = one.value();
    }
    if (record.id().empty()) return;
    records_[record.number()] = record.id();
    stated_by_[record.number()] = fact.by().agency();
    person_of_[record.number()] = record.number();
  } else if (fact.has_persons_merged()) {
    for (const uint64_t record : fact.persons_merged().records()) {
      person_of_[record] = fact.persons_merged().survivor();
    }
  } else if (fact.has_person_split()) {
    for (const uint64_t record : fact.person_split().records()) {
      person_of_[record] = fact.person_split().part();
    }
  } else if (fact.has_record_gone()) {
    numbers_.erase(fact.record_gone().record());
  } else if (fact.has_record_unstored()) {
    numbers_.erase(fact.record_unstored().record());
  } else if (fact.has_practitioner_known()) {
    const auto& known = fact.practitioner_known();
    practitioners_[known.practitioner().number()] = known.agency();
  }
}

void LedgerIndex::TakeFamilies(const Fact& fact) {
  if (fact.has_family_founded()) {
    const auto& family = fact.family_founded().family();
    families_[family.number()] = family.id();
  } else if (fact.has_families_joined()) {
    joined_[fact.families_joined().joined()] =
        fact.families_joined().survivor();
  } else if (fact.has_families_parted()) {
    joined_.erase(fact.families_parted().joined());
  } else if (fact.has_member_stated()) {
    const auto& said = fact.member_stated();
    members_[{said.family(), said.record()}] = {
        said.family(), said.record(), fact.by().agency(), said.said().period()};
  } else if (fact.has_member_left()) {
    const auto& said = fact.member_left();
    *members_[{said.family(), said.record()}].period.mutable_until() =
        said.until();
  } else if (fact.has_involvement_recorded()) {
    const auto& said = fact.involvement_recorded();
    involved_[said.involvement().number()] = {said.record(), fact.by().agency(),
                                              said.said().period()};
  }
}

void LedgerIndex::TakeLeads(const Fact& fact) {
  if (fact.has_lead_taken()) {
    const auto& taken = fact.lead_taken();
    leads_.erase(taken.takes_over_from());
    leads_[taken.appointment().number()] = {taken.family(),
                                            taken.practitioner()};
  } else if (fact.has_lead_left()) {
    leads_.erase(fact.lead_left().appointment());
  }
}

void LedgerIndex::TakePermissions(const Fact& fact) {
  if (fact.has_consent_recorded()) {
    const auto& said = fact.consent_recorded();
    SetRecords(said.records(), Know(consents, said.consent(), fact));
  } else if (fact.has_restriction_recorded()) {
    const auto& said = fact.restriction_recorded();
    SetRecords(said.records(), Know(restrictions, said.restriction(), fact));
  } else if (fact.has_override_recorded()) {
    const auto& said = fact.override_recorded();
    LedgerThing& known = Know(overrides, said.override(), fact);
    SetRecords(said.records(), known);
    known.alerted = {said.alerted().begin(), said.alerted().end()};
  } else if (fact.has_glass_broken()) {
    const auto& said = fact.glass_broken();
    LedgerThing& known = Know(overrides, said.access(), fact);
    SetRecords(said.records(), known);
    known.alerted = {said.alerted().begin(), said.alerted().end()};
  } else if (fact.has_sharing_agreement_recorded()) {
    Know(agreements, fact.sharing_agreement_recorded().agreement(), fact);
  }
}

void LedgerIndex::TakeWork(const Fact& fact) {
  if (fact.has_plan_recorded()) {
    const auto& said = fact.plan_recorded();
    LedgerThing& known = Know(plans, said.plan(), fact);
    SetRecords(said.records(), known);
    known.family = said.family();
  } else if (fact.has_plan_ended()) {
    plans[fact.plan_ended().plan()].over = true;
  } else if (fact.has_plans_merged()) {
    plans[fact.plans_merged().merged()].over = true;
  } else if (fact.has_referral_recorded()) {
    const auto& said = fact.referral_recorded();
    SetRecords(said.records(), Know(referrals, said.referral(), fact));
  } else if (fact.has_assessment_recorded()) {
    const auto& said = fact.assessment_recorded();
    SetRecords(said.records(), Know(assessments, said.assessment(), fact));
  } else if (fact.has_meeting_recorded()) {
    const auto& said = fact.meeting_recorded();
    LedgerThing& known = Know(meetings, said.meeting(), fact);
    SetRecords(said.family_present(), known);
    known.family = said.family();
  } else if (fact.has_panel_item_recorded()) {
    Know(panel_items, fact.panel_item_recorded().item(), fact);
  }
}

void LedgerIndex::TakeWorklists(const Fact& fact) {
  if (fact.has_duplicate_plan_found()) {
    Know(cases, fact.duplicate_plan_found().case_(), fact);
  } else if (fact.has_pair_judged()) {
    Know(matches, fact.pair_judged().match(), fact);
  } else if (fact.has_match_ruled()) {
    Know(matches, fact.match_ruled().match(), fact);
  } else if (fact.has_frame_quarantined()) {
    Know(items, fact.frame_quarantined().item(), fact);
  } else if (fact.has_statement_parked()) {
    Know(items, fact.statement_parked().item(), fact);
  }
}

bool LedgerIndex::IsCurrent(const Membership& member) const {
  return Covers(member.period, today_);
}

uint64_t LedgerIndex::Standing(uint64_t family) const {
  const auto found = joined_.find(family);
  return found == joined_.end() ? family : Standing(found->second);
}

uint64_t LedgerIndex::PersonOf(uint64_t record) const {
  const auto found = person_of_.find(record);
  return found == person_of_.end() ? record : found->second;
}

std::vector<std::string> LedgerIndex::Persons() const {
  std::vector<std::string> ids;
  for (const auto& [record, person] : person_of_) {
    if (record == person) ids.push_back(records_.at(record));
  }
  return ids;
}

std::vector<std::pair<std::string, std::string>> LedgerIndex::StatedPersons()
    const {
  std::vector<std::pair<std::string, std::string>> stated;
  for (const auto& [record, person] : person_of_) {
    if (record != person) continue;
    stated.emplace_back(records_.at(record), stated_by_.at(record));
  }
  return stated;
}

std::vector<std::string> LedgerIndex::Families() const {
  std::vector<std::string> ids;
  for (const auto& [number, id] : families_) {
    if (joined_.count(number) == 0) ids.push_back(id);
  }
  return ids;
}

std::set<uint64_t> LedgerIndex::RecordsOf(const std::string& person_id) const {
  std::set<uint64_t> all;
  for (const auto& [record, person] : person_of_) {
    if (records_.at(person) == person_id) all.insert(record);
  }
  return all;
}

std::string LedgerIndex::PersonWith(const std::string& nhs_number) const {
  std::set<uint64_t> persons;
  for (const auto& [record, number] : numbers_) {
    if (number == nhs_number) persons.insert(PersonOf(record));
  }
  return persons.size() == 1 ? records_.at(*persons.begin()) : "";
}

bool LedgerIndex::IsOf(uint64_t family, const std::string& family_id) const {
  const auto found = families_.find(Standing(family));
  return found != families_.end() && found->second == family_id;
}

std::set<uint64_t> LedgerIndex::PeopleOf(const std::string& family_id) const {
  std::set<uint64_t> persons, all;
  for (const auto& [key, member] : members_) {
    if (!IsCurrent(member) || !IsOf(member.family, family_id)) continue;
    persons.insert(PersonOf(member.record));
  }
  for (const auto& [record, person] : person_of_) {
    if (persons.count(person) > 0) all.insert(record);
  }
  return all;
}

std::set<std::string> LedgerIndex::NamedIn(const std::string& family_id) const {
  std::set<std::string> ids;
  for (const auto& [key, member] : members_) {
    if (IsCurrent(member) && IsOf(member.family, family_id)) {
      ids.insert(records_.at(member.record));
    }
  }
  return ids;
}

std::set<std::string> LedgerIndex::FamiliesOf(
    const std::string& person_id) const {
  const std::set<uint64_t> records = RecordsOf(person_id);
  std::set<std::string> ids;
  for (const auto& [key, member] : members_) {
    if (IsCurrent(member) && records.count(member.record) > 0) {
      ids.insert(families_.at(Standing(member.family)));
    }
  }
  return ids;
}

bool LedgerIndex::WorksWith(const std::string& agency,
                            const std::string& family_id) const {
  for (const auto& [key, member] : members_) {
    if (member.agency == agency && IsCurrent(member) &&
        IsOf(member.family, family_id)) {
      return true;
    }
  }
  for (const auto& [number, plan] : plans) {
    if (plan.agency == agency && !plan.over && IsOf(plan.family, family_id)) {
      return true;
    }
  }
  for (const auto& [number, lead] : leads_) {
    const auto who = practitioners_.find(lead.practitioner);
    if (IsOf(lead.family, family_id) && who != practitioners_.end() &&
        who->second == agency) {
      return true;
    }
  }
  return WorksWithPeople(agency, family_id);
}

bool LedgerIndex::WorksWithPeople(const std::string& agency,
                                  const std::string& family_id) const {
  const std::set<uint64_t> people = PeopleOf(family_id);
  for (const auto& [number, one] : involved_) {
    if (one.agency == agency && people.count(one.record) > 0 &&
        Covers(one.period, today_)) {
      return true;
    }
  }
  return false;
}

}  // namespace kith::server_tests
