// A mapping table: how a format's words are called here. Data, read at run time
// from `mapping.yaml` in the adapter's folder; its README prints it.
//
//   version: 3
//   headers:                # what a column may be called, see csv
//     child_id: [Child Unique ID, Person ID]
//   tables:
//     sex:                  # a code list: ours -> theirs
//       female: [F, Female, "2", b) Female]
//     relationships: ...
//
// Words are compared folded (text.h). A code list's letter, as in "b) Female",
// is tried with and without. Immutable after loading; thread-safe.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace kith::adapters {

class Mapping {
 public:
  Mapping() = default;

  // Reads YAML. INVALID_ARGUMENT names what is wrong with it: an unknown
  // section, no version, a word that stands for two things. `overlay`, which
  // may be empty, is a second table (a site's own) whose words are added and
  // win.
  static absl::StatusOr<Mapping> Parse(absl::string_view yaml,
                                       absl::string_view overlay = "");

  int version() const { return version_; }

  // Our word for theirs in `table`; empty when the table does not know it.
  std::optional<std::string> Find(absl::string_view table,
                                  absl::string_view theirs) const;

  // Our name of the column that is headed `header`; empty when none is.
  std::optional<std::string> Header(absl::string_view header) const;

  // A single setting, such as untyped_root; `otherwise` when not given.
  std::string Setting(absl::string_view name,
                      absl::string_view otherwise) const;

  // Table -> folded word -> ours, for documents and tests.
  using Words = std::map<std::string, std::string>;
  const std::map<std::string, Words>& tables() const { return tables_; }

 private:
  absl::Status Add(absl::string_view yaml, bool wins);

  int version_ = 0;
  Words headers_;
  Words settings_;
  std::map<std::string, Words> tables_;
};

}  // namespace kith::adapters
