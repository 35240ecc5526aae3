#include "tools/kith/output.h"

#include <algorithm>
#include <cstdio>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/time/time.h"
#include "google/protobuf/util/json_util.h"
#include "google/protobuf/util/time_util.h"

namespace kith::cli {
namespace {

constexpr size_t kCellMax = 60;

// Characters, not bytes: UTF-8 continuation bytes do not count.
size_t Width(absl::string_view text) {
  return std::count_if(text.begin(), text.end(),
                       [](char c) { return (c & 0xC0) != 0x80; });
}

std::string Cut(const std::string& text) {
  if (Width(text) <= kCellMax) return text;
  std::string out;
  size_t width = 0;
  for (char c : text) {
    if ((c & 0xC0) != 0x80 && ++width == kCellMax) break;
    out.push_back(c);
  }
  return out + "…";
}

// What comes from outside must not steer the terminal.
std::string Clean(std::string text) {
  for (char& c : text) {
    if (absl::ascii_iscntrl(static_cast<unsigned char>(c))) c = ' ';
  }
  return text;
}

}  // namespace

void Output::Json(const google::protobuf::Message& message) const {
  if (!json_) return;
  std::string text;
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  if (google::protobuf::util::MessageToJsonString(message, &text, options)
          .ok()) {
    std::printf("%s\n", text.c_str());
  }
}

void Output::Heading(absl::string_view text) const {
  if (json_) return;
  std::printf("\n%s\n", Styled(Style::kHeading, text).c_str());
}

void Output::Line(absl::string_view text) const {
  if (!json_) std::printf("%s\n", Clean(std::string(text)).c_str());
}

void Output::Table(const std::vector<std::string>& header,
                   const std::vector<std::vector<std::string>>& rows) const {
  if (json_) return;
  if (rows.empty()) {
    std::printf("  %s\n", Styled(Style::kFaint, "none").c_str());
    return;
  }
  std::vector<size_t> widths;
  for (const std::string& cell : header) widths.push_back(Width(cell));
  std::vector<std::vector<std::string>> cells = rows;
  for (auto& row : cells) {
    for (size_t i = 0; i < row.size() && i < widths.size(); ++i) {
      row[i] = Cut(Clean(row[i]));
      widths[i] = std::max(widths[i], Width(row[i]));
    }
  }
  auto print = [&](const std::vector<std::string>& row, bool faint) {
    std::string line = " ";
    for (size_t i = 0; i < row.size() && i < widths.size(); ++i) {
      absl::StrAppend(&line, " ", row[i],
                      std::string(widths[i] - Width(row[i]) + 1, ' '));
    }
    line.erase(line.find_last_not_of(' ') + 1);
    std::printf("%s\n", (faint ? Styled(Style::kFaint, line) : line).c_str());
  };
  print(header, true);
  for (const auto& row : cells) print(row, false);
}

std::string Output::Styled(Style style, absl::string_view text) const {
  if (!colour_) return std::string(text);
  const char* code = style == Style::kHeading ? "1"
                     : style == Style::kGood  ? "32"
                     : style == Style::kWarn  ? "33"
                                              : "2";
  return absl::StrCat("\033[", code, "m", text, "\033[0m");
}

std::string Text(const agency::v1::Date& date) {
  if (date.year() == 0) return "";
  if (date.month() == 0) return absl::StrFormat("%04d", date.year());
  if (date.day() == 0) {
    return absl::StrFormat("%04d-%02d", date.year(), date.month());
  }
  return absl::StrFormat("%04d-%02d-%02d", date.year(), date.month(),
                         date.day());
}

std::string Text(const agency::v1::Period& period) {
  if (!period.has_from() && !period.has_until()) return "";
  return absl::StrCat(Text(period.from()), "..", Text(period.until()));
}

std::string Text(const google::protobuf::Timestamp& at) {
  const absl::Time time = absl::FromUnixMicros(
      google::protobuf::util::TimeUtil::TimestampToMicroseconds(at));
  return absl::FormatTime("%Y-%m-%d %H:%MZ", time, absl::UTCTimeZone());
}

std::string Text(const api::v1::PractitionerView& practitioner) {
  std::vector<std::string> parts;
  for (const std::string& part :
       {practitioner.name(), practitioner.profession(), practitioner.agency(),
        practitioner.contact()}) {
    if (!part.empty()) parts.push_back(part);
  }
  return absl::StrJoin(parts, ", ");
}

std::string Text(const api::v1::Said& said) {
  std::string text = said.agency();
  if (said.practitioner().name().empty()) return text;
  return absl::StrCat(text, " (", said.practitioner().name(), ")");
}

std::string EnumText(const google::protobuf::EnumDescriptor& type, int value) {
  const auto* named = type.FindValueByNumber(value);
  if (named == nullptr || value == 0) return "";
  // The prefix all values share: the type's name in capitals.
  std::string prefix;
  for (char c : type.name()) {
    if (absl::ascii_isupper(c) && !prefix.empty()) prefix.push_back('_');
    prefix.push_back(absl::ascii_toupper(c));
  }
  absl::string_view text = named->name();
  text.remove_prefix(std::min(text.size(), prefix.size() + 1));
  std::string out = absl::AsciiStrToLower(text);
  std::replace(out.begin(), out.end(), '_', ' ');
  return out;
}

std::string NameText(const agency::v1::PersonStated& said) {
  if (said.names().empty()) return "";
  const auto& name = said.names(0);
  return absl::StrCat(name.given(), name.given().empty() ? "" : " ",
                      name.family());
}

}  // namespace kith::cli
