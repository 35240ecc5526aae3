// Whether numbers and codes of persons are sound.
//
// Pure and thread-safe. What fails is kept with its record, flagged, and used
// for nothing.
//
//   NHS number  NHS Data Dictionary: ten digits, weights 10 to 2, modulus 11; a
//               check digit of 10 cannot exist
//   UPN         DfE's guide: letter, modulus 23, twelve characters; a final
//               letter marks a temporary number, which is sound and never
//               verified
//   NINO, ULN   their form only; never a key
#pragma once

#include "absl/strings/string_view.h"
#include "kith/agency/v1/person.pb.h"
#include "kith/ledger/v1/facts.pb.h"

namespace kith::core::identity {

ledger::v1::IdentifierCheck Check(const agency::v1::Identifier& identifier,
                                  const ledger::v1::Rules& rules);

// For codes as `Code` (normalise.h) writes them. Repeated digits, 9876543210
// and numbers for tests satisfy the arithmetic; these say false for the former
// two, `Check` for all.
bool IsNhsNumber(absl::string_view code);
bool IsUpn(absl::string_view code);
bool IsTemporaryUpn(absl::string_view sound_upn);

}  // namespace kith::core::identity
