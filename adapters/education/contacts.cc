// The contacts of a pupil: the best source of parents and of parental
// responsibility. Professionals are left out; they speak for themselves.
#include "absl/strings/str_cat.h"
#include "adapters/common/text.h"
#include "adapters/education/pupil.h"
#include "base/bytes.h"
#include "base/crypto.h"

namespace kith::adapters::education {
namespace {

constexpr int kContactsMax = 30;

// Stays the same from file to file as long as pupil, relationship and name do.
std::string ContactId(const Reading& reading, const std::string& relationship,
                      const std::string& name) {
  const std::string digest = base::Sha256(
      absl::StrCat(reading.id, "\n", relationship, "\n", NormalName(name)));
  return absl::StrCat("contact/", base::Base32(digest).substr(0, 26));
}

void SayPerson(Reading& reading, pugi::xml_node contact, const std::string& id,
               bool lives_there) {
  agency::v1::PersonStated person;
  *person.mutable_record() = Local(reading.feed, id);
  agency::v1::Name& name = *person.add_names();
  name.set_use(agency::v1::NAME_USE_USUAL);
  name.set_given(Tidy(absl::StrCat(ChildText(contact, "Forename"), " ",
                                   ChildText(contact, "MiddleNames"))));
  name.set_family(ChildText(contact, "Surname"));
  std::string sex = ChildText(contact, "Sex");
  if (sex.empty()) sex = ChildText(contact, "Gender");
  const auto ours = reading.mapping.Find("sex", sex);
  if (ours == "female") person.set_sex(agency::v1::SEX_FEMALE);
  if (ours == "male") person.set_sex(agency::v1::SEX_MALE);
  agency::v1::Address address;
  if (ReadAddress(lives_there ? reading.pupil : contact, &address)) {
    *person.add_addresses() = address;
  }
  ReadPhones(contact, person);
  *Say(reading.feed, id, reading.feed.extracted_at, reading.item)
       .mutable_person_stated() = person;
}

void SayRelationship(Reading& reading, pugi::xml_node contact,
                     const std::string& id, const std::string& code,
                     const std::string& kind, bool lives_there) {
  agency::v1::RelationshipStated said;
  *said.mutable_person() = PersonOf(reading.feed, id);
  *said.mutable_to() = PersonOf(reading.feed, reading.id);
  agency::v1::RelationshipKind parsed;
  if (agency::v1::RelationshipKind_Parse(
          absl::StrCat("RELATIONSHIP_KIND_", kind), &parsed)) {
    said.set_kind(parsed);
  }
  said.set_wording(code);
  said.set_parental_responsibility(
      AnswerOf(reading, ChildText(contact, "Responsibility")));
  if (lives_there) said.set_lives_with(agency::v1::ANSWER_YES);
  *Say(reading.feed, absl::StrCat(id, ">", reading.id),
       reading.feed.extracted_at, reading.item)
       .mutable_relationship_stated() = said;
}

}  // namespace

void ReadContacts(Reading& reading) {
  std::set<std::string> seen;
  for (const pugi::xml_node contact :
       reading.pupil.child("Contacts").children("Contact")) {
    const std::string code = ChildText(contact, "Relationship");
    const std::string kind =
        reading.mapping.Find("relationships", code).value_or("");
    if (kind == "PROFESSIONAL") {
      ++reading.item.left_out["a professional among the contacts"];
      continue;
    }
    const std::string name = absl::StrCat(ChildText(contact, "Forename"), " ",
                                          ChildText(contact, "Surname"));
    if (NormalName(name).empty()) {
      NoteAt(reading, contact, "a contact without a name was left out");
      continue;
    }
    if (kind.empty()) {
      NoteAt(reading, contact,
             absl::StrCat("unknown relationship ", CodeForRemark(code)));
    }
    const std::string id = ContactId(reading, code, name);
    if (!seen.insert(id).second || seen.size() > kContactsMax) {
      NoteAt(reading, contact, "a contact given twice, or beyond 30");
      continue;
    }
    const bool lives_there =
        contact.child("AddressAsPupil") &&
        AnswerOf(reading, ChildText(contact, "AddressAsPupil")) !=
            agency::v1::ANSWER_NO;
    SayPerson(reading, contact, id, lives_there);
    SayRelationship(reading, contact, id, code, kind, lives_there);
  }
}

}  // namespace kith::adapters::education
