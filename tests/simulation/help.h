// Referrals and assessments of the simulated families, as a system reports them
// or a practitioner says them; some make no sense.
#pragma once

#include <cstdint>

#include "kith/agency/v1/statement.pb.h"
#include "tests/simulation/population.h"

namespace kith::simulation {

// About a child.
agency::v1::Statement ReferralStatement(const Told& told, int child);
agency::v1::Statement AssessmentStatement(const Told& told, int child);

// The `step`th of a referral as it goes mostly: it is received, then accepted,
// declined or signposted, then its outcome is told. `number` decides which.
agency::v1::Statement ReferralStep(const agency::v1::ThingRef& referral,
                                   int step, uint64_t number);

// By an adult of the family.
agency::v1::Statement ScoreStatement(const agency::v1::ThingRef& assessment,
                                     const Told& told, uint64_t number);

}  // namespace kith::simulation
