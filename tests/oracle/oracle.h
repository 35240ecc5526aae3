// What a reader may see of an item, read off the rules in the plainest way, for
// comparison: no step of it is shared with services/disclosure but the role
// table and the names of the reasons. Slow, and meant to be.
#pragma once

#include "tests/oracle/worlds.h"

namespace kith::oracle {

// Why it is shown or withheld.
disclosure::Reason Read(const World& world, const disclosure::Reader& reader,
                        const Item& item);
// The same of a read of the past: it is shown who may see it both then and now.
// Auditors go by what holds now alone: to see what was known then is what their
// recorded reason is for. The first reason that withholds counts, today's
// before that of then.
disclosure::Reason OfPast(disclosure::Reason then, disclosure::Reason now,
                          agency::v1::Role role);
// Whether that reason shows.
bool Shows(disclosure::Reason reason);

}  // namespace kith::oracle
