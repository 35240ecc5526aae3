// What a practitioner of the council decides of pairs in the simulation: of
// records, families and plans; some makes no sense.
#pragma once

#include <cstdint>
#include <string>

#include "kith/agency/v1/statement.pb.h"
#include "tests/simulation/population.h"

namespace kith::simulation {

// A duplicate-plan case, and its plans by their ids.
struct DuplicateCase {
  std::string id;
  std::string one;
  std::string other;
};

agency::v1::Statement MatchDecision(const Told& told, uint64_t number);
// On the family and its neighbour; each has one, so that not all become one.
agency::v1::Statement JoinDecision(const Told& told, uint64_t number);
agency::v1::Statement DuplicateDecision(const DuplicateCase& found,
                                        uint64_t number);

}  // namespace kith::simulation
