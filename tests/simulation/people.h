// What is said of single people of the simulated families beside who they are;
// some makes no sense.
#pragma once

#include <cstdint>

#include "kith/agency/v1/statement.pb.h"
#include "tests/simulation/population.h"

namespace kith::simulation {

// Bars an adult of the family, another agency or everybody from what is known
// of the child, as an adult or the child asked.
agency::v1::Statement RestrictionStatement(const Told& told, int child);
agency::v1::Statement YoungCarerStatement(const Told& told, int child);
// With the first adult of the next family.
agency::v1::Statement FosteringStayStatement(const Told& told, int child);

// Children of all ages are judged: some are too young for it.
agency::v1::Statement CompetenceStatement(const Told& told, int child,
                                          uint64_t number);

}  // namespace kith::simulation
