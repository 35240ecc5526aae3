// What a practitioner of the council does with plans and leads in the
// simulation, some sensible, some not.
#pragma once

#include <cstdint>

#include "kith/agency/v1/statement.pb.h"
#include "tests/simulation/population.h"

namespace kith::simulation {

agency::v1::Statement OpenPlan(uint64_t number, const Told& told);
// `which` of the five things done to a plan, with a member of that family.
agency::v1::Statement OnPlan(uint64_t which, uint64_t number,
                             const agency::v1::ThingRef& plan,
                             const Told& told);
// `which` of the six things done about a family's lead.
agency::v1::Statement OnLead(uint64_t which, uint64_t number, const Told& told);

}  // namespace kith::simulation
