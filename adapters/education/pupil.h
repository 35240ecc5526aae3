// One pupil of a Common Transfer File. Used by reader.cc only.
#pragma once

#include <optional>
#include <set>
#include <string>

#include "adapters/common/feed.h"
#include "adapters/common/item.h"
#include "adapters/common/mapping.h"
#include "pugixml.hpp"

namespace kith::adapters::education {

// What every mapper gets.
struct Reading {
  const Feed& feed;  // extracted_at is the file's
  const Mapping& mapping;
  const std::string& school;  // LEA and establishment of the sender, 7 digits
  pugi::xml_node pupil;
  absl::string_view text;  // of the pupil, in which nodes have their offsets
  std::string id;          // the pupil's record
  Item& item;
};

// The child's text, tidy; empty when there is none.
std::string ChildText(pugi::xml_node node, const char* name);
// Of the pupil itself, or of its BasicDetails.
std::string Detail(const Reading& reading, const char* name);
// Adds a remark at `node`.
void NoteAt(Reading& reading, pugi::xml_node node, absl::string_view what);
// A date, unset when blank. What cannot be one sets the item aside.
std::optional<agency::v1::Date> DateOf(Reading& reading, pugi::xml_node node,
                                       const char* name);
// True, false, 1, 0, Y, N...
agency::v1::Answer AnswerOf(const Reading& reading, const std::string& word);
// The address in `node`'s child Address; false: there is none.
bool ReadAddress(pugi::xml_node node, agency::v1::Address* address);
void ReadPhones(pugi::xml_node node, agency::v1::PersonStated& person);

void ReadPupil(Reading& reading);
void ReadContacts(Reading& reading);

}  // namespace kith::adapters::education
