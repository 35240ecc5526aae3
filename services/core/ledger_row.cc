#include "services/core/ledger_row.h"

#include <utility>

#include "base/status.h"
#include "services/core/keys.h"

namespace kith::core {

absl::StatusOr<std::shared_ptr<const ledger::v1::LedgerRow>> ReadLedger(
    const StateReader& state) {
  using ledger::v1::LedgerRow;
  ASSIGN_OR_RETURN(auto row, ReadRow<LedgerRow>(state, keys::Ledger()));
  if (!row.has_value()) return std::shared_ptr<const LedgerRow>();
  return std::make_shared<const LedgerRow>(*std::move(row));
}

}  // namespace kith::core
