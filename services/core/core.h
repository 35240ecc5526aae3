// The deterministic heart: statements in, facts out.
//
// Nothing here does I/O, reads a clock or draws randomness. The same frames in
// the same order give the same facts on every machine, whatever the batches.
//
//   Core core(state);                      // over the engine's view of state
//   Result r = core.Apply(frame, setting); // checked, deduped, decided, folded
//
// `Apply` does all of architecture.md section 4 after the mac: envelope, marks,
// epochs, gaps, repeats, requests, snapshots, parking, quarantine, and the
// rules. The engine writes what it returns; nothing else appends.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "kith/agency/v1/frame.pb.h"
#include "kith/agency/v1/statement.pb.h"
#include "kith/ledger/v1/facts.pb.h"
#include "kith/ledger/v1/state.pb.h"
#include "services/core/decision.h"
#include "services/core/rules.h"
#include "services/core/state.h"

namespace kith::core {

// The version of this engine; rules may ask for a later one, and then the node
// stops.
inline constexpr uint32_t kEngineVersion = 1;
inline constexpr size_t kFrameBytesMax = 256 * 1024;

// A frame as the engine hands it over.
struct Arrival {
  std::string frame_bytes;  // a serialised Frame, as received
  absl::Time recorded_at;   // never before the last one's
  // Whether the mac is right for the named key (VerifyFrame, frame_check.h).
  bool mac_holds = false;
  // What to do with a frame beyond a gap: hold it with its bytes, as for one
  // that came through a log which will not bring it again; or only tell which
  // number is expected, as for a caller who can.
  bool hold_gaps = false;
  // Why it is no frame, whatever its bytes say: it is quarantined with this.
  std::optional<ledger::v1::Reason> unfit = std::nullopt;
};

// What is to be recorded for one statement that was decided: the arrival
// itself, or one that had waited for it.
struct Decided {
  ledger::v1::StatementRef statement;  // empty source: forged
  std::string salt;  // the statement's; the frame's digest when unreadable
  absl::Time recorded_at;
  uint32_t rules_number = 0;
  std::vector<NewFact> facts;  // may be empty: changed nothing
  ledger::v1::OutcomeRow outcome;
};

struct Applied {
  // In order; the arrival first, unless it is held beyond a gap or waited-out
  // items came before it.
  std::vector<Decided> decided;
  // The arrival's outcome. Empty when it lies beyond a gap.
  std::optional<ledger::v1::OutcomeRow> outcome;
  // For a gap: the number the source's next statement must have; 0 otherwise.
  uint64_t expected_sequence = 0;
  bool held = false;      // beyond a gap, with its bytes
  bool repeated = false;  // the outcome is an earlier one's
  // What changed, facts' folds and bookkeeping together.
  Overlay::Changes changes;
};

// Applies one arrival to `state`, the first fact to go to `next_position`.
// DATA_LOSS, and FAILED_PRECONDITION for rules this engine does not know: stop
// the node. No other error: whatever is wrong with the frame is an outcome.
absl::StatusOr<Applied> Apply(const StateReader& state, uint64_t next_position,
                              const Arrival& arrival, const KeyHash& hash);

// The facts at positions 0 and 1 of a new ledger and their folds.
struct Genesis {
  std::string partnership;
  agency::v1::SourceRegistered root;  // the source that may register others
  ledger::v1::Rules rules;
  std::string salt;  // 32 random bytes
  absl::Time recorded_at;
};
absl::StatusOr<Applied> Found(const Genesis& genesis, const KeyHash& hash);

// Decides one statement: what `Apply` calls once the envelope is believed.
// Facts are added to `decision`. An error leaves it to be thrown away.
absl::Status Decide(const agency::v1::Statement& said, Decision& decision);

// Folds one fact. The only errors are DATA_LOSS: what happened, happened.
// `hash` as in Setting; `agency` and the rest come from the fact itself.
absl::Status Evolve(StateWriter& state, const ledger::v1::Fact& fact,
                    Subject subject, const KeyHash& hash);

}  // namespace kith::core
