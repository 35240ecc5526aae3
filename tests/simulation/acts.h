// What a practitioner of the council does in Kith in the simulation: acts on
// families, plans and leads, some sensible, some not.
#pragma once

#include <random>
#include <string>
#include <vector>

#include "kith/agency/v1/statement.pb.h"
#include "kith/ledger/v1/state.pb.h"

namespace kith::simulation {

class Acts {
 public:
  explicit Acts(uint64_t families) : families_(families) {}

  agency::v1::Statement Next(std::mt19937_64& random);

  // Remembers the ids of what was made, to act on later.
  void Heard(const ledger::v1::OutcomeRow& outcome);

 private:
  agency::v1::ThingRef AnyPlan(std::mt19937_64& random) const;

  const uint64_t families_;
  std::vector<std::string> plans_;
  std::vector<std::string> consents_;
};

}  // namespace kith::simulation
