#include "services/views/testing.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/check.h"
#include "base/civil_date.h"
#include "kith/api/v1/views.pb.h"
#include "services/core/family/dates.h"
#include "services/views/times.h"

namespace kith::views::testing {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// Drops who said things and when, wherever it stands.
void DropProvenance(Message* message) {
  const auto& reflection = *message->GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection.ListFields(*message, &fields);
  for (const FieldDescriptor* field : fields) {
    if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) continue;
    const std::string& type = field->message_type()->full_name();
    if (type == "kith.api.v1.Said" || type == "google.protobuf.Timestamp") {
      reflection.ClearField(message, field);
    } else if (!field->is_repeated()) {
      DropProvenance(reflection.MutableMessage(message, field));
    } else {
      for (int i = 0; i < reflection.FieldSize(*message, field); ++i) {
        DropProvenance(reflection.MutableRepeatedMessage(message, field, i));
      }
    }
  }
}

constexpr char kRules[] = R"(
  instruments { code: "norfolk-scaling" max: 10 high_is_better: true }
  instruments { code: "wf-outcome" min: 1 max: 5 }
  age_parent_must_consent: 12 age_capacity_presumed: 16
  review_days_min: 42 review_days_max: 56 private_fostering_days: 28)";

}  // namespace

History::History() {
  On(absl::CivilDay(2024, 3, 4));
  Add(0, {}, R"(partnership_founded { partnership: "testshire"
                  root { source: "root" kind: SOURCE_KIND_SYSTEM } })");
  Fact rules;
  rules.mutable_rules_activated()->set_number(1);
  rules.mutable_rules_activated()->set_content(
      Text<ledger::v1::Rules>(kRules).SerializeAsString());
  Add(0, {}, std::move(rules));
  Feed("council");
}

History& History::Feed(absl::string_view agency) {
  by_.Clear();
  by_.set_agency(std::string(agency));
  by_.set_reported(true);
  return *this;
}

History& History::Act(absl::string_view agency,
                      absl::string_view practitioner) {
  Feed(agency);
  by_.set_reported(false);
  by_.set_role(agency::v1::ROLE_PRACTITIONER);
  by_.set_practitioner(Practitioner(agency, practitioner));
  return *this;
}

History& History::On(absl::CivilDay day) {
  now_ = NoonOf(day);
  return *this;
}

History& History::Unmet(std::vector<std::string> rows) {
  unmet_ = std::move(rows);
  return *this;
}

absl::Time History::NoonOf(absl::CivilDay day) const {
  return base::LondonMidnight(day) + absl::Hours(12);
}

EntityNumber History::Practitioner(absl::string_view agency,
                                   absl::string_view local_id) {
  const std::string key = absl::StrCat(agency, "/", local_id);
  if (practitioners_.count(key) > 0) return practitioners_[key];
  const auto identity = New('w');
  practitioners_[key] = identity.number();
  Fact fact;
  auto& known = *fact.mutable_practitioner_known();
  *known.mutable_practitioner() = identity;
  known.set_agency(std::string(agency));
  known.mutable_said()->set_local_id(std::string(local_id));
  known.mutable_said()->set_name(absl::StrCat("Name of ", local_id));
  known.mutable_said()->set_contact(absl::StrCat(local_id, "@", agency));
  Add(identity.number(), {}, std::move(fact));
  return identity.number();
}

ledger::v1::Identity History::New(char letter) {
  ledger::v1::Identity identity;
  identity.set_number(NextNumber());
  identity.set_id(absl::StrCat(std::string(1, letter), identity.number()));
  return identity;
}

void History::Add(EntityNumber subject, std::vector<EntityNumber> also_about,
                  Fact fact) {
  *fact.mutable_by() = by_;
  *fact.mutable_by()->mutable_occurred_at() = ToTimestamp(now_);
  *fact.mutable_unmet() = {unmet_.begin(), unmet_.end()};
  unmet_.clear();
  ledger::v1::StatementRef statement;
  statement.set_source(absl::StrCat("feed_", by_.agency()));
  statement.set_epoch(1);
  statement.set_sequence(++sequence_);
  facts_.push_back(
      {now_, subject, std::move(also_about), statement, std::move(fact)});
  KITH_CHECK(Fold(view_, AsRecorded(facts_.size() - 1), hash_).ok());
}

Recorded History::AsRecorded(uint64_t position) const {
  const Stored& stored = facts_[position];
  return {position, stored.recorded_at, stored.subject, stored.statement,
          stored.fact};
}

core::MapState History::FoldedTo(uint64_t position) const {
  core::MapState rows;
  for (uint64_t i = 0; i < position; ++i) {
    KITH_CHECK(Fold(rows, AsRecorded(i), hash_).ok());
  }
  return rows;
}

absl::Time History::TimeOf(uint64_t position) const {
  return facts_[position - 1].recorded_at;
}

ScanFacts History::scan() const {
  return
      [this](core::Subject subject,
             const std::function<absl::StatusOr<bool>(const Recorded&)>& visit)
          -> absl::Status {
        for (uint64_t i = 0; i < facts_.size(); ++i) {
          const auto& also = facts_[i].also_about;
          if (facts_[i].subject != subject &&
              std::find(also.begin(), also.end(), subject) == also.end()) {
            continue;
          }
          ASSIGN_OR_RETURN(const bool more, visit(AsRecorded(i)));
          if (!more) break;
        }
        return absl::OkStatus();
      };
}

EntityNumber History::Person(const std::string& given,
                             const std::string& family,
                             const std::string& more) {
  Fact fact;
  auto& stated = *fact.mutable_record_stated();
  *stated.mutable_record() = New('p');
  const EntityNumber number = stated.record().number();
  *stated.mutable_said() = Text<agency::v1::PersonStated>(more);
  *stated.mutable_said()->mutable_record() =
      core::testing::Local(by_.agency(), absl::StrCat("R", number));
  auto& name = *stated.mutable_said()->add_names();
  name.set_given(given);
  name.set_family(family);
  for (const auto& identifier : stated.said().identifiers()) {
    stated.add_checks(identifier.status() ==
                              agency::v1::IDENTIFIER_STATUS_VERIFIED
                          ? ledger::v1::IDENTIFIER_CHECK_VERIFIED
                          : ledger::v1::IDENTIFIER_CHECK_SOUND);
  }
  Add(number, {}, std::move(fact));
  return number;
}

void History::Restate(EntityNumber record, const std::string& said) {
  Fact fact;
  auto& stated = *fact.mutable_record_stated();
  stated.mutable_record()->set_number(record);
  *stated.mutable_said() = Text<agency::v1::PersonStated>(said);
  *stated.mutable_said()->mutable_record() =
      core::testing::Local(by_.agency(), absl::StrCat("R", record));
  Add(record, {}, std::move(fact));
}

EntityNumber History::Family(const std::vector<EntityNumber>& members,
                             EntityNumber defined_by) {
  Fact fact;
  auto& founded = *fact.mutable_family_founded();
  *founded.mutable_family() = New('f');
  founded.set_defined_by(defined_by);
  const EntityNumber family = founded.family().number();
  Add(family, {}, std::move(fact));
  for (const EntityNumber member : members) Member(family, member);
  return family;
}

void History::Member(EntityNumber family, EntityNumber record,
                     const std::string& said) {
  Fact fact;
  auto& stated = *fact.mutable_member_stated();
  stated.set_family(family);
  stated.set_record(record);
  *stated.mutable_said() = Text<agency::v1::FamilyMember>(said);
  Add(family, {record}, std::move(fact));
}

void History::Left(EntityNumber family, EntityNumber record,
                   absl::CivilDay until) {
  Fact fact;
  auto& left = *fact.mutable_member_left();
  left.set_family(family);
  left.set_record(record);
  *left.mutable_until() = core::ToDate(until);
  Add(family, {record}, std::move(fact));
}

EntityNumber History::Judge(EntityNumber one, EntityNumber other,
                            ledger::v1::PairOutcome outcome, bool verified) {
  Fact fact;
  auto& judged = *fact.mutable_pair_judged();
  *judged.mutable_match() = New('x');
  judged.set_one(std::min(one, other));
  judged.set_other(std::max(one, other));
  judged.set_outcome(outcome);
  judged.set_verified(verified);
  const EntityNumber match = judged.match().number();
  Add(std::max(one, other), {std::min(one, other)}, std::move(fact));
  return match;
}

void History::Link(EntityNumber one, EntityNumber other, bool verified) {
  Judge(one, other, ledger::v1::PAIR_OUTCOME_LINK, verified);
  const auto first = RecordsOf(view_, one);
  const auto second = RecordsOf(view_, other);
  KITH_CHECK(first.ok() && second.ok());
  if (first->front() == second->front()) return;
  const auto& survivor = first->front() < second->front() ? *first : *second;
  const auto& retired = first->front() < second->front() ? *second : *first;
  Fact fact;
  auto& merged = *fact.mutable_persons_merged();
  merged.set_survivor(survivor.front());
  merged.set_retired(retired.front());
  for (const EntityNumber record : retired) merged.add_records(record);
  Add(retired.front(), {survivor.front()}, std::move(fact));
}

void History::Split(EntityNumber from, std::vector<EntityNumber> part) {
  for (const EntityNumber record : part) {
    const auto records = RecordsOf(view_, from);
    KITH_CHECK(records.ok());
    for (const EntityNumber other : *records) {
      if (std::find(part.begin(), part.end(), other) != part.end()) continue;
      const ThingKey key{std::max(record, other), Kind::kMatch,
                         keys::Numbered(std::min(record, other))};
      const auto row = core::ReadRow<ThingRow>(view_, key.Bytes());
      if (!row.ok() || !row->has_value()) continue;
      Fact fact;
      auto& judged = *fact.mutable_pair_judged();
      judged.mutable_match()->set_number((*row)->thing().number());
      judged.set_one(std::min(record, other));
      judged.set_other(std::max(record, other));
      judged.set_outcome(ledger::v1::PAIR_OUTCOME_NONE);
      Add(std::max(record, other), {std::min(record, other)}, std::move(fact));
    }
  }
  std::sort(part.begin(), part.end());
  Fact fact;
  auto& split = *fact.mutable_person_split();
  split.set_from(from);
  split.set_part(part.front());
  for (const EntityNumber record : part) split.add_records(record);
  Add(part.front(), {from}, std::move(fact));
}

void History::Join(EntityNumber survivor, EntityNumber joined) {
  Fact fact;
  fact.mutable_families_joined()->set_survivor(survivor);
  fact.mutable_families_joined()->set_joined(joined);
  Add(joined, {survivor}, std::move(fact));
}

void History::Part(EntityNumber survivor, EntityNumber joined) {
  Fact fact;
  fact.mutable_families_parted()->set_survivor(survivor);
  fact.mutable_families_parted()->set_joined(joined);
  Add(joined, {survivor}, std::move(fact));
}

EntityNumber History::Involve(EntityNumber record, const std::string& service,
                              EntityNumber worker) {
  Fact fact;
  auto& recorded = *fact.mutable_involvement_recorded();
  *recorded.mutable_involvement() = New('o');
  recorded.set_record(record);
  recorded.set_worker(worker);
  recorded.mutable_said()->set_service(service);
  const EntityNumber number = recorded.involvement().number();
  Add(record, {}, std::move(fact));
  return number;
}

EntityNumber History::Consent(const std::vector<EntityNumber>& records,
                              const std::string& said) {
  Fact fact;
  auto& recorded = *fact.mutable_consent_recorded();
  *recorded.mutable_consent() = New('c');
  for (const EntityNumber record : records) recorded.add_records(record);
  *recorded.mutable_said() = Text<agency::v1::ConsentStated>(said);
  for (const auto& recipient : recorded.said().recipients()) {
    recorded.add_recipients()->set_agency(recipient.agency());
  }
  const EntityNumber number = recorded.consent().number();
  Add(records.front(), {records.begin() + 1, records.end()}, std::move(fact));
  return number;
}

EntityNumber History::Plan(EntityNumber family,
                           const std::vector<EntityNumber>& records,
                           const std::string& more) {
  Fact fact;
  auto& recorded = *fact.mutable_plan_recorded();
  recorded = Text<ledger::v1::PlanRecorded>(more);
  *recorded.mutable_plan() = New('l');
  recorded.set_family(family);
  recorded.set_version(1);
  for (const EntityNumber record : records) recorded.add_records(record);
  const EntityNumber number = recorded.plan().number();
  Add(family, records, std::move(fact));
  return number;
}

EntityNumber History::Lead(EntityNumber family, EntityNumber practitioner) {
  Fact fact;
  auto& taken = *fact.mutable_lead_taken();
  *taken.mutable_appointment() = New('d');
  taken.set_family(family);
  taken.set_practitioner(practitioner);
  *taken.mutable_from() = core::ToDate(base::LondonDay(now_));
  const EntityNumber number = taken.appointment().number();
  Add(family, {}, std::move(fact));
  return number;
}

EntityNumber History::Duplicate(EntityNumber family, EntityNumber one,
                                EntityNumber other,
                                ledger::v1::DuplicateLevel level) {
  Fact fact;
  auto& found = *fact.mutable_duplicate_plan_found();
  *found.mutable_case_() = New('u');
  found.set_one(one);
  found.set_other(other);
  found.set_level(level);
  const EntityNumber number = found.case_().number();
  Add(family, {}, std::move(fact));
  return number;
}

std::string StandingText(const Standing& standing) {
  std::string text;
  for (const auto& [record, of] : standing.records) {
    absl::StrAppend(&text, record, " ", of.agency, of.gone ? " gone" : "",
                    " sure ", absl::StrJoin(of.surely_same, " "), " perhaps ",
                    absl::StrJoin(of.perhaps_same, " "), "\n");
  }
  const auto add_rows = [&](const auto& rows) {
    for (const auto& row : rows) {
      absl::StrAppend(&text, row.ShortDebugString(), "\n");
    }
  };
  add_rows(standing.consents);
  add_rows(standing.restrictions);
  add_rows(standing.overrides);
  add_rows(standing.glass);
  for (const auto& [record, agencies] : standing.agencies_of_record) {
    absl::StrAppend(&text, record, " with ", absl::StrJoin(agencies, " "),
                    "\n");
  }
  for (const auto& [family, agencies] : standing.agencies_of_family) {
    absl::StrAppend(&text, family, " with ", absl::StrJoin(agencies, " "),
                    "\n");
  }
  for (const auto& [family, lead] : standing.lead_of_family) {
    absl::StrAppend(&text, family, " led by ", lead, "\n");
  }
  for (const auto& [family, records] : standing.members_of_family) {
    absl::StrAppend(&text, family, " has ", absl::StrJoin(records, " "), "\n");
  }
  absl::StrAppend(&text, "capacity at ", standing.age_capacity_presumed, "\n");
  return text;
}

std::string LabelText(const ledger::v1::ItemLabel& label) {
  const std::string& name = agency::v1::ItemClass_Name(label.class_());
  std::string text = name.substr(std::string("ITEM_CLASS_").size());
  absl::StrAppend(&text, " ", label.agency().empty() ? "-" : label.agency(),
                  " [", absl::StrJoin(label.records(), " "), "]");
  if (label.family() != 0) absl::StrAppend(&text, " f", label.family());
  if (!label.named_agencies().empty()) {
    absl::StrAppend(&text, " named ",
                    absl::StrJoin(label.named_agencies(), " "));
  }
  if (label.draft()) absl::StrAppend(&text, " draft");
  if (label.shielded()) absl::StrAppend(&text, " shielded");
  return text;
}

std::string PartText(const Message& message) {
  std::unique_ptr<Message> copy(message.New());
  copy->CopyFrom(message);
  DropProvenance(copy.get());
  std::string text = copy->ShortDebugString();
  while (!text.empty() && text.back() == ' ') text.pop_back();
  return text;
}

}  // namespace kith::views::testing
