// Which kinds of facts the simulated agencies bring about. A kind that none of
// them brings about any more is tested by nothing here.
#pragma once

#include <map>
#include <string>

#include "services/engine/read_view.h"

namespace kith::simulation {

// How often, by the fact's name in facts.proto; where one name says too little,
// by what it says too: "referral_stepped to REFERRAL_STATE_ACCEPTED".
using Occurred = std::map<std::string, int>;

// Adds the facts of a ledger.
void Count(const engine::ReadView& view, Occurred& occurred);

// Adds a test failure for each kind that is meant to occur and did not.
void ExpectAllOccurred(const Occurred& occurred);

}  // namespace kith::simulation
