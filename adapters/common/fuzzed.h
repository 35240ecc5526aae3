// What must hold for every item of every input, however damaged. For fuzzers.
#pragma once

#include <string>

#include "adapters/common/item.h"
#include "base/check.h"

namespace kith::adapters {

inline void CheckItem(const Item& item) {
  const bool ready = item.ending == Ending::kReady;
  KITH_CHECK(ready || !item.reason.empty());
  KITH_CHECK(!ready || !item.said.empty());
  KITH_CHECK(!item.kind.empty());
  for (const Said& said : item.said) {
    const auto& statement = said.statement;
    KITH_CHECK(statement.what_case() != agency::v1::Statement::WHAT_NOT_SET);
    KITH_CHECK(!statement.snapshot().key().local_id().empty());
    // Only what takes a permission back may be said by an item that failed.
    KITH_CHECK(ready || statement.has_consent_stated());
    std::string bytes;
    KITH_CHECK(statement.SerializeToString(&bytes));
  }
}

}  // namespace kith::adapters
