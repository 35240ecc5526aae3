// Folds facts into the rows that readers read.
//
// A view never reads state rows: it keeps what it needs in rows of its own, so
// that it can be deleted and folded again from the ledger alone. Nothing here
// reads a clock. Facts must come in ledger order.
//
// Facts keep the records and families they were said of. Links and joins are
// rows beside them, resolved when read: undoing one brings everything back.
#pragma once

#include <cstdint>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "kith/ledger/v1/facts.pb.h"
#include "services/core/decision.h"
#include "services/core/state.h"

namespace kith::views {

// Version of the rows that `Fold` makes: raise it with every change of keys or
// contents, so that views of an earlier one are folded anew.
inline constexpr uint32_t kViewFormat = 4;

// One fact as it stands in the ledger.
struct Recorded {
  uint64_t position = 0;
  absl::Time recorded_at;
  core::Subject subject = 0;
  // Whence; empty source: a forged frame, or Kith's own founding.
  const ledger::v1::StatementRef& statement;
  const ledger::v1::Fact& fact;
};

// Folds one fact. `hash` makes keys from personal data. The only error is
// DATA_LOSS: stop. What an erased subject's rows would have held is left out.
absl::Status Fold(core::StateWriter& rows, const Recorded& recorded,
                  const core::KeyHash& hash);

// Rows whose keys have the same group change together for readers.
absl::string_view RowGroupOf(absl::string_view key);

}  // namespace kith::views
