// The persons file.
#include "absl/strings/str_cat.h"
#include "adapters/common/dates.h"
#include "adapters/council/reader.h"

namespace kith::adapters::council {
namespace {

using agency::v1::PersonStated;

void AddName(const std::string& given, const std::string& family,
             agency::v1::NameUse use, PersonStated& person) {
  if (given.empty() && family.empty()) return;
  agency::v1::Name& name = *person.add_names();
  name.set_use(use);
  name.set_given(given);
  name.set_family(family);
}

void ReadNames(Row& row, PersonStated& person) {
  const std::string given = row.Text("given_names");
  const std::string family = row.Text("family_name");
  AddName(given, family, agency::v1::NAME_USE_USUAL, person);
  const std::string preferred = row.Text("preferred_name");
  if (!preferred.empty()) {
    AddName(preferred, family, agency::v1::NAME_USE_PREFERRED, person);
  }
  const std::string former = row.Text("former_family_name");
  if (!former.empty()) {
    AddName(given, former, agency::v1::NAME_USE_FORMER, person);
  }
}

void AddIdentifier(Row& row, const std::string& column,
                   agency::v1::IdentifierKind kind, PersonStated& person) {
  const std::string value = row.Text(column);
  if (value.empty()) return;
  agency::v1::Identifier& identifier = *person.add_identifiers();
  identifier.set_kind(kind);
  identifier.set_value(value);
  identifier.set_status(agency::v1::IDENTIFIER_STATUS_UNVERIFIED);
}

// The council's word that a number was checked is taken only where the file has
// a column for it.
void ReadIdentifiers(Row& row, PersonStated& person) {
  AddIdentifier(row, "nhs_number", agency::v1::IDENTIFIER_KIND_NHS_NUMBER,
                person);
  if (person.identifiers_size() > 0 &&
      row.Answer("nhs_number_verified") == agency::v1::ANSWER_YES) {
    person.mutable_identifiers(0)->set_status(
        agency::v1::IDENTIFIER_STATUS_VERIFIED);
  }
  AddIdentifier(row, "upn", agency::v1::IDENTIFIER_KIND_UPN, person);
  AddIdentifier(row, "former_upn", agency::v1::IDENTIFIER_KIND_FORMER_UPN,
                person);
  AddIdentifier(row, "uln", agency::v1::IDENTIFIER_KIND_ULN, person);
  AddIdentifier(row, "nino", agency::v1::IDENTIFIER_KIND_NINO, person);
}

void ReadAddress(Row& row, PersonStated& person) {
  agency::v1::Address address;
  for (const char* column : {"address", "address_1", "address_2", "address_3",
                             "address_4", "town"}) {
    const std::string line = row.Text(column);
    if (!line.empty() && address.lines_size() < 6) address.add_lines(line);
  }
  address.set_postcode(row.Text("postcode"));
  address.set_uprn(row.Text("uprn"));
  address.set_protected_(row.Answer("address_protected") ==
                         agency::v1::ANSWER_YES);
  if (address.lines_size() > 0 || !address.postcode().empty() ||
      !address.uprn().empty()) {
    *person.add_addresses() = address;
  }
}

void AddContact(Row& row, const std::string& kind, PersonStated& person) {
  const std::string value = row.Text(kind);
  if (value.empty()) return;
  agency::v1::ContactPoint& point = *person.add_contact_points();
  point.set_kind(kind);
  point.set_value(value);
}

agency::v1::Sex SexOf(const std::string& word) {
  if (word == "female") return agency::v1::SEX_FEMALE;
  if (word == "male") return agency::v1::SEX_MALE;
  if (word == "other") return agency::v1::SEX_OTHER;
  return agency::v1::SEX_UNSPECIFIED;
}

// A code that the table does not know is kept on the record, used for nothing.
void KeepUnknown(Row& row, const std::string& column, bool known,
                 PersonStated& person) {
  const std::string value = row.Text(column);
  if (!known && !value.empty()) {
    person.add_unknown_codes(absl::StrCat(column, "=", value));
  }
}

// A birth date to come is when a child is expected.
void ReadDates(Reading& reading, PersonStated& person) {
  Row& row = reading.row;
  if (const auto birth = row.Date("birth_date")) {
    const bool to_come =
        *ToDay(*birth) >
        absl::ToCivilDay(reading.feed.extracted_at, absl::UTCTimeZone());
    *(to_come ? person.mutable_expected_birth_date()
              : person.mutable_birth_date()) = *birth;
  }
  if (const auto date = row.Date("expected_birth_date")) {
    *person.mutable_expected_birth_date() = *date;
  }
  if (const auto date = row.Date("death_date")) {
    *person.mutable_death_date() = *date;
  }
}

void SayFamily(Reading& reading, const std::string& person) {
  Row& row = reading.row;
  const std::string family = row.Text("family_id");
  if (family.empty()) return;
  agency::v1::FamilyStated stated;
  *stated.mutable_family() = ThingOf(reading.feed, family);
  stated.set_locality(row.Text("locality"));
  agency::v1::FamilyMember& member = *stated.add_members();
  *member.mutable_person() = PersonOf(reading.feed, person);
  member.set_role(row.Text("role_in_family"));
  member.set_lives_here(row.Answer("lives_in_family_home"));
  row.SetPeriod("member_from", "member_until", member.mutable_period());
  *Say(reading.feed, absl::StrCat(family, "/", person),
       reading.feed.extracted_at, reading.item)
       .mutable_family_stated() = stated;
}

void SayRelationship(Reading& reading, const std::string& person) {
  Row& row = reading.row;
  const std::string to = row.Text("related_person_id");
  const std::string wording = row.Text("relationship");
  if (to.empty() || wording.empty()) return;
  agency::v1::RelationshipStated stated;
  *stated.mutable_person() = PersonOf(reading.feed, person);
  *stated.mutable_to() = PersonOf(reading.feed, to);
  stated.set_wording(wording);
  agency::v1::RelationshipKind kind;
  if (agency::v1::RelationshipKind_Parse(
          absl::StrCat("RELATIONSHIP_KIND_",
                       row.Code("relationship", "relationships")),
          &kind)) {
    stated.set_kind(kind);
  }
  stated.set_parental_responsibility(row.Answer("parental_responsibility"));
  stated.set_lives_with(row.Answer("lives_with"));
  *Say(reading.feed, absl::StrCat(person, ">", to), reading.feed.extracted_at,
       reading.item)
       .mutable_relationship_stated() = stated;
}

}  // namespace

void ReadPerson(Reading& reading) {
  Row& row = reading.row;
  const std::string id = row.Text("person_id");
  PersonStated person;
  *person.mutable_record() = Local(reading.feed, id);
  ReadNames(row, person);
  ReadDates(reading, person);
  const std::string sex = row.Code("sex", "sex");
  person.set_sex(SexOf(sex));
  KeepUnknown(row, "sex", !sex.empty(), person);
  person.set_gender(row.Text("gender_identity"));
  const std::string ethnicity = row.Code("ethnicity", "ethnicity");
  person.set_ethnicity(ethnicity);
  KeepUnknown(row, "ethnicity", !ethnicity.empty(), person);
  ReadIdentifiers(row, person);
  ReadAddress(row, person);
  for (const char* kind : {"phone", "mobile", "email"}) {
    AddContact(row, kind, person);
  }
  if (const auto text = row.Text("language"); !text.empty()) {
    person.add_languages(text);
  }
  if (const auto text = row.Text("disability"); !text.empty()) {
    person.add_disabilities(text);
  }
  person.set_religion(row.Text("religion"));
  person.set_communication_needs(row.Text("communication_needs"));
  if (person.names_size() == 0 && !person.has_expected_birth_date() &&
      row.ok()) {
    return SetAside(reading.item, "a person without a name");
  }
  *Say(reading.feed, id, reading.feed.extracted_at, reading.item)
       .mutable_person_stated() = person;
  SayFamily(reading, id);
  SayRelationship(reading, id);
  // A date that cannot be one may have been met last.
  if (!row.ok()) reading.item.said.clear();
}

}  // namespace kith::adapters::council
