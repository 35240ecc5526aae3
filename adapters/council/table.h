// One CSV row with columns called by our names, whatever the file calls them.
//
// Not thread-safe.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "adapters/common/csv.h"
#include "adapters/common/feed.h"
#include "adapters/common/item.h"
#include "adapters/common/mapping.h"

namespace kith::adapters::council {

// Our column -> its place in the row, and headers that the table does not know.
struct Columns {
  std::map<std::string, size_t> index;
  std::vector<std::string> unknown;
  // A column of ours that two headers stand for; the first counts.
  std::vector<std::string> twice;

  static Columns Of(const CsvRecord& header, const Mapping& mapping);
  bool Has(const std::string& column) const { return index.count(column) > 0; }
};

// What a row says, with complaints at the right column.
class Row {
 public:
  Row(const Columns& columns, const CsvRecord& record, const Mapping& mapping,
      const std::string& file, Item& item)
      : columns_(columns),
        record_(record),
        mapping_(mapping),
        file_(file),
        item_(item) {}

  // The value; blank, "#N/A", "N/A", "NULL", "None" and "-" are empty.
  std::string Text(const std::string& column) const;

  // A date, unset when blank. What cannot be a date sets the item aside.
  std::optional<agency::v1::Date> Date(const std::string& column);
  void SetPeriod(const std::string& from, const std::string& until,
                 agency::v1::Period* period);

  // Our word for the value by `table`. A value that the table does not know
  // is remarked on, kept by the caller, and empty here.
  std::string Code(const std::string& column, absl::string_view table);

  // Yes, no or not said, by the table "answers".
  agency::v1::Answer Answer(const std::string& column);

  // Whether something set the item aside on the way.
  bool ok() const { return item_.ending == Ending::kReady; }

  Place At(const std::string& column) const;

 private:
  const Columns& columns_;
  const CsvRecord& record_;
  const Mapping& mapping_;
  const std::string& file_;
  Item& item_;
};

}  // namespace kith::adapters::council
