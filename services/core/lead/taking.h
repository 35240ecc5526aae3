// The facts of the registry, as the rules of this folder add them.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "kith/agency/v1/common.pb.h"
#include "kith/ledger/v1/facts.pb.h"
#include "kith/ledger/v1/state.pb.h"
#include "services/core/decision.h"

namespace kith::core::lead {

// A new appointment; `taken` without its identity, which is told to the caller.
// Notes R-113 where an agency that intervenes by statute does not lead.
absl::Status AddTaken(ledger::v1::LeadTaken taken, Decision& decision);
absl::Status AddLeft(const ledger::v1::LeadRow& lead,
                     const agency::v1::Date& until, const std::string& reason,
                     Decision& decision);
absl::Status AddDispute(const ledger::v1::LeadDisputed& claim, bool open,
                        Decision& decision);

}  // namespace kith::core::lead
