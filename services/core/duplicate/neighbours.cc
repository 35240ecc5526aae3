#include "services/core/duplicate/neighbours.h"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "base/bytes.h"
#include "services/core/duplicate/address.h"
#include "services/core/family/dates.h"
#include "services/core/family/resolve.h"
#include "services/core/identity/persons.h"
#include "services/core/keys.h"

namespace kith::core::duplicate {
namespace {

using agency::v1::RelationshipKind;
using ledger::v1::OverlapStep;
using ledger::v1::RelationshipRow;

// Relations of one record that are followed.
constexpr size_t kRelationsMax = 64;
// An address that more records share is a hostel, a refuge or a mistake.
constexpr size_t kAtAddressMax = 32;
constexpr size_t kMatchesMax = 32;

// What somebody is of another, as a step says it.
absl::string_view KindOf(RelationshipKind kind) {
  switch (kind) {
    case agency::v1::RELATIONSHIP_KIND_PARENT:
    case agency::v1::RELATIONSHIP_KIND_STEP_PARENT:
      return "parent";
    case agency::v1::RELATIONSHIP_KIND_CHILD:
      return "child";
    case agency::v1::RELATIONSHIP_KIND_SIBLING:
      return "sibling";
    case agency::v1::RELATIONSHIP_KIND_PARTNER:
      return "partner";
    default:
      return "network";
  }
}

absl::string_view Inverse(absl::string_view kind) {
  if (kind == "parent") return "child";
  if (kind == "child") return "parent";
  return kind;
}

// A stated relation, seen from the person asked about.
struct Relation {
  absl::string_view kind;  // what that person is of the other
  EntityNumber to = 0;
  bool lives_with = false;
};

absl::StatusOr<EntityNumber> PersonOf(const Scene& scene, EntityNumber record) {
  return identity::PersonOf(scene.state, record);
}

absl::StatusOr<bool> IsGone(const StateReader& state, EntityNumber record) {
  ASSIGN_OR_RETURN(const auto row,
                   ReadRow<ledger::v1::RecordRow>(state, keys::Record(record)));
  return row.has_value() && row->gone();
}

// Last eight bytes before the agency's name, or the end.
EntityNumber OtherIn(absl::string_view key, size_t prefix_size) {
  return base::ReadBigEndian64(key.substr(prefix_size)).value_or(0);
}

// Reads `row`, said of `person` to another, into `found`.
absl::Status Append(const Scene& scene, absl::string_view key, bool inverse,
                    std::vector<Relation>& found) {
  ASSIGN_OR_RETURN(const auto row, ReadRow<RelationshipRow>(scene.state, key));
  if (!row.has_value()) return absl::OkStatus();
  const auto& recorded = row->recorded();
  if (!Covers(recorded.said().period(), scene.day)) return absl::OkStatus();
  const EntityNumber to = inverse ? recorded.person() : recorded.to();
  ASSIGN_OR_RETURN(const bool gone, IsGone(scene.state, to));
  if (gone) return absl::OkStatus();
  const absl::string_view kind = KindOf(recorded.said().kind());
  found.push_back({inverse ? Inverse(kind) : kind, to,
                   recorded.said().lives_with() == agency::v1::ANSWER_YES});
  return absl::OkStatus();
}

// Keys of the rows in which the record stands first, then second.
absl::Status AppendRelationsOf(const Scene& scene, EntityNumber record,
                               std::vector<Relation>& found) {
  std::vector<std::pair<std::string, bool>> rows;
  const std::string mine = keys::RelationshipsOf(record);
  RETURN_IF_ERROR(
      scene.state.Scan(mine, [&](absl::string_view key, absl::string_view) {
        rows.emplace_back(std::string(key), false);
        return rows.size() < kRelationsMax;
      }));
  const std::string theirs = keys::RelationshipsTo(record);
  RETURN_IF_ERROR(
      scene.state.Scan(theirs, [&](absl::string_view key, absl::string_view) {
        const EntityNumber other = OtherIn(key, theirs.size());
        const absl::string_view agency =
            key.substr(theirs.size() + sizeof(uint64_t));
        rows.emplace_back(keys::Relationship(other, record, agency), true);
        return rows.size() < 2 * kRelationsMax;
      }));
  for (const auto& [key, inverse] : rows) {
    RETURN_IF_ERROR(Append(scene, key, inverse, found));
  }
  return absl::OkStatus();
}

// Relations of all records of the person.
absl::StatusOr<std::vector<Relation>> RelationsOf(const Scene& scene,
                                                  EntityNumber record) {
  ASSIGN_OR_RETURN(const auto records, SoundRecords(scene.state, record));
  std::vector<Relation> found;
  for (EntityNumber each : records) {
    RETURN_IF_ERROR(AppendRelationsOf(scene, each, found));
  }
  return found;
}

Place Beyond(const Place& place, absl::string_view kind, EntityNumber to) {
  Place beyond;
  beyond.record = to;
  beyond.steps = place.steps;
  beyond.steps.push_back(
      StepOf(kind, place.record != 0 ? place.record : place.family, to));
  return beyond;
}

bool IsClose(absl::string_view kind) { return kind != "network"; }

// Children of one parent are siblings, and parents of one child belong to it,
// even when nobody says so; so do people who live with one and the same.
absl::Status AppendThrough(const Scene& scene, const Place& between,
                           absl::string_view kind, EntityNumber start_person,
                           std::vector<Place>& found) {
  ASSIGN_OR_RETURN(const auto relations, RelationsOf(scene, between.record));
  for (const Relation& relation : relations) {
    const bool goes_on = kind == "household" ? relation.lives_with
                                             : relation.kind == Inverse(kind);
    if (!goes_on) continue;
    ASSIGN_OR_RETURN(const EntityNumber person, PersonOf(scene, relation.to));
    if (person == start_person) continue;
    found.push_back(Beyond(between, kind == "household" ? kind : relation.kind,
                           relation.to));
  }
  return absl::OkStatus();
}

absl::Status AppendKin(const Scene& scene, const Place& person,
                       std::vector<Place>& found) {
  ASSIGN_OR_RETURN(const EntityNumber start, PersonOf(scene, person.record));
  ASSIGN_OR_RETURN(const auto relations, RelationsOf(scene, person.record));
  for (const Relation& relation : relations) {
    if (IsClose(relation.kind)) {
      found.push_back(Beyond(person, relation.kind, relation.to));
    }
    if (relation.kind == "child" || relation.kind == "parent") {
      const Place between = found.back();
      RETURN_IF_ERROR(
          AppendThrough(scene, between, relation.kind, start, found));
    }
    if (!relation.lives_with) continue;
    found.push_back(Beyond(person, "household", relation.to));
    const Place between = found.back();
    RETURN_IF_ERROR(AppendThrough(scene, between, "household", start, found));
  }
  return absl::OkStatus();
}

absl::Status AppendFamilies(const Scene& scene, const Place& person,
                            std::vector<Place>& found) {
  ASSIGN_OR_RETURN(const auto families,
                   family::FamiliesOf(scene.state, person.record, scene.day));
  for (EntityNumber each : families) {
    Place place = Beyond(person, "family", each);
    place.record = 0;
    place.family = each;
    ASSIGN_OR_RETURN(auto members, MembersOf(scene, place));
    found.push_back(std::move(place));
    std::move(members.begin(), members.end(), std::back_inserter(found));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<EntityNumber>> RecordsAt(const Scene& scene,
                                                    absl::string_view hash) {
  std::vector<EntityNumber> records;
  RETURN_IF_ERROR(scene.state.Scan(
      keys::RecordsAt(hash), [&](absl::string_view key, absl::string_view) {
        records.push_back(keys::LastNumber(key));
        return records.size() <= kAtAddressMax;
      }));
  if (records.size() > kAtAddressMax) records.clear();
  return records;
}

absl::StatusOr<std::set<std::string>> PresentAddresses(const Scene& scene,
                                                       EntityNumber record) {
  ASSIGN_OR_RETURN(const auto row, ReadRow<ledger::v1::RecordRow>(
                                       scene.state, keys::Record(record)));
  std::set<std::string> present;
  if (!row.has_value() || row->gone()) return present;
  for (const std::string& key :
       PresentAddressKeys(row->said(), scene.rules, scene.day)) {
    present.insert(key);
  }
  return present;
}

// The index holds former addresses too: each side is asked where it lives now.
absl::Status AppendSharers(const Scene& scene, const Place& person,
                           std::vector<Place>& found) {
  std::set<EntityNumber> sharers;
  ASSIGN_OR_RETURN(const auto records,
                   SoundRecords(scene.state, person.record));
  for (EntityNumber record : records) {
    ASSIGN_OR_RETURN(const auto mine, PresentAddresses(scene, record));
    for (const std::string& key : mine) {
      ASSIGN_OR_RETURN(const auto others, RecordsAt(scene, scene.hash(key)));
      for (EntityNumber other : others) {
        ASSIGN_OR_RETURN(const auto theirs, PresentAddresses(scene, other));
        if (theirs.count(key) != 0) sharers.insert(other);
      }
    }
  }
  for (EntityNumber other : sharers) {
    found.push_back(Beyond(person, "address", other));
  }
  return absl::OkStatus();
}

absl::StatusOr<bool> IsUndecided(const StateReader& state, EntityNumber one,
                                 EntityNumber other) {
  ASSIGN_OR_RETURN(
      const auto row,
      ReadRow<ledger::v1::MatchRow>(
          state, keys::Match(std::min(one, other), std::max(one, other))));
  if (!row.has_value()) return false;
  const bool decided = row->decision() == agency::v1::MATCH_DECISION_SAME ||
                       row->decision() == agency::v1::MATCH_DECISION_DIFFERENT;
  return !decided &&
         row->judged().outcome() == ledger::v1::PAIR_OUTCOME_POSSIBLE;
}

// Never back to the person one comes from.
absl::Status KeepOthers(const Scene& scene, EntityNumber record,
                        std::vector<Place>& found) {
  ASSIGN_OR_RETURN(const EntityNumber self, PersonOf(scene, record));
  std::vector<Place> others;
  for (Place& place : found) {
    EntityNumber person = 0;
    if (place.record != 0) {
      ASSIGN_OR_RETURN(person, PersonOf(scene, place.record));
    }
    if (person != self) others.push_back(std::move(place));
  }
  found = std::move(others);
  return absl::OkStatus();
}

}  // namespace

OverlapStep StepOf(absl::string_view kind, EntityNumber from, EntityNumber to) {
  OverlapStep step;
  step.set_kind(std::string(kind));
  step.set_from(from);
  step.set_to(to);
  return step;
}

absl::StatusOr<std::vector<EntityNumber>> SoundRecords(const StateReader& state,
                                                       EntityNumber record) {
  ASSIGN_OR_RETURN(const auto records, identity::RecordsOf(state, record));
  std::vector<EntityNumber> sound;
  for (EntityNumber each : records) {
    ASSIGN_OR_RETURN(const bool gone, IsGone(state, each));
    if (!gone) sound.push_back(each);
  }
  return sound;
}

absl::StatusOr<std::vector<Place>> MembersOf(const Scene& scene,
                                             const Place& family) {
  ASSIGN_OR_RETURN(
      const auto members,
      family::CurrentMembers(scene.state, family.family, scene.day));
  std::vector<Place> found;
  for (EntityNumber member : members) {
    ASSIGN_OR_RETURN(const bool gone, IsGone(scene.state, member));
    if (!gone) found.push_back(Beyond(family, "family", member));
  }
  return found;
}

absl::StatusOr<std::vector<Place>> Close(const Scene& scene,
                                         const Place& person) {
  std::vector<Place> found;
  RETURN_IF_ERROR(AppendKin(scene, person, found));
  RETURN_IF_ERROR(AppendFamilies(scene, person, found));
  RETURN_IF_ERROR(KeepOthers(scene, person.record, found));
  return found;
}

absl::StatusOr<std::vector<Place>> Distant(const Scene& scene,
                                           const Place& person) {
  std::vector<Place> found;
  ASSIGN_OR_RETURN(const auto relations, RelationsOf(scene, person.record));
  for (const Relation& relation : relations) {
    if (IsClose(relation.kind)) continue;
    found.push_back(Beyond(person, relation.kind, relation.to));
  }
  RETURN_IF_ERROR(AppendSharers(scene, person, found));
  RETURN_IF_ERROR(KeepOthers(scene, person.record, found));
  return found;
}

absl::StatusOr<std::vector<Place>> Possible(const Scene& scene,
                                            const Place& person) {
  std::vector<Place> found;
  ASSIGN_OR_RETURN(const auto records,
                   SoundRecords(scene.state, person.record));
  for (EntityNumber record : records) {
    std::vector<EntityNumber> others;
    RETURN_IF_ERROR(scene.state.Scan(
        keys::MatchesOf(record), [&](absl::string_view key, absl::string_view) {
          others.push_back(keys::LastNumber(key));
          return others.size() < kMatchesMax;
        }));
    for (EntityNumber other : others) {
      ASSIGN_OR_RETURN(const bool open,
                       IsUndecided(scene.state, record, other));
      ASSIGN_OR_RETURN(const bool gone, IsGone(scene.state, other));
      if (open && !gone) {
        found.push_back(Beyond(person, "possible_match", other));
      }
    }
  }
  RETURN_IF_ERROR(KeepOthers(scene, person.record, found));
  return found;
}

}  // namespace kith::core::duplicate
