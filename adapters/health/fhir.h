// FHIR resources as JSON, read without trusting their shape: what is missing or
// of another type is an empty text or null, never an exception.
//
// Pure functions; thread-safe.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "adapters/common/feed.h"
#include "adapters/common/item.h"
#include "adapters/common/mapping.h"
#include "nlohmann/json.hpp"

namespace kith::adapters::health {

using nlohmann::json;

// The member, or null.
const json& At(const json& object, const char* name);
// The member's text, or empty.
std::string Text(const json& object, const char* name);
// The member if it is an array, else an empty array.
const json& List(const json& object, const char* name);
bool IsTrue(const json& object, const char* name);

// The codes of a CodeableConcept, or of a list of them, as "system|code" and
// "code", then its text: in the order in which a table should be asked.
std::vector<std::string> Words(const json& concept_or_list);
// The first of the words that `table` knows.
std::optional<std::string> FindConcept(const Mapping& mapping,
                                       absl::string_view table,
                                       const json& concept_or_list);
// Its text, or its first display or code.
std::string Wording(const json& concept_or_list);

// The first extension with this last part of its address, or null.
const json& Extension(const json& element, absl::string_view name);
bool HasModifier(const json& element);

// A period; the day of an end before the start is kept for the rules to judge.
// False: there is a date in it that cannot be one.
bool ReadPeriod(const json& period, agency::v1::Period& out);

// What the resources of a run say about each other. Filled in a first pass over
// all files, since a reference may point forward or into another file.
struct Directory {
  std::map<std::string, std::string> by_url;         // fullUrl -> Type/id
  std::map<std::string, std::string> by_identifier;  // system|value -> Type/id
  std::map<std::string, std::string> agencies;  // Organization/id -> agency
  std::map<std::string, agency::v1::PractitionerRef> practitioners;
  std::map<std::string, std::string> goals;  // Goal/id -> description
  std::set<std::string> animals;             // Patient/id
  std::set<std::string> families;            // Group/id taken as families

  void Add(const json& resource, const std::string& key,
           const std::string& full_url, const Mapping& mapping);
};

// What every mapper gets.
struct Reading {
  const Feed& feed;  // extracted_at is the resource's own
  const Mapping& mapping;
  const Directory& directory;
  const json& resource;
  const std::string& key;  // "Patient/p1"
  Item& item;
};

// "Patient/p1" for a reference to a resource of the run or of the sender's
// server; empty when it names none (a display only, a contained resource).
std::string Resolve(const Reading& reading, const json& reference);
// Whether `key` is of a type that is a person's record.
bool IsPersonKey(absl::string_view key);
std::string TypeOf(absl::string_view key);
// Empty when the reference is no practitioner of whom an id is known.
std::optional<agency::v1::PractitionerRef> Practitioner(const Reading& reading,
                                                        const json& reference);
// The agency's name in the partnership; empty when the table knows none.
std::string Agency(const Reading& reading, const json& reference);

// A resource's key: its type with its id, or with its fullUrl when it is a
// uuid.
std::string KeyOf(const json& resource, const std::string& full_url);

// The mappers, one a type. Each ends the item or makes it say something.
void ReadPatient(Reading& reading);
void ReadRelatedPerson(Reading& reading);
void ReadGroup(Reading& reading);
void ReadConsent(Reading& reading);
void ReadCarePlan(Reading& reading);
void ReadServiceRequest(Reading& reading);
void ReadCareTeam(Reading& reading);

// Fills names, birth date, identifiers and so on from a Patient or
// RelatedPerson. False: a date cannot be one; the item was set aside.
bool ReadPerson(Reading& reading, agency::v1::PersonStated& person);

}  // namespace kith::adapters::health
