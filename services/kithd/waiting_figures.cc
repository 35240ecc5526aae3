#include "services/kithd/waiting_figures.h"

#include "kith/ledger/v1/state.pb.h"
#include "services/core/keys.h"

namespace kith::kithd {
namespace {

constexpr size_t kItemsMax = 10000;
constexpr size_t kBytesMax = size_t{64} << 20;  // items hold their frames

// The keys of all items begin like that of any.
std::string ItemPrefix() {
  std::string prefix = core::keys::Item(0);
  prefix.resize(prefix.size() - sizeof(core::EntityNumber));
  return prefix;
}

void CountSource(const ledger::v1::SourceRow& row, WaitingFigures& figures) {
  ++figures.sources;
  figures.frames_held += static_cast<uint64_t>(row.held_size());
  if (row.held_size() > 0) ++figures.sources_stopped;
}

void CountItem(const ledger::v1::ItemRow& row, WaitingFigures& figures) {
  if (row.has_reason()) {
    ++figures.quarantined[row.reason().code()];
  } else if (row.waits_for_size() > 0) {
    ++figures.parked[row.waits_for(0).kind()];
  } else {
    ++figures.parked["statement"];  // behind one that lies in quarantine
  }
}

// Calls `count` for each row under `prefix` until it returns false.
template <class Row, class Count>
absl::Status CountRows(const core::StateReader& state,
                       const std::string& prefix, const Count& count) {
  absl::Status parsed;
  const absl::Status scanned =
      state.Scan(prefix, [&](absl::string_view, absl::string_view bytes) {
        Row row;
        if (!row.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
          parsed = absl::DataLossError("a state row does not parse");
          return false;
        }
        return count(row, bytes.size());
      });
  return scanned.ok() ? parsed : scanned;
}

}  // namespace

absl::StatusOr<WaitingFigures> CountWaiting(const core::StateReader& state) {
  WaitingFigures figures;
  absl::Status counted = CountRows<ledger::v1::SourceRow>(
      state, core::keys::Sources(),
      [&](const ledger::v1::SourceRow& row, size_t) {
        CountSource(row, figures);
        return true;
      });
  if (!counted.ok()) return counted;
  size_t items = 0;
  size_t bytes = 0;
  counted = CountRows<ledger::v1::ItemRow>(
      state, ItemPrefix(), [&](const ledger::v1::ItemRow& row, size_t size) {
        CountItem(row, figures);
        bytes += size;
        return ++items < kItemsMax && bytes < kBytesMax;
      });
  if (!counted.ok()) return counted;
  return figures;
}

}  // namespace kith::kithd
