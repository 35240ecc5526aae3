// Text as files hold it: UTF-8 where it is valid UTF-8, else Windows-1252 (C4).
//
// Pure functions; thread-safe.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "adapters/common/item.h"

namespace kith::adapters {

// Whether every byte belongs to a valid UTF-8 character.
bool IsUtf8(absl::string_view bytes);

// The same text in UTF-8. Windows-1252 knows every byte but five; those become
// U+FFFD, so this cannot fail.
std::string ToUtf8(absl::string_view bytes);

// A whole file: also takes off a byte order mark and reads UTF-16 that has one.
// INVALID_ARGUMENT: UTF-16 that does not convert; nothing can be read of it.
absl::StatusOr<std::string> DecodeFile(absl::string_view bytes);

// The file's bytes. NOT_FOUND: no such file. RESOURCE_EXHAUSTED: longer than
// `bytes_max`; split the file. UNAVAILABLE: the disk does not give it.
absl::StatusOr<std::string> ReadFile(const std::string& path, size_t bytes_max);

// Without blanks at both ends, runs of blanks within made one. Hard blanks and
// tabs count as blanks.
std::string Tidy(absl::string_view text);

// For comparing words of a table: tidy, lower case (also beyond ASCII), without
// '_', '-', '?', '.', '(', ')' and ':' at all, so that "Child Unique-ID" and
// "child_unique_id" are one.
std::string Folded(absl::string_view text);

// A name for comparing: tidy, folded to lower case, accents and punctuation
// taken off. "  O'Brien-Élan" -> "obrienelan".
std::string NormalName(absl::string_view name);

// `code` in quotes where it looks like a code (no blanks, at most 5 characters
// or at most 24 with a digit among them), else only its length: free text may
// be about somebody.
std::string CodeForRemark(absl::string_view code);

// Lines and columns of a text, for offsets asked in rising order: each call
// counts on from the last one. Not thread-safe.
class LineCounter {
 public:
  // `text` must outlive the counter.
  LineCounter(const std::string& file, absl::string_view text)
      : text_(text), place_{file, 1, 1} {}
  // `text` begins at `start`.
  LineCounter(const Place& start, absl::string_view text)
      : text_(text), place_(start) {}
  // Offsets beyond the end count as the end, ones before the last as the last.
  Place At(size_t offset);

 private:
  absl::string_view text_;
  size_t at_ = 0;
  Place place_;
};

}  // namespace kith::adapters
