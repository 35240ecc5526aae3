// Patient and RelatedPerson.
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "adapters/common/dates.h"
#include "adapters/common/text.h"
#include "adapters/health/fhir.h"

namespace kith::adapters::health {
namespace {

using agency::v1::Address;
using agency::v1::Identifier;
using agency::v1::Name;
using agency::v1::PersonStated;

constexpr int kIdentifiersMax = 20;
constexpr int kAddressesMax = 10;

// Uses as FHIR has them. "usual" beside an official name is what the person
// wants to be called.
agency::v1::NameUse UseOf(const std::string& use, bool has_official) {
  if (use == "old" || use == "maiden") return agency::v1::NAME_USE_FORMER;
  if (use == "nickname") return agency::v1::NAME_USE_PREFERRED;
  if (use == "usual" && has_official) return agency::v1::NAME_USE_PREFERRED;
  return agency::v1::NAME_USE_USUAL;
}

bool ReadName(Reading& reading, const json& from, bool has_official,
              Name& name) {
  name.set_use(UseOf(Text(from, "use"), has_official));
  std::string given;
  for (const json& one : List(from, "given")) {
    if (one.is_string()) absl::StrAppend(&given, one.get<std::string>(), " ");
  }
  name.set_given(Tidy(given));
  name.set_family(Tidy(Text(from, "family")));
  if (name.given().empty() && name.family().empty()) {
    // Where a text splits is not for us to guess.
    name.set_family(Tidy(Text(from, "text")));
    Note(reading.item, "a name is given as one text and was not split");
  }
  return At(from, "period").is_null() ||
         ReadPeriod(At(from, "period"), *name.mutable_period());
}

bool ReadNames(Reading& reading, PersonStated& person) {
  const json& names = List(reading.resource, "name");
  bool has_official = false;
  for (const json& name : names) {
    has_official = has_official || Text(name, "use") == "official";
  }
  for (const bool usual_ones : {true, false}) {
    for (const json& from : names) {
      const std::string use = Text(from, "use");
      if (use == "temp" || use == "anonymous") continue;
      const bool usual = UseOf(use, has_official) == agency::v1::NAME_USE_USUAL;
      if (usual != usual_ones) continue;
      if (!ReadName(reading, from, has_official, *person.add_names())) {
        return false;
      }
    }
  }
  return true;
}

agency::v1::IdentifierStatus StatusOf(const Reading& reading,
                                      const json& from) {
  if (Text(from, "use") == "old") {
    return agency::v1::IDENTIFIER_STATUS_SUPERSEDED;
  }
  const json& status = Extension(from, "NHSNumberVerificationStatus");
  const auto known = FindConcept(reading.mapping, "nhs_number_status",
                                 At(status, "valueCodeableConcept"));
  return known == "verified" ? agency::v1::IDENTIFIER_STATUS_VERIFIED
                             : agency::v1::IDENTIFIER_STATUS_UNVERIFIED;
}

void ReadIdentifier(Reading& reading, const json& from, PersonStated& person) {
  const std::string value = Tidy(Text(from, "value"));
  if (value.empty()) return;
  if (person.identifiers_size() == kIdentifiersMax) {
    return Note(reading.item, "more than 20 identifiers; the rest left out");
  }
  const std::string kind =
      reading.mapping.Find("identifier_systems", Text(from, "system"))
          .value_or("");
  Identifier& identifier = *person.add_identifiers();
  if (kind == "local") {
    identifier = OtherRecord(reading.feed, value);
  } else if (kind == "nhs_number") {
    identifier.set_kind(agency::v1::IDENTIFIER_KIND_NHS_NUMBER);
  } else if (kind == "upn") {
    identifier.set_kind(agency::v1::IDENTIFIER_KIND_UPN);
  }
  identifier.set_value(value);
  identifier.set_status(StatusOf(reading, from));
}

bool ReadAddress(const json& from, bool restricted, Address& address) {
  for (const json& line : List(from, "line")) {
    if (line.is_string() && address.lines_size() < 6) {
      address.add_lines(Tidy(line.get<std::string>()));
    }
  }
  for (const char* part : {"city", "district", "state"}) {
    const std::string text = Tidy(Text(from, part));
    if (!text.empty() && address.lines_size() < 6) address.add_lines(text);
  }
  address.set_postcode(Tidy(Text(from, "postalCode")));
  const json& key = Extension(from, "AddressKey");
  if (Text(At(Extension(key, "type"), "valueCoding"), "code") == "UPRN") {
    address.set_uprn(Text(Extension(key, "value"), "valueString"));
  }
  address.set_protected_(restricted);
  return At(from, "period").is_null() ||
         ReadPeriod(At(from, "period"), *address.mutable_period());
}

bool IsOld(const json& from) {
  return Text(from, "use") == "old" || !Text(At(from, "period"), "end").empty();
}

bool ReadAddresses(Reading& reading, PersonStated& person) {
  const json& addresses = List(reading.resource, "address");
  for (const bool old_ones : {false, true}) {
    for (const json& from : addresses) {
      if (IsOld(from) != old_ones) continue;
      if (person.addresses_size() == kAddressesMax) break;
      if (!ReadAddress(from, person.restricted(), *person.add_addresses())) {
        return false;
      }
    }
  }
  return true;
}

void ReadTelecom(const json& resource, PersonStated& person) {
  for (const json& from : List(resource, "telecom")) {
    const std::string system = Text(from, "system");
    const std::string value = Tidy(Text(from, "value"));
    if (value.empty() || Text(from, "use") == "old") continue;
    if ((system != "phone" && system != "email") ||
        person.contact_points_size() == 10) {
      continue;
    }
    agency::v1::ContactPoint& point = *person.add_contact_points();
    const bool mobile = Text(from, "use") == "mobile";
    point.set_kind(system == "phone" && mobile ? "mobile" : system);
    point.set_value(value);
  }
}

agency::v1::Sex SexOf(const std::string& gender) {
  if (gender == "female") return agency::v1::SEX_FEMALE;
  if (gender == "male") return agency::v1::SEX_MALE;
  return gender.empty() ? agency::v1::SEX_UNSPECIFIED : agency::v1::SEX_OTHER;
}

bool IsRestricted(const json& resource) {
  for (const json& label : List(At(resource, "meta"), "security")) {
    const std::string code = Text(label, "code");
    if (code == "R" || code == "V") return true;
  }
  return false;
}

void ReadLanguages(const json& resource, PersonStated& person) {
  for (const bool preferred : {true, false}) {
    for (const json& from : List(resource, "communication")) {
      if (IsTrue(from, "preferred") != preferred) continue;
      const std::string language = Wording(At(from, "language"));
      if (!language.empty() && person.languages_size() < 10) {
        person.add_languages(language);
      }
    }
  }
}

bool ReadDay(const json& resource, const char* field, agency::v1::Date* out) {
  const auto date = ParseFhirDate(Text(resource, field));
  if (date) *out = *date;
  return date.has_value();
}

// A day to come is when a child is expected (R-019).
bool ReadBirth(Reading& reading, PersonStated& person) {
  const std::string text = Text(reading.resource, "birthDate");
  if (text.empty()) return true;
  const auto date = ParseFhirDate(text);
  if (!date) return false;
  const auto day = ToDay(*date);
  if (day &&
      *day > absl::ToCivilDay(reading.feed.extracted_at, absl::UTCTimeZone())) {
    *person.mutable_expected_birth_date() = *date;
  } else {
    *person.mutable_birth_date() = *date;
  }
  return true;
}

}  // namespace

bool ReadPerson(Reading& reading, PersonStated& person) {
  const json& resource = reading.resource;
  *person.mutable_record() = Local(reading.feed, reading.key);
  person.set_restricted(IsRestricted(resource));
  bool dates = ReadNames(reading, person) && ReadBirth(reading, person) &&
               ReadAddresses(reading, person);
  if (dates && !Text(resource, "deceasedDateTime").empty()) {
    dates = ReadDay(resource, "deceasedDateTime", person.mutable_death_date());
  }
  if (!dates) {
    SetAside(reading.item, "a date that cannot be one");
    return false;
  }
  if (IsTrue(resource, "deceasedBoolean")) {
    Note(reading.item, "recorded as dead without a date");
  }
  person.set_sex(SexOf(Text(resource, "gender")));
  for (const json& from : List(resource, "identifier")) {
    ReadIdentifier(reading, from, person);
  }
  ReadTelecom(resource, person);
  ReadLanguages(resource, person);
  const json& ethnic = Extension(resource, "EthnicCategory");
  const json& coding = List(At(ethnic, "valueCodeableConcept"), "coding");
  if (!coding.empty()) person.set_ethnicity(Text(coding[0], "code"));
  person.set_religion(Wording(
      At(Extension(resource, "patient-religion"), "valueCodeableConcept")));
  return true;
}

void ReadPatient(Reading& reading) {
  if (reading.directory.animals.count(reading.key) > 0) {
    return Refuse(reading.item, "an animal is no member of a family");
  }
  PersonStated person;
  if (!ReadPerson(reading, person)) return;
  for (const json& link : List(reading.resource, "link")) {
    if (Text(link, "type") != "replaced-by") continue;
    const std::string by = Resolve(reading, At(link, "other"));
    if (!by.empty()) *person.mutable_replaced_by() = Local(reading.feed, by);
  }
  *Say(reading.feed, reading.key, reading.feed.extracted_at, reading.item)
       .mutable_person_stated() = person;
}

void ReadRelatedPerson(Reading& reading) {
  const std::string patient = Resolve(reading, At(reading.resource, "patient"));
  if (patient.empty()) {
    return SetAside(reading.item, "it does not say whose relation it is");
  }
  if (reading.directory.animals.count(patient) > 0) {
    return Refuse(reading.item, "it belongs to an animal's record");
  }
  PersonStated person;
  if (!ReadPerson(reading, person)) return;
  agency::v1::RelationshipStated relationship;
  const json& stated = At(reading.resource, "relationship");
  *relationship.mutable_person() = PersonOf(reading.feed, reading.key);
  *relationship.mutable_to() = PersonOf(reading.feed, patient);
  relationship.set_wording(Wording(stated));
  const auto kind = FindConcept(reading.mapping, "relationships", stated);
  agency::v1::RelationshipKind parsed;
  if (kind && agency::v1::RelationshipKind_Parse(
                  absl::StrCat("RELATIONSHIP_KIND_", *kind), &parsed)) {
    relationship.set_kind(parsed);
  } else {
    Note(reading.item, "relationship not in the table; its wording was kept");
  }
  if (!At(reading.resource, "period").is_null() &&
      !ReadPeriod(At(reading.resource, "period"),
                  *relationship.mutable_period())) {
    return SetAside(reading.item, "a date that cannot be one");
  }
  const absl::Time when = reading.feed.extracted_at;
  *Say(reading.feed, reading.key, when, reading.item).mutable_person_stated() =
      person;
  *Say(reading.feed, absl::StrCat(reading.key, ">", patient), when,
       reading.item)
       .mutable_relationship_stated() = relationship;
}

}  // namespace kith::adapters::health
