#include "adapters/council/table.h"

#include "absl/strings/str_cat.h"
#include "adapters/common/dates.h"
#include "adapters/common/text.h"

namespace kith::adapters::council {

Columns Columns::Of(const CsvRecord& header, const Mapping& mapping) {
  Columns columns;
  for (size_t i = 0; i < header.fields.size(); ++i) {
    if (header.fields[i].empty()) continue;
    const auto ours = mapping.Header(header.fields[i]);
    if (!ours) {
      columns.unknown.push_back(header.fields[i]);
    } else if (!columns.index.emplace(*ours, i).second) {
      columns.twice.push_back(*ours);
    }
  }
  return columns;
}

Place Row::At(const std::string& column) const {
  const auto found = columns_.index.find(column);
  Place place{file_, record_.line, 1};
  if (found != columns_.index.end() && found->second < record_.columns.size()) {
    place.column = record_.columns[found->second];
  }
  return place;
}

std::string Row::Text(const std::string& column) const {
  const auto found = columns_.index.find(column);
  if (found == columns_.index.end() || found->second >= record_.fields.size()) {
    return "";
  }
  const std::string& value = record_.fields[found->second];
  if (value.empty() || mapping_.Find("empty_values", value)) return "";
  return value;
}

std::optional<agency::v1::Date> Row::Date(const std::string& column) {
  const std::string text = Text(column);
  if (text.empty()) return std::nullopt;
  auto date = ParseUkDate(text);
  if (!date && ok()) {
    item_.place = At(column);
    SetAside(item_, absl::StrCat(column, " cannot be a date"));
  }
  return date;
}

void Row::SetPeriod(const std::string& from, const std::string& until,
                    agency::v1::Period* period) {
  if (const auto date = Date(from)) *period->mutable_from() = *date;
  if (const auto date = Date(until)) *period->mutable_until() = *date;
}

std::string Row::Code(const std::string& column, absl::string_view table) {
  const std::string value = Text(column);
  if (value.empty()) return "";
  const auto ours = mapping_.Find(table, value);
  if (ours) return *ours;
  item_.remarks.push_back({At(column), absl::StrCat("unknown ", column, " ",
                                                    CodeForRemark(value))});
  return "";
}

agency::v1::Answer Row::Answer(const std::string& column) {
  const std::string word = Code(column, "answers");
  if (word == "yes") return agency::v1::ANSWER_YES;
  if (word == "no") return agency::v1::ANSWER_NO;
  return agency::v1::ANSWER_UNSPECIFIED;
}

}  // namespace kith::adapters::council
