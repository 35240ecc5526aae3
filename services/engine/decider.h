// Turns what was taken from the inbox into one batch to commit: checks macs,
// lets core decide, folds the facts into the views.
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
#include "services/engine/view_fold.h"
#include "services/inbox/inbox.h"

namespace kith::engine {

struct Answer {
  inbox::Ticket ticket = 0;
  Outcome outcome;  // its position is not sealed yet
};

struct DecidedBatch {
  eventstore::Batch writes;
  // The version of the views under construction that it folds as well.
  std::optional<uint32_t> building;
  std::vector<Answer> answers;
  std::vector<ledger::v1::OutcomeKind> outcomes;  // of all it decided
  BatchFigures figures;
};

class Decider {
 public:
  // `snapshot` is the store as it is. `keys` must outlive it.
  Decider(std::shared_ptr<const eventstore::Snapshot> snapshot,
          const Options& options, ViewFold views, core::KeyHash hash,
          SourceKeys& keys);

  // Decides all of `taken`. `snapshot` holds all batches decided but perhaps
  // the last. An error leaves it of no use: stop.
  absl::StatusOr<DecidedBatch> Decide(
      inbox::Taken taken, std::shared_ptr<const eventstore::Snapshot> snapshot);

  // The batch that founds the ledger.
  absl::StatusOr<DecidedBatch> Found(const core::Genesis& genesis);

  // From now on folds the version of the views under construction as well,
  // which stands at the head; once it is the live one, no other.
  void FoldAlso(std::unique_ptr<TableRows> building);

 private:
  void Advance(std::shared_ptr<const eventstore::Snapshot> snapshot);
  absl::Status DecideOne(inbox::Entry entry, DecidedBatch& batch);
  // Takes what core concluded into the batch.
  absl::Status Take(core::Applied& applied, DecidedBatch& batch);
  absl::Status Record(const core::Decided& decided, DecidedBatch& batch);
  absl::Status FoldViews(const core::Decided& decided,
                         const core::NewFact& fact);
  void AppendRows(DecidedBatch& batch);

  const bool hold_gaps_;
  const ViewFold views_;
  const core::KeyHash hash_;
  MacCheck mac_check_;
  uint64_t next_position_;
  TableRows state_;
  std::unique_ptr<TableRows> live_;
  std::unique_ptr<TableRows> building_;  // null: none, or not at the head
};

}  // namespace kith::engine
