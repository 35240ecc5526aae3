#include "tests/simulation/population.h"

#include <array>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "base/check.h"

namespace kith::simulation {
namespace {

using agency::v1::Statement;

constexpr std::array kGiven = {"Ada",  "Ben",   "Chloe", "Dev",  "Ewa",
                               "Femi", "Grace", "Hamza", "Isla", "Jonas",
                               "Kofi", "Lena",  "Musa",  "Nia",  "Omar"};
constexpr std::array kSurnames = {"Okafor", "Smith",  "Khan",   "Nowak",
                                  "Brown",  "Begum",  "Jones",  "Osei",
                                  "Patel",  "Walker", "Hassan", "Green"};

bool IsAdult(int member) { return member < 2; }

// Grows slowly, so that names differ in more than one place.
uint64_t Spread(uint64_t value) {
  value ^= value >> 33;
  value *= 0xff51afd7ed558ccdULL;
  value ^= value >> 33;
  return value;
}

agency::v1::Date DateOf(int year, uint64_t number) {
  agency::v1::Date date;
  date.set_year(year);
  date.set_month(1 + static_cast<int>(number % 12));
  date.set_day(1 + static_cast<int>(number / 12 % 28));
  return date;
}

uint64_t PersonNumber(uint64_t family, int member) {
  return family * kMembers + static_cast<uint64_t>(member);
}

// Fifteen households share a postcode, as they do in England.
void AddAddress(const Told& told, agency::v1::PersonStated& person) {
  const uint64_t street = told.family / 15;
  agency::v1::Address& address = *person.add_addresses();
  address.add_lines(absl::StrCat(1 + told.family % 15, " Long Road"));
  address.set_postcode(
      absl::StrFormat("E%d %d%c%c", 1 + street % 20, street / 20 % 10,
                      static_cast<char>('A' + street / 200 % 26),
                      static_cast<char>('A' + street / 5200 % 26)));
}

}  // namespace

std::string RecordIdOf(uint64_t family, int member) {
  return absl::StrCat("p", family, "-", member);
}

agency::v1::LocalRef LocalOf(const Told& told, std::string local_id) {
  agency::v1::LocalRef local;
  local.set_agency(told.agency);
  local.set_system("main");
  local.set_local_id(std::move(local_id));
  return local;
}

void SetSnapshot(const Told& told, const std::string& key, Statement& said) {
  agency::v1::Snapshot& snapshot = *said.mutable_snapshot();
  *snapshot.mutable_key() = LocalOf(told, key);
  snapshot.mutable_extracted_at()->set_seconds(1700000000 + told.version);
}

agency::v1::PersonRef PersonOf(const Told& told, int member) {
  agency::v1::PersonRef person;
  *person.mutable_record() = LocalOf(told, RecordIdOf(told.family, member));
  return person;
}

agency::v1::ThingRef FamilyOf(const Told& told) {
  agency::v1::ThingRef family;
  *family.mutable_local() = LocalOf(told, absl::StrCat("f", told.family));
  return family;
}

Statement PersonStatement(const Told& told, int member) {
  const std::string id = RecordIdOf(told.family, member);
  const uint64_t number = PersonNumber(told.family, member);
  const uint64_t chance = Spread(number);
  Statement said;
  SetSnapshot(told, id, said);
  agency::v1::PersonStated& person = *said.mutable_person_stated();
  *person.mutable_record() = LocalOf(told, id);
  agency::v1::Name& name = *person.add_names();
  name.set_use(agency::v1::NAME_USE_USUAL);
  name.set_given(kGiven[chance % kGiven.size()]);
  name.set_family(absl::StrCat(
      kSurnames[Spread(told.family) % kSurnames.size()], told.family % 997));
  *person.mutable_birth_date() =
      DateOf(IsAdult(member) ? 1980 + static_cast<int>(chance % 15)
                             : 2010 + static_cast<int>(chance % 10),
             chance / 16);
  person.set_sex(chance % 2 == 0 ? agency::v1::SEX_FEMALE
                                 : agency::v1::SEX_MALE);
  AddAddress(told, person);
  agency::v1::ContactPoint& phone = *person.add_contact_points();
  phone.set_kind("phone");
  phone.set_value(absl::StrCat("0700 ", 100000 + told.version));
  if (told.agency == "school") return said;
  agency::v1::Identifier& identifier = *person.add_identifiers();
  identifier.set_kind(agency::v1::IDENTIFIER_KIND_NHS_NUMBER);
  identifier.set_value(NhsNumberOf(number));
  identifier.set_status(agency::v1::IDENTIFIER_STATUS_VERIFIED);
  return said;
}

Statement FamilyStatement(const Told& told) {
  Statement said;
  SetSnapshot(told, absl::StrCat("f", told.family), said);
  agency::v1::FamilyStated& family = *said.mutable_family_stated();
  *family.mutable_family() = FamilyOf(told);
  for (int member = 0; member < kMembers; ++member) {
    agency::v1::FamilyMember& one = *family.add_members();
    *one.mutable_person() = PersonOf(told, member);
    one.set_role(IsAdult(member) ? "parent" : "child");
    one.set_lives_here(agency::v1::ANSWER_YES);
  }
  return said;
}

Statement RelationshipStatement(const Told& told, int member, int to) {
  Statement said;
  agency::v1::RelationshipStated& stated = *said.mutable_relationship_stated();
  *stated.mutable_person() = PersonOf(told, member);
  *stated.mutable_to() = PersonOf(told, to);
  stated.set_kind(IsAdult(member) == IsAdult(to)
                      ? agency::v1::RELATIONSHIP_KIND_SIBLING
                      : agency::v1::RELATIONSHIP_KIND_PARENT);
  return said;
}

Statement InvolvementStatement(const Told& told, int member) {
  const std::string id = absl::StrCat("i", RecordIdOf(told.family, member));
  Statement said;
  SetSnapshot(told, id, said);
  agency::v1::InvolvementStated& stated = *said.mutable_involvement_stated();
  *stated.mutable_involvement() = LocalOf(told, id);
  *stated.mutable_person() = PersonOf(told, member);
  stated.set_service("early help");
  stated.set_role(absl::StrCat("worker ", told.version));
  stated.mutable_worker()->set_agency(told.agency);
  stated.mutable_worker()->set_local_id(absl::StrCat("w", told.family % 50));
  *stated.mutable_period()->mutable_from() = DateOf(2023, told.family);
  return said;
}

Statement NeedStatement(const Told& told, int member) {
  const std::string id = absl::StrCat("n", RecordIdOf(told.family, member));
  Statement said;
  SetSnapshot(told, id, said);
  agency::v1::NeedStated& stated = *said.mutable_need_stated();
  *stated.mutable_entry() = LocalOf(told, id);
  *stated.mutable_person() = PersonOf(told, member);
  stated.set_need("school_attendance");
  stated.set_state(told.version % 2 == 0 ? agency::v1::NEED_STATE_IDENTIFIED
                                         : agency::v1::NEED_STATE_MET);
  return said;
}

Statement ConsentStatement(const Told& told, int member) {
  const std::string id = absl::StrCat("c", RecordIdOf(told.family, member));
  Statement said;
  SetSnapshot(told, id, said);
  agency::v1::ConsentStated& stated = *said.mutable_consent_stated();
  *stated.mutable_consent() = LocalOf(told, id);
  *stated.add_about() = PersonOf(told, member);
  stated.set_kind(agency::v1::CONSENT_KIND_SHARE);
  stated.set_answer(told.version % 3 == 2 ? agency::v1::CONSENT_ANSWER_REFUSED
                                          : agency::v1::CONSENT_ANSWER_GIVEN);
  stated.add_recipients()->set_agency("council");
  stated.set_purpose("early_help");
  *stated.mutable_period()->mutable_from() = DateOf(2024, 0);
  *stated.mutable_answered_by() =
      PersonOf(told, told.agency == "school" ? member : 0);
  stated.set_understood(agency::v1::ANSWER_YES);
  return said;
}

Statement PlanStatement(const Told& told, int member) {
  const std::string id = absl::StrCat("l", RecordIdOf(told.family, member));
  Statement said;
  SetSnapshot(told, id, said);
  agency::v1::PlanStated& stated = *said.mutable_plan_stated();
  *stated.mutable_plan() = LocalOf(told, id);
  *stated.add_about() = PersonOf(told, member);
  stated.set_state(told.version % 4 == 3 ? agency::v1::PLAN_STATE_CLOSED
                                         : agency::v1::PLAN_STATE_AGREED);
  stated.mutable_content()->set_category("family_plan");
  stated.mutable_content()->add_goals(
      absl::StrCat("getting to school on time ", told.version));
  *stated.mutable_period()->mutable_from() = DateOf(2024, 0);
  if (told.version % 4 != 3) return said;
  *stated.mutable_period()->mutable_until() = DateOf(2024, 1);
  stated.set_closure(agency::v1::CLOSURE_REASON_RESOLVED);
  stated.set_closure_wording("Aims met");
  return said;
}

Statement LeadStatement(const Told& told) {
  const std::string id = absl::StrCat("d", told.family);
  Statement said;
  SetSnapshot(told, id, said);
  agency::v1::LeadStated& stated = *said.mutable_lead_stated();
  *stated.mutable_appointment() = LocalOf(told, id);
  *stated.mutable_person() = PersonOf(told, 2);
  stated.mutable_practitioner()->set_agency(told.agency);
  stated.mutable_practitioner()->set_local_id(
      absl::StrCat("w", (told.family + told.version) % 50));
  stated.mutable_practitioner()->set_name("A. Worker");
  *stated.mutable_period()->mutable_from() = DateOf(2024, 0);
  return said;
}

Statement MeetingStatement(const Told& told) {
  const std::string id = absl::StrCat("m", told.family);
  Statement said;
  SetSnapshot(told, id, said);
  agency::v1::MeetingStated& stated = *said.mutable_meeting_stated();
  *stated.mutable_meeting()->mutable_local() = LocalOf(told, id);
  *stated.mutable_family() = FamilyOf(told);
  stated.set_kind(agency::v1::MEETING_KIND_TEAM_AROUND_FAMILY);
  stated.set_state(agency::v1::MEETING_STATE_PLANNED);
  stated.mutable_at()->set_seconds(1712000000 + 3600 * told.version);
  stated.set_place("the hub");
  return said;
}

std::string NhsNumberOf(uint64_t person) {
  // The first of the numbers from here on whose check digit is not 10.
  for (uint64_t stem = 400000000 + person * 4;; ++stem) {
    const std::string digits = absl::StrCat(stem);
    KITH_CHECK(digits.size() == 9);
    int sum = 0;
    for (int i = 0; i < 9; ++i) sum += (10 - i) * (digits[i] - '0');
    const int check = (11 - sum % 11) % 11;
    if (check != 10) return absl::StrCat(digits, check);
  }
}

}  // namespace kith::simulation
