// Turns what was taken from the inbox into one batch of decisions: checks macs
// and lets core decide. What follows for records and views is the recorder's.
//
// Runs one batch ahead of the commit (TableRows). Not thread-safe.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "eventstore/store.h"
#include "services/core/core.h"
#include "services/engine/engine.h"
#include "services/engine/mac_check.h"
#include "services/engine/table_rows.h"
#include "services/inbox/inbox.h"

namespace kith::engine {

struct Answer {
  inbox::Ticket ticket = 0;
  Outcome outcome;  // its position is not sealed yet
};

struct DecidedBatch {
  uint64_t first_position = 0;  // the first fact's
  std::vector<core::Decided> decided;
  // The changes of state, in the decider's hands: it changes them no more, and
  // lets go of them only when it begins the next batch but one. By then this
  // one is committed, since a batch is handed over after the commit of the one
  // before.
  const core::Overlay::Changes* state = nullptr;
  std::vector<Answer> answers;
  BatchFigures figures;

  // What the recorder makes of it; the inbox position is there before.
  eventstore::Batch writes;
  // The version of the views under construction that it folds as well.
  std::optional<uint32_t> building;
};

class Decider {
 public:
  // `snapshot` is the store as it is. `keys` must outlive it.
  Decider(std::shared_ptr<const eventstore::Snapshot> snapshot,
          const Options& options, core::KeyHash hash, SourceKeys& keys);

  // Decides all of `taken`. `snapshot` holds all batches decided but perhaps
  // the last. An error leaves it of no use: stop.
  absl::StatusOr<DecidedBatch> Decide(
      inbox::Taken taken, std::shared_ptr<const eventstore::Snapshot> snapshot);

  // The batch that founds the ledger.
  absl::StatusOr<DecidedBatch> Found(const core::Genesis& genesis);

 private:
  DecidedBatch NewBatch();
  absl::Status DecideOne(inbox::Entry entry, DecidedBatch& batch);
  // Takes what core concluded into the batch.
  void Take(core::Applied& applied, DecidedBatch& batch);

  const bool hold_gaps_;
  const core::KeyHash hash_;
  MacCheck mac_check_;
  uint64_t next_position_;
  TableRows state_;
};

}  // namespace kith::engine
