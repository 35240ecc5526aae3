// Texts that two records of one dwelling share; hashed, they are index keys.
#pragma once

#include <string>
#include <vector>

#include "absl/time/civil_time.h"
#include "kith/agency/v1/person.pb.h"
#include "kith/ledger/v1/facts.pb.h"

namespace kith::core::duplicate {

// For each address: by its UPRN, and by postcode with the numbers (or, without
// any, the first line) before it. None for protected addresses. What is indexed
// must not depend on rules or days; those are asked when it is used.
std::vector<std::string> AddressKeys(const agency::v1::PersonStated& said);

// The same for the addresses that hold on that day and are not generic.
std::vector<std::string> PresentAddressKeys(
    const agency::v1::PersonStated& said, const ledger::v1::Rules& rules,
    absl::CivilDay day);

}  // namespace kith::core::duplicate
