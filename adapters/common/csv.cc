#include "adapters/common/csv.h"

#include <algorithm>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "adapters/common/text.h"

namespace kith::adapters {
namespace {

bool IsBlank(const std::string& line) {
  return line.find_first_not_of(" \t\r\v\f") == std::string::npos;
}

// A spreadsheet's empty row: nothing but delimiters.
bool HasContent(const CsvRecord& record) {
  return std::any_of(record.fields.begin(), record.fields.end(),
                     [](const std::string& field) { return !field.empty(); });
}

char GuessDelimiter(const std::string& line) {
  char best = ',';
  for (char c : {',', ';', '\t', '|'}) {
    if (std::count(line.begin(), line.end(), c) >
        std::count(line.begin(), line.end(), best)) {
      best = c;
    }
  }
  return best;
}

struct Fields {
  std::vector<std::string> texts;
  std::vector<size_t> columns;
  bool open = false;  // ends within quotes
};

// Splits one record; a quote within an unquoted field is an ordinary character.
Fields Split(const std::string& text, char delimiter) {
  Fields fields;
  size_t column = 1;
  std::string field;
  bool quoted = false, start = true;
  fields.columns.push_back(column);
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted && c == '"' && i + 1 < text.size() && text[i + 1] == '"') {
      field.push_back(c);
      ++i;
      ++column;
    } else if (quoted && c == '"') {
      quoted = false;
    } else if (!quoted && start && c == '"') {
      quoted = true;
      start = false;
    } else if (!quoted && c == delimiter) {
      fields.texts.push_back(Tidy(field));
      field.clear();
      start = true;
      fields.columns.push_back(column + 1);
    } else {
      field.push_back(c);
      start = start && c == ' ';
    }
    if ((c & 0xC0) != 0x80) ++column;
  }
  fields.texts.push_back(Tidy(field));
  fields.open = quoted;
  return fields;
}

}  // namespace

bool CsvReader::ReadLine(Line& line) {
  line = Line{lines_ + 1, "", false};
  int c = in_.get();
  if (c == std::char_traits<char>::eof()) return false;
  for (; c != std::char_traits<char>::eof() && c != '\n'; c = in_.get()) {
    if (line.text.size() >= kLineBytesMax) {
      line.too_long = true;
    } else {
      line.text.push_back(static_cast<char>(c));
    }
  }
  ++lines_;
  if (!line.text.empty() && line.text.back() == '\r') line.text.pop_back();
  return true;
}

bool CsvReader::NextLine(Line& line) {
  if (put_back_.empty()) return ReadLine(line);
  line = std::move(put_back_.front());
  put_back_.pop_front();
  return true;
}

void CsvReader::ReadRecord(Line first, CsvRecord& record) {
  record = CsvRecord{};
  record.line = first.number;
  if (first.too_long) {
    record.problem =
        absl::StrCat("the line is longer than ", kLineBytesMax, " bytes");
    return;
  }
  std::string text = first.text;
  Fields fields = Split(ToUtf8(text), delimiter_);
  std::deque<Line> taken;
  Line next;
  while (fields.open && taken.size() < kRecordLinesMax && NextLine(next)) {
    absl::StrAppend(&text, "\n", next.text);
    const bool too_long = next.too_long;
    taken.push_back(std::move(next));
    if (too_long || text.size() > kLineBytesMax) break;
    fields = Split(ToUtf8(text), delimiter_);
  }
  if (fields.open) {
    record.problem = "a quote is opened and never closed";
    for (; !taken.empty(); taken.pop_back()) {
      put_back_.push_front(std::move(taken.back()));
    }
    return;
  }
  record.fields = std::move(fields.texts);
  record.columns = std::move(fields.columns);
}

absl::StatusOr<CsvRecord> CsvReader::ReadHeader() {
  Line line;
  do {
    if (!NextLine(line)) return absl::InvalidArgumentError("the file is empty");
  } while (IsBlank(line.text));
  if (line.text.substr(0, 3) == "\xEF\xBB\xBF") line.text.erase(0, 3);
  if (line.text.find('\0') != std::string::npos) {
    return absl::InvalidArgumentError(
        "the file is not plain text (UTF-16 or a workbook?): save it as CSV");
  }
  delimiter_ = GuessDelimiter(line.text);
  CsvRecord record;
  ReadRecord(std::move(line), record);
  if (!record.problem.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat("the header cannot be read: ", record.problem));
  }
  return record;
}

bool CsvReader::Next(CsvRecord& record) {
  Line line;
  while (NextLine(line)) {
    if (IsBlank(line.text)) continue;
    ReadRecord(std::move(line), record);
    if (!record.problem.empty() || HasContent(record)) return true;
  }
  return false;
}

}  // namespace kith::adapters
