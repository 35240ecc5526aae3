#include "adapters/education/pupil.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "adapters/common/dates.h"
#include "adapters/common/text.h"

namespace kith::adapters::education {
namespace {

using agency::v1::PersonStated;

void AddName(const std::string& given, const std::string& family,
             agency::v1::NameUse use, PersonStated& person) {
  agency::v1::Name& name = *person.add_names();
  name.set_use(use);
  name.set_given(given);
  name.set_family(family);
}

void ReadNames(Reading& reading, PersonStated& person) {
  const std::string forename = Detail(reading, "Forename");
  const std::string surname = Detail(reading, "Surname");
  AddName(Tidy(absl::StrCat(forename, " ", Detail(reading, "MiddleNames"))),
          surname, agency::v1::NAME_USE_USUAL, person);
  const std::string first = Detail(reading, "PreferredForename");
  const std::string last = Detail(reading, "PreferredSurname");
  if ((!first.empty() && first != forename) ||
      (!last.empty() && last != surname)) {
    AddName(first.empty() ? forename : first, last.empty() ? surname : last,
            agency::v1::NAME_USE_PREFERRED, person);
  }
  const std::string former = Detail(reading, "FormerSurname");
  if (!former.empty()) {
    AddName(forename, former, agency::v1::NAME_USE_FORMER, person);
  }
}

void AddIdentifier(const std::string& value, agency::v1::IdentifierKind kind,
                   PersonStated& person) {
  if (value.empty()) return;
  agency::v1::Identifier& identifier = *person.add_identifiers();
  identifier.set_kind(kind);
  identifier.set_value(value);
  identifier.set_status(kind == agency::v1::IDENTIFIER_KIND_FORMER_UPN
                            ? agency::v1::IDENTIFIER_STATUS_SUPERSEDED
                            : agency::v1::IDENTIFIER_STATUS_UNVERIFIED);
}

void ReadIdentifiers(const Reading& reading, PersonStated& person) {
  AddIdentifier(ChildText(reading.pupil, "UPN"),
                agency::v1::IDENTIFIER_KIND_UPN, person);
  AddIdentifier(Detail(reading, "FormerUPN"),
                agency::v1::IDENTIFIER_KIND_FORMER_UPN, person);
  AddIdentifier(ChildText(reading.pupil, "UniqueLearnerNumber"),
                agency::v1::IDENTIFIER_KIND_ULN, person);
  for (const char* name : {"LAchildID", "LAChildID"}) {
    const std::string child_id = Detail(reading, name);
    if (child_id.empty()) continue;
    *person.add_identifiers() = OtherRecord(reading.feed, child_id);
  }
}

void ReadSex(Reading& reading, PersonStated& person) {
  std::string word = Detail(reading, "Sex");
  if (word.empty()) word = Detail(reading, "Gender");  // before autumn 2023
  if (word.empty()) return;
  const auto ours = reading.mapping.Find("sex", word);
  if (!ours) {
    person.add_unknown_codes(absl::StrCat("sex=", word));
    return NoteAt(reading, reading.pupil,
                  absl::StrCat("unknown sex ", CodeForRemark(word)));
  }
  person.set_sex(*ours == "female" ? agency::v1::SEX_FEMALE
                 : *ours == "male" ? agency::v1::SEX_MALE
                                   : agency::v1::SEX_OTHER);
}

void ReadLanguages(const Reading& reading, PersonStated& person) {
  const pugi::xml_node languages =
      reading.pupil.child("BasicDetails").child("Languages");
  for (const pugi::xml_node type : languages.children("Type")) {
    const std::string language = ChildText(type, "Language");
    if (!language.empty() && person.languages_size() < 10) {
      person.add_languages(language);
    }
  }
}

void SayPupil(Reading& reading) {
  PersonStated person;
  *person.mutable_record() = Local(reading.feed, reading.id);
  ReadNames(reading, person);
  if (const auto birth = DateOf(reading, reading.pupil, "DOB")) {
    *person.mutable_birth_date() = *birth;
  }
  ReadSex(reading, person);
  ReadIdentifiers(reading, person);
  person.set_ethnicity(Detail(reading, "Ethnicity"));
  ReadLanguages(reading, person);
  for (const pugi::xml_node disability :
       reading.pupil.child("BasicDetails").child("Disabilities").children()) {
    person.add_disabilities(Tidy(disability.text().get()));
  }
  agency::v1::Address address;
  if (ReadAddress(reading.pupil, &address)) *person.add_addresses() = address;
  ReadPhones(reading.pupil, person);
  *Say(reading.feed, reading.id, reading.feed.extracted_at, reading.item)
       .mutable_person_stated() = person;
}

// The time at the school that sends; other schools speak for themselves.
void SaySchool(Reading& reading) {
  agency::v1::InvolvementStated involvement;
  involvement.set_service("school");
  involvement.set_role(Detail(reading, "EnrolStatus"));
  bool found = false;
  for (const pugi::xml_node school :
       reading.pupil.child("SchoolHistory").children("School")) {
    const std::string number =
        absl::StrCat(ChildText(school, "LEA"), ChildText(school, "Estab"));
    if (number != reading.school || number.empty()) {
      ++reading.item.left_out["another school's history"];
      continue;
    }
    found = true;
    involvement.clear_period();
    if (const auto from = DateOf(reading, school, "EntryDate")) {
      *involvement.mutable_period()->mutable_from() = *from;
    }
    if (const auto until = DateOf(reading, school, "LeavingDate")) {
      *involvement.mutable_period()->mutable_until() = *until;
    }
    involvement.set_end_reason(ChildText(school, "LeavingReason"));
  }
  if (!found && involvement.role().empty()) return;
  const std::string key = absl::StrCat(reading.id, "/school");
  *involvement.mutable_involvement() = Local(reading.feed, key);
  *involvement.mutable_person() = PersonOf(reading.feed, reading.id);
  *Say(reading.feed, key, reading.feed.extracted_at, reading.item)
       .mutable_involvement_stated() = involvement;
}

void SayNeed(Reading& reading, const std::string& need,
             const std::string& wording) {
  const std::string key = absl::StrCat(reading.id, "/sen/", need);
  agency::v1::NeedStated& said =
      *Say(reading.feed, key, reading.feed.extracted_at, reading.item)
           .mutable_need_stated();
  *said.mutable_entry() = Local(reading.feed, key);
  *said.mutable_person() = PersonOf(reading.feed, reading.id);
  said.set_need(need);
  said.set_state(agency::v1::NEED_STATE_IDENTIFIED);
  said.set_wording(wording);
}

// The provision of the latest start counts; N is none.
std::string CurrentProvision(const Reading& reading) {
  std::string latest, provision;
  for (const pugi::xml_node sen :
       reading.pupil.child("SENhistory").children("SEN")) {
    const std::string start = ChildText(sen, "StartDate");
    if (start < latest) continue;
    latest = start;
    provision = ChildText(sen, "SENprovision");
  }
  return provision;
}

void SayNeeds(Reading& reading) {
  const std::string provision = CurrentProvision(reading);
  if (provision.empty() ||
      reading.mapping.Find("sen_provisions", provision) == "none") {
    return;
  }
  const pugi::xml_node needs =
      reading.pupil.child("SENhistory").child("SENneeds");
  bool any = false;
  for (const pugi::xml_node need : needs.children("SENneed")) {
    const std::string type = ChildText(need, "SENtype");
    if (type.empty()) continue;
    const auto ours = reading.mapping.Find("sen_types", type);
    if (!ours) {
      NoteAt(
          reading, need,
          absl::StrCat("unknown type of special need ", CodeForRemark(type)));
      continue;
    }
    any = true;
    SayNeed(reading, *ours, absl::StrCat(type, ", provision ", provision));
  }
  if (!any) {
    SayNeed(reading, "special_educational_needs",
            absl::StrCat("provision ", provision));
  }
}

void SayYoungCarer(Reading& reading) {
  std::string code = Detail(reading, "YoungCarer");
  if (code.empty()) code = Detail(reading, "YoungCarerIndicator");
  if (code.empty()) return;
  const auto by = reading.mapping.Find("young_carer", code);
  if (!by) {
    return NoteAt(
        reading, reading.pupil,
        absl::StrCat("unknown young carer code ", CodeForRemark(code)));
  }
  const std::string key = absl::StrCat(reading.id, "/young_carer");
  agency::v1::YoungCarerStated& said =
      *Say(reading.feed, key, reading.feed.extracted_at, reading.item)
           .mutable_young_carer_stated();
  *said.mutable_person() = PersonOf(reading.feed, reading.id);
  said.set_young_carer(*by == "no" ? agency::v1::ANSWER_NO
                                   : agency::v1::ANSWER_YES);
  if (*by != "no") said.set_identified_by(*by);
}

void CountLeftOut(Reading& reading) {
  const auto count = [&](const char* part, const char* group) {
    const pugi::xml_node node = reading.pupil.child(group);
    if (node) ++reading.item.left_out[part];
  };
  count("attendance", "Attendance");
  count("assessments", "StageAssessments");
  count("looked after", "LookedAfter");
  count("free school meals", "FSMhistory");
}

}  // namespace

std::string ChildText(pugi::xml_node node, const char* name) {
  return Tidy(node.child(name).text().get());
}

std::string Detail(const Reading& reading, const char* name) {
  const std::string own = ChildText(reading.pupil, name);
  if (!own.empty()) return own;
  return ChildText(reading.pupil.child("BasicDetails"), name);
}

void NoteAt(Reading& reading, pugi::xml_node node, absl::string_view what) {
  LineCounter lines(reading.item.place, reading.text);
  const ptrdiff_t offset = node.offset_debug();
  reading.item.remarks.push_back(
      {lines.At(offset < 0 ? 0 : static_cast<size_t>(offset)),
       std::string(what)});
}

std::optional<agency::v1::Date> DateOf(Reading& reading, pugi::xml_node node,
                                       const char* name) {
  const std::string text = ChildText(node, name);
  if (text.empty()) return std::nullopt;
  auto date = ParseUkDate(text);
  if (!date && reading.item.ending == Ending::kReady) {
    LineCounter lines(reading.item.place, reading.text);
    const ptrdiff_t offset = node.child(name).offset_debug();
    reading.item.place = lines.At(offset < 0 ? 0 : static_cast<size_t>(offset));
    SetAside(reading.item, absl::StrCat(name, " cannot be a date"));
  }
  return date;
}

agency::v1::Answer AnswerOf(const Reading& reading, const std::string& word) {
  const auto ours = reading.mapping.Find("answers", word);
  if (ours == "yes") return agency::v1::ANSWER_YES;
  if (ours == "no") return agency::v1::ANSWER_NO;
  return agency::v1::ANSWER_UNSPECIFIED;
}

bool ReadAddress(pugi::xml_node node, agency::v1::Address* address) {
  const pugi::xml_node from = node.child("Address");
  if (!from) return false;
  const pugi::xml_node postal = from.child("BS7666Address");
  std::string number;  // flat, house and street share a line
  for (const char* part : {"SAON", "PAON", "Street"}) {
    const std::string text = ChildText(postal, part);
    if (!text.empty())
      absl::StrAppend(&number, number.empty() ? "" : " ", text);
  }
  if (!number.empty()) address->add_lines(number);
  for (const char* part : {"Locality", "Town", "PostTown"}) {
    const std::string text = ChildText(postal, part);
    if (!text.empty()) address->add_lines(text);
  }
  address->set_uprn(ChildText(postal, "UniquePropertyReferenceNumber"));
  for (const pugi::xml_node line : from.child("AddressLines").children()) {
    const std::string text = Tidy(line.text().get());
    if (!text.empty() && address->lines_size() < 6) address->add_lines(text);
  }
  address->set_postcode(ChildText(from, "PostCode"));
  return true;
}

void ReadPhones(pugi::xml_node node, agency::v1::PersonStated& person) {
  for (const pugi::xml_node phone : node.child("Phones").children("Phone")) {
    const std::string number = ChildText(phone, "PhoneNo");
    if (number.empty() || person.contact_points_size() == 10) continue;
    agency::v1::ContactPoint& point = *person.add_contact_points();
    point.set_kind(ChildText(phone, "TelephoneType") == "M" ? "mobile"
                                                            : "phone");
    point.set_value(number);
  }
  const std::string email = ChildText(node, "Email");
  if (email.empty()) return;
  agency::v1::ContactPoint& point = *person.add_contact_points();
  point.set_kind("email");
  point.set_value(email);
}

void ReadPupil(Reading& reading) {
  reading.id = absl::AsciiStrToUpper(ChildText(reading.pupil, "UPN"));
  if (reading.id.empty()) {
    return SetAside(reading.item, "a pupil without a pupil number");
  }
  if (ChildText(reading.pupil, "Surname").empty() &&
      ChildText(reading.pupil, "Forename").empty()) {
    return SetAside(reading.item, "a pupil without a name");
  }
  SayPupil(reading);
  ReadContacts(reading);
  SayNeeds(reading);
  SayYoungCarer(reading);
  SaySchool(reading);
  CountLeftOut(reading);
  // A date that cannot be one may have been met last.
  if (reading.item.ending != Ending::kReady) reading.item.said.clear();
}

}  // namespace kith::adapters::education
