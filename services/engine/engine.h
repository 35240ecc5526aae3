// The sequencer of one partnership: frames in, in one order; outcomes out, once
// they are durable.
//
//   inbox -> check, decide, fold -> one atomic synced write -> waiters
//
// Nothing else appends to the ledger. One thread decides a batch while another
// commits the batch before. The facts do not depend on where batches end.
//
// When anything fails that leaves it unknown what is on disk or what to decide
// (DATA_LOSS, a failed commit, rules or keys this node does not have), the
// engine stops for good: whoever waits is told UNAVAILABLE, "outcome unknown";
// `status()` says why; `Options::on_stopped` is called. Restart the process:
// opening finds out what was written, and a statement that is submitted again
// gets its earlier outcome.
//
// Thread-safety: any thread may call everything, but one at a time `Rebuild`.
// Callbacks run on the engine's threads: they must not block and must not call
// `Stop`.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "eventstore/store.h"
#include "kith/ledger/v1/state.pb.h"
#include "services/core/core.h"
#include "services/engine/engine_metrics.h"
#include "services/engine/position_token.h"
#include "services/engine/read_view.h"
#include "services/engine/source_keys.h"
#include "services/engine/view_fold.h"
#include "services/inbox/inbox.h"

namespace kith::engine {

struct Options {
  std::string partnership;
  // Founds the ledger when the store is empty; without it an empty store is
  // FAILED_PRECONDITION. `NewGenesis` makes one.
  std::optional<core::Genesis> genesis;
  inbox::TakeLimits batch;
  // Keep frames beyond a gap until it fills, for an inbox that will not bring
  // them again (a log); otherwise whoever submitted them is told what is
  // expected. The same on all replicas.
  bool hold_gaps = false;
  // Decided rows kept in memory, so that a batch seldom reads from disk.
  size_t row_cache_bytes_max = size_t{256} << 20;
  // What readers made of rows, kept in memory for the next reader.
  size_t kept_bytes_max = size_t{256} << 20;
  // Facts folded in one step of a rebuild: a row that changes often is sealed
  // and written once a step.
  size_t rebuild_step_max = 20000;
  // Called once when the engine stops by itself, with the reason.
  std::function<void(const absl::Status&)> on_stopped;
};

// The genesis of a new ledger whose root source has the key `root_key`.
core::Genesis NewGenesis(absl::string_view partnership,
                         absl::string_view root_source,
                         absl::string_view root_key_id,
                         absl::string_view root_key, absl::Time now);

// A genesis as it lies in a log, so that every node that reads the log founds
// the same ledger: a frame of the root source that says which rules come first.
std::string FrameOfGenesis(const core::Genesis& genesis,
                           absl::string_view root_key);
// FAILED_PRECONDITION: it is none of this partnership, or was signed with
// another root key than `root_key`, which `root_source` has under that id.
absl::StatusOr<core::Genesis> GenesisOfFrame(absl::string_view frame_bytes,
                                             absl::string_view partnership,
                                             absl::string_view root_source,
                                             absl::string_view root_key_id,
                                             absl::string_view root_key);

// What became of a submitted frame.
struct Outcome {
  // Kind OUTCOME_KIND_UNSPECIFIED when the frame lies beyond a gap.
  ledger::v1::OutcomeRow row;
  // The token of `row.position`; the head's for a frame beyond a gap.
  std::string position;
  bool held = false;  // beyond a gap, and kept until it fills
  // Not 0: there is a gap; the number the source's next statement must have.
  uint64_t expected_sequence = 0;
  bool repeated = false;  // an earlier delivery's outcome
};

struct EngineStatus {
  bool ready = false;     // takes statements
  absl::Status reason;    // why it stopped by itself; OK otherwise
  uint64_t position = 0;  // facts durable
  inbox::Depth waiting;   // in the inbox
  bool rebuilding = false;
};

class Engine {
 public:
  // Founds the ledger if need be, rebuilds the views if they are missing or of
  // another version (which may take long; `progress` as in Rebuild), and
  // starts. `store`, `inbox`, `keys` and `metrics` (may be null) must outlive
  // it.
  // FAILED_PRECONDITION: the ledger is another partnership's, has rules this
  // program does not know, or is empty without a genesis.
  using Progress = std::function<void(uint64_t done, uint64_t total)>;
  static absl::StatusOr<std::unique_ptr<Engine>> Open(
      const Options& options, eventstore::Store& store, inbox::Inbox& inbox,
      ViewFold views, SourceKeys& keys, EngineMetrics* metrics,
      const Progress& progress = nullptr);
  virtual ~Engine() = default;

  // Hands a serialised Frame to the inbox. `done` is called exactly once, with
  // the outcome when it is durable, perhaps before this returns.
  // RESOURCE_EXHAUSTED: full; nothing was taken; later. INVALID_ARGUMENT: no
  // frame of ours is that large. UNAVAILABLE: draining, or the inbox's log did
  // not take it (nothing was taken); or stopped, or the log did not answer (the
  // outcome is unknown: submit the same frame again later).
  using Done = std::function<void(absl::StatusOr<Outcome>)>;
  virtual void Submit(std::string frame_bytes, Done done) = 0;

  // Waits until the ledger has `position` facts. DEADLINE_EXCEEDED,
  // UNAVAILABLE when the engine stops first. Blocks: not for reactors.
  virtual absl::Status WaitForPosition(uint64_t position,
                                       absl::Time deadline) = 0;

  // One moment, for one answer. UNAVAILABLE once the store has failed.
  virtual absl::StatusOr<std::unique_ptr<ReadView>> Read() const = 0;

  // For `min_position` and answers.
  virtual const PositionTokens& tokens() const = 0;

  // Folds all facts into a new version of the views beside the live one and
  // switches to it, while intake goes on. Blocks until done. CANCELLED when
  // the engine stops meanwhile; FAILED_PRECONDITION: one is under way.
  virtual absl::Status Rebuild(const Progress& progress) = 0;

  // Takes no more; returns when everything submitted before is decided,
  // durable and answered. May be called again.
  virtual void Stop() = 0;

  virtual EngineStatus status() const = 0;
};

}  // namespace kith::engine
