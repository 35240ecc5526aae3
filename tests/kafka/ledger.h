// The ledger and the access log that a node left, read as they are.
#pragma once

#include <string>
#include <vector>

#include "kith/ledger/v1/access.pb.h"
#include "kith/ledger/v1/facts.pb.h"

namespace kith::kafka_tests {

struct LedgerFact {
  std::string digest;
  ledger::v1::Fact fact;
};

// All facts, in order. `data` is the folder of a node that has ended.
std::vector<LedgerFact> FactsIn(const std::string& data);
// All access records of that method, in order.
std::vector<ledger::v1::AccessRecord> AccessesIn(const std::string& data,
                                                 const std::string& method);

}  // namespace kith::kafka_tests
