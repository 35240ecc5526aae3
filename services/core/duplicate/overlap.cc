#include "services/core/duplicate/overlap.h"

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

#include "base/civil_date.h"
#include "services/core/duplicate/neighbours.h"
#include "services/core/family/resolve.h"
#include "services/core/identity/persons.h"
#include "services/core/keys.h"

namespace kith::core::duplicate {
namespace {

using ledger::v1::DuplicateLevel;
using ledger::v1::OverlapStep;

// Places that are looked at, and ways that are kept, for one plan.
constexpr size_t kPlacesMax = 1024;
constexpr size_t kPlansAtMax = 32;
constexpr size_t kWaysMax = 256;

absl::StatusOr<std::vector<EntityNumber>> PlansUnder(
    const StateReader& state, const std::string& prefix) {
  std::vector<EntityNumber> plans;
  RETURN_IF_ERROR(
      state.Scan(prefix, [&](absl::string_view key, absl::string_view) {
        plans.push_back(keys::LastNumber(key));
        return plans.size() < kPlansAtMax;
      }));
  return plans;
}

bool SameSteps(const Way& one, const Way& other) {
  return std::equal(
      one.steps.begin(), one.steps.end(), other.steps.begin(),
      other.steps.end(), [](const OverlapStep& a, const OverlapStep& b) {
        return a.kind() == b.kind() && a.from() == b.from() && a.to() == b.to();
      });
}

// Several agencies may state one relation: that is one way.
void Add(WaysByPlan& ways, EntityNumber plan, Way way) {
  std::vector<Way>& known = ways[plan];
  if (known.size() >= kWaysMax) return;
  for (const Way& each : known) {
    if (SameSteps(each, way)) return;
  }
  known.push_back(std::move(way));
}

// The plans that belong to the family of this place.
absl::Status AddPlansOfFamily(const Scene& scene, DuplicateLevel level,
                              const Place& place, WaysByPlan& ways) {
  ASSIGN_OR_RETURN(const auto group, family::Group(scene.state, place.family));
  for (EntityNumber each : group) {
    ASSIGN_OR_RETURN(const auto plans,
                     PlansUnder(scene.state, keys::PlansOfFamily(each)));
    for (EntityNumber plan : plans) {
      Way way{level, place.steps};
      if (way.steps.empty()) {
        way.steps.push_back(StepOf("family", place.family, each));
      }
      Add(ways, plan, std::move(way));
    }
  }
  return absl::OkStatus();
}

// The plans that touch the person of this place, through whichever record.
absl::Status AddPlansTouching(const Scene& scene, DuplicateLevel level,
                              const Place& place, WaysByPlan& ways) {
  ASSIGN_OR_RETURN(const auto records, SoundRecords(scene.state, place.record));
  for (EntityNumber record : records) {
    ASSIGN_OR_RETURN(const auto plans,
                     PlansUnder(scene.state, keys::PlansTouching(record)));
    for (EntityNumber plan : plans) {
      Way way{level, place.steps};
      if (way.steps.empty()) {
        way.steps.push_back(StepOf("person", place.record, record));
      } else {
        way.steps.back().set_to(record);
      }
      Add(ways, plan, std::move(way));
    }
  }
  return absl::OkStatus();
}

absl::Status AddPlansAt(const Scene& scene, DuplicateLevel level,
                        const std::vector<Place>& places, WaysByPlan& ways) {
  for (const Place& place : places) {
    if (place.record != 0) {
      RETURN_IF_ERROR(AddPlansTouching(scene, level, place, ways));
    } else {
      RETURN_IF_ERROR(AddPlansOfFamily(scene, level, place, ways));
    }
  }
  return absl::OkStatus();
}

using Neighbours = absl::StatusOr<std::vector<Place>> (*)(const Scene&,
                                                          const Place&);

// One step on from each person among `places`.
absl::StatusOr<std::vector<Place>> From(const Scene& scene,
                                        const std::vector<Place>& places,
                                        Neighbours neighbours) {
  std::vector<Place> found;
  for (const Place& place : places) {
    if (place.record == 0) continue;
    ASSIGN_OR_RETURN(auto next, neighbours(scene, place));
    std::move(next.begin(), next.end(), std::back_inserter(found));
    if (found.size() >= kPlacesMax) break;
  }
  if (found.size() > kPlacesMax) found.resize(kPlacesMax);
  return found;
}

absl::StatusOr<std::vector<Place>> Persons(const Scene& scene,
                                           const Touch& touch) {
  std::vector<Place> persons;
  for (EntityNumber record : touch.records) {
    ASSIGN_OR_RETURN(const auto row, ReadRow<ledger::v1::RecordRow>(
                                         scene.state, keys::Record(record)));
    if (row.has_value() && row->gone()) continue;
    Place place;
    place.record = record;
    persons.push_back(std::move(place));
  }
  return persons;
}

// Its own family, and the members of that.
absl::StatusOr<std::vector<Place>> OwnFamily(const Scene& scene,
                                             const Touch& touch) {
  if (touch.family == 0) return std::vector<Place>();
  Place place;
  place.family = touch.family;
  ASSIGN_OR_RETURN(auto places, MembersOf(scene, place));
  places.push_back(std::move(place));
  return places;
}

int Rank(absl::string_view kind) {
  static constexpr absl::string_view kOrder[] = {
      "person",    "sibling", "parent",  "child",   "partner",
      "household", "family",  "address", "network", "possible_match"};
  return static_cast<int>(
      std::find(std::begin(kOrder), std::end(kOrder), kind) -
      std::begin(kOrder));
}

// Thousandths that one step of this kind is worth.
int64_t Strength(absl::string_view kind) {
  if (kind == "person") return 950;
  if (kind == "household" || kind == "family") return 700;
  if (kind == "address") return 400;
  if (kind == "network") return 300;
  if (kind == "possible_match") return 500;
  return 800;  // close kin
}

std::vector<std::tuple<int, EntityNumber, EntityNumber>> OrderOf(
    const Way& way) {
  std::vector<std::tuple<int, EntityNumber, EntityNumber>> order;
  for (const OverlapStep& step : way.steps) {
    order.emplace_back(Rank(step.kind()), step.from(), step.to());
  }
  return order;
}

absl::StatusOr<EntityNumber> Root(const StateReader& state,
                                  EntityNumber number) {
  ASSIGN_OR_RETURN(const auto family,
                   ReadRow<ledger::v1::FamilyRow>(state, keys::Family(number)));
  if (family.has_value()) return family::Resolve(state, number);
  return identity::PersonOf(state, number);
}

}  // namespace

Scene SceneOf(const Decision& decision) {
  return {decision.state(), decision.rules(),
          [&decision](absl::string_view text) { return decision.Hash(text); },
          base::LondonDay(decision.recorded_at())};
}

Way Reversed(Way way) {
  std::reverse(way.steps.begin(), way.steps.end());
  for (OverlapStep& step : way.steps) {
    const EntityNumber from = step.from();
    step.set_from(step.to());
    step.set_to(from);
    if (step.kind() == "parent") {
      step.set_kind("child");
    } else if (step.kind() == "child") {
      step.set_kind("parent");
    }
  }
  return way;
}

absl::StatusOr<bool> SameWay(const StateReader& state, const Way& one,
                             const Way& other) {
  if (one.steps.size() != other.steps.size()) return false;
  for (size_t i = 0; i < one.steps.size(); ++i) {
    if (one.steps[i].kind() != other.steps[i].kind()) return false;
    ASSIGN_OR_RETURN(const auto from, Root(state, one.steps[i].from()));
    ASSIGN_OR_RETURN(const auto other_from, Root(state, other.steps[i].from()));
    ASSIGN_OR_RETURN(const auto to, Root(state, one.steps[i].to()));
    ASSIGN_OR_RETURN(const auto other_to, Root(state, other.steps[i].to()));
    if (from != other_from || to != other_to) return false;
  }
  return true;
}

void SortByStrength(std::vector<Way>& ways) {
  std::sort(ways.begin(), ways.end(), [](const Way& one, const Way& other) {
    const auto size = [](const Way& way) { return way.steps.size(); };
    return std::make_tuple(one.level, size(one), OrderOf(one)) <
           std::make_tuple(other.level, size(other), OrderOf(other));
  });
}

int32_t Score(const std::vector<Way>& ways) {
  int64_t doubt = 1000000;  // millionths
  for (const Way& way : ways) {
    int64_t strength = 1000;
    for (const OverlapStep& step : way.steps) {
      strength = strength * Strength(step.kind()) / 1000;
    }
    doubt = doubt * (1000 - strength) / 1000;
  }
  return static_cast<int32_t>(std::max<int64_t>(1, 1000 - doubt / 1000));
}

absl::StatusOr<WaysByPlan> WaysFrom(const Scene& scene, const Touch& touch) {
  ASSIGN_OR_RETURN(const auto persons, Persons(scene, touch));
  ASSIGN_OR_RETURN(auto close, OwnFamily(scene, touch));
  ASSIGN_OR_RETURN(auto kin, From(scene, persons, Close));
  std::move(kin.begin(), kin.end(), std::back_inserter(close));
  ASSIGN_OR_RETURN(const auto distant, From(scene, persons, Distant));
  ASSIGN_OR_RETURN(const auto possible, From(scene, persons, Possible));
  ASSIGN_OR_RETURN(const auto beyond_close, From(scene, close, Possible));
  ASSIGN_OR_RETURN(const auto close_beyond, From(scene, possible, Close));
  using namespace ledger::v1;  // the levels' names are long
  WaysByPlan ways;
  RETURN_IF_ERROR(
      AddPlansAt(scene, DUPLICATE_LEVEL_SAME_PERSON, persons, ways));
  RETURN_IF_ERROR(
      AddPlansAt(scene, DUPLICATE_LEVEL_HOUSEHOLD_OR_SIBLING, close, ways));
  RETURN_IF_ERROR(
      AddPlansAt(scene, DUPLICATE_LEVEL_NETWORK_OR_ADDRESS, distant, ways));
  for (const auto* places : {&possible, &beyond_close, &close_beyond}) {
    RETURN_IF_ERROR(
        AddPlansAt(scene, DUPLICATE_LEVEL_POSSIBLE_MATCH, *places, ways));
  }
  return ways;
}

absl::StatusOr<std::vector<EntityNumber>> PlansAround(const Scene& scene,
                                                      EntityNumber record) {
  std::vector<Place> places(1);
  places[0].record = record;
  const std::vector<Place> start = places;
  for (Neighbours neighbours : {Close, Distant, Possible}) {
    ASSIGN_OR_RETURN(auto found, From(scene, start, neighbours));
    std::move(found.begin(), found.end(), std::back_inserter(places));
  }
  WaysByPlan ways;
  RETURN_IF_ERROR(
      AddPlansAt(scene, ledger::v1::DUPLICATE_LEVEL_UNSPECIFIED, places, ways));
  // Also a record made in error: the plans that touched it lose a way.
  ASSIGN_OR_RETURN(auto plans,
                   PlansUnder(scene.state, keys::PlansTouching(record)));
  std::set<EntityNumber> all(plans.begin(), plans.end());
  for (const auto& [plan, unused] : ways) all.insert(plan);
  return std::vector<EntityNumber>(all.begin(), all.end());
}

}  // namespace kith::core::duplicate
