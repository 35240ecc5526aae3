#include "services/views/timeline.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/civil_date.h"
#include "services/core/family/dates.h"
#include "services/core/family/resolve.h"
#include "services/views/compose.h"
#include "services/views/finish.h"
#include "services/views/replay.h"
#include "services/views/times.h"

namespace kith::views {
namespace {

using api::v1::ReplayEntry;
using api::v1::TimelineEntry;
using ledger::v1::TimelineRow;

// When somebody was a member; no ends: is one still.
struct Stay {
  bool current = false;
  std::optional<absl::CivilDay> from;
  std::optional<absl::CivilDay> until;

  bool Covers(absl::CivilDay day) const {
    if (from.has_value() && day < *from) return false;
    return current || !until.has_value() || day <= *until;
  }
};

Stay StayOf(const Household& household, const Member& member) {
  Stay stay{member.current, std::nullopt, std::nullopt};
  bool open_begin = false;
  for (const Thing* thing : household.things) {
    const auto& stated = thing->row.member().stated();
    if (!thing->row.has_member() || member.stated.count(stated.record()) == 0) {
      continue;
    }
    const auto& period = stated.said().period();
    if (!core::IsWhole(period.from())) {
      open_begin = true;
    } else if (const auto day = core::FirstDay(period.from());
               !stay.from.has_value() || day < *stay.from) {
      stay.from = day;
    }
    if (period.has_until() && core::IsSound(period.until())) {
      const auto day = core::LastDay(period.until());
      if (!stay.until.has_value() || day > *stay.until) stay.until = day;
    }
  }
  if (open_begin) stay.from.reset();
  return stay;
}

struct Line {
  Subject subject = 0;
  TimelineRow row;
};
using Lines = std::map<uint64_t, Line>;

class Collector {
 public:
  Collector(const core::StateReader& view, const PageFrom& from)
      : view_(view),
        after_(from.cursor.empty() ? 0 : keys::LastNumber(from.cursor)),
        begun_(!from.cursor.empty()),
        // One more than are asked for shows whether there are more.
        lines_max_(from.limit + 1) {}

  // The next lines of one subject that `stay` covers. Only these count: with
  // fewer than were asked for, there are no more.
  absl::Status Collect(Subject subject, const Stay& stay) {
    size_t count = 0;
    absl::Status status;
    RETURN_IF_ERROR(
        view_.Scan(keys::LinesOf(subject),
                   [&](absl::string_view key, absl::string_view value) {
                     const uint64_t position = keys::LastNumber(key);
                     if (begun_ && position <= after_) return true;
                     auto line = LineAt(subject, position, value);
                     status = line.status();
                     if (!status.ok()) return false;
                     if (!line->has_value() || !Within((*line)->row, stay))
                       return true;
                     lines_[position] = **std::move(line);
                     return ++count < lines_max_;
                   }));
    return status;
  }

  const Lines& lines() const { return lines_; }

 private:
  // The line, wherever it lies; empty: it is there no more.
  absl::StatusOr<std::optional<Line>> LineAt(Subject subject, uint64_t position,
                                             absl::string_view value) const {
    Line line{subject, {}};
    if (!line.row.ParseFromArray(value.data(),
                                 static_cast<int>(value.size()))) {
      return absl::DataLossError("a timeline row does not parse");
    }
    if (line.row.owner() == 0) return std::optional<Line>(std::move(line));
    line.subject = line.row.owner();
    ASSIGN_OR_RETURN(auto row, core::ReadRow<TimelineRow>(
                                   view_, keys::Line(line.subject, position)));
    if (!row.has_value()) return std::optional<Line>();
    line.row = *std::move(row);
    return std::optional<Line>(std::move(line));
  }
  static bool Within(const TimelineRow& row, const Stay& stay) {
    return stay.Covers(base::LondonDay(ToTime(row.said().by().occurred_at())));
  }

  const core::StateReader& view_;
  const uint64_t after_;
  const bool begun_;
  const size_t lines_max_;
  Lines lines_;
};

// "plan_recorded" as "plan recorded".
std::string NameOfFact(uint32_t kind) {
  const auto* field =
      ledger::v1::Fact::descriptor()->FindFieldByNumber(static_cast<int>(kind));
  if (field == nullptr) return "";
  std::string name = field->name();
  std::replace(name.begin(), name.end(), '_', ' ');
  return name;
}

// What is told of a thing is about everybody whom the thing is about, and of
// the family that it is of: who may not see a score does not read of it here.
absl::Status BindToThing(const Scene& scene, EntityNumber number,
                         ItemLabel* label) {
  ASSIGN_OR_RETURN(const Thing* thing, scene.reading.NumberedAny(number));
  if (thing == nullptr) return absl::OkStatus();
  ASSIGN_OR_RETURN(const auto whole, LabelOfWhole(scene, *thing));
  if (!whole.has_value()) return absl::OkStatus();
  RecordSet records = RecordsIn(label->records());
  records.insert(whole->records().begin(), whole->records().end());
  *label->mutable_records() = {records.begin(), records.end()};
  label->set_family(whole->family());
  return absl::OkStatus();
}

// Empty: it is of a plan or override that is not there.
absl::StatusOr<std::optional<ItemLabel>> LabelOfLine(const Scene& scene,
                                                     const Household& household,
                                                     const Line& line) {
  if (line.row.plan() != 0) {
    ASSIGN_OR_RETURN(const Thing* plan,
                     scene.reading.Numbered(line.row.plan(), Kind::kPlan));
    if (plan == nullptr) return std::optional<ItemLabel>();
    ASSIGN_OR_RETURN(ItemLabel label, LabelOfPlan(scene, *plan));
    return std::optional<ItemLabel>(std::move(label));
  }
  if (line.row.override() != 0) {
    for (const Kind kind : {Kind::kOverride, Kind::kGlass}) {
      ASSIGN_OR_RETURN(const Thing* thing,
                       scene.reading.Numbered(line.row.override(), kind));
      if (thing == nullptr) continue;
      ASSIGN_OR_RETURN(ItemLabel label, LabelOfOverride(scene, thing->row));
      return std::optional<ItemLabel>(std::move(label));
    }
    return std::optional<ItemLabel>();
  }
  RecordSet records = RecordsIn(line.row.records());
  // What says nothing of anybody alone concerns the whole family.
  if (records.empty()) records = household.StatedNow();
  ItemLabel label = Label(scene, line.row.class_(), line.row.agency(), records);
  label.set_thing(line.row.thing());
  label.set_basis(line.row.said().by().basis());
  RETURN_IF_ERROR(BindToThing(scene, line.row.thing(), &label));
  ASSIGN_OR_RETURN(const ThingRow* record, scene.reading.Record(line.subject));
  if (record != nullptr) label.set_shielded(IsRestricted(*record));
  return std::optional<ItemLabel>(std::move(label));
}

absl::StatusOr<Pieces<TimelineEntry>> OfLine(const Scene& scene,
                                             const Household& household,
                                             uint64_t position,
                                             const Line& line) {
  ASSIGN_OR_RETURN(auto label, LabelOfLine(scene, household, line));
  if (!label.has_value()) return Pieces<TimelineEntry>();
  Piece<TimelineEntry> piece{*std::move(label), {}};
  TimelineEntry& entry = piece.part;
  entry.set_position(absl::StrCat(position));
  entry.set_what(NameOfFact(line.row.fact_kind()));
  entry.set_text(line.row.text());
  RETURN_IF_ERROR(scene.reading.AddPersonIds(line.row.records(),
                                             entry.mutable_person_ids()));
  ASSIGN_OR_RETURN(*entry.mutable_by(), scene.reading.SaidBy(line.row.said()));
  entry.set_class_(line.row.class_());
  return Pieces<TimelineEntry>{std::move(piece)};
}

absl::Status CollectAll(const Household& household, Collector& collector) {
  for (const EntityNumber family : household.group) {
    RETURN_IF_ERROR(collector.Collect(family, Stay{true, {}, {}}));
  }
  for (const Member& member : household.members) {
    const Stay stay = StayOf(household, member);
    for (const EntityNumber record : member.records) {
      // Of those who have left, only the records that the family names.
      if (!member.current && member.stated.count(record) == 0) continue;
      RETURN_IF_ERROR(collector.Collect(record, stay));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<Pieces<ReplayEntry>> ToldOf(const Scene& scene,
                                           const Household& household,
                                           const Line& line, ReplayEntry entry,
                                           Telling telling) {
  Pieces<ReplayEntry> pieces;
  ASSIGN_OR_RETURN(const auto label, LabelOfLine(scene, household, line));
  if (!label.has_value()) return pieces;
  const ledger::v1::Fact fact = std::move(*entry.mutable_fact());
  entry.clear_fact();
  ASSIGN_OR_RETURN(*entry.mutable_by(), scene.reading.SaidBy(line.row.said()));
  pieces.push_back({*label, entry});
  ASSIGN_OR_RETURN(auto content, ContentOf(scene, household, line.subject,
                                           *label, fact, telling));
  for (auto& part : content) {
    pieces.push_back({std::move(part.label), entry});
    *pieces.back().part.mutable_fact() = std::move(part.part);
  }
  return pieces;
}

// `compose` gives the pieces of a line; none: it is passed over.
template <class T, class Compose>
absl::StatusOr<Page<T>> PageOfLines(const core::StateReader& view,
                                    EntityNumber family, absl::Time now,
                                    const PageFrom& from,
                                    const Compose& compose) {
  Page<T> page;
  Reading reading(view);
  const absl::CivilDay today = base::LondonDay(now);
  ASSIGN_OR_RETURN(const auto household, HouseholdOf(reading, family, today));
  if (!household.has_value()) return page;
  Collector collector(view, from);
  RETURN_IF_ERROR(CollectAll(*household, collector));
  const Scene scene{reading, today, household->family};
  std::string last = from.cursor;
  size_t count = 0;
  for (const auto& [position, line] : collector.lines()) {
    if (count++ == from.limit) {
      page.next = last;
      break;
    }
    last = keys::Numbered(position);
    ASSIGN_OR_RETURN(auto pieces, compose(scene, *household, position, line));
    if (!pieces.empty()) page.entries.push_back({std::move(pieces), last});
  }
  return page;
}

}  // namespace

absl::StatusOr<Page<TimelineEntry>> Timeline(const core::StateReader& view,
                                             EntityNumber family,
                                             absl::Time now,
                                             const PageFrom& from) {
  return PageOfLines<TimelineEntry>(view, family, now, from, OfLine);
}

absl::StatusOr<Page<ReplayEntry>> Replay(const core::StateReader& view,
                                         EntityNumber family, absl::Time now,
                                         const PageFrom& from,
                                         const ReadEntry& read,
                                         Telling telling) {
  return PageOfLines<ReplayEntry>(
      view, family, now, from,
      [&](const Scene& scene, const Household& household, uint64_t position,
          const Line& line) -> absl::StatusOr<Pieces<ReplayEntry>> {
        ASSIGN_OR_RETURN(auto entry, read(position));
        if (!entry.has_value()) return Pieces<ReplayEntry>();
        return ToldOf(scene, household, line, *std::move(entry), telling);
      });
}

void Finish(ReplayEntry* entry) { DropRepeats(entry->mutable_by()); }

namespace {

// Families that ever named one of the persons of these records.
absl::StatusOr<std::set<EntityNumber>> FamiliesNaming(
    Reading& reading, const RecordSet& records) {
  RecordSet everyone;
  for (const EntityNumber record : records) {
    ASSIGN_OR_RETURN(const auto all, reading.RecordsOf(record));
    everyone.insert(all.begin(), all.end());
  }
  std::set<EntityNumber> families;
  for (const EntityNumber record : everyone) {
    ASSIGN_OR_RETURN(const Things memberships,
                     reading.Of(record, Kind::kMember));
    for (const Thing* thing : memberships) {
      ASSIGN_OR_RETURN(const EntityNumber family,
                       reading.Resolve(thing->key.subject));
      families.insert(family);
    }
  }
  return families;
}

}  // namespace

absl::StatusOr<std::vector<FamilyNamed>> FamiliesOfLine(
    const core::StateReader& view, Subject subject, uint64_t position) {
  std::vector<FamilyNamed> named;
  ASSIGN_OR_RETURN(const auto row, core::ReadRow<TimelineRow>(
                                       view, keys::Line(subject, position)));
  if (!row.has_value()) return named;
  Reading reading(view);
  std::set<EntityNumber> families;
  ASSIGN_OR_RETURN(const ThingRow* family, reading.Family(subject));
  if (family != nullptr) {
    ASSIGN_OR_RETURN(const EntityNumber resolved, reading.Resolve(subject));
    families.insert(resolved);
  } else {
    RecordSet records = RecordsIn(row->records());
    records.insert(subject);
    ASSIGN_OR_RETURN(families, FamiliesNaming(reading, records));
  }
  for (const EntityNumber number : families) {
    ASSIGN_OR_RETURN(std::string id, reading.FamilyId(number));
    named.push_back({number, std::move(id)});
  }
  return named;
}

}  // namespace kith::views
