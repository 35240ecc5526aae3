#include "tests/kafka/ledger.h"

#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/check.h"
#include "eventstore/rocks_store.h"

namespace kith::kafka_tests {
namespace {

template <class Visit>
void VisitAll(const std::string& data, const std::string& name,
              const Visit& visit) {
  eventstore::RocksOptions options;
  options.folder = absl::StrCat(data, "/", name);
  options.master_key_file = absl::StrCat(data, "/", name, ".key");
  const auto store = eventstore::OpenRocksStore(options);
  KITH_CHECK(store.ok());
  const auto snapshot = (*store)->Read();
  KITH_CHECK(snapshot.ok());
  KITH_CHECK((*snapshot)
                 ->ScanLedger(0,
                              [&](const eventstore::StoredRecord& record) {
                                KITH_CHECK(record.payload.has_value());
                                visit(record);
                                return true;
                              })
                 .ok());
}

}  // namespace

std::vector<LedgerFact> FactsIn(const std::string& data) {
  std::vector<LedgerFact> facts;
  VisitAll(data, "store", [&](const eventstore::StoredRecord& record) {
    LedgerFact fact{record.digest, {}};
    KITH_CHECK(fact.fact.ParseFromString(*record.payload));
    facts.push_back(std::move(fact));
  });
  return facts;
}

std::vector<ledger::v1::AccessRecord> AccessesIn(const std::string& data,
                                                 const std::string& method) {
  std::vector<ledger::v1::AccessRecord> accesses;
  VisitAll(data, "access", [&](const eventstore::StoredRecord& record) {
    ledger::v1::AccessRecord access;
    KITH_CHECK(access.ParseFromString(*record.payload));
    if (access.method() == method) accesses.push_back(std::move(access));
  });
  return accesses;
}

}  // namespace kith::kafka_tests
