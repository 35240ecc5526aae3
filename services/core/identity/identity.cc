#include "services/core/identity/identity.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/civil_time.h"
#include "services/core/identity/identifiers.h"
#include "services/core/identity/known.h"
#include "services/core/identity/linking.h"
#include "services/core/identity/persons.h"
#include "services/core/identity/profile.h"
#include "services/core/keys.h"

namespace kith::core::identity {
namespace {

using agency::v1::PersonStated;
using ledger::v1::Fact;
using ledger::v1::MatchRow;
using ledger::v1::RecordRow;

// Limits of lists in a record; above them it makes no sense.
constexpr int kNamesMax = 10;
constexpr int kIdentifiersMax = 20;
constexpr int kAddressesMax = 20;
constexpr int kAddressLinesMax = 6;
constexpr int kOthersMax = 50;
constexpr uint32_t kReevaluatedMax = 500;

absl::Status TooMany(absl::string_view field) {
  return Senseless("TOO_MANY", "a list is longer than its limit", field);
}

absl::Status CheckDate(const agency::v1::Date& date, absl::string_view field) {
  const absl::CivilDay day(date.year(), std::max(1, date.month()),
                           std::max(1, date.day()));
  const bool exists = date.year() >= 1 && date.year() <= 9999 &&
                      day.year() == date.year() &&
                      day.month() == std::max(1, date.month()) &&
                      day.day() == std::max(1, date.day()) &&
                      (date.day() == 0 || date.month() != 0);
  if (exists) return absl::OkStatus();
  return Senseless("DATE_INVALID", "there is no such day", field);
}

absl::Status CheckDates(const PersonStated& said) {
  if (said.has_birth_date()) {
    RETURN_IF_ERROR(CheckDate(said.birth_date(), "birth_date"));
  }
  if (said.has_expected_birth_date()) {
    RETURN_IF_ERROR(
        CheckDate(said.expected_birth_date(), "expected_birth_date"));
  }
  if (said.has_death_date()) {
    RETURN_IF_ERROR(CheckDate(said.death_date(), "death_date"));
  }
  return absl::OkStatus();
}

absl::Status CheckLengths(const PersonStated& said) {
  if (said.names_size() > kNamesMax) return TooMany("names");
  if (said.identifiers_size() > kIdentifiersMax) return TooMany("identifiers");
  if (said.addresses_size() > kAddressesMax) return TooMany("addresses");
  for (const auto& address : said.addresses()) {
    if (address.lines_size() > kAddressLinesMax) return TooMany("addresses");
  }
  if (said.contact_points_size() > kOthersMax) return TooMany("contact_points");
  if (said.languages_size() > kOthersMax) return TooMany("languages");
  if (said.disabilities_size() > kOthersMax) return TooMany("disabilities");
  if (said.unknown_codes_size() > kOthersMax) return TooMany("unknown_codes");
  return absl::OkStatus();
}

absl::Status CheckCodes(const PersonStated& said) {
  bool known = agency::v1::Sex_IsValid(said.sex());
  for (const auto& name : said.names()) {
    known = known && agency::v1::NameUse_IsValid(name.use());
  }
  for (const auto& identifier : said.identifiers()) {
    known = known && agency::v1::IdentifierKind_IsValid(identifier.kind()) &&
            agency::v1::IdentifierStatus_IsValid(identifier.status());
  }
  if (known) return absl::OkStatus();
  return Senseless("CODE_UNKNOWN", "a code is not one of the list");
}

// OK when the speaking agency may state or retract this record.
absl::Status CheckOwn(const agency::v1::LocalRef& record,
                      const Decision& decision) {
  if (record.local_id().empty()) {
    return Senseless("REFERENCE_EMPTY", "a record has no local id", "record");
  }
  if (record.agency() == decision.agency()) return absl::OkStatus();
  return Forbid("NOT_YOURS", "the record is another agency's", {}, "record");
}

template <class T>
bool Same(const T& a, const T& b) {
  return a.SerializeAsString() == b.SerializeAsString();
}

// Whether what is stated leaves every link as it is.
absl::StatusOr<bool> LinksAsBefore(const ledger::v1::RecordStated& stated,
                                   const Decision& decision) {
  ASSIGN_OR_RETURN(const auto row,
                   ReadRow<RecordRow>(decision.before(),
                                      keys::Record(stated.record().number())));
  return row.has_value() && LinksAlike(*row, stated);
}

absl::StatusOr<RecordRow> RowOf(const Decision& decision, EntityNumber record) {
  ASSIGN_OR_RETURN(auto row,
                   ReadRow<RecordRow>(decision.state(), keys::Record(record)));
  return row.has_value() ? *std::move(row) : RecordRow();
}

}  // namespace

absl::Status Decide(const PersonStated& said, Decision& decision) {
  Fact fact;
  ledger::v1::RecordStated& stated = *fact.mutable_record_stated();
  *stated.mutable_said() = said;
  *stated.mutable_said()->mutable_record() = decision.Own(said.record());
  RETURN_IF_ERROR(CheckOwn(stated.said().record(), decision));
  RETURN_IF_ERROR(CheckLengths(said));
  RETURN_IF_ERROR(CheckCodes(said));
  RETURN_IF_ERROR(CheckDates(said));
  for (const auto& identifier : said.identifiers()) {
    stated.add_checks(Check(identifier, decision.rules()));
  }
  ASSIGN_OR_RETURN(const EntityNumber known,
                   decision.Find("person", said.record()));
  if (known == 0) {
    *stated.mutable_record() = decision.NewIdentity(base::IdKind::kPerson);
    decision.Tell(stated.record());
  } else {
    ASSIGN_OR_RETURN(const RecordRow row, RowOf(decision, known));
    if (!row.gone() && row.basis() == decision.basis() &&
        Same(row.said(), stated.said())) {
      return absl::OkStatus();
    }
    stated.mutable_record()->set_number(known);
  }
  const EntityNumber number = stated.record().number();
  return decision.Add(number, {}, std::move(fact));
}

absl::Status Decide(const agency::v1::RecordRetracted& said,
                    Decision& decision) {
  RETURN_IF_ERROR(CheckOwn(decision.Own(said.record()), decision));
  ASSIGN_OR_RETURN(const EntityNumber record,
                   decision.Find("person", said.record()));
  if (record == 0) return Missing("person", decision.Own(said.record()));
  ASSIGN_OR_RETURN(const RecordRow row, RowOf(decision, record));
  if (row.gone()) return absl::OkStatus();
  Fact fact;
  fact.mutable_record_gone()->set_record(record);
  fact.mutable_record_gone()->set_reason(said.reason());
  return decision.Add(record, {}, std::move(fact));
}

absl::Status Decide(const agency::v1::RelationshipStated& said,
                    Decision& decision) {
  if (!agency::v1::RelationshipKind_IsValid(said.kind()) ||
      !agency::v1::Answer_IsValid(said.parental_responsibility()) ||
      !agency::v1::Answer_IsValid(said.lives_with())) {
    return Senseless("CODE_UNKNOWN", "a code is not one of the list");
  }
  Fact fact;
  auto& recorded = *fact.mutable_relationship_recorded();
  ASSIGN_OR_RETURN(const EntityNumber person, decision.Record(said.person()));
  ASSIGN_OR_RETURN(const EntityNumber to, decision.Record(said.to()));
  if (person == to) {
    return Senseless("SAME_RECORD", "nobody is related to themselves");
  }
  recorded.set_person(person);
  recorded.set_to(to);
  *recorded.mutable_said() = said;
  recorded.mutable_said()->clear_person();
  recorded.mutable_said()->clear_to();
  ASSIGN_OR_RETURN(
      const auto row,
      ReadRow<ledger::v1::RelationshipRow>(
          decision.state(), keys::Relationship(person, to, decision.agency())));
  if (row.has_value() && Same(row->recorded(), recorded)) {
    return absl::OkStatus();
  }
  return decision.Add(person, {to}, std::move(fact));
}

absl::Status Decide(const agency::v1::ReevaluationStepped& said,
                    Decision& decision) {
  if (said.what() != "linking" || said.count_max() == 0 ||
      said.count_max() > kReevaluatedMax) {
    return Senseless("STEP_UNKNOWN", "no such step of a re-evaluation");
  }
  std::set<EntityNumber> records;
  const EntityNumber end = said.from_number() + said.count_max();
  for (EntityNumber record = said.from_number(); record < end; ++record) {
    ASSIGN_OR_RETURN(const auto row,
                     decision.state().Get(keys::Record(record)));
    if (row.has_value()) records.insert(record);
  }
  return Relink(decision, std::move(records));
}

absl::Status Conclude(Decision& decision) {
  std::set<EntityNumber> touched;
  std::vector<EntityNumber> changed;
  for (const NewFact& made : decision.facts()) {
    const Fact& fact = made.fact;
    if (fact.has_record_stated()) {
      ASSIGN_OR_RETURN(const bool alike,
                       LinksAsBefore(fact.record_stated(), decision));
      if (alike) continue;
      changed.push_back(fact.record_stated().record().number());
    } else if (fact.has_record_gone()) {
      changed.push_back(fact.record_gone().record());
    } else if (fact.has_record_unstored()) {
      changed.push_back(fact.record_unstored().record());
    } else if (fact.has_relationship_recorded()) {
      touched.insert(fact.relationship_recorded().person());
      touched.insert(fact.relationship_recorded().to());
    } else if (fact.has_member_stated()) {
      touched.insert(fact.member_stated().record());
    } else if (fact.has_member_left()) {
      touched.insert(fact.member_left().record());
    } else if (fact.has_match_ruled()) {
      touched.insert(fact.match_ruled().one());
      touched.insert(fact.match_ruled().other());
    }
  }
  for (EntityNumber record : changed) {
    touched.insert(record);
    RETURN_IF_ERROR(AddShaken(decision, record, touched));
  }
  return Relink(decision, std::move(touched));
}

}  // namespace kith::core::identity
