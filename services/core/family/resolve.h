// Which families there are around a person, and who is in them: reads that
// other subjects share.
//
// A family is named by the number it was founded under. Families that were
// joined form a group; the earliest-founded one stands for it. Facts keep the
// number they were said of, and are resolved when read.
//
// Members are *current* on a day when their membership has begun by then and
// its last day is not reached: who leaves today is no member any more.
//
// All functions are pure. Errors: DATA_LOSS only, unless said otherwise. Lists
// are ascending and name nothing twice.
#pragma once

#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "kith/ledger/v1/state.pb.h"
#include "services/core/decision.h"
#include "services/core/state.h"

namespace kith::core::family {

// The family that stands for `family`: itself, or the one it joined.
absl::StatusOr<EntityNumber> Resolve(const StateReader& state,
                                     EntityNumber family);

// All families that are one with `family`, itself included.
absl::StatusOr<std::vector<EntityNumber>> Group(const StateReader& state,
                                                EntityNumber family);
// `family` and those that joined it, directly or not; not what it joined.
absl::StatusOr<std::vector<EntityNumber>> JoinedUnder(const StateReader& state,
                                                      EntityNumber family);

// Memberships said of exactly this family, ended ones too.
absl::StatusOr<std::vector<ledger::v1::MembershipRow>> Memberships(
    const StateReader& state, EntityNumber family);
bool IsCurrent(const ledger::v1::MembershipRow& membership, absl::CivilDay day);

// Records of the current members of the family's whole group.
absl::StatusOr<std::vector<EntityNumber>> CurrentMembers(
    const StateReader& state, EntityNumber family, absl::CivilDay day);

// Whether the person of `record` is a current member of the family's group,
// through whichever record.
absl::StatusOr<bool> IsCurrentMember(const StateReader& state,
                                     EntityNumber family, EntityNumber record,
                                     absl::CivilDay day);

// Families, resolved, of which the person of `record` is a current member.
absl::StatusOr<std::vector<EntityNumber>> FamiliesOf(const StateReader& state,
                                                     EntityNumber record,
                                                     absl::CivilDay day);

// The family of which `agency` says that the record is a current member: the
// earliest-founded where it says several; 0 when it says none. Not resolved.
// Where a plan or lead stated without a family belongs (architecture.md 5).
absl::StatusOr<EntityNumber> FamilyFor(const StateReader& state,
                                       absl::string_view agency,
                                       EntityNumber record, absl::CivilDay day);

// Founds a family that no named person defines, with `record` as its member,
// and returns its number: where `FamilyFor` found none.
absl::StatusOr<EntityNumber> FoundFor(Decision& decision, EntityNumber record);

// FamilyFor on the day of the statement for its agency, else FoundFor.
absl::StatusOr<EntityNumber> FamilyOrFound(Decision& decision,
                                           EntityNumber record);

}  // namespace kith::core::family
