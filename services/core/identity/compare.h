// Whether two records are of one human, seen for themselves.
//
// A pure function of the two records and of what is known of them together, and
// symmetric: arrival order, clock and other records decide nothing. This is the
// seat of the linker: another `Compare` may take it, with the facts unchanged.
//
// What links (linkage.md, section 5):
//   verified NHS number equal                                       verified
//   permanent UPN and birth date equal                              verified
//   one record's agency says that it is the other record, by its
//   id (a council's child id), or both name the same third one      verified
//     when the birth dates are equal, else not
//   name, birth date and postcode equal                         not verified
// What forbids it: different verified NHS numbers; both stated by one agency as
// different people. What makes it no more than possible: name and birth date
// both disagree; twins (equal birth date, one family, different first names).
// All else that agrees in part is possible, or nothing.
#pragma once

#include <vector>

#include "kith/ledger/v1/facts.pb.h"
#include "services/core/identity/profile.h"

namespace kith::core::identity {

struct Judgement {
  ledger::v1::PairOutcome outcome = ledger::v1::PAIR_OUTCOME_NONE;
  bool verified = false;
  std::vector<ledger::v1::Evidence> evidence;
};

// `apart`: one agency states the two as different people.
Judgement Compare(const Profile& a, const Profile& b, bool apart);

// Whether no person may hold both, whatever links them to third records.
bool Conflict(const Profile& a, const Profile& b);

}  // namespace kith::core::identity
