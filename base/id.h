// Ids and numbers that the compiler keeps apart.
//
// Everything Kith keeps has two names. Inside a ledger it has a *number*, dense
// and small, which keys and facts use. Outside it has an *id*, a text that
// nobody can guess and that carries its partnership:
//
//   hackney-f-4v2k9d0q3m7xw1r8t5n6bzcahs
//
// (partnership, one letter for the kind, 26 digits of Crockford's base 32 for
// 128 bits of a hash). Ids are never derived from personal data.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace kith::base {

// A number with its own type. Zero means "none".
template <class Tag>
struct Number {
  uint64_t value = 0;

  explicit operator bool() const { return value != 0; }
  friend auto operator<=>(const Number&, const Number&) = default;
  template <class H>
  friend H AbslHashValue(H h, const Number& n) {
    return H::combine(std::move(h), n.value);
  }
};

// The letter in an id.
enum class IdKind : char {
  kPerson = 'p',      // also a source record, through which a person is named
  kFamily = 'f',
  kPractitioner = 'w',
  kItem = 'q',        // a parked or quarantined frame
  kConsent = 'c',     // also a restriction
  kReferral = 'r',
  kAssessment = 'a',
  kPlan = 'l',
  kMeeting = 'm',
  kLead = 'd',        // one appointment of a lead professional
  kCase = 'u',        // a duplicate-plan case
  kMatch = 'x',       // a pair of source records that was judged
  kOverride = 'v',    // also broken glass
  kOther = 'o',       // involvement, need, network entry, contact...
};

struct ParsedId {
  std::string partnership;
  IdKind kind;
  std::string digits;
};

// The id of what is created by the fact at `position` of a ledger, `ordinal`
// counting what that statement created. `genesis_digest` is the commitment of
// the fact at position 0; `statement_salt` the 32 random bytes of the statement.
std::string MakeId(absl::string_view partnership,
                   absl::string_view genesis_digest, IdKind kind,
                   uint64_t position, uint32_t ordinal,
                   absl::string_view statement_salt);

// Empty when `text` is not shaped like an id. Says nothing about existence.
std::optional<ParsedId> ParseId(absl::string_view text);

// 1 to 32 of a-z, 0-9 and '_', starting with a letter: the form of the names of
// partnerships, agencies and sources.
bool IsName(absl::string_view text);

}  // namespace kith::base
