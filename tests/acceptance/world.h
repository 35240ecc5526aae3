// A partnership for acceptance tests: agencies say things on days, through the
// whole of core::Apply, and a test looks at outcomes, facts, state and views.
//
//   World world;
//   world.On(2024, 5, 1).By("council", "anna");
//   EXPECT_THAT(world.Says(said), RefusedFor("LEAD_EXISTS", "R-107"));
//
// People and families get their keys from the agency that states them: records
// and families below are named "<agency>/<local id>". Days only go forward,
// from 4 March 2024. Not thread-safe.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "gmock/gmock.h"
#include "google/protobuf/message.h"
#include "kith/agency/v1/statement.pb.h"
#include "kith/ledger/v1/facts.pb.h"
#include "kith/ledger/v1/state.pb.h"
#include "services/core/decision.h"
#include "services/core/kernel_testing.h"
#include "services/core/testing.h"

namespace kith::acceptance {

// How a statement ended, and the facts it led to.
struct Ended {
  ledger::v1::OutcomeRow outcome;
  std::vector<core::NewFact> facts;

  // The first id it made; empty when none.
  std::string id() const;
  // The first fact of the kind; stops the test program when there is none.
  const ledger::v1::Fact& Find(ledger::v1::Fact::WhatCase kind) const;
};

class World {
 public:
  World();

  World& On(int year, int month, int day);
  // Who speaks next: a practitioner's act, or an agency's feed ("council",
  // "health" or "school"). At first the council's practitioner "w1".
  World& By(absl::string_view agency, absl::string_view practitioner,
            agency::v1::Role role = agency::v1::ROLE_PRACTITIONER);
  World& Feed(absl::string_view agency);
  // On what ground in law the next statements are kept.
  World& Under(agency::v1::LegalBasis basis);

  // Says a statement's content, such as a FamilyStated.
  Ended Says(const google::protobuf::Message& content);

  // Frequent things to say; each stops the test program unless accepted.
  void Person(absl::string_view local_id, absl::CivilDay birth);
  void PersonWithNhsNumber(absl::string_view local_id, absl::CivilDay birth,
                           absl::string_view nhs_number);
  void Parent(absl::string_view parent, absl::string_view child);
  std::string Family(absl::string_view key,
                     const std::vector<std::string>& members,
                     absl::string_view defined_by = "");

  const core::StateReader& state() { return ledger_.state(); }
  // What is shown to readers: all facts so far, folded.
  const core::StateReader& views();
  absl::CivilDay today() const { return today_; }
  absl::Time now() const { return ledger_.now(); }
  ledger::v1::Rules rules();
  core::EntityNumber Record(absl::string_view named) const;
  core::EntityNumber FamilyNumber(absl::string_view named) const;
  core::EntityNumber Number(absl::string_view id);
  template <class T>
  T Row(const std::string& key) {
    auto row = core::ReadRow<T>(state(), key);
    KITH_CHECK(row.ok() && row->has_value());
    return **std::move(row);
  }

 private:
  Ended Accepted(const google::protobuf::Message& content);

  core::testing::TestLedger ledger_;
  core::MapState views_;
  size_t folded_ = 0;  // decisions whose facts are in views_
  absl::CivilDay today_;
  std::string agency_ = "council";
  agency::v1::Actor actor_;
  bool feed_ = false;
  agency::v1::LegalBasis basis_ = agency::v1::LEGAL_BASIS_UNSPECIFIED;
};

// "council/anna" as a reference.
agency::v1::LocalRef Local(absl::string_view named);
agency::v1::PersonRef Person(absl::string_view named);
agency::v1::ThingRef Thing(absl::string_view named);
agency::v1::ThingRef ThingWithId(absl::string_view id);
agency::v1::PractitionerRef Worker(absl::string_view named);
agency::v1::Date Day(int year, int month, int day);

// Matchers of Ended.
MATCHER(IsAccepted, "is accepted") {
  *result_listener << "which ended " << arg.outcome.ShortDebugString();
  return arg.outcome.kind() == ledger::v1::OUTCOME_KIND_ACCEPTED;
}
MATCHER(ChangedNothing, "changed nothing") {
  *result_listener << "which ended " << arg.outcome.ShortDebugString();
  return arg.outcome.kind() == ledger::v1::OUTCOME_KIND_CHANGED_NOTHING;
}
MATCHER(IsParked, "waits for a reference") {
  *result_listener << "which ended " << arg.outcome.ShortDebugString();
  return arg.outcome.kind() == ledger::v1::OUTCOME_KIND_PARKED;
}
MATCHER_P(IsQuarantined, code, "is quarantined with the code") {
  *result_listener << "which ended " << arg.outcome.ShortDebugString();
  return arg.outcome.kind() == ledger::v1::OUTCOME_KIND_QUARANTINED &&
         arg.outcome.reason().code() == code;
}
MATCHER_P2(RefusedFor, code, row, "is refused with the code, citing the row") {
  *result_listener << "which ended " << arg.outcome.ShortDebugString();
  const auto& rows = arg.outcome.reason().rows();
  return arg.outcome.kind() == ledger::v1::OUTCOME_KIND_REFUSED &&
         arg.outcome.reason().code() == code &&
         std::find(rows.begin(), rows.end(), row) != rows.end();
}
// The kinds of its facts, in order, without those of practitioners.
MATCHER_P(RecordedKinds, kinds, "is accepted with these facts") {
  *result_listener << "which ended " << arg.outcome.ShortDebugString();
  std::vector<ledger::v1::Fact::WhatCase> found;
  for (const core::NewFact& fact : arg.facts) {
    *result_listener << "\n  " << fact.fact.ShortDebugString();
    if (!fact.fact.has_practitioner_known()) {
      found.push_back(fact.fact.what_case());
    }
  }
  return arg.outcome.kind() == ledger::v1::OUTCOME_KIND_ACCEPTED &&
         found == kinds;
}
template <class... Kinds>
auto Records(Kinds... kinds) {
  return RecordedKinds(std::vector<ledger::v1::Fact::WhatCase>{kinds...});
}

}  // namespace kith::acceptance
