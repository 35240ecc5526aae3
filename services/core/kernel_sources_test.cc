// Sources and their keys, rules, and what is no frame.
#include "base/crypto.h"
#include "gtest/gtest.h"
#include "services/core/frame_check.h"
#include "services/core/kernel.h"
#include "services/core/kernel_rules_testing.h"
#include "services/core/keys.h"

namespace kith::core {
namespace {

using agency::v1::Statement;
using testing::Letter;
using testing::Person;

constexpr auto kAccepted = ledger::v1::OUTCOME_KIND_ACCEPTED;
constexpr auto kNothing = ledger::v1::OUTCOME_KIND_CHANGED_NOTHING;
constexpr auto kQuarantined = ledger::v1::OUTCOME_KIND_QUARANTINED;

TEST_F(KernelTest, OnlyAdministratorsRegisterSources) {
  Statement statement;
  auto& said = *statement.mutable_source_registered();
  said.set_source("new_feed");
  said.set_kind(agency::v1::SOURCE_KIND_OUTBOX);
  said.add_agencies("new");
  said.set_key_id("new-key");
  said.set_key_digest(std::string(32, 'd'));
  EXPECT_EQ(ledger_.Say("api", statement).reason().code(), "NOT_ADMINISTRATOR");
  EXPECT_EQ(ledger_.Say("council_feed", statement).reason().code(),
            "NOT_ADMINISTRATOR");
  Letter letter = ledger_.Write("api", statement);
  letter.envelope.mutable_actor()->set_role(agency::v1::ROLE_HUB_ADMINISTRATOR);
  EXPECT_EQ(ledger_.Give(letter).kind(), kAccepted);
  EXPECT_EQ(ledger_.Say("root", statement).kind(), kNothing);
  said.set_source("other_feed");
  EXPECT_EQ(ledger_.Say("root", statement).reason().code(), "KEY_ID_TAKEN");
  said.set_source("new_feed");
  said.set_disabled(true);
  EXPECT_EQ(ledger_.Say("root", statement).kind(), kAccepted);
}

TEST_F(KernelTest, WhileKeysOverlapBothAreBelievedAndARetiredOneIsForged) {
  const auto send = [&](const char* person, const char* key_id) {
    Letter letter = ledger_.Write("council_feed", Person(person));
    letter.envelope.set_sequence(MarkOf("council_feed") + 1);
    letter.key_id = key_id;
    return ledger_.Give(letter);
  };
  Statement rotation;
  auto& said = *rotation.mutable_source_registered();
  said.set_source("council_feed");
  said.set_kind(agency::v1::SOURCE_KIND_OUTBOX);
  said.add_agencies("council");
  said.set_key_id("council_feed-key-2");
  said.set_key_digest(std::string(32, '2'));
  EXPECT_EQ(send("1", "council_feed-key-2").reason().code(), "FORGED_KEY");
  EXPECT_EQ(ledger_.Say("root", rotation).kind(), kAccepted);
  EXPECT_EQ(ledger_.Say("root", rotation).kind(), kNothing);
  EXPECT_EQ(send("1", "council_feed-key-2").kind(), kAccepted);
  EXPECT_EQ(send("2", "council_feed-key").kind(), kAccepted);
  said.clear_key_id();
  said.clear_key_digest();
  said.add_retired_key_ids("council_feed-key");
  EXPECT_EQ(ledger_.Say("root", rotation).kind(), kAccepted);
  const auto late = send("3", "council_feed-key");
  EXPECT_EQ(late.kind(), kQuarantined);
  EXPECT_EQ(late.reason().code(), "FORGED_KEY");
  EXPECT_EQ(send("3", "council_feed-key-2").kind(), kAccepted);
}

TEST_F(KernelTest, ASourceKeepsAKeyAndNoKeyComesBack) {
  Statement rotation;
  auto& said = *rotation.mutable_source_registered();
  said.set_source("council_feed");
  said.set_kind(agency::v1::SOURCE_KIND_OUTBOX);
  said.add_agencies("council");
  said.add_retired_key_ids("council_feed-key");
  EXPECT_EQ(ledger_.Say("root", rotation).reason().code(), "NO_KEY");
  said.set_key_id("council_feed-key-2");
  said.set_key_digest(std::string(32, '2'));
  EXPECT_EQ(ledger_.Say("root", rotation).kind(), kAccepted);
  said.clear_retired_key_ids();
  said.set_key_id("council_feed-key");
  said.set_key_digest(base::Sha256("council_feed"));
  EXPECT_EQ(ledger_.Say("root", rotation).reason().code(), "KEY_ID_TAKEN");
}

TEST_F(KernelTest, RulesAreNumberedWithoutGaps) {
  Statement statement;
  auto& said = *statement.mutable_rules_activated();
  auto rules = DefaultRules();
  rules.set_request_days(60);
  said.set_number(3);
  said.set_content(rules.SerializeAsString());
  said.set_digest("wrong");
  EXPECT_EQ(ledger_.Say("root", statement).kind(), kQuarantined);
  said.set_digest(base::Sha256(said.content()));
  EXPECT_EQ(ledger_.Say("root", statement).reason().code(), "RULES_NUMBER");
  said.set_number(2);
  EXPECT_EQ(ledger_.Say("root", statement).kind(), kAccepted);
  EXPECT_EQ(ledger_.Say("root", statement).kind(), kNothing);
  EXPECT_EQ(ledger_.decided().back().rules_number, 2u);
}

TEST_F(KernelTest, RulesThatNeedALaterEngineStopTheNode) {
  Statement statement;
  auto& said = *statement.mutable_rules_activated();
  said.set_number(2);
  said.set_content(DefaultRules().SerializeAsString());
  said.set_digest(base::Sha256(said.content()));
  said.set_engine_version_min(kEngineVersion + 1);
  const Letter letter = ledger_.Write("root", statement);
  agency::v1::Body body;
  *body.mutable_envelope() = letter.envelope;
  body.set_content(statement.SerializeAsString());
  Arrival arrival;
  arrival.frame_bytes = SignFrame(body.SerializeAsString(), "root-key", "k");
  arrival.recorded_at = ledger_.now();
  arrival.mac_holds = true;
  EXPECT_THAT(
      SomeRules().apply(ledger_.state(), 50, arrival, testing::TestHash()),
      testing::StatusIs(absl::StatusCode::kFailedPrecondition));
}

TEST_F(KernelTest, WhatIsNoFrameIsQuarantinedWithItsReasonAndMovesNoMark) {
  // A frame that is right in itself: what it lies in makes it unfit.
  const Letter letter = ledger_.Write("council_feed", Person("1"));
  agency::v1::Body body;
  *body.mutable_envelope() = letter.envelope;
  Arrival arrival;
  arrival.frame_bytes =
      SignFrame(body.SerializeAsString(), "council_feed-key", "k");
  arrival.recorded_at = ledger_.now();
  arrival.mac_holds = true;
  arrival.unfit = MakeReason("FOREIGN_TYPE", "not a frame of ours");
  const auto applied =
      SomeRules().apply(ledger_.state(), 50, arrival, testing::TestHash());
  ASSERT_TRUE(applied.ok()) << applied.status();
  EXPECT_EQ(applied->outcome->kind(), kQuarantined);
  EXPECT_EQ(applied->outcome->reason().code(), "FOREIGN_TYPE");
  ASSERT_EQ(applied->decided.size(), 1u);
  EXPECT_TRUE(applied->decided[0].statement.source().empty());
  const auto& fact = applied->decided[0].facts[0].fact.frame_quarantined();
  EXPECT_EQ(fact.frame(), arrival.frame_bytes);
}

}  // namespace
}  // namespace kith::core
