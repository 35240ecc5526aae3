// What a practitioner of the council does in Kith in the simulation, some
// sensible, some not.
#pragma once

#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "base/id.h"
#include "kith/agency/v1/statement.pb.h"
#include "kith/ledger/v1/state.pb.h"
#include "tests/simulation/decisions.h"

namespace kith::simulation {

class Acts {
 public:
  // About that family, or about something of another that was made of late.
  agency::v1::Statement Next(uint64_t family, std::mt19937_64& random);

  // Remembers the ids of what was made for a family, to act on later.
  void Heard(uint64_t family, const ledger::v1::OutcomeRow& outcome);
  // All duplicate-plan cases that there are.
  void Sees(std::vector<DuplicateCase> cases) { cases_ = std::move(cases); }

 private:
  struct Made {
    agency::v1::ThingRef thing;
    uint64_t family = 0;
    int steps = 0;  // taken
  };

  agency::v1::Statement OnConsent(uint64_t family, std::mt19937_64& random);
  agency::v1::Statement OnReferral(uint64_t family, std::mt19937_64& random);
  agency::v1::Statement OnAssessment(uint64_t family, std::mt19937_64& random);
  agency::v1::Statement OnPerson(uint64_t family, std::mt19937_64& random);
  agency::v1::Statement OnPair(uint64_t family, std::mt19937_64& random);

  // One of the latest of that kind, or what is not there.
  Made& Recent(base::IdKind kind, std::mt19937_64& random);
  DuplicateCase RecentCase(std::mt19937_64& random);

  std::map<base::IdKind, std::vector<Made>> made_;
  Made nothing_;
  std::vector<DuplicateCase> cases_;
};

}  // namespace kith::simulation
