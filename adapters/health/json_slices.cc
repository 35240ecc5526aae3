#include "adapters/health/json_slices.h"

namespace kith::adapters::health {
namespace {

bool IsBlank(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

bool EndsScalar(char c) {
  return IsBlank(c) || c == ',' || c == ']' || c == '}' || c == ':';
}

// The byte behind the string that opens at `at`, or npos.
size_t EndOfString(absl::string_view text, size_t at) {
  for (++at; at < text.size(); ++at) {
    if (text[at] == '\\')
      ++at;
    else if (text[at] == '"')
      return at + 1;
  }
  return absl::string_view::npos;
}

// The byte behind the object or array that opens at `at`, or npos.
size_t EndOfBrackets(absl::string_view text, size_t at) {
  size_t depth = 0;
  while (at < text.size()) {
    const char c = text[at];
    if (c == '"') {
      at = EndOfString(text, at);
      if (at == absl::string_view::npos) return at;
      continue;
    }
    if (c == '{' || c == '[') ++depth;
    if ((c == '}' || c == ']') && --depth == 0) return at + 1;
    ++at;
  }
  return absl::string_view::npos;
}

size_t EndOfValue(absl::string_view text, size_t at) {
  const char c = text[at];
  if (c == '"') return EndOfString(text, at);
  if (c == '{' || c == '[') return EndOfBrackets(text, at);
  size_t end = at + 1;
  while (end < text.size() && !EndsScalar(text[end])) ++end;
  return end;
}

size_t SkipBlanks(absl::string_view text, size_t at) {
  while (at < text.size() && (IsBlank(text[at]) || text[at] == ',')) ++at;
  return at;
}

}  // namespace

std::optional<Slice> NextValue(absl::string_view text, size_t from,
                               std::optional<size_t>* broken) {
  const size_t begin = SkipBlanks(text, from);
  if (begin >= text.size()) return std::nullopt;
  const size_t end = EndOfValue(text, begin);
  if (end == absl::string_view::npos) {
    *broken = begin;
    return std::nullopt;
  }
  return Slice{begin, end};
}

std::optional<size_t> ForEachMember(
    absl::string_view text, Slice object,
    const std::function<bool(absl::string_view name, Slice value)>& member) {
  text = text.substr(0, object.end);
  std::optional<size_t> broken;
  size_t at = object.begin + 1;
  while (true) {
    const auto name = NextValue(text, at, &broken);
    if (!name) return broken ? broken : at;  // no closing bracket
    if (text[name->begin] == '}') return std::nullopt;
    at = SkipBlanks(text, name->end);
    if (text[name->begin] != '"' || at >= text.size() || text[at] != ':') {
      return name->begin;
    }
    const auto value = NextValue(text, at + 1, &broken);
    if (!value) return broken ? broken : std::optional<size_t>(at);
    if (!member(text.substr(name->begin + 1, name->end - name->begin - 2),
                *value)) {
      return std::nullopt;
    }
    at = value->end;
  }
}

std::optional<size_t> ForEachElement(
    absl::string_view text, Slice array,
    const std::function<bool(Slice element)>& element) {
  text = text.substr(0, array.end);
  std::optional<size_t> broken;
  size_t at = array.begin + 1;
  while (true) {
    const auto value = NextValue(text, at, &broken);
    if (!value) return broken ? broken : at;  // no closing bracket
    if (text[value->begin] == ']') return std::nullopt;
    if (!element(*value)) return std::nullopt;
    at = value->end;
  }
}

}  // namespace kith::adapters::health
