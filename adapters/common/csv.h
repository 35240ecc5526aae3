// Comma-separated files, read record by record in constant memory.
//
// Quoting as in RFC 4180; the delimiter (comma, semicolon, tab or bar) is the
// one that the first line has most of. Each record is decoded on its own:
// UTF-8, else Windows-1252 (C4). A record that cannot be read (a quote never
// closed, a line without end) comes back with a problem, and the next line is
// read as if nothing had happened: a bad row never stops the file.
//
// Not thread-safe.
#pragma once

#include <cstddef>
#include <deque>
#include <istream>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace kith::adapters {

struct CsvRecord {
  size_t line = 0;                  // of its first character, from 1
  std::vector<std::string> fields;  // UTF-8, tidy
  std::vector<size_t> columns;      // of each field's first character, from 1
  std::string problem;              // not empty: `fields` is empty
};

class CsvReader {
 public:
  static constexpr size_t kLineBytesMax = 1 << 20;
  static constexpr size_t kRecordLinesMax = 50;

  // `in` must outlive the reader.
  explicit CsvReader(std::istream& in) : in_(in) {}

  // The first record that is not blank. INVALID_ARGUMENT: the file is empty, in
  // UTF-16, or its first record cannot be read; nothing can be read of it.
  absl::StatusOr<CsvRecord> ReadHeader();

  // The next record; blank lines are passed over. False at the end.
  bool Next(CsvRecord& record);

  size_t lines_read() const { return lines_; }

 private:
  struct Line {
    size_t number;
    std::string text;
    bool too_long = false;
  };

  bool NextLine(Line& line);
  bool ReadLine(Line& line);
  void ReadRecord(Line first, CsvRecord& record);

  std::istream& in_;
  char delimiter_ = ',';
  size_t lines_ = 0;
  std::deque<Line> put_back_;
};

}  // namespace kith::adapters
