#include "services/core/ledger_row.h"

#include <optional>
#include <string>
#include <utility>

#include "base/status.h"
#include "services/core/keys.h"

namespace kith::core {

absl::StatusOr<std::shared_ptr<const ledger::v1::LedgerRow>> ReadLedger(
    const StateReader& state) {
  ASSIGN_OR_RETURN(std::optional<std::string> bytes, state.Get(keys::Ledger()));
  if (!bytes.has_value()) {
    return std::shared_ptr<const ledger::v1::LedgerRow>();
  }
  auto row = std::make_shared<ledger::v1::LedgerRow>();
  if (!row->ParseFromString(*bytes)) {
    return absl::DataLossError("a state row does not parse");
  }
  return std::shared_ptr<const ledger::v1::LedgerRow>(std::move(row));
}

}  // namespace kith::core
