// How facts become rows of the views: handed in by main, so that the engine
// knows no view.
#pragma once

#include <cstdint>
#include <functional>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "kith/ledger/v1/facts.pb.h"
#include "services/core/decision.h"
#include "services/core/state.h"

namespace kith::engine {

// One fact as it stands in the ledger.
struct RecordedFact {
  uint64_t position = 0;
  absl::Time recorded_at;
  core::Subject subject = 0;
  const ledger::v1::StatementRef& statement;  // whence; empty source: forged
  const ledger::v1::Fact& fact;
};

struct ViewFold {
  // Folds one fact into the rows. A function of its arguments alone. The only
  // error is DATA_LOSS.
  std::function<absl::Status(core::StateWriter& rows, const RecordedFact& fact,
                             const core::KeyHash& hash)>
      fold;
  // Version of the rows it makes. Views of another one are rebuilt on open.
  uint32_t version = 1;
  // The group of a row's key: rows of one group are read together, and what
  // readers make of them is kept while none changes (KeptRows). Empty: nothing
  // is kept.
  std::function<absl::string_view(absl::string_view key)> group_of;
};

}  // namespace kith::engine
