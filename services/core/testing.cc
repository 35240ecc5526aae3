#include "services/core/testing.h"

#include <algorithm>
#include <utility>

#include "base/bytes.h"
#include "base/civil_date.h"
#include "base/crypto.h"
#include "services/core/keys.h"
#include "services/core/rules.h"

namespace kith::core::testing {
namespace {

constexpr absl::string_view kPartnership = "testshire";

std::string GenesisDigest() { return base::Sha256("genesis"); }

Fold All(std::vector<Fold> folds) {
  folds.push_back(EvolvePractitioner);
  return [folds = std::move(folds)](StateWriter& state,
                                    const ledger::v1::Fact& fact,
                                    Subject subject, const KeyHash& hash) {
    for (const Fold& fold : folds) {
      RETURN_IF_ERROR(fold(state, fact, subject, hash));
    }
    return absl::OkStatus();
  };
}

}  // namespace

KeyHash TestHash() {
  return [](absl::string_view bytes) {
    return base::HmacSha256("the pepper of the tests' one ledger", bytes);
  };
}

agency::v1::Date DateOf(absl::CivilDay day) {
  agency::v1::Date date;
  date.set_year(static_cast<int32_t>(day.year()));
  date.set_month(day.month());
  date.set_day(day.day());
  return date;
}

agency::v1::LocalRef Local(absl::string_view agency,
                           absl::string_view local_id) {
  agency::v1::LocalRef ref;
  ref.set_agency(std::string(agency));
  ref.set_system("main");
  ref.set_local_id(std::string(local_id));
  return ref;
}

agency::v1::PersonRef PersonOf(const agency::v1::LocalRef& record) {
  agency::v1::PersonRef ref;
  *ref.mutable_record() = record;
  return ref;
}

agency::v1::PersonRef PersonWithId(absl::string_view id) {
  agency::v1::PersonRef ref;
  ref.set_person_id(std::string(id));
  return ref;
}

agency::v1::ThingRef ThingOf(const agency::v1::LocalRef& local) {
  agency::v1::ThingRef ref;
  *ref.mutable_local() = local;
  return ref;
}

agency::v1::ThingRef ThingWithId(absl::string_view id) {
  agency::v1::ThingRef ref;
  ref.set_id(std::string(id));
  return ref;
}

Bench::Bench(std::vector<Fold> folds) : fold_(All(std::move(folds))) {
  SetRules(DefaultRules());
  Act("council").On(absl::CivilDay(2024, 3, 4));
}

ledger::v1::Rules Bench::rules() const {
  return Row<ledger::v1::LedgerRow>(keys::Ledger())->rules();
}

void Bench::SetRules(const ledger::v1::Rules& rules) {
  ledger::v1::LedgerRow ledger;
  ledger.set_partnership(std::string(kPartnership));
  ledger.set_root_source("root");
  ledger.set_genesis_digest(GenesisDigest());
  ledger.set_rules_number(1);
  *ledger.mutable_rules() = rules;
  PutRow(state_, 0, keys::Ledger(), ledger);
}

Bench& Bench::Act(absl::string_view agency, absl::string_view practitioner,
                  agency::v1::Role role) {
  reported_ = false;
  envelope_.set_agency(std::string(agency));
  envelope_.mutable_actor()->set_role(role);
  envelope_.mutable_actor()->mutable_practitioner()->set_local_id(
      std::string(practitioner));
  return *this;
}

Bench& Bench::Feed(absl::string_view agency) {
  reported_ = true;
  envelope_.set_agency(std::string(agency));
  envelope_.clear_actor();
  return *this;
}

Bench& Bench::On(absl::CivilDay day) {
  envelope_.mutable_occurred_at()->set_seconds(
      absl::ToUnixSeconds(base::LondonMidnight(day) + absl::Hours(12)));
  return *this;
}

absl::StatusOr<std::vector<NewFact>> Bench::Say(
    const Step& decide, const std::vector<Step>& conclude) {
  envelope_.set_salt(base::Sha256(base::BigEndian64(position_)));
  Setting setting;
  setting.position = position_;
  setting.recorded_at =
      absl::FromUnixSeconds(envelope_.occurred_at().seconds());
  setting.hash = hash_;
  setting.fold = fold_;
  Decision decision(state_, envelope_, reported_, setting);
  RETURN_IF_ERROR(decide(decision));
  decision.BeginConclusions();
  for (const Step& step : conclude) RETURN_IF_ERROR(step(decision));
  for (auto& [key, change] : decision.TakeChanges()) {
    if (change.value.has_value()) {
      state_.Put(change.subject, key, *change.value);
    } else {
      state_.Delete(key);
    }
  }
  made_ = decision.made();
  std::vector<NewFact> facts = decision.TakeFacts();
  position_ += facts.size();
  history_.insert(history_.end(), facts.begin(), facts.end());
  return facts;
}

EntityNumber Bench::NextNumber() {
  auto row = Row<ledger::v1::NumberRow>(keys::Counter());
  if (!row.has_value()) row.emplace();
  row->set_number(row->number() + 1);
  PutRow(state_, 0, keys::Counter(), *row);
  return row->number();
}

std::string Bench::IdOf(base::IdKind kind, EntityNumber number) const {
  return base::MakeId(kPartnership, GenesisDigest(), kind, 0,
                      static_cast<uint32_t>(number), "bench");
}

EntityNumber Bench::AddRecord(absl::string_view agency,
                              absl::string_view local_id,
                              agency::v1::PersonStated said) {
  const EntityNumber number = NextNumber();
  *said.mutable_record() = Local(agency, local_id);
  ledger::v1::RecordRow row;
  row.mutable_record()->set_number(number);
  row.mutable_record()->set_id(IdOf(base::IdKind::kPerson, number));
  row.set_agency(std::string(agency));
  row.set_person(number);
  *row.mutable_said() = std::move(said);
  PutRow(state_, number, keys::Record(number), row);
  PutNames(state_, hash_, "person", row.said().record(), agency, row.record());
  return number;
}

EntityNumber Bench::AddPractitioner(absl::string_view agency,
                                    absl::string_view local_id) {
  const EntityNumber number = NextNumber();
  ledger::v1::Fact fact;
  auto& known = *fact.mutable_practitioner_known();
  known.mutable_practitioner()->set_number(number);
  known.mutable_practitioner()->set_id(
      IdOf(base::IdKind::kPractitioner, number));
  known.set_agency(std::string(agency));
  known.mutable_said()->set_local_id(std::string(local_id));
  KITH_CHECK(EvolvePractitioner(state_, fact, number, hash_).ok());
  return number;
}

EntityNumber Bench::AddFamily(absl::string_view agency,
                              absl::string_view local_id,
                              const std::vector<EntityNumber>& members,
                              EntityNumber defined_by) {
  const EntityNumber number = NextNumber();
  ledger::v1::FamilyRow row;
  row.set_agency(std::string(agency));
  ledger::v1::FamilyFounded& founded = *row.mutable_founded();
  founded.mutable_family()->set_number(number);
  founded.mutable_family()->set_id(IdOf(base::IdKind::kFamily, number));
  *founded.mutable_local() = Local(agency, local_id);
  founded.set_defined_by(defined_by);
  PutRow(state_, number, keys::Family(number), row);
  PutNames(state_, hash_, "family", founded.local(), agency, founded.family());
  for (EntityNumber member : members) {
    ledger::v1::MembershipRow membership;
    membership.set_agency(std::string(agency));
    membership.mutable_stated()->set_family(number);
    membership.mutable_stated()->set_record(member);
    PutRow(state_, number, keys::Member(number, member, agency), membership);
    state_.Put(number, keys::MemberOf(member, number, agency), "");
  }
  return number;
}

void Bench::PutRecordPerson(EntityNumber record, EntityNumber person) {
  auto row = Row<ledger::v1::RecordRow>(keys::Record(record));
  KITH_CHECK(row.has_value());
  row->set_person(person);
  PutRow(state_, record, keys::Record(record), *row);
}

void Bench::Link(std::vector<EntityNumber> records, bool verified) {
  std::sort(records.begin(), records.end());
  ledger::v1::PersonRow person;
  for (EntityNumber record : records) {
    person.add_records(record);
    PutRecordPerson(record, records.front());
    if (record == records.front()) continue;
    ledger::v1::MatchRow match;
    match.set_version(1);
    ledger::v1::PairJudged& judged = *match.mutable_judged();
    judged.mutable_match()->set_number(NextNumber());
    judged.set_one(records.front());
    judged.set_other(record);
    judged.set_outcome(ledger::v1::PAIR_OUTCOME_LINK);
    judged.set_verified(verified);
    PutRow(state_, record, keys::Match(records.front(), record), match);
    state_.Put(record, keys::MatchOf(records.front(), record), "");
    state_.Put(record, keys::MatchOf(record, records.front()), "");
  }
  PutRow(state_, records.front(), keys::Person(records.front()), person);
}

}  // namespace kith::core::testing
