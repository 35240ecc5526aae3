#include "adapters/council/reader.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "adapters/common/csv.h"
#include "base/status.h"

namespace kith::adapters::council {
namespace {

struct Shape {
  FileKind kind;
  std::vector<std::string> needs;
};

// Tried in this order: an episode file may also carry names.
const std::vector<Shape>& Shapes() {
  static const auto* shapes = new std::vector<Shape>{
      {FileKind::kEpisodes, {"episode_id", "person_id", "episode_start"}},
      {FileKind::kAssessments, {"person_id", "assessment_start"}},
      {FileKind::kReferrals, {"person_id", "referral_date"}},
      {FileKind::kPersons, {"person_id", "family_name"}},
  };
  return *shapes;
}

std::vector<std::string> Missing(const Shape& shape, const Columns& columns) {
  std::vector<std::string> missing;
  for (const std::string& column : shape.needs) {
    if (!columns.Has(column)) missing.push_back(column);
  }
  return missing;
}

void ReadRow(FileKind kind, Reading& reading) {
  switch (kind) {
    case FileKind::kPersons:
      return ReadPerson(reading);
    case FileKind::kEpisodes:
      return ReadEpisode(reading);
    case FileKind::kAssessments:
      return ReadAssessment(reading);
    case FileKind::kReferrals:
      return ReadReferral(reading);
  }
}

// A row with more fields than the header has lost a quote or gained a comma:
// its values stand in the wrong columns.
bool IsTooWide(const CsvRecord& record, size_t width) {
  for (size_t i = width; i < record.fields.size(); ++i) {
    if (!record.fields[i].empty()) return true;
  }
  return false;
}

}  // namespace

const char* ItemKind(FileKind kind) {
  switch (kind) {
    case FileKind::kPersons:
      return "person row";
    case FileKind::kEpisodes:
      return "early help episode";
    case FileKind::kAssessments:
      return "early help assessment";
    case FileKind::kReferrals:
      return "referral";
  }
  return "row";
}

std::optional<FileKind> KindOf(const Columns& columns, std::string* problem) {
  size_t fewest = 100;
  for (const Shape& shape : Shapes()) {
    const auto missing = Missing(shape, columns);
    if (missing.empty()) return shape.kind;
    if (missing.size() < fewest) {
      fewest = missing.size();
      *problem = absl::StrCat("the columns are of no file known here; for ",
                              ItemKind(shape.kind), " rows it lacks ",
                              absl::StrJoin(missing, ", "));
    }
  }
  return std::nullopt;
}

absl::Status Read(const std::string& file, std::istream& in, const Feed& feed,
                  const Mapping& mapping, const ItemSink& sink) {
  CsvReader reader(in);
  ASSIGN_OR_RETURN(const CsvRecord header, reader.ReadHeader());
  const Columns columns = Columns::Of(header, mapping);
  std::string problem;
  const auto kind = KindOf(columns, &problem);
  if (!kind) return absl::InvalidArgumentError(problem);
  std::map<std::string, int> keys;
  CsvRecord record;
  while (reader.Next(record)) {
    Item item;
    item.kind = ItemKind(*kind);
    item.place = {file, record.line, 1};
    Row row(columns, record, mapping, file, item);
    Reading reading{feed, row, item, keys};
    if (!record.problem.empty()) {
      SetAside(item, record.problem);
    } else if (IsTooWide(record, header.fields.size())) {
      SetAside(item, "more values than columns");
    } else if (row.Text("person_id").empty()) {
      SetAside(item, "no person id");
    } else {
      ReadRow(*kind, reading);
    }
    RETURN_IF_ERROR(sink(std::move(item)));
  }
  return absl::OkStatus();
}

}  // namespace kith::adapters::council
