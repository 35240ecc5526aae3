// Ways from the people of one plan to another plan (architecture.md section 5).
//
// A plan touches the persons it is for, and the family it belongs to; not every
// member of it. A way leads from there
//   to the same person                                    SAME_PERSON
//   to a sibling, parent, child or partner as stated, to the other child of one
//   parent or parent of one child, to who lives in one household, to a member
//   of one stated family or its plan             HOUSEHOLD_OR_SIBLING
//   to anybody else related, or at one address   NETWORK_OR_ADDRESS
//   through a possible match that nobody decided, alone or with one step of the
//   second kind before or after it                    POSSIBLE_MATCH
// Relations, memberships and addresses count on the day asked for. Protected
// and generic addresses, and those that many share, lead nowhere; nor do
// records made in error. Everything is bounded; a way cut off by a bound is a
// way of somebody with scores of relatives.
//
// Pure reads. DATA_LOSS: stop.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "kith/ledger/v1/facts.pb.h"
#include "services/core/decision.h"
#include "services/core/state.h"

namespace kith::core::duplicate {

// Where ways are looked for.
struct Scene {
  const StateReader& state;
  const ledger::v1::Rules& rules;
  std::function<std::string(absl::string_view)> hash;
  absl::CivilDay day;
};
// The state and rules of a decision, on the day it is recorded: what a late
// report happened on must not bring back memberships that have ended.
Scene SceneOf(const Decision& decision);

// What a plan touches.
struct Touch {
  std::vector<EntityNumber> records;
  EntityNumber family = 0;
};

// One way, its steps from the one plan's side to the other's.
struct Way {
  ledger::v1::DuplicateLevel level = {};
  std::vector<ledger::v1::OverlapStep> steps;
};

// The same way walked from its other end.
Way Reversed(Way way);
// Whether they are one way, whichever records of the persons they name.
absl::StatusOr<bool> SameWay(const StateReader& state, const Way& one,
                             const Way& other);
// Strongest first: by level, then fewest steps, then by their kinds.
void SortByStrength(std::vector<Way>& ways);
// How sure the ways together make an overlap, 1 to 1000; orders a worklist.
int32_t Score(const std::vector<Way>& ways);

// Ways to each plan that is near, closed ones too; a plan that touches the
// same may be the very one that is asked about.
using WaysByPlan = std::map<EntityNumber, std::vector<Way>>;
absl::StatusOr<WaysByPlan> WaysFrom(const Scene& scene, const Touch& touch);

// Plans to or from which a way may lead through this person: those that touch
// them, or somebody one step of any kind away.
absl::StatusOr<std::vector<EntityNumber>> PlansAround(const Scene& scene,
                                                      EntityNumber record);

}  // namespace kith::core::duplicate
