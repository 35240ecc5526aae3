// Who may change a plan, and who of a family may agree to it.
//
// The family owns its plan; the keyboard is the lead's. While nobody
// leads, and while it is a draft, the agency that opened it writes. A feed's
// plan changes by that feed alone.
#pragma once

#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "kith/agency/v1/common.pb.h"
#include "kith/ledger/v1/state.pb.h"
#include "services/core/decision.h"

namespace kith::core::plan {

// The plan that is meant. NOT_FOUND: there is none.
absl::StatusOr<ledger::v1::PlanRow> Find(const agency::v1::ThingRef& ref,
                                         Decision& decision);

// Whether the speaker acts as a lead of the plan's family.
absl::StatusOr<bool> ActorLeads(const ledger::v1::PlanRow& plan,
                                Decision& decision);

// FAILED_PRECONDITION: closed or merged into another.
absl::Status CheckOpen(const ledger::v1::PlanRow& plan);

// PERMISSION_DENIED: another agency's plan (a report), a panel, or
// neither lead nor writer. FAILED_PRECONDITION: an act on a feed's plan.
absl::Status CheckSide(const ledger::v1::PlanRow& plan,
                       const Decision& decision);
absl::Status CheckWriter(const ledger::v1::PlanRow& plan, Decision& decision);

// The records of `people`, all of the plan's family or persons it is for.
// FAILED_PRECONDITION: an act names nobody or somebody else, or
// nobody who can decide. Forbid NOT_YOURSELF: a family member
// agrees for another.
absl::StatusOr<std::vector<EntityNumber>> OfTheFamily(
    const ledger::v1::PlanRow& plan,
    const google::protobuf::RepeatedPtrField<agency::v1::PersonRef>& people,
    absl::string_view field, Decision& decision);

}  // namespace kith::core::plan
