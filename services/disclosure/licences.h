// What may be seen although consent does not allow it: overrides of consent
// (R-083..R-089) and break-glass grants. And agreements between agencies
// . Internal to this folder; pure.
#pragma once

#include <cstdint>
#include <optional>

#include "services/disclosure/policy.h"

namespace kith::disclosure {

// The override that licenses it, if any. `withheld`: why it is otherwise
// withheld, which not every override goes before.
std::optional<uint64_t> LicensingOverride(const Reader& reader,
                                          const ledger::v1::ItemLabel& item,
                                          const Context& context,
                                          Reason withheld);
// The grant that licenses it to who may use one, if any; of a shielded item,
// only one that a second person agreed to.
std::optional<uint64_t> LicensingGrant(const Reader& reader,
                                       const ledger::v1::ItemLabel& item,
                                       const Context& context);

// Whether reader's and item's agency agreed on it.
bool IsAgreed(const Reader& reader, const ledger::v1::ItemLabel& item,
              const Context& context);

}  // namespace kith::disclosure
