#include "adapters/education/reader.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "adapters/common/dates.h"
#include "adapters/common/text.h"
#include "adapters/education/pupil.h"
#include "adapters/education/xml_slices.h"

namespace kith::adapters::education {
namespace {

// Deeper than any pupil is nested; the parser below would recurse as deep.
constexpr int kDepthMax = 64;

bool IsTooDeep(absl::string_view text) {
  int depth = 0;
  for (size_t i = 0; i + 1 < text.size(); ++i) {
    if (text[i] != '<') continue;
    if (text[i + 1] == '/')
      --depth;
    else if (text[i + 1] != '!' && text[i + 1] != '?')
      ++depth;
    const size_t end = text.find('>', i);
    if (end != absl::string_view::npos && text[end - 1] == '/') --depth;
    if (depth > kDepthMax) return true;
  }
  return false;
}

struct Header {
  std::string school;
  std::optional<absl::Time> written_at;
};

Header ReadHeader(absl::string_view text) {
  Header header;
  pugi::xml_document document;
  if (IsTooDeep(text) || !document.load_buffer(text.data(), text.size())) {
    return header;
  }
  const pugi::xml_node node = document.document_element();
  header.written_at = ParseInstant(ChildText(node, "DateTime"));
  const pugi::xml_node school = node.child("SourceSchool");
  header.school =
      absl::StrCat(ChildText(school, "LEA"), ChildText(school, "Estab"));
  return header;
}

void ReadElement(const Element& element, Reading& reading) {
  pugi::xml_document document;
  const bool parsed =
      element.closed && !IsTooDeep(reading.text) &&
      document.load_buffer(reading.text.data(), reading.text.size());
  if (!parsed) {
    return SetAside(reading.item, element.closed
                                      ? "the pupil is not well-formed XML"
                                      : "the pupil breaks off");
  }
  reading.pupil = document.document_element();
  ReadPupil(reading);
}

}  // namespace

absl::Status Read(const std::string& file, absl::string_view text,
                  const Feed& feed, const Mapping& mapping,
                  const ItemSink& sink) {
  // Other files have headers and even pupils; only this one has this root.
  if (!absl::StrContains(text, "<CTfile") &&
      !absl::StrContains(text, "<CTFile")) {
    return absl::InvalidArgumentError(
        "the file is empty or no Common Transfer File");
  }
  LineCounter lines(file, text);
  Header header;
  Feed file_feed = feed;
  absl::Status status;
  ForEachElement(text, {"Header", "Pupil"}, [&](const Element& element) {
    const absl::string_view part =
        text.substr(element.begin, element.end - element.begin);
    if (element.name == "Header") {
      header = ReadHeader(part);
      file_feed.extracted_at = header.written_at.value_or(feed.extracted_at);
      return true;
    }
    Item item;
    item.kind = "pupil";
    item.place = lines.At(element.begin);
    Reading reading{file_feed, mapping, header.school, {}, part, "", item};
    ReadElement(element, reading);
    status = sink(std::move(item));
    return status.ok();
  });
  return status;
}

}  // namespace kith::adapters::education
