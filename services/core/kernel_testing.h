// A ledger behind a kernel, for tests: frames in, outcomes out.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "kith/agency/v1/frame.pb.h"
#include "kith/agency/v1/statement.pb.h"
#include "services/core/core.h"
#include "services/core/state.h"

namespace kith::core::testing {

// Applies as `core::Apply` does, with whatever rules.
struct Engine {
  std::function<absl::StatusOr<Applied>(const StateReader&, uint64_t position,
                                        const Arrival&, const KeyHash&)>
      apply;
  std::function<absl::StatusOr<Applied>(const Genesis&, const KeyHash&)> found;
};

// A statement on its way, for a test to change.
struct Letter {
  agency::v1::Envelope envelope;
  agency::v1::Statement statement;
  std::string content;  // if given, instead of `statement`
  std::string key_id;   // empty: "<source>-key"
  bool mac_holds = true;
  bool hold_gaps = false;
};

// Founded for "testshire" with the root source "root", which has registered the
// outbox sources "council_feed", "health_feed" and "school_feed" of the
// agencies "council", "health" and "school", and the api source "api" of all
// agencies. Not thread-safe.
class TestLedger {
 public:
  explicit TestLedger(Engine engine);

  // The next statement of a source: numbered, salted, now. An api source's is
  // by a practitioner of "council".
  Letter Write(absl::string_view source, agency::v1::Statement statement);
  Applied Take(const Letter& letter);
  // Both in one; the arrival's outcome.
  ledger::v1::OutcomeRow Say(absl::string_view source,
                             agency::v1::Statement statement);
  ledger::v1::OutcomeRow Give(const Letter& letter);

  absl::Time now() const { return now_; }
  void Wait(absl::Duration duration) { now_ += duration; }

  MapState& state() { return state_; }
  const std::vector<Decided>& decided() const { return decided_; }
  // The kinds of all facts that were recorded, in order.
  std::vector<ledger::v1::Fact::WhatCase> Kinds(size_t from = 0) const;
  // All facts as bytes, in order.
  std::vector<std::string> Facts() const;
  size_t fact_count() const { return Facts().size(); }
  EntityNumber NumberOf(absl::string_view kind, absl::string_view agency,
                        absl::string_view local_id) const;

 private:
  void Keep(const Applied& applied);

  Engine engine_;
  KeyHash hash_;
  MapState state_;
  absl::Time now_;
  uint64_t position_ = 0;
  std::map<std::string, uint64_t> last_sequence_;
  std::vector<Decided> decided_;
};

agency::v1::Statement Person(absl::string_view local_id,
                             absl::string_view given = "Anna");

}  // namespace kith::core::testing
