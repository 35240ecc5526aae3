#include "services/core/kernel.h"

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "services/core/kernel_rules_testing.h"
#include "services/core/keys.h"

namespace kith::core {
namespace {

using agency::v1::Statement;
using ledger::v1::Fact;
using ::testing::ElementsAre;
using testing::Letter;
using testing::Local;
using testing::Person;

constexpr auto kAccepted = ledger::v1::OUTCOME_KIND_ACCEPTED;
constexpr auto kNothing = ledger::v1::OUTCOME_KIND_CHANGED_NOTHING;
constexpr auto kRefused = ledger::v1::OUTCOME_KIND_REFUSED;
constexpr auto kQuarantined = ledger::v1::OUTCOME_KIND_QUARANTINED;
constexpr auto kParked = ledger::v1::OUTCOME_KIND_PARKED;

TEST_F(KernelTest, ALedgerBeginsWithItsFoundingAndItsRules) {
  const auto kinds = ledger_.Kinds();
  ASSERT_GE(kinds.size(), 2u);
  EXPECT_EQ(kinds[0], Fact::kPartnershipFounded);
  EXPECT_EQ(kinds[1], Fact::kRulesActivated);
}

TEST_F(KernelTest, AStatementIsAcceptedAndTellsWhatItMade) {
  const auto outcome = ledger_.Say("council_feed", Person("1"));
  EXPECT_EQ(outcome.kind(), kAccepted);
  EXPECT_EQ(outcome.made_size(), 1);
  EXPECT_EQ(ledger_.Say("council_feed", Person("1")).kind(), kNothing);
}

TEST_F(KernelTest, WhatIsForgedIsKeptAndMovesNoMark) {
  const auto spoil = [&](const std::function<void(Letter&)>& how) {
    Letter letter = ledger_.Write("council_feed", Person("1"));
    letter.envelope.set_sequence(1);
    how(letter);
    return ledger_.Give(letter);
  };
  const auto mac = spoil([](Letter& l) { l.mac_holds = false; });
  EXPECT_EQ(mac.kind(), kQuarantined);
  EXPECT_EQ(mac.reason().code(), "FORGED_MAC");
  EXPECT_EQ(
      spoil([](Letter& l) { l.envelope.set_agency("health"); }).reason().code(),
      "FORGED_AGENCY");
  EXPECT_EQ(
      spoil([](Letter& l) { l.envelope.set_source("nobody"); }).reason().code(),
      "FORGED_SOURCE");
  EXPECT_EQ(spoil([](Letter& l) { l.key_id = "api-key"; }).reason().code(),
            "FORGED_KEY");
  EXPECT_EQ(MarkOf("council_feed"), 0u);
  EXPECT_TRUE(ledger_.decided().back().statement.source().empty());
  const auto retried = ledger_.Say(
      "root",
      Item(IdOfItem(mac.item()), agency::v1::QUARANTINE_DECISION_RETRY));
  EXPECT_EQ(retried.reason().code(), "ITEM_FORGED");
}

TEST_F(KernelTest, WhatCannotBeReadIsQuarantinedUnderItsNumber) {
  const auto spoil = [&](const std::function<void(Letter&)>& how) {
    Letter letter = ledger_.Write("council_feed", Person("1"));
    how(letter);
    const auto outcome = ledger_.Give(letter);
    EXPECT_EQ(outcome.kind(), kQuarantined);
    return outcome.reason().code();
  };
  using L = Letter;
  EXPECT_EQ(spoil([](L& l) { l.envelope.set_schema_version(2); }),
            "SCHEMA_VERSION");
  EXPECT_EQ(spoil([](L& l) { l.envelope.set_partnership("elsewhere"); }),
            "PARTNERSHIP");
  EXPECT_EQ(spoil([](L& l) { l.envelope.set_salt("short"); }), "SALT");
  EXPECT_EQ(spoil([](L& l) { l.envelope.clear_occurred_at(); }), "OCCURRED_AT");
  EXPECT_EQ(spoil([](L& l) { l.content = "\xff\xff"; }), "UNREADABLE");
  EXPECT_EQ(spoil([](L& l) { l.statement.clear_person_stated(); }), "CONTENT");
  EXPECT_EQ(MarkOf("council_feed"), 6u);
}

TEST_F(KernelTest, ARepeatGetsTheEarlierOutcomeAndAnotherTextIsAConflict) {
  const Letter letter = ledger_.Write("council_feed", Person("1"));
  const auto first = ledger_.Give(letter);
  const size_t facts = ledger_.fact_count();
  const Applied again = ledger_.Take(letter);
  EXPECT_TRUE(again.repeated);
  EXPECT_EQ(again.outcome->SerializeAsString(), first.SerializeAsString());
  EXPECT_EQ(ledger_.fact_count(), facts);
  Letter other = letter;
  other.statement = Person("2");
  EXPECT_EQ(ledger_.Give(other).reason().code(), "SEQUENCE_CONFLICT");
  EXPECT_EQ(OutcomeOf(letter).kind(), kAccepted);
}

TEST_F(KernelTest, AGapIsToldOrHeldAndFilledInOrder) {
  const Letter one = ledger_.Write("council_feed", Person("1"));
  const Letter two = ledger_.Write("council_feed", Person("2"));
  Letter three = ledger_.Write("council_feed", Person("3"));
  const Applied told = ledger_.Take(two);
  EXPECT_FALSE(told.outcome.has_value());
  EXPECT_FALSE(told.held);
  EXPECT_EQ(told.expected_sequence, 1u);
  Letter held = two;
  held.hold_gaps = three.hold_gaps = true;
  EXPECT_TRUE(ledger_.Take(three).held);
  EXPECT_TRUE(ledger_.Take(held).held);
  EXPECT_TRUE(ledger_.Take(held).held);
  const Applied filled = ledger_.Take(one);
  EXPECT_EQ(filled.decided.size(), 3u);
  EXPECT_EQ(filled.decided[2].statement.sequence(), 3u);
  EXPECT_EQ(MarkOf("council_feed"), 3u);
  EXPECT_EQ(OutcomeOf(three).kind(), kAccepted);
}

TEST_F(KernelTest, AResumedSourceGoesOnWithWhatIsHeld) {
  ledger_.Write("council_feed", Person("1"));
  Letter lost = ledger_.Write("council_feed", Person("2"));
  Letter three = ledger_.Write("council_feed", Person("3"));
  three.hold_gaps = true;
  EXPECT_TRUE(ledger_.Take(three).held);
  Statement resume;
  auto& said = *resume.mutable_source_resumed();
  said.set_source("council_feed");
  said.set_epoch(1);
  said.set_next_sequence(4);
  said.set_reason("the disk burnt");
  EXPECT_EQ(ledger_.Say("root", resume).reason().code(), "SOURCE_HELD");
  said.set_next_sequence(3);
  EXPECT_EQ(ledger_.Say("root", resume).kind(), kAccepted);
  EXPECT_EQ(OutcomeOf(three).kind(), kAccepted);
  EXPECT_EQ(MarkOf("council_feed"), 3u);
  EXPECT_EQ(ledger_.Give(lost).reason().code(), "SEQUENCE_LOST");
  said.set_epoch(7);
  EXPECT_EQ(ledger_.Say("root", resume).reason().code(), "SOURCE_EPOCH");
}

TEST_F(KernelTest, ALowerEpochIsFencedOff) {
  const Letter old = ledger_.Write("council_feed", Person("1"));
  Letter late = ledger_.Write("council_feed", Person("2"));
  ledger_.Give(old);
  Letter fresh = ledger_.Write("council_feed", Person("3"));
  fresh.envelope.set_epoch(2);
  fresh.envelope.set_sequence(1);
  EXPECT_EQ(ledger_.Give(fresh).kind(), kAccepted);
  EXPECT_EQ(ledger_.Give(late).reason().code(), "FENCED");
  EXPECT_EQ(ledger_.Give(old).kind(), kAccepted);  // a repeat still is one
}

TEST_F(KernelTest, ApiSourcesMayLeaveGaps) {
  Letter letter = ledger_.Write("api", Person("1"));
  letter.envelope.set_sequence(17);
  EXPECT_EQ(ledger_.Give(letter).kind(), kAccepted);
  letter.envelope.set_sequence(5);  // numbered before, enqueued after
  letter.statement = Person("2");
  EXPECT_EQ(ledger_.Give(letter).kind(), kAccepted);
  EXPECT_TRUE(ledger_.Take(letter).repeated);
}

TEST_F(KernelTest, WhoActsInNoRoleMayDoNothing) {
  Letter letter = ledger_.Write("api", Person("1"));
  letter.envelope.mutable_actor()->clear_role();
  EXPECT_EQ(ledger_.Give(letter).reason().code(), "NO_ROLE");
}

TEST_F(KernelTest, ARequestIsRecognisedWithinItsDaysAndItsIdNotReused) {
  const auto request = [&](const char* person) {
    Letter letter = ledger_.Write("api", Person(person));
    letter.envelope.set_request_id("r-1");
    return letter;
  };
  const auto first = ledger_.Give(request("1"));
  EXPECT_EQ(first.kind(), kAccepted);
  const Applied again = ledger_.Take(request("1"));
  EXPECT_TRUE(again.repeated);
  EXPECT_EQ(again.outcome->position(), first.position());
  EXPECT_EQ(again.outcome->made(0).id(), first.made(0).id());
  EXPECT_EQ(ledger_.Give(request("2")).reason().code(), "REQUEST_ID_REUSED");
  ledger_.Wait(absl::Hours(24 * 30));
  EXPECT_EQ(ledger_.Give(request("2")).reason().code(), "REQUEST_ID_REUSED");
  ledger_.Wait(absl::Seconds(1));
  EXPECT_EQ(ledger_.Give(request("2")).kind(), kAccepted);
}

TEST_F(KernelTest, WhatHappenedMoreThanADayFromNowIsRefused) {
  Letter letter = ledger_.Write("council_feed", Person("1"));
  const int64_t in_a_day = letter.envelope.occurred_at().seconds() + 24 * 3600;
  letter.envelope.mutable_occurred_at()->set_seconds(in_a_day);
  EXPECT_EQ(ledger_.Give(letter).kind(), kAccepted);
  letter = ledger_.Write("council_feed", Person("2"));
  letter.envelope.mutable_occurred_at()->set_seconds(in_a_day + 1);
  EXPECT_EQ(ledger_.Give(letter).reason().code(), "OCCURRED_IN_FUTURE");
}

TEST_F(KernelTest, AnOlderOrEqualSnapshotChangesNothing) {
  const auto snapshot = [&](const char* given, int64_t extracted) {
    Statement statement = Person("1", given);
    *statement.mutable_snapshot()->mutable_key() = Local("", "row-1");
    statement.mutable_snapshot()->mutable_extracted_at()->set_seconds(
        extracted);
    return ledger_.Say("council_feed", statement);
  };
  EXPECT_EQ(snapshot("Anna", 100).kind(), kAccepted);
  EXPECT_EQ(snapshot("Anna", 200).kind(), kNothing);
  EXPECT_EQ(snapshot("Bella", 150).reason().code(), "OLDER_EXTRACT");
  EXPECT_EQ(snapshot("Bella", 200).kind(), kAccepted);
  EXPECT_EQ(snapshot("Bella", 300).reason().code(), "SAME_SNAPSHOT");
}

TEST_F(KernelTest, AFeedWaitsForWhatItRefersToAndGoesStraightAfterIt) {
  const Letter waits = ledger_.Write("council_feed", Sibling("1", "2"));
  EXPECT_EQ(ledger_.Give(waits).kind(), kParked);
  const size_t before = ledger_.fact_count();
  EXPECT_EQ(ledger_.Say("council_feed", Person("1")).kind(), kAccepted);
  EXPECT_EQ(ledger_.Say("council_feed", Person("2")).kind(), kAccepted);
  EXPECT_THAT(ledger_.Kinds(before),
              ElementsAre(Fact::kRecordStated, Fact::kStatementParked,
                          Fact::kRecordStated, Fact::kParkingEnded,
                          Fact::kRelationshipRecorded));
  EXPECT_EQ(OutcomeOf(waits).kind(), kAccepted);
  EXPECT_TRUE(ledger_.Take(waits).repeated);
}

TEST_F(KernelTest, TheFirstParkedIsDecidedFirst) {
  ledger_.Say("council_feed", Person("1"));
  for (const char* other : {"7", "8", "9"}) {
    ledger_.Say("council_feed", Person(other));
    ledger_.Say("council_feed", Sibling("late", other));
  }
  const Applied applied =
      ledger_.Take(ledger_.Write("council_feed", Person("late")));
  ASSERT_EQ(applied.decided.size(), 4u);
  for (size_t i = 1; i < 4; ++i) {
    EXPECT_EQ(applied.decided[i].statement.sequence(), 1 + 2 * i);
  }
}

TEST_F(KernelTest, AnActIsRefusedAtOnceForWhatIsNotKnown) {
  const auto outcome = ledger_.Say("api", Sibling("1", "2"));
  EXPECT_EQ(outcome.kind(), kRefused);
  EXPECT_EQ(outcome.reason().code(), "NOT_KNOWN");
}

TEST_F(KernelTest, WhatWaitsTooLongIsQuarantinedBeforeTheNextStatement) {
  const Letter waits = ledger_.Write("council_feed", Sibling("1", "2"));
  ledger_.Give(waits);
  ledger_.Wait(absl::Hours(24 * 30));
  ledger_.Say("health_feed", Person("h1"));
  EXPECT_EQ(OutcomeOf(waits).kind(), kParked);
  ledger_.Wait(absl::Microseconds(1));
  const Applied applied =
      ledger_.Take(ledger_.Write("health_feed", Person("h2")));
  ASSERT_EQ(applied.decided.size(), 2u);
  EXPECT_EQ(applied.decided[0].outcome.reason().code(), "WAITED_TOO_LONG");
  EXPECT_EQ(applied.outcome->kind(), kAccepted);
  EXPECT_EQ(OutcomeOf(waits).kind(), kQuarantined);
  ledger_.Say("council_feed", Person("1"));
  ledger_.Say("council_feed", Person("2"));
  EXPECT_EQ(ledger_
                .Say("root", Item(IdOfItem(OutcomeOf(waits).item()),
                                  agency::v1::QUARANTINE_DECISION_RETRY))
                .kind(),
            kAccepted);
  EXPECT_EQ(OutcomeOf(waits).kind(), kAccepted);
}

TEST_F(KernelTest, NoMoreWaitForOneReferenceThanTheRulesAllow) {
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(ledger_.Say("council_feed", Sibling("late", "1")).kind(),
              kParked);
  }
  EXPECT_EQ(ledger_.Say("council_feed", Sibling("late", "1")).reason().code(),
            "TOO_MANY_WAIT");
}

TEST_F(KernelTest, WhatCannotBeReadHoldsBackItsOwnOrderKeyOnly) {
  const auto write = [&](const char* given, const char* order_key) {
    Letter letter = ledger_.Write("council_feed", Person("1", given));
    letter.envelope.set_order_key(order_key);
    return letter;
  };
  Letter broken = write("Anna", "row-1");
  broken.content = "\xff";
  const auto quarantined = ledger_.Give(broken);
  const Letter second = write("Bella", "row-1");
  EXPECT_EQ(ledger_.Give(second).kind(), kParked);
  EXPECT_EQ(ledger_.Give(write("Cora", "row-2")).kind(), kAccepted);
  Letter third = write("", "row-1");
  third.content = "\xff";
  EXPECT_EQ(ledger_.Give(third).kind(), kParked);
  const Letter fourth = write("Dora", "row-1");
  EXPECT_EQ(ledger_.Give(fourth).kind(), kParked);
  const auto discard = [&](EntityNumber item) {
    return ledger_.Say(
        "root", Item(IdOfItem(item), agency::v1::QUARANTINE_DECISION_DISCARD));
  };
  EXPECT_EQ(discard(quarantined.item()).kind(), kAccepted);
  EXPECT_EQ(OutcomeOf(second).kind(), kAccepted);
  EXPECT_EQ(OutcomeOf(third).kind(), kQuarantined);
  EXPECT_EQ(OutcomeOf(fourth).kind(), kParked);
  EXPECT_EQ(discard(OutcomeOf(third).item()).kind(), kAccepted);
  EXPECT_EQ(OutcomeOf(fourth).kind(), kAccepted);
  EXPECT_EQ(discard(quarantined.item()).kind(), kRefused);
}

// It could be retried once, before its number's turn.
TEST_F(KernelTest, WhatCameTooFarAheadIsSentAgainInItsTurn) {
  ledger_.Write("council_feed", Person("lost"));  // never comes
  Letter early;
  for (int i = 0; i <= 1000; ++i) {
    early = ledger_.Write("council_feed", Person(absl::StrCat(i)));
    early.hold_gaps = true;
    if (i < 1000) ledger_.Take(early);
  }
  const auto outcome = ledger_.Give(early);
  ASSERT_EQ(outcome.reason().code(), "TOO_FAR_AHEAD");
  const auto retried = ledger_.Say(
      "root",
      Item(IdOfItem(outcome.item()), agency::v1::QUARANTINE_DECISION_RETRY));
  EXPECT_EQ(retried.reason().code(), "ITEM_AHEAD");
}

TEST_F(KernelTest, ARetryThatFailsAgainCountsItsAttempts) {
  Letter broken = ledger_.Write("council_feed", Person("1"));
  broken.content = "\xff";
  const auto item = ledger_.Give(broken).item();
  ledger_.Say("root",
              Item(IdOfItem(item), agency::v1::QUARANTINE_DECISION_RETRY));
  const auto& last = ledger_.decided().back().facts.back().fact;
  EXPECT_EQ(last.frame_quarantined().attempts(), 2u);
  EXPECT_EQ(last.frame_quarantined().item().number(), item);
}

}  // namespace
}  // namespace kith::core
