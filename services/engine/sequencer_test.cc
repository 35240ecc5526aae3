#include <filesystem>
#include <future>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "eventstore/memory_store.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/engine/engine.h"
#include "services/engine/failing_store.h"
#include "services/engine/testing_node.h"

namespace kith::engine {
namespace {

using testing::CountingFold;
using testing::FailingStore;
using testing::Person;
using testing::StateRows;
using testing::SubmitAndWait;
using testing::TestNode;
using testing::ViewRows;

constexpr auto kAccepted = ledger::v1::OUTCOME_KIND_ACCEPTED;
constexpr auto kChangedNothing = ledger::v1::OUTCOME_KIND_CHANGED_NOTHING;
constexpr auto kQuarantined = ledger::v1::OUTCOME_KIND_QUARANTINED;

class SequencerTest : public ::testing::Test {
 protected:
  const std::unique_ptr<eventstore::Store> store_ =
      eventstore::OpenMemoryStore();
};

TEST_F(SequencerTest, FoundsAnEmptyLedgerOnce) {
  { TestNode node(*store_); }
  const auto founded = (*store_->Read())->head();
  EXPECT_EQ(founded.next, 2u);
  TestNode again(*store_);
  EXPECT_EQ(again.Read()->snapshot().head(), founded);
}

TEST_F(SequencerTest, WhatIsAnsweredCanBeReadAtItsPosition) {
  TestNode node(*store_);
  node.Register();
  const auto said = node.Say(node.feed(), Person("school", "1", "Ada"));
  ASSERT_TRUE(said.ok());
  EXPECT_EQ(said->row.kind(), kAccepted);
  const auto position = node.engine().tokens().Open(said->position);
  ASSERT_TRUE(position.ok());
  EXPECT_EQ(*position, said->row.position());
  EXPECT_GE(node.Read()->position(), *position);
  EXPECT_EQ(node.Read()->recorded_at().value(), node.clock().Now());
}

TEST_F(SequencerTest, WhatBringsNoFactIsReadableToo) {
  TestNode node(*store_);
  node.Register();
  ASSERT_TRUE(node.Say(node.feed(), Person("school", "1", "Ada")).ok());
  const auto before = StateRows(*node.Read());
  const auto facts = node.Read()->position();
  const auto nothing = node.Say(node.feed(), Person("school", "1", "Ada"));
  ASSERT_TRUE(nothing.ok());
  ASSERT_EQ(nothing->row.kind(), kChangedNothing);
  EXPECT_EQ(node.Read()->position(), facts);
  EXPECT_NE(StateRows(*node.Read()), before);  // the source's mark moved
}

TEST_F(SequencerTest, ARepeatGetsTheEarlierOutcome) {
  TestNode node(*store_);
  node.Register();
  const std::string frame =
      node.feed().Frame(Person("school", "1", "Ada"), node.clock().Now());
  const auto first = SubmitAndWait(node.engine(), frame);
  const auto head = node.Read()->snapshot().head();
  const auto second = SubmitAndWait(node.engine(), frame);
  EXPECT_TRUE(second->repeated);
  EXPECT_EQ(second->row.SerializeAsString(), first->row.SerializeAsString());
  EXPECT_EQ(node.Read()->snapshot().head(), head);
}

TEST_F(SequencerTest, BeyondAGapItTellsTheNumberItExpects) {
  TestNode node(*store_);
  node.Register();
  const auto outcome = SubmitAndWait(
      node.engine(),
      node.feed().FrameAt(3, Person("school", "1", "Ada"), node.clock().Now()));
  ASSERT_TRUE(outcome.ok());
  EXPECT_EQ(outcome->expected_sequence, 1u);
  EXPECT_EQ(outcome->row.kind(), ledger::v1::OUTCOME_KIND_UNSPECIFIED);
}

TEST_F(SequencerTest, AForgedFrameIsQuarantined) {
  TestNode node(*store_);
  node.Register();
  std::string frame =
      node.feed().Frame(Person("school", "1", "Ada"), node.clock().Now());
  frame.back() ^= 1;  // in the mac
  EXPECT_EQ(SubmitAndWait(node.engine(), frame)->row.kind(), kQuarantined);
  EXPECT_EQ(SubmitAndWait(node.engine(), "no frame")->row.kind(), kQuarantined);
}

// It was called by another name where the node still knew the secret, and so
// two replicas recorded different facts.
TEST_F(SequencerTest, ARetiredKeysFramesAreForgedAlikeAfterARestart) {
  const auto reason_of = [](TestNode& node, uint64_t sequence) {
    return SubmitAndWait(
               node.engine(),
               node.feed().FrameAt(sequence, Person("school", "1", "Ada"),
                                   node.clock().Now()))
        ->row.reason()
        .code();
  };
  {
    TestNode node(*store_);
    node.Register();
    ASSERT_TRUE(node.Say(node.feed(), Person("school", "1", "Ada")).ok());
    testing::TestSource renewed = node.feed();
    renewed.UseKey("school_feed_k2", std::string(32, '2'));
    agency::v1::Statement rotation = renewed.Registration();
    rotation.mutable_source_registered()->add_retired_key_ids("school_feed_k1");
    ASSERT_EQ(node.Say(node.root(), rotation)->row.kind(), kAccepted);
    EXPECT_EQ(reason_of(node, 2), "FORGED_MAC");
  }
  TestNode again(*store_);
  EXPECT_EQ(reason_of(again, 3), "FORGED_MAC");
}

TEST_F(SequencerTest, WithoutARegisteredKeyItStopsAndSaysWhy) {
  absl::Status told;
  Options options;
  options.on_stopped = [&](const absl::Status& reason) { told = reason; };
  TestNode node(*store_, options);
  node.Register();
  std::filesystem::remove(node.key_folder() +
                          "/school_feed.school_feed_k1.key");
  const auto outcome = node.Say(node.feed(), Person("school", "1", "Ada"));
  EXPECT_TRUE(absl::IsUnavailable(outcome.status()));
  node.engine().Stop();
  EXPECT_TRUE(absl::IsFailedPrecondition(told));
  EXPECT_THAT(std::string(told.message()), ::testing::HasSubstr("school_feed"));
  EXPECT_FALSE(node.engine().status().ready);
}

TEST_F(SequencerTest, StoppingAnswersAllThatWasTaken) {
  TestNode node(*store_);
  node.Register();
  std::atomic<int> accepted = 0;
  for (int i = 0; i < 500; ++i) {
    node.engine().Submit(
        node.feed().Frame(Person("school", absl::StrCat(i), "Ada"),
                          node.clock().Now()),
        [&](absl::StatusOr<Outcome> outcome) {
          if (outcome.ok() && outcome->row.kind() == kAccepted) ++accepted;
        });
  }
  node.engine().Stop();
  EXPECT_EQ(accepted, 500);
  const auto late = node.Say(node.feed(), Person("school", "x", "Ada"));
  EXPECT_TRUE(absl::IsUnavailable(late.status()));
}

TEST_F(SequencerTest, WhatDoesNotFitIsRefusedAtOnce) {
  FailingStore store(*store_);
  TestNode node(store, {}, CountingFold(), {.count_max = 3});
  node.Register();
  std::promise<void> go_on;
  std::shared_future<void> held = go_on.get_future().share();
  store.OnCommit([held] { held.wait(); });
  int refused = 0;
  for (int i = 0; i < 100; ++i) {
    node.engine().Submit(
        node.feed().FrameAt(1, Person("school", "1", "Ada"),
                            node.clock().Now()),
        [&, main = std::this_thread::get_id()](const auto& outcome) {
          if (std::this_thread::get_id() != main) return;
          refused += absl::IsResourceExhausted(outcome.status());
        });
  }
  go_on.set_value();
  node.engine().Stop();
  EXPECT_GE(refused, 90);
}

TEST_F(SequencerTest, AFrameLargerThanAnyOfOursIsNotTaken) {
  TestNode node(*store_);
  const auto outcome =
      SubmitAndWait(node.engine(), std::string(300 * 1024, 'x'));
  EXPECT_TRUE(absl::IsInvalidArgument(outcome.status()));
}

TEST_F(SequencerTest, WaitsForAPositionUntilTheDeadline) {
  TestNode node(*store_);
  node.Register();
  Engine& engine = node.engine();
  const uint64_t head = node.Read()->position();
  EXPECT_TRUE(engine.WaitForPosition(head, absl::InfinitePast()).ok());
  EXPECT_TRUE(
      absl::IsDeadlineExceeded(engine.WaitForPosition(head + 1, absl::Now())));
  std::thread waiter([&] {
    EXPECT_TRUE(
        engine.WaitForPosition(head + 1, absl::Now() + absl::Minutes(1)).ok());
  });
  EXPECT_TRUE(node.Say(node.feed(), Person("school", "1", "Ada")).ok());
  waiter.join();
  engine.Stop();
  EXPECT_TRUE(absl::IsUnavailable(
      engine.WaitForPosition(head + 100, absl::Now() + absl::Minutes(1))));
}

TEST_F(SequencerTest, AnotherPartnershipsLedgerIsNotOpened) {
  { TestNode node(*store_); }
  SourceKeys keys("");
  inbox::MemoryInbox inbox({}, [] { return absl::UnixEpoch(); });
  Options options;
  options.partnership = "leeds";
  const auto opened =
      Engine::Open(options, *store_, inbox, CountingFold(), keys, nullptr);
  EXPECT_TRUE(absl::IsFailedPrecondition(opened.status()));
}

TEST_F(SequencerTest, AnEmptyStoreIsNotFoundedUnasked) {
  SourceKeys keys("");
  inbox::MemoryInbox inbox({}, [] { return absl::UnixEpoch(); });
  Options options;
  options.partnership = "hackney";
  const auto opened =
      Engine::Open(options, *store_, inbox, CountingFold(), keys, nullptr);
  EXPECT_TRUE(absl::IsFailedPrecondition(opened.status()));
}

class SequencerFailureTest
    : public SequencerTest,
      public ::testing::WithParamInterface<FailingStore::Failure> {};

// Whether the batch was written or not, the sender hears "unknown", nothing
// goes on, and after opening again the same frame has exactly one outcome.
TEST_P(SequencerFailureTest, AFailedCommitStopsItAndOpeningResolvesIt) {
  std::string frame;
  absl::Status told;
  {
    FailingStore store(*store_);
    Options options;
    options.on_stopped = [&](const absl::Status& reason) { told = reason; };
    TestNode node(store, options);
    node.Register();
    store.FailNextCommit(GetParam());
    frame = node.feed().Frame(Person("school", "1", "Ada"), node.clock().Now());
    EXPECT_TRUE(
        absl::IsUnavailable(SubmitAndWait(node.engine(), frame).status()));
    EXPECT_TRUE(absl::IsUnavailable(
        node.Say(node.feed(), Person("school", "2", "Ben")).status()));
    node.engine().Stop();
    EXPECT_FALSE(node.engine().status().ready);
    EXPECT_TRUE(absl::IsDataLoss(node.engine().status().reason));
  }
  EXPECT_TRUE(absl::IsDataLoss(told));
  TestNode node(*store_);
  const auto outcome = SubmitAndWait(node.engine(), frame);
  ASSERT_TRUE(outcome.ok());
  EXPECT_EQ(outcome->row.kind(), kAccepted);
  EXPECT_EQ(outcome->repeated,
            GetParam() == FailingStore::Failure::kAfterWriting);
}

INSTANTIATE_TEST_SUITE_P(
    BeforeAndAfterWriting, SequencerFailureTest,
    ::testing::Values(FailingStore::Failure::kBeforeWriting,
                      FailingStore::Failure::kAfterWriting));

class SequencerBatchTest : public SequencerTest {
 protected:
  // The chain head after the same frames, with batches of at most `count_max`.
  eventstore::Head HeadWith(size_t count_max) {
    const auto store = eventstore::OpenMemoryStore();
    Options options;
    options.batch.count_max = count_max;
    TestNode node(*store, options);
    node.Register();
    for (int i = 0; i < 300; ++i) {
      const auto said =
          Person("school", absl::StrCat(i % 40), absl::StrCat("Ada", i % 7));
      node.engine().Submit(node.feed().Frame(said, node.clock().Now()),
                           [](const auto&) {});
    }
    node.engine().Stop();
    return (*store->Read())->head();
  }
};

TEST_F(SequencerBatchTest, TheChainDoesNotDependOnWhereBatchesEnd) {
  const eventstore::Head head = HeadWith(1);
  EXPECT_GT(head.next, 100u);
  EXPECT_EQ(head, HeadWith(7));
  EXPECT_EQ(head, HeadWith(2000));
}

class RebuildTest : public SequencerTest {
 protected:
  void SayMany(TestNode& node, int from, int to) {
    for (int i = from; i < to; ++i) {
      ASSERT_TRUE(node.Say(node.feed(), Person("school", absl::StrCat(i % 50),
                                               absl::StrCat("Ada", i)))
                      .ok());
    }
  }
};

TEST_F(RebuildTest, RebuiltEqualsLiveRowForRow) {
  Options options;
  options.rebuild_step_max = 7;
  TestNode node(*store_, options);
  node.Register();
  SayMany(node, 0, 100);
  const auto live = ViewRows(*node.Read());
  uint64_t done = 0;
  ASSERT_TRUE(node.engine()
                  .Rebuild([&](uint64_t now, uint64_t total) {
                    EXPECT_GE(now, done);
                    EXPECT_GE(total, now);
                    done = now;
                  })
                  .ok());
  EXPECT_EQ(done, node.Read()->position());
  EXPECT_EQ(ViewRows(*node.Read()), live);
  SayMany(node, 100, 120);
  const auto later = ViewRows(*node.Read());
  ASSERT_TRUE(node.engine().Rebuild(nullptr).ok());
  EXPECT_EQ(ViewRows(*node.Read()), later);
}

TEST_F(RebuildTest, GoesOnWhileStatementsComeIn) {
  Options options;
  options.rebuild_step_max = 5;
  options.batch.count_max = 3;
  TestNode node(*store_, options);
  node.Register();
  SayMany(node, 0, 60);
  std::atomic<bool> more = true;
  std::thread sender([&] {
    for (int i = 60; more; ++i) SayMany(node, i, i + 1);
  });
  for (int i = 0; i < 5; ++i) {
    const auto rebuilt = node.engine().Rebuild(nullptr);
    EXPECT_TRUE(rebuilt.ok()) << rebuilt;
  }
  more = false;
  sender.join();
  EXPECT_TRUE(node.engine().status().reason.ok())
      << node.engine().status().reason;
  const auto live = ViewRows(*node.Read());
  ASSERT_TRUE(node.engine().Rebuild(nullptr).ok());
  EXPECT_EQ(ViewRows(*node.Read()), live);
}

TEST_F(RebuildTest, ViewsOfAnotherVersionAreRebuiltOnOpen) {
  std::vector<std::pair<std::string, std::string>> live;
  {
    TestNode node(*store_);
    node.Register();
    SayMany(node, 0, 20);
    live = ViewRows(*node.Read());
  }
  { TestNode same(*store_); }
  EXPECT_EQ(store_->views().live, 1u);
  TestNode other(*store_, {}, CountingFold(/*version=*/2));
  EXPECT_EQ(store_->views().live, 2u);
  const auto rebuilt = ViewRows(*other.Read());
  ASSERT_EQ(rebuilt.size(), live.size());
  for (size_t i = 1; i < live.size(); ++i) EXPECT_EQ(rebuilt[i], live[i]);
}

TEST_F(RebuildTest, OneThatACrashLeftUnfinishedIsGivenUp) {
  { TestNode node(*store_); }
  ASSERT_TRUE(store_->BeginView().ok());
  TestNode node(*store_);
  EXPECT_FALSE(store_->views().building.has_value());
}

}  // namespace
}  // namespace kith::engine
