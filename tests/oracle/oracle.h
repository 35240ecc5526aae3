// What a reader may see of an item, read off the rules in the plainest way, for
// comparison: no step of it is shared with services/disclosure but the role
// table and the names of the reasons. Slow, and meant to be.
#pragma once

#include "tests/oracle/worlds.h"

namespace kith::oracle {

// Why it is shown or withheld.
disclosure::Reason Read(const World& world, const disclosure::Reader& reader,
                        const Item& item);
// Whether that reason shows.
bool Shows(disclosure::Reason reason);

}  // namespace kith::oracle
