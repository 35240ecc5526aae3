#include "adapters/health/fhir.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "adapters/common/dates.h"
#include "adapters/common/text.h"

namespace kith::adapters::health {
namespace {

using agency::v1::PractitionerRef;

const json& Null() {
  static const json* null = new json();
  return *null;
}

const json& EmptyList() {
  static const json* list = new json(json::array());
  return *list;
}

void AppendWords(const json& one, std::vector<std::string>& out) {
  for (const json& coding : List(one, "coding")) {
    const std::string code = Text(coding, "code");
    if (code.empty()) continue;
    const std::string system = Text(coding, "system");
    if (!system.empty()) out.push_back(absl::StrCat(system, "|", code));
    out.push_back(code);
  }
  if (!Text(one, "text").empty()) out.push_back(Text(one, "text"));
}

// "https://server/Patient/p1/_history/3" -> {"https://server/", "Patient/p1"}
struct Address {
  std::string base;
  std::string key;
};

bool IsTypeName(absl::string_view text) {
  return !text.empty() && text[0] >= 'A' && text[0] <= 'Z';
}

std::optional<Address> Split(absl::string_view reference) {
  const size_t history = reference.find("/_history/");
  reference = reference.substr(0, history);
  const size_t id = reference.rfind('/');
  if (id == absl::string_view::npos || id + 1 == reference.size()) {
    return std::nullopt;
  }
  const size_t type = reference.substr(0, id).rfind('/');
  const size_t start = type == absl::string_view::npos ? 0 : type + 1;
  if (!IsTypeName(reference.substr(start, id - start))) return std::nullopt;
  return Address{std::string(reference.substr(0, start)),
                 std::string(reference.substr(start))};
}

std::string IdentifierKey(const json& identifier) {
  const std::string value = Text(identifier, "value");
  if (value.empty()) return "";
  return absl::StrCat(Text(identifier, "system"), "|", value);
}

std::string NameOf(const json& resource) {
  const json& names = List(resource, "name");
  if (names.empty()) return "";
  const std::string text = Text(names[0], "text");
  if (!text.empty()) return Tidy(text);
  std::string name;
  for (const json& given : List(names[0], "given")) {
    if (given.is_string())
      absl::StrAppend(&name, given.get<std::string>(), " ");
  }
  return Tidy(absl::StrCat(name, Text(names[0], "family")));
}

std::string WorkContact(const json& resource) {
  const json& telecom = List(resource, "telecom");
  return telecom.empty() ? "" : Tidy(Text(telecom[0], "value"));
}

// What an agency calls one of its staff: the id without the type.
std::string IdOf(absl::string_view key) {
  if (absl::StartsWith(key, "Practitioner/")) {
    key.remove_prefix(sizeof("Practitioner/") - 1);
  }
  return std::string(key);
}

// The agency of an organisation by its codes, or by the reference itself.
std::string AgencyOf(const Mapping& mapping, const json& organisation,
                     const std::string& key) {
  for (const json& identifier : List(organisation, "identifier")) {
    for (const std::string& word :
         {IdentifierKey(identifier), Text(identifier, "value")}) {
      if (const auto agency = mapping.Find("agencies", word)) return *agency;
    }
  }
  return mapping.Find("agencies", key).value_or("");
}

}  // namespace

const json& At(const json& object, const char* name) {
  if (!object.is_object()) return Null();
  const auto found = object.find(name);
  return found == object.end() ? Null() : *found;
}

std::string Text(const json& object, const char* name) {
  const json& value = At(object, name);
  return value.is_string() ? value.get<std::string>() : std::string();
}

const json& List(const json& object, const char* name) {
  const json& value = At(object, name);
  return value.is_array() ? value : EmptyList();
}

bool IsTrue(const json& object, const char* name) {
  const json& value = At(object, name);
  return value.is_boolean() && value.get<bool>();
}

std::vector<std::string> Words(const json& concept_or_list) {
  std::vector<std::string> words;
  if (concept_or_list.is_array()) {
    for (const json& one : concept_or_list) AppendWords(one, words);
  } else {
    AppendWords(concept_or_list, words);
  }
  return words;
}

std::optional<std::string> FindConcept(const Mapping& mapping,
                                       absl::string_view table,
                                       const json& concept_or_list) {
  for (const std::string& word : Words(concept_or_list)) {
    if (auto ours = mapping.Find(table, word)) return ours;
  }
  return std::nullopt;
}

std::string Wording(const json& concept_or_list) {
  const json& one = concept_or_list.is_array() && !concept_or_list.empty()
                        ? concept_or_list[0]
                        : concept_or_list;
  if (!Text(one, "text").empty()) return Tidy(Text(one, "text"));
  for (const json& coding : List(one, "coding")) {
    if (!Text(coding, "display").empty()) return Tidy(Text(coding, "display"));
    if (!Text(coding, "code").empty()) return Text(coding, "code");
  }
  return "";
}

const json& Extension(const json& element, absl::string_view name) {
  for (const json& extension : List(element, "extension")) {
    if (absl::EndsWith(Text(extension, "url"), name)) return extension;
  }
  return Null();
}

bool HasModifier(const json& element) {
  return !List(element, "modifierExtension").empty() ||
         !Text(element, "implicitRules").empty();
}

bool ReadPeriod(const json& period, agency::v1::Period& out) {
  for (const char* end : {"start", "end"}) {
    const std::string text = Text(period, end);
    if (text.empty()) continue;
    const auto date = ParseFhirDate(text);
    if (!date) return false;
    *(end[0] == 's' ? out.mutable_from() : out.mutable_until()) = *date;
  }
  return true;
}

void Directory::Add(const json& resource, const std::string& key,
                    const std::string& full_url, const Mapping& mapping) {
  if (!full_url.empty()) by_url[full_url] = key;
  for (const json& identifier : List(resource, "identifier")) {
    const std::string word = IdentifierKey(identifier);
    if (!word.empty()) by_identifier.emplace(word, key);
  }
  const std::string type = Text(resource, "resourceType");
  if (type == "Organization") {
    agencies[key] = AgencyOf(mapping, resource, key);
  } else if (type == "Practitioner") {
    PractitionerRef& who = practitioners[key];
    who.set_local_id(IdOf(key));
    who.set_name(NameOf(resource));
    who.set_contact(WorkContact(resource));
    who.set_profession(Wording(At(List(resource, "qualification").empty()
                                      ? Null()
                                      : List(resource, "qualification")[0],
                                  "code")));
  } else if (type == "PractitionerRole") {
    PractitionerRef& who = practitioners[key];
    who.set_name(Tidy(Text(At(resource, "practitioner"), "display")));
    who.set_profession(Wording(At(resource, "code")));
    who.set_contact(WorkContact(resource));
    if (const auto practitioner =
            Split(Text(At(resource, "practitioner"), "reference"))) {
      who.set_local_id(IdOf(practitioner->key));
    }
  } else if (type == "Goal") {
    goals[key] = Wording(At(resource, "description"));
  } else if (type == "Patient" &&
             !Extension(resource, "patient-animal").is_null()) {
    animals.insert(key);
  } else if (type == "Group" && Text(resource, "type") == "person" &&
             FindConcept(mapping, "family_groups", At(resource, "code"))) {
    families.insert(key);
  }
}

std::string TypeOf(absl::string_view key) {
  return std::string(key.substr(0, key.find('/')));
}

bool IsPersonKey(absl::string_view key) {
  return TypeOf(key) == "Patient" || TypeOf(key) == "RelatedPerson";
}

std::string KeyOf(const json& resource, const std::string& full_url) {
  const std::string type = Text(resource, "resourceType");
  const std::string id = Text(resource, "id");
  if (!id.empty()) return absl::StrCat(type, "/", id);
  if (absl::StartsWith(full_url, "urn:")) {
    return absl::StrCat(type, "/", full_url);
  }
  if (const auto address = Split(full_url)) return address->key;
  return "";
}

std::string Resolve(const Reading& reading, const json& reference) {
  const std::string text = Text(reference, "reference");
  const Directory& directory = reading.directory;
  if (text.empty()) {
    const std::string word = IdentifierKey(At(reference, "identifier"));
    const auto found = directory.by_identifier.find(word);
    return found == directory.by_identifier.end() ? "" : found->second;
  }
  if (text[0] == '#') return "";
  const auto by_url = directory.by_url.find(text);
  if (by_url != directory.by_url.end()) return by_url->second;
  const auto address = Split(text);
  if (!address) return "";
  const std::string own_server = reading.mapping.Setting("base_url", "");
  if (address->base.empty() || address->base == own_server) return address->key;
  // Somebody else's server: its ids are not the sender's.
  return absl::StrCat(TypeOf(address->key), "/", text);
}

std::string Agency(const Reading& reading, const json& reference) {
  const std::string by_code =
      AgencyOf(reading.mapping,
               json{{"identifier", json::array({At(reference, "identifier")})}},
               Text(reference, "reference"));
  if (!by_code.empty()) return by_code;
  const auto found =
      reading.directory.agencies.find(Resolve(reading, reference));
  return found == reading.directory.agencies.end() ? "" : found->second;
}

std::optional<PractitionerRef> Practitioner(const Reading& reading,
                                            const json& reference) {
  PractitionerRef who;
  const std::string text = Text(reference, "reference");
  std::string key = Resolve(reading, reference);
  if (!text.empty() && text[0] == '#') {
    for (const json& contained : List(reading.resource, "contained")) {
      if (absl::StrCat("#", Text(contained, "id")) != text) continue;
      if (Text(contained, "resourceType") != "Practitioner") continue;
      who.set_name(NameOf(contained));
      key = absl::StrCat(reading.key, text);
    }
  }
  const std::string type = TypeOf(key);
  const auto known = reading.directory.practitioners.find(key);
  if (known != reading.directory.practitioners.end()) who = known->second;
  if (who.local_id().empty()) {
    const bool named = type == "Practitioner" || type == "PractitionerRole" ||
                       !who.name().empty();
    if (key.empty() || !named) return std::nullopt;
    who.set_local_id(IdOf(key));
  }
  const auto person = reading.directory.practitioners.find(
      absl::StrCat("Practitioner/", who.local_id()));
  if (person != reading.directory.practitioners.end() && who.name().empty()) {
    who.set_name(person->second.name());
  }
  if (who.name().empty()) who.set_name(Tidy(Text(reference, "display")));
  return who;
}

}  // namespace kith::adapters::health
