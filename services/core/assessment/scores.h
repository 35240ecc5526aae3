// Scores as they are read: one series a scorer, item and instrument, and the
// change within it (R-055..R-063).
//
// Instruments point in opposite directions and have other ranges, so that
// values of two of them are never put together: a series holds one instrument,
// and nothing here takes two.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "kith/ledger/v1/facts.pb.h"
#include "kith/ledger/v1/state.pb.h"
#include "services/core/state.h"

namespace kith::core::assessment {

// The instrument of that code in the rules; null when there is none.
const ledger::v1::Instrument* FindInstrument(const ledger::v1::Rules& rules,
                                             absl::string_view code);
// Whether the instrument has such an item; one without items takes any text.
bool HasItem(const ledger::v1::Instrument& instrument, absl::string_view item);
bool InRange(const ledger::v1::Instrument& instrument, int32_t value);

// By how much it got better, negative for worse: respects which end of the
// instrument is the better one, so that a fall on "wf-outcome" is an
// improvement. Empty unless both were scored.
std::optional<int32_t> Change(std::optional<int32_t> before,
                              std::optional<int32_t> after,
                              const ledger::v1::Instrument& instrument);

struct Point {
  absl::CivilDay day;
  kith::agency::v1::ScorePhase phase = {};
  int32_t value = 0;
  EntityNumber score = 0;
};

// What one scorer said of one item on one instrument.
struct Series {
  ledger::v1::Instrument instrument;
  std::string item;
  EntityNumber scored_by = 0;     // a person's record; 0: the practitioner
  EntityNumber practitioner = 0;  // who scored, where no person did
  std::vector<Point> points;      // by day, then as they were recorded

  // The change from the first value at the beginning to the last one at the
  // end; empty while either is missing.
  std::optional<int32_t> ChangeOverWork() const;
  // Scored at the beginning and not at the end.
  bool LacksEnd() const;
};

// The series of an assessment's scores, ordered by instrument, item and scorer.
// Where an instrument's range or direction was changed by later rules, what was
// scored before stands apart.
std::vector<Series> SeriesOf(const std::vector<ledger::v1::ScoreRow>& scores);

// All scores of an assessment, as recorded last. DATA_LOSS: stop.
absl::StatusOr<std::vector<ledger::v1::ScoreRow>> ScoresOf(
    const StateReader& state, EntityNumber assessment);

}  // namespace kith::core::assessment
