#include "services/views/keys.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/bytes.h"

namespace kith::views {
namespace {

constexpr size_t kSubjectAt = 2;
constexpr size_t kKindAt = kSubjectAt + 8;

std::string Four(uint32_t value) { return base::BigEndian64(value).substr(4); }

std::string Day(absl::CivilDay day) {
  const auto year = std::clamp<absl::civil_year_t>(day.year(), 0, 9999);
  return Four(
      static_cast<uint32_t>(year * 10000 + day.month() * 100 + day.day()));
}

}  // namespace

std::string ThingKey::Bytes() const {
  return absl::StrCat(keys::ThingsOf(subject, kind), rest);
}

namespace keys {

std::string Numbered(EntityNumber number) { return base::BigEndian64(number); }

absl::string_view GroupOf(absl::string_view key) {
  if (absl::StartsWith(key, "s/")) return key.substr(0, kKindAt);
  if (absl::StartsWith(key, "h/") && key.size() > 8) {
    return key.substr(0, key.size() - 8);
  }
  return key;
}

absl::optional<absl::string_view> GroupOfPrefix(absl::string_view prefix) {
  if (absl::StartsWith(prefix, "s/") && prefix.size() >= kKindAt) {
    return prefix.substr(0, kKindAt);
  }
  if (absl::StartsWith(prefix, "h/")) return prefix;
  return absl::nullopt;
}

std::string ThingsOf(Subject subject) {
  return absl::StrCat("s/", Numbered(subject));
}

std::string ThingsOf(Subject subject, Kind kind) {
  return ThingsOf(subject) + static_cast<char>(kind);
}

ThingKey ParseThing(absl::string_view key) {
  ThingKey thing;
  if (key.size() <= kKindAt) return thing;
  thing.subject = *base::ReadBigEndian64(key.substr(kSubjectAt));
  thing.kind = static_cast<Kind>(key[kKindAt]);
  thing.rest = std::string(key.substr(kKindAt + 1));
  return thing;
}

std::string Elsewhere(Subject subject, const ThingKey& key) {
  return absl::StrCat(Elsewhere(subject, key.kind), Numbered(key.subject),
                      key.rest);
}

std::string Elsewhere(Subject subject, Kind kind) {
  return ThingsOf(subject, Kind::kOwner) + static_cast<char>(kind);
}

ThingKey ParseElsewhere(const ThingKey& lead) {
  ThingKey thing;
  if (lead.kind != Kind::kOwner || lead.rest.size() < 9) return thing;
  thing.kind = static_cast<Kind>(lead.rest.front());
  thing.subject = *base::ReadBigEndian64(lead.rest.substr(1));
  thing.rest = lead.rest.substr(9);
  return thing;
}

std::string Line(Subject subject, uint64_t position) {
  return absl::StrCat(LinesOf(subject), Numbered(position));
}
std::string LinesOf(Subject subject) {
  return absl::StrCat("t/", Numbered(subject));
}
std::string Id(absl::string_view id) { return absl::StrCat("i/", id); }
std::string Place(EntityNumber number) {
  return absl::StrCat("n/", Numbered(number));
}
std::string Practitioner(EntityNumber practitioner) {
  return absl::StrCat("w/", Numbered(practitioner));
}
std::string Known(absl::string_view hash, EntityNumber number) {
  return absl::StrCat(KnownAs(hash), Numbered(number));
}
std::string KnownAs(absl::string_view hash) { return absl::StrCat("h/", hash); }

std::string WorkOfAgency(absl::string_view agency) {
  return absl::StrCat("k/a", agency, absl::string_view("\0", 1));
}
std::string WorkOfPractitioner(EntityNumber practitioner) {
  return absl::StrCat("k/p", Numbered(practitioner));
}
std::string WorkWithFamily(const std::string& work, EntityNumber family) {
  return absl::StrCat(work, "f", Numbered(family));
}
std::string WorkWithRecord(const std::string& work, EntityNumber record) {
  return absl::StrCat(work, "r", Numbered(record));
}

std::string Due(absl::CivilDay day, char kind, const ThingKey& thing) {
  return absl::StrCat(DueAll(), Day(day), std::string(1, kind),
                      thing.Bytes().substr(kSubjectAt));
}
std::string DueAll() { return "d/"; }
absl::CivilDay DayOfDue(absl::string_view key) {
  const std::string eight =
      absl::StrCat(std::string(4, '\0'), key.substr(DueAll().size(), 4));
  const uint64_t number = base::ReadBigEndian64(eight).value_or(10101);
  return absl::CivilDay(static_cast<absl::civil_year_t>(number / 10000),
                        static_cast<int>(number / 100 % 100),
                        static_cast<int>(number % 100));
}

std::string Match(bool open, EntityNumber match) {
  return absl::StrCat(Matches(open), Numbered(match));
}
std::string Matches(bool open) { return open ? "m/o" : "m/x"; }

std::string Case(bool open, uint32_t level, int32_t score,
                 EntityNumber number) {
  // Greater scores first.
  const auto order = static_cast<uint32_t>(int64_t{INT32_MAX} - score);
  return absl::StrCat(Cases(open), Four(level), Four(order), Numbered(number));
}
std::string Cases(bool open) { return open ? "u/o" : "u/x"; }

std::string Waiting(char state, EntityNumber item) {
  return absl::StrCat(WaitingIn(state), Numbered(item));
}
std::string WaitingIn(char state) {
  return absl::StrCat("q/", std::string(1, state));
}
std::string Review(absl::string_view agency, bool open, absl::CivilDay due,
                   EntityNumber number) {
  return absl::StrCat(Reviews(agency, open), Day(due), Numbered(number));
}
std::string Reviews(absl::string_view agency, bool open) {
  return absl::StrCat("o/", agency, absl::string_view("\0", 1),
                      open ? "o" : "x");
}
std::string Tally(absl::string_view source) {
  return absl::StrCat(Tallies(), source);
}
std::string Tallies() { return "y/"; }
std::string PanelItem(EntityNumber item) { return "g/" + Numbered(item); }
std::string PanelItems() { return "g/"; }
std::string Support(absl::string_view agency) {
  return absl::StrCat("c/", agency);
}
std::string Supports() { return "c/"; }
std::string Rules() { return "r"; }
std::string RulesFrom(uint64_t position) {
  return absl::StrCat(RulesHistory(), Numbered(position));
}
std::string RulesHistory() { return "r/"; }

EntityNumber LastNumber(absl::string_view key) {
  if (key.size() < 8) return 0;
  return base::ReadBigEndian64(key.substr(key.size() - 8)).value_or(0);
}

}  // namespace keys
}  // namespace kith::views
