// Walks the ledger and holds it against its chain.
#pragma once

#include "absl/status/statusor.h"
#include "eventstore/ledger_database.h"
#include "eventstore/store.h"

namespace kith::eventstore {

struct Walk {
  Head from;  // known to be sound; the record before it is looked at again
  Head to;    // where the ledger must end
  bool payloads = false;  // also unseal payloads and check their commitments
  const rocksdb::Snapshot* snapshot = nullptr;
};

// DATA_LOSS: a record is missing, does not read back, does not fit the one
// before it, or lies beyond the end. CANCELLED: `progress` said so.
absl::StatusOr<Verified> WalkLedger(const Database& database,
                                    const Reader& reader, const Walk& walk,
                                    const Store::Progress& progress);

}  // namespace kith::eventstore
