// Holds what an adapter's run reports, and what the node's ledger says of it,
// against what the files hold.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "kith/ledger/v1/facts.pb.h"
#include "nlohmann/json.hpp"

namespace kith::server_tests {

// Kinds of items and how many of each the files hold.
using Held = std::map<std::string, int>;

// Every item that the files hold is accepted, changed nothing, refused, set
// aside or skipped, and what did not arrive has a reason; those to look at are
// also told with their place. None is parked or kept in the outbox.
void ExpectAccountedFor(const nlohmann::json& report, const Held& held);

// The report of a second run of the same files: what was accepted changes
// nothing; all else, reasons and places included, is as it was.
nlohmann::json AsRepeated(nlohmann::json report);

// `facts`: the ledger after two runs of one source, which had `between` of them
// after the first, reported as `first`. Each person who was accepted has one
// record. The second run added only what was refused, quarantined or parked
// once more, which is no repeat to a node: it has no record to compare it with.
void ExpectToldOnce(const nlohmann::json& first,
                    const std::vector<ledger::v1::Fact>& facts,
                    uint64_t between);

}  // namespace kith::server_tests
