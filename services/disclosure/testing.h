// A small world that the tests of this folder share.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "services/disclosure/policy.h"

namespace kith::disclosure {

// Two records of one child (1 at health, 2 at the school, surely the same), her
// mother (3), and a record (4) that perhaps is the child's.
inline constexpr uint64_t kHealthRecord = 1, kSchoolRecord = 2, kMother = 3,
                          kPerhaps = 4, kFamily = 100, kLead = 50;

inline Context World() {
  Context context;
  context.today = absl::CivilDay(2026, 6, 15);
  context.records[1] = {"health", {1, 2}, {1, 2, 4}, false};
  context.records[2] = {"school", {1, 2}, {1, 2, 4}, false};
  context.records[3] = {"health", {3}, {3}, false};
  context.records[4] = {"council", {4}, {1, 2, 4}, false};
  context.agencies_of_family[kFamily] = {"health", "school"};
  context.agencies_of_record[kHealthRecord] = {"health", "school"};
  context.lead_of_family[kFamily] = kLead;
  return context;
}

// They read at ten o'clock of that day.
inline Reader ReaderOf(const std::string& agency,
                       agency::v1::Role role = agency::v1::ROLE_PRACTITIONER) {
  Reader reader;
  reader.agency = agency;
  reader.practitioner = "p1";
  reader.practitioner_number = 60;
  reader.role = role;
  reader.purpose = "early_help";
  reader.at =
      absl::FromCivil(absl::CivilHour(2026, 6, 15, 10), absl::UTCTimeZone());
  return reader;
}

inline ledger::v1::ItemLabel Item(agency::v1::ItemClass item,
                                  const std::string& agency,
                                  std::vector<uint64_t> records) {
  ledger::v1::ItemLabel label;
  label.set_class_(item);
  label.set_agency(agency);
  label.set_family(kFamily);
  for (uint64_t record : records) label.add_records(record);
  return label;
}

inline ledger::v1::ConsentRow Share(uint64_t number,
                                    std::vector<uint64_t> records,
                                    const std::string& to) {
  ledger::v1::ConsentRow row;
  row.set_agency("health");
  auto* recorded = row.mutable_recorded();
  recorded->mutable_consent()->set_number(number);
  for (uint64_t record : records) recorded->add_records(record);
  if (!to.empty()) recorded->add_recipients()->set_agency(to);
  auto* said = recorded->mutable_said();
  said->set_kind(agency::v1::CONSENT_KIND_SHARE);
  said->set_answer(agency::v1::CONSENT_ANSWER_GIVEN);
  said->set_purpose("early_help");
  return row;
}

inline ledger::v1::ConsentRow Refusal(uint64_t number,
                                      std::vector<uint64_t> records) {
  ledger::v1::ConsentRow row = Share(number, records, "");
  row.mutable_recorded()->mutable_said()->set_answer(
      agency::v1::CONSENT_ANSWER_REFUSED);
  return row;
}

inline ledger::v1::RestrictionRow Bar(uint64_t number, uint64_t record,
                                      const std::string& agency) {
  ledger::v1::RestrictionRow row;
  row.set_agency("health");
  row.mutable_recorded()->mutable_restriction()->set_number(number);
  row.mutable_recorded()->add_records(record);
  if (!agency.empty()) row.mutable_recorded()->add_barred()->set_agency(agency);
  return row;
}

inline void SetDay(agency::v1::Date* date, int year, int month, int day) {
  date->set_year(year);
  date->set_month(month);
  date->set_day(day);
}

inline Reason Why(const Reader& reader, const ledger::v1::ItemLabel& item,
                  const Context& context) {
  return Decide(reader, item, context).reason;
}

// A refusal that anything be kept of that record.
inline ledger::v1::ConsentRow StorageRefused(uint64_t number, uint64_t record) {
  ledger::v1::ConsentRow row = Refusal(number, {record});
  row.mutable_recorded()->mutable_said()->set_kind(
      agency::v1::CONSENT_KIND_STORE);
  row.mutable_recorded()->mutable_said()->clear_purpose();
  return row;
}

inline Reader MemberOf(uint64_t record) {
  Reader member = ReaderOf("family", agency::v1::ROLE_FAMILY_MEMBER);
  member.record = record;
  return member;
}

}  // namespace kith::disclosure
