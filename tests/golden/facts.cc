#include "tests/golden/facts.h"

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace kith::golden {

std::string ToLine(const GoldenFact& fact) {
  return absl::StrCat(fact.position, " ", absl::ToUnixMicros(fact.recorded_at),
                      " ", fact.subject, " ", fact.statement.source(), " ",
                      fact.statement.epoch(), " ", fact.statement.sequence(),
                      " ", absl::BytesToHexString(fact.payload), "\n");
}

absl::StatusOr<std::vector<GoldenFact>> ParseFacts(absl::string_view text) {
  std::vector<GoldenFact> facts;
  for (const absl::string_view line :
       absl::StrSplit(text, '\n', absl::SkipEmpty())) {
    const std::vector<absl::string_view> parts = absl::StrSplit(line, ' ');
    GoldenFact fact;
    int64_t micros = 0;
    uint64_t epoch = 0, sequence = 0;
    if (parts.size() != 7 || !absl::SimpleAtoi(parts[0], &fact.position) ||
        !absl::SimpleAtoi(parts[1], &micros) ||
        !absl::SimpleAtoi(parts[2], &fact.subject) ||
        !absl::SimpleAtoi(parts[4], &epoch) ||
        !absl::SimpleAtoi(parts[5], &sequence)) {
      return absl::InvalidArgumentError(
          absl::StrCat("line ", facts.size() + 1, " is no fact"));
    }
    fact.recorded_at = absl::FromUnixMicros(micros);
    fact.statement.set_source(std::string(parts[3]));
    fact.statement.set_epoch(epoch);
    fact.statement.set_sequence(sequence);
    fact.payload = absl::HexStringToBytes(parts[6]);
    facts.push_back(std::move(fact));
  }
  return facts;
}

}  // namespace kith::golden
