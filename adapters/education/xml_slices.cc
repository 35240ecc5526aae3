#include "adapters/education/xml_slices.h"

#include <algorithm>
#include <optional>

#include "absl/strings/match.h"

namespace kith::adapters::education {
namespace {

constexpr size_t kNone = absl::string_view::npos;

// The byte behind `mark`, searched from `at`; the text's end when there is
// none.
size_t Behind(absl::string_view text, absl::string_view mark, size_t at) {
  const size_t found = text.find(mark, at);
  return found == kNone ? text.size() : found + mark.size();
}

// The byte behind the tag that opens at `at`; quotes may hide a '>'.
size_t EndOfTag(absl::string_view text, size_t at) {
  char quote = 0;
  for (; at < text.size(); ++at) {
    const char c = text[at];
    if (quote != 0) {
      if (c == quote) quote = 0;
    } else if (c == '"' || c == '\'') {
      quote = c;
    } else if (c == '>') {
      return at + 1;
    }
  }
  return text.size();
}

absl::string_view NameAt(absl::string_view text, size_t at) {
  size_t end = at;
  while (end < text.size() && text[end] != '>' && text[end] != '/' &&
         text[end] != ' ' && text[end] != '\n' && text[end] != '\r' &&
         text[end] != '\t') {
    ++end;
  }
  return text.substr(at, end - at);
}

bool StartsAt(absl::string_view text, size_t at, absl::string_view mark) {
  return absl::StartsWith(text.substr(at), mark);
}

}  // namespace

void ForEachElement(absl::string_view text,
                    std::initializer_list<absl::string_view> names,
                    const std::function<bool(const Element&)>& visit) {
  std::optional<Element> open;
  size_t at = text.find('<');
  while (at != kNone && at < text.size()) {
    size_t next;
    if (StartsAt(text, at, "<!--")) {
      next = Behind(text, "-->", at);
    } else if (StartsAt(text, at, "<![CDATA[")) {
      next = Behind(text, "]]>", at);
    } else if (StartsAt(text, at, "<?") || StartsAt(text, at, "<!")) {
      next = Behind(text, ">", at);
    } else if (StartsAt(text, at, "</")) {
      next = EndOfTag(text, at);
      if (open && NameAt(text, at + 2) == open->name) {
        open->end = next;
        if (!visit(*open)) return;
        open.reset();
      }
    } else {
      const absl::string_view name = NameAt(text, at + 1);
      next = EndOfTag(text, at);
      const bool wanted =
          std::find(names.begin(), names.end(), name) != names.end();
      if (wanted && open) {
        open->end = at;
        open->closed = false;
        if (!visit(*open)) return;
        open.reset();
      }
      const bool whole = next >= 2 && text.substr(next - 2, 2) == "/>";
      if (wanted && whole) {
        if (!visit({name, at, next, true})) return;
      } else if (wanted) {
        open = Element{name, at, text.size(), true};
      }
    }
    at = text.find('<', next);
  }
  if (open) {
    open->closed = false;
    visit(*open);
  }
}

}  // namespace kith::adapters::education
