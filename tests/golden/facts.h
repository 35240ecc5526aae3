// A fixed ledger of real facts as text: a line for each, in their order.
//
//   position recorded-at-micros subject source epoch sequence fact-in-hex
//
// It was written once, by `write_golden_facts`, and is never written again: a
// release that reads one of these facts otherwise than the one that recorded it
// changes what happened.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "kith/ledger/v1/facts.pb.h"

namespace kith::golden {

struct GoldenFact {
  uint64_t position = 0;
  absl::Time recorded_at;
  uint64_t subject = 0;
  ledger::v1::StatementRef statement;
  std::string payload;  // the fact as it was stored
};

std::string ToLine(const GoldenFact& fact);
// INVALID_ARGUMENT: it is no such text.
absl::StatusOr<std::vector<GoldenFact>> ParseFacts(absl::string_view text);

}  // namespace kith::golden
