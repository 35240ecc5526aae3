#include "services/core/ledger_row.h"

#include <string>
#include <utility>

#include "base/status.h"
#include "services/core/keys.h"

namespace kith::core {

absl::StatusOr<std::shared_ptr<const ledger::v1::LedgerRow>> ReadLedger(
    const StateReader& state) {
  thread_local std::string last_bytes;
  thread_local std::shared_ptr<const ledger::v1::LedgerRow> last;
  ASSIGN_OR_RETURN(std::optional<std::string> bytes, state.Get(keys::Ledger()));
  if (!bytes.has_value()) {
    return std::shared_ptr<const ledger::v1::LedgerRow>();
  }
  if (last != nullptr && *bytes == last_bytes) return last;
  auto row = std::make_shared<ledger::v1::LedgerRow>();
  if (!row->ParseFromString(*bytes)) {
    return absl::DataLossError("a state row does not parse");
  }
  last_bytes = *std::move(bytes);
  last = std::move(row);
  return last;
}

}  // namespace kith::core
