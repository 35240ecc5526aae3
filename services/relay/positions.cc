#include "services/relay/positions.h"

#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "base/status.h"

namespace kith::relay {

using eventstore::Table;

absl::StatusOr<RelayPosition> RelayPositions::Get(
    const std::string& relay) const {
  ASSIGN_OR_RETURN(const auto snapshot, store_.Read());
  ASSIGN_OR_RETURN(const std::optional<std::string> row,
                   snapshot->Get(Table::State(), relay));
  RelayPosition position;
  if (!row.has_value()) return position;
  const std::vector<std::string> parts = absl::StrSplit(*row, ' ');
  if (parts.size() != 2 || !absl::SimpleAtoi(parts[0], &position.next)) {
    return absl::DataLossError("a relay's position does not parse");
  }
  position.digest = absl::HexStringToBytes(parts[1]);
  return position;
}

absl::Status RelayPositions::Set(const std::string& relay,
                                 const RelayPosition& position) {
  eventstore::Batch batch;
  eventstore::RowChange row;
  row.table = Table::State();
  row.key = relay;
  row.value =
      absl::StrCat(position.next, " ", absl::BytesToHexString(position.digest));
  batch.rows.push_back(std::move(row));
  const std::lock_guard lock(mutex_);
  return store_.Commit(batch).status();
}

}  // namespace kith::relay
