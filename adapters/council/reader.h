// The council's CSV files. Which one a file is, is seen from its columns:
//
//   persons       one record of a person a row: names, birth date, address,
//                 identifiers, family id, relation to another person
//   episodes      early help episodes: a plan, an involvement and, where a
//   worker
//                 is named, a lead a row
//   assessments   Ofsted Annex A list 2
//   referrals     Ofsted Annex A list 3
//
// A pure parser, in constant memory but for the keys it has seen. Each row is
// one item. A row that cannot be read is set aside and the next one is read.
// The Annex A lists hold no names: their rows name the child by the id that the
// persons file states. README.md has the mapping table.
//
// Not thread-safe.
#pragma once

#include <istream>
#include <map>
#include <string>

#include "absl/status/status.h"
#include "adapters/common/feed.h"
#include "adapters/common/item.h"
#include "adapters/common/mapping.h"
#include "adapters/council/table.h"

namespace kith::adapters::council {

enum class FileKind { kPersons, kEpisodes, kAssessments, kReferrals };

// Empty when the columns are of none of the four. `problem` says which are
// missing of the nearest one.
std::optional<FileKind> KindOf(const Columns& columns, std::string* problem);
const char* ItemKind(FileKind kind);

// What every mapper gets. `keys` counts how often a row's own key has been
// seen in the file, for lists whose rows have no id of their own.
struct Reading {
  const Feed& feed;
  Row& row;
  Item& item;
  std::map<std::string, int>& keys;
};

void ReadPerson(Reading& reading);
void ReadEpisode(Reading& reading);
void ReadAssessment(Reading& reading);
void ReadReferral(Reading& reading);

// Gives each row of `in` to `sink`. INVALID_ARGUMENT: the file is empty, no
// text, or its columns are of no kind known here; other errors are the sink's.
absl::Status Read(const std::string& file, std::istream& in, const Feed& feed,
                  const Mapping& mapping, const ItemSink& sink);

}  // namespace kith::adapters::council
