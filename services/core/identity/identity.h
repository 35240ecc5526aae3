// Records of persons, how they are related, and which are one human
// (linkage.md, R-008..R-019).
//
// Each agency has its own records; Kith changes none of them. Records that are
// judged to be of one human form a person, and that can be undone: facts cite
// records, so what was said stays where it was said.
#pragma once

#include "absl/status/status.h"
#include "kith/agency/v1/person.pb.h"
#include "kith/agency/v1/system.pb.h"
#include "kith/ledger/v1/facts.pb.h"
#include "services/core/decision.h"
#include "services/core/state.h"

namespace kith::core::identity {

// A record, new or changed. NOT_YOURS: an agency states its own records only. A
// record that was retracted is in use again once it is stated.
absl::Status Decide(const agency::v1::PersonStated& said, Decision& decision);

// A record was made in error. Its pairs are judged as if it had never been.
absl::Status Decide(const agency::v1::RecordRetracted& said,
                    Decision& decision);

// How two people are related, as one agency states it. It keeps their records
// apart: they are two humans.
absl::Status Decide(const agency::v1::RelationshipStated& said,
                    Decision& decision);

// A person's decision on a pair; it binds until withdrawn. What keeps two
// persons apart, and its withdrawal, holds for all pairs between them that were
// judged. CONTRADICTS_DECISION: it
// cannot hold together with earlier decisions, which are to be withdrawn first.
// NOT_YOURS: a feed decides on its own agency's records only.
absl::Status Decide(const agency::v1::MatchDecided& said, Decision& decision);

// One bounded step of judging all records again, after rules changed.
absl::Status Decide(const agency::v1::ReevaluationStepped& said,
                    Decision& decision);

// What follows for pairs and persons from the facts so far.
absl::Status Conclude(Decision& decision);

absl::Status Evolve(StateWriter& state, const ledger::v1::Fact& fact,
                    Subject subject, const KeyHash& hash);

}  // namespace kith::core::identity
