// What the statements on plans have in common.
//
// Internal to this folder.
#pragma once

#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "kith/ledger/v1/facts.pb.h"
#include "kith/ledger/v1/state.pb.h"
#include "services/core/decision.h"
#include "services/core/plan/content.h"

namespace kith::core::plan {

// Subjects besides the family in whose history the plan's facts belong.
std::vector<Subject> AlsoAbout(const ledger::v1::PlanRecorded& plan);

void SetContent(ledger::v1::PlanRecorded& recorded, Content content);

// Notes R-186 on what is added next when an open plan touches a person, a
// sibling or the family of this one, unless the lead of such a plan (0: of
// none) was contacted.
absl::Status NoteContactOwed(const ledger::v1::PlanRecorded& plan,
                             EntityNumber contacted, Decision& decision);

absl::Status AddPlan(ledger::v1::PlanRecorded recorded, Decision& decision);

EntityNumber NumberOf(const ledger::v1::PlanRow& plan);

// Adds a fact about the plan: to its family and the persons it is for.
absl::Status AddTo(const ledger::v1::PlanRow& plan, ledger::v1::Fact fact,
                   Decision& decision);

// ABORTED: it has another version by now.
absl::Status CheckVersion(const ledger::v1::PlanRow& plan, uint64_t version);

}  // namespace kith::core::plan
