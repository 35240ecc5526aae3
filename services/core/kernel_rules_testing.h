// The kernel with rules of records and relationships: enough to see the way of
// a statement.
#pragma once

#include <string>

#include "gtest/gtest.h"
#include "services/core/identity/identity.h"
#include "services/core/kernel.h"
#include "services/core/kernel_testing.h"
#include "services/core/keys.h"
#include "services/core/system.h"
#include "services/core/testing.h"

namespace kith::core {

// Records and relationships are rules enough to see the way of a statement.
inline absl::Status DecideSome(const agency::v1::Statement& said,
                               Decision& decision) {
  if (said.has_person_stated()) {
    return identity::Decide(said.person_stated(), decision);
  }
  if (said.has_relationship_stated()) {
    return identity::Decide(said.relationship_stated(), decision);
  }
  if (said.has_source_registered()) {
    return system::Decide(said.source_registered(), decision);
  }
  if (said.has_source_resumed()) {
    return system::Decide(said.source_resumed(), decision);
  }
  if (said.has_rules_activated()) {
    return system::Decide(said.rules_activated(), decision);
  }
  return system::Decide(said.quarantine_decided(), decision);
}

inline absl::Status FoldSome(StateWriter& state, const ledger::v1::Fact& fact,
                             Subject subject, const KeyHash& hash) {
  RETURN_IF_ERROR(system::Evolve(state, fact, subject, hash));
  RETURN_IF_ERROR(EvolvePractitioner(state, fact, subject, hash));
  return identity::Evolve(state, fact, subject, hash);
}

inline testing::Engine SomeRules() {
  static const Ruleset rules = {DecideSome, FoldSome};
  testing::Engine engine;
  engine.apply = [](const StateReader& state, uint64_t position,
                    const Arrival& arrival, const KeyHash& hash) {
    return Kernel(rules, state, position, arrival.recorded_at, hash)
        .Take(arrival);
  };
  engine.found = [](const Genesis& genesis, const KeyHash& hash) {
    return FoundBy(genesis, FoldSome, hash);
  };
  return engine;
}

class KernelTest : public ::testing::Test {
 protected:
  static agency::v1::Statement Sibling(absl::string_view one,
                                       absl::string_view other) {
    agency::v1::Statement statement;
    auto& said = *statement.mutable_relationship_stated();
    *said.mutable_person() = testing::PersonOf(testing::Local("", one));
    *said.mutable_to() = testing::PersonOf(testing::Local("", other));
    said.set_kind(agency::v1::RELATIONSHIP_KIND_SIBLING);
    return statement;
  }
  static agency::v1::Statement Item(const std::string& id,
                                    agency::v1::QuarantineDecision decision) {
    agency::v1::Statement statement;
    auto& said = *statement.mutable_quarantine_decided();
    said.set_item_id(id);
    said.set_decision(decision);
    said.set_reason("looked at it");
    return statement;
  }
  std::string IdOfItem(EntityNumber item) {
    const auto row =
        ReadRow<ledger::v1::ItemRow>(ledger_.state(), keys::Item(item));
    return row.ok() && row->has_value() ? (*row)->item().id() : "";
  }
  ledger::v1::OutcomeRow OutcomeOf(const testing::Letter& letter) {
    const auto& envelope = letter.envelope;
    const auto row = ReadRow<ledger::v1::OutcomeRow>(
        ledger_.state(), keys::Outcome(envelope.source(), envelope.epoch(),
                                       envelope.sequence()));
    return row.ok() && row->has_value() ? **row : ledger::v1::OutcomeRow();
  }
  uint64_t MarkOf(const std::string& source) {
    return (*ReadRow<ledger::v1::SourceRow>(ledger_.state(),
                                            keys::Source(source)))
        ->mark();
  }

  testing::TestLedger ledger_{SomeRules()};
};

}  // namespace kith::core
