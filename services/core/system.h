// What is said about Kith itself: sources, rules, quarantine.
//
// These statements come through the same inbox as all others. Who may say them:
// the root source, a system source, or a hub administrator through an api
// source; NOT_ADMINISTRATOR else.
#pragma once

#include "absl/status/status.h"
#include "kith/agency/v1/system.pb.h"
#include "kith/ledger/v1/facts.pb.h"
#include "services/core/decision.h"
#include "services/core/state.h"

namespace kith::core::system {

absl::Status RequireAdministrator(Decision& decision);

// A source is registered, or changed: keys are added and retired one by one,
// the agencies replaced. A key id names one key, for ever.
absl::Status Decide(const agency::v1::SourceRegistered& said,
                    Decision& decision);
// Numbers of an outbox source are given up as lost. What is held beyond the gap
// is decided next, by the kernel.
absl::Status Decide(const agency::v1::SourceResumed& said, Decision& decision);
// UNIMPLEMENTED: the rules need a later engine. The kernel stops the node.
absl::Status Decide(const agency::v1::RulesActivated& said, Decision& decision);
// The kernel does what was decided, straight after.
absl::Status Decide(const agency::v1::QuarantineDecided& said,
                    Decision& decision);

absl::Status Evolve(StateWriter& state, const ledger::v1::Fact& fact,
                    Subject subject, const KeyHash& hash);

}  // namespace kith::core::system
