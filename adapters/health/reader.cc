#include "adapters/health/reader.h"

#include <optional>

#include "absl/strings/str_cat.h"
#include "adapters/common/dates.h"
#include "adapters/common/text.h"
#include "adapters/health/json_slices.h"
#include "base/status.h"

namespace kith::adapters::health {
namespace {

constexpr int kNestingMax = 100;

// One resource of a file, or the place where it broke off.
struct Found {
  size_t begin = 0;
  json resource;  // null when it cannot be read
  std::string full_url;
  absl::Time timestamp;  // of its bundle; InfinitePast: none
  const char* problem = nullptr;
};

using Visit = std::function<absl::Status(const Found& found)>;

// Deeper nesting than any resource has is refused before it is parsed.
bool IsTooDeep(absl::string_view text) {
  int depth = 0;
  bool quoted = false;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted && c == '\\')
      ++i;
    else if (c == '"')
      quoted = !quoted;
    else if (!quoted && (c == '{' || c == '['))
      ++depth;
    else if (!quoted && (c == '}' || c == ']'))
      --depth;
    if (depth > kNestingMax) return true;
  }
  return false;
}

json ParseSlice(absl::string_view text, Slice slice) {
  const absl::string_view part =
      text.substr(slice.begin, slice.end - slice.begin);
  if (IsTooDeep(part)) return json();
  json parsed = json::parse(part.begin(), part.end(), nullptr,
                            /*allow_exceptions=*/false);
  return parsed.is_discarded() ? json() : parsed;
}

// The members of a bundle that say what it is.
struct Head {
  std::string type;
  absl::Time timestamp = absl::InfinitePast();
  std::optional<Slice> entries;
  std::optional<size_t> broken;
};

Head ReadHead(absl::string_view text, Slice object) {
  Head head;
  head.broken =
      ForEachMember(text, object, [&](absl::string_view name, Slice value) {
        const bool entries = name == "entry" && text[value.begin] == '[';
        if (entries) head.entries = value;
        if (name == "resourceType" || name == "timestamp") {
          const json parsed = ParseSlice(text, value);
          const std::string word =
              parsed.is_string() ? parsed.get<std::string>() : "";
          if (name == "resourceType")
            head.type = word;
          else
            head.timestamp = ParseInstant(word).value_or(head.timestamp);
        }
        return true;
      });
  return head;
}

absl::Status VisitOne(absl::string_view text, Slice slice, absl::Time timestamp,
                      bool is_entry, const Visit& visit) {
  Found found;
  found.begin = slice.begin;
  found.timestamp = timestamp;
  json value = ParseSlice(text, slice);
  if (is_entry) {
    found.full_url = Text(value, "fullUrl");
    found.resource = At(value, "resource");
    if (value.is_object() && !found.resource.is_object()) {
      found.problem = "an entry without a resource";
      return visit(found);
    }
  } else {
    found.resource = std::move(value);
  }
  if (!found.resource.is_object()) {
    found.resource = json();
    found.problem = "it is not JSON";
  }
  return visit(found);
}

absl::Status VisitBroken(size_t at, const Visit& visit) {
  Found found;
  found.begin = at;
  found.problem = "the file breaks off here; what follows cannot be read";
  return visit(found);
}

// A bundle is read entry by entry, also when it has no end.
absl::Status VisitBundle(absl::string_view text, const Head& head,
                         const Visit& visit) {
  absl::Status status;
  std::optional<size_t> broken;
  if (head.entries) {
    broken = ForEachElement(text, *head.entries, [&](Slice element) {
      status = VisitOne(text, element, head.timestamp, true, visit);
      return status.ok();
    });
  }
  RETURN_IF_ERROR(status);
  if (broken) return VisitBroken(*broken, visit);
  return absl::OkStatus();
}

// A bundle that breaks off: its entries up to there.
absl::Status VisitTorn(absl::string_view text, size_t begin,
                       const Visit& visit) {
  const Slice rest{begin, text.size()};
  if (text[begin] != '{') return VisitBroken(begin, visit);
  Head head = ReadHead(text, rest);
  if (!head.entries) {
    // The torn member is the list of entries, or there is none.
    const size_t key = text.find("\"entry\"", begin);
    const size_t list =
        key == absl::string_view::npos ? key : text.find('[', key);
    if (head.type != "Bundle" || list == absl::string_view::npos) {
      return VisitBroken(begin, visit);
    }
    head.entries = Slice{list, text.size()};
    head.broken.reset();
  }
  RETURN_IF_ERROR(VisitBundle(text, head, visit));
  return head.broken ? VisitBroken(*head.broken, visit) : absl::OkStatus();
}

absl::Status ForEachResource(absl::string_view text, const Visit& visit) {
  size_t at = 0;
  std::optional<size_t> broken;
  while (const auto value = NextValue(text, at, &broken)) {
    at = value->end;
    const Head head =
        text[value->begin] == '{' ? ReadHead(text, *value) : Head{};
    if (head.type == "Bundle" && !head.broken) {
      RETURN_IF_ERROR(VisitBundle(text, head, visit));
    } else {
      RETURN_IF_ERROR(
          VisitOne(text, *value, absl::InfinitePast(), false, visit));
    }
  }
  return broken ? VisitTorn(text, *broken, visit) : absl::OkStatus();
}

absl::Time ExtractTime(const Feed& feed, const Found& found) {
  const auto own =
      ParseInstant(Text(At(found.resource, "meta"), "lastUpdated"));
  if (own) return *own;
  return found.timestamp == absl::InfinitePast() ? feed.extracted_at
                                                 : found.timestamp;
}

void Map(const std::string& type, Reading& reading) {
  if (type == "Patient") return ReadPatient(reading);
  if (type == "RelatedPerson") return ReadRelatedPerson(reading);
  if (type == "Group") return ReadGroup(reading);
  if (type == "Consent") return ReadConsent(reading);
  if (type == "CarePlan") return ReadCarePlan(reading);
  if (type == "ServiceRequest") return ReadServiceRequest(reading);
  if (type == "CareTeam") return ReadCareTeam(reading);
  if (type == "Organization" || type == "Practitioner" ||
      type == "PractitionerRole" || type == "Goal") {
    return Skip(reading.item, "serves references only");
  }
  Skip(reading.item, "a type of resource that is not mapped");
}

// A type as FHIR writes them; anything else is not repeated in the report.
std::string KindOf(const std::string& type) {
  if (type.empty() || type.size() > 40) return "resource";
  for (char c : type) {
    const bool letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    if (!letter) return "resource";
  }
  return type;
}

bool IsMapped(const std::string& type) {
  return type == "Patient" || type == "RelatedPerson" || type == "Group" ||
         type == "CarePlan" || type == "ServiceRequest" || type == "CareTeam";
}

}  // namespace

void Reader::Index(absl::string_view text) {
  const absl::Status ignored =
      ForEachResource(text, [this](const Found& found) {
        if (found.problem != nullptr) return absl::OkStatus();
        const std::string key = KeyOf(found.resource, found.full_url);
        if (!key.empty()) {
          directory_.Add(found.resource, key, found.full_url, mapping_);
        }
        return absl::OkStatus();
      });
  ignored.IgnoreError();
}

absl::Status Reader::Read(const std::string& file, absl::string_view text,
                          const Feed& file_feed, const ItemSink& sink) const {
  size_t seen = 0;
  LineCounter lines(file, text);
  const auto visit = [&](const Found& found) {
    ++seen;
    const std::string type = Text(found.resource, "resourceType");
    Item item;
    item.kind = KindOf(type);
    item.place = lines.At(found.begin);
    const std::string key = KeyOf(found.resource, found.full_url);
    Feed feed = file_feed;
    feed.extracted_at = ExtractTime(file_feed, found);
    Reading reading{feed, mapping_, directory_, found.resource, key, item};
    if (found.problem != nullptr) {
      SetAside(item, found.problem);
    } else if (type.empty()) {
      SetAside(item, "it has no resourceType");
    } else if (key.empty()) {
      SetAside(item, "it has no id");
    } else if (IsMapped(type) && HasModifier(found.resource)) {
      SetAside(item, "an extension changes what it means");
    } else {
      Map(type, reading);
    }
    return sink(std::move(item));
  };
  RETURN_IF_ERROR(ForEachResource(text, visit));
  if (seen == 0) return absl::InvalidArgumentError("the file is empty");
  return absl::OkStatus();
}

}  // namespace kith::adapters::health
