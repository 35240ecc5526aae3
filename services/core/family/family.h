// Families, their members and network, and what is said of single people in
// them (R-001..R-029).
//
// A family is what a named person says it is, or what an agency's system groups
// together; addresses and kinship found nothing. Two people may define
// families that overlap: both are kept, and none wins. Each agency's
// word on a membership is a row of its own; corrections are new facts (R-003,
//
//
// Joins: a family that no named person defined becomes one with another when
// every current member, and at least one, is linked into that other; it parts
// again when that ends. Families that named persons defined become one only by
// a person's decision, and what a person decided is never undone by itself. The
// earliest-founded family of several stands for them.
//
// Entries (involvements, needs, network, ...) belong to the agency whose key
// they bear; an agency's report changes no other's (NOT_YOURS).
//
// Errors are those of errors.h. Nothing here reads a clock.
#pragma once

#include <optional>

#include "absl/status/status.h"
#include "absl/time/civil_time.h"
#include "kith/agency/v1/family.pb.h"
#include "kith/ledger/v1/facts.pb.h"
#include "services/core/decision.h"
#include "services/core/state.h"

namespace kith::core::family {

inline constexpr int kMembersMax = 50;

// Codes of refusals: FAMILY_WITHOUT_DEFINER, FAMILY_HAS_DEFINER
// NOT_A_MEMBER, ENDS_BEFORE_IT_BEGAN.
absl::Status Decide(const agency::v1::FamilyStated& said, Decision& decision);
absl::Status Decide(const agency::v1::MembershipEnded& said,
                    Decision& decision);
absl::Status Decide(const agency::v1::NetworkMemberStated& said,
                    Decision& decision);
absl::Status Decide(const agency::v1::FamiliesJoinDecided& said,
                    Decision& decision);
// A statutory intervention while somebody of another agency leads the family is
// noted as R-113 on the fact; nobody is replaced by it.
absl::Status Decide(const agency::v1::InvolvementStated& said,
                    Decision& decision);
absl::Status Decide(const agency::v1::NeedStated& said, Decision& decision);
absl::Status Decide(const agency::v1::YoungCarerStated& said,
                    Decision& decision);
absl::Status Decide(const agency::v1::FosteringStayStated& said,
                    Decision& decision);
// Codes: TOO_YOUNG_TO_JUDGE, CAPACITY_PRESUMED.
absl::Status Decide(const agency::v1::CompetenceJudged& said,
                    Decision& decision);

// Folds this subject's facts; others change nothing.
absl::Status Evolve(StateWriter& state, const ledger::v1::Fact& fact,
                    Subject subject, const KeyHash& hash);

// Joins and parts what the facts so far make one or two (see above).
absl::Status Conclude(Decision& decision);

// The first day on which the stay is private fostering: its 28th, the
// first day counted. Empty: the carer is a close relative, the first day is not
// known, or the stay ends before. Computed when read, never stored.
std::optional<absl::CivilDay> PrivateFosteringFrom(
    const agency::v1::FosteringStayStated& stay,
    const ledger::v1::Rules& rules);

}  // namespace kith::core::family
