// Against librdkafka's mock of a cluster: fast, but no broker. tests/kafka has
// the real one.
#include "services/inbox/kafka_inbox.h"

#include <chrono>
#include <condition_variable>
#include <memory>

#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/inbox/kafka_mock.h"
#include "wire/event.h"
#include "wire/topics.h"

namespace kith::inbox {
namespace {

using testing::kPartnership;
using testing::MockCluster;

class KafkaInboxTest : public ::testing::Test {
 protected:
  std::unique_ptr<KafkaInbox> NewInbox(const std::string& position = "") {
    KafkaInboxOptions options;
    options.partnership = kPartnership;
    options.node = "node-1";
    options.connection = cluster_.connection();
    options.check_settings = false;
    options.patience = absl::Seconds(5);
    options.accepted = accepted_;
    auto inbox = std::make_unique<KafkaInbox>(options, absl::Now);
    inbox->OnLost([this](Ticket ticket, const absl::Status& why) {
      const std::lock_guard lock(mutex_);
      lost_.emplace_back(ticket, why);
      changed_.notify_all();
    });
    const absl::Status started = inbox->Start(position, absl::InfinitePast());
    EXPECT_TRUE(started.ok()) << started;
    return inbox;
  }

  // Takes until there are `count` entries.
  Taken TakeAll(KafkaInbox& inbox, size_t count) {
    Taken all;
    while (all.entries.size() < count) {
      absl::StatusOr<Taken> next = inbox.Take({});
      EXPECT_TRUE(next.ok()) << next.status();
      if (!next.ok() || next->ended) break;
      for (Entry& entry : next->entries) all.entries.push_back(entry);
      all.position = next->position;
    }
    return all;
  }

  bool WaitForLost(size_t count) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(20),
                             [&] { return lost_.size() >= count; });
  }

  MockCluster cluster_;
  std::optional<AcceptedGap> accepted_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::pair<Ticket, absl::Status>> lost_;  // under mutex_
};

TEST_F(KafkaInboxTest, FramesComeBackInOrderWithTheirTickets) {
  const auto inbox = NewInbox();
  ASSERT_TRUE(inbox->Submit("one", 7).ok());
  ASSERT_TRUE(inbox->Submit("two", 8).ok());
  const Taken taken = TakeAll(*inbox, 2);
  ASSERT_EQ(taken.entries.size(), 2u);
  EXPECT_EQ(taken.entries[0].frame_bytes, "one");
  EXPECT_EQ(taken.entries[0].ticket, 7u);
  EXPECT_EQ(taken.entries[1].ticket, 8u);
  EXPECT_EQ(inbox->figures().under_way, 0u);
}

TEST_F(KafkaInboxTest, TheSameFrameTwiceFindsBothWhoWait) {
  const auto inbox = NewInbox();
  ASSERT_TRUE(inbox->Submit("same", 1).ok());
  ASSERT_TRUE(inbox->Submit("same", 2).ok());
  const Taken taken = TakeAll(*inbox, 2);
  ASSERT_EQ(taken.entries.size(), 2u);
  EXPECT_EQ(taken.entries[0].ticket + taken.entries[1].ticket, 3u);
}

TEST_F(KafkaInboxTest, AnotherReaderTakesTheSameFramesFromAStoredPosition) {
  std::string position;
  {
    const auto inbox = NewInbox();
    for (const char* frame : {"a", "b", "c"}) {
      ASSERT_TRUE(inbox->Submit(frame, 0).ok());
    }
    position = TakeAll(*inbox, 3).position;
    ASSERT_TRUE(inbox->Submit("d", 0).ok());
    TakeAll(*inbox, 1);
  }
  const auto inbox = NewInbox(position);
  const Taken taken = TakeAll(*inbox, 1);
  ASSERT_EQ(taken.entries.size(), 1u);
  EXPECT_EQ(taken.entries[0].frame_bytes, "d");
  EXPECT_EQ(taken.entries[0].ticket, 0u);
}

TEST_F(KafkaInboxTest, APositionBeyondTheTopicStopsUntilThatGapIsAccepted) {
  NewInbox()->Submit("one", 0).IgnoreError();
  const KafkaPosition beyond{500, std::string(32, 'x'), 0};
  const auto stopped = NewInbox(ToText(beyond))->Take({});
  EXPECT_TRUE(absl::IsFailedPrecondition(stopped.status())) << stopped.status();
  EXPECT_THAT(std::string(stopped.status().message()),
              ::testing::HasSubstr("--accept-gap hackney=500:0"));

  accepted_ = AcceptedGap{499, 0};
  EXPECT_FALSE(NewInbox(ToText(beyond))->Take({}).ok());
  accepted_ = AcceptedGap{500, 0};
  const auto inbox = NewInbox(ToText(beyond));
  const auto moved = inbox->Take({});
  ASSERT_TRUE(moved.ok()) << moved.status();
  EXPECT_TRUE(moved->entries.empty());
  EXPECT_FALSE(moved->ended);
  EXPECT_EQ(ParsePosition(moved->position)->next, 0);
}

TEST_F(KafkaInboxTest, ARecordThatIsNotTheOneAppliedStopsTheReading) {
  const auto writer = NewInbox();
  ASSERT_TRUE(writer->Submit("one", 0).ok());
  KafkaPosition position = *ParsePosition(TakeAll(*writer, 1).position);
  position.digest = std::string(32, 'x');
  const auto inbox = NewInbox(ToText(position));
  const auto stopped = inbox->Take({});
  EXPECT_TRUE(absl::IsFailedPrecondition(stopped.status())) << stopped.status();
  EXPECT_THAT(std::string(stopped.status().message()),
              ::testing::HasSubstr("record 0 is not the one"));
}

TEST_F(KafkaInboxTest, AFrameThatNoBrokerTakesIsToldAsLost) {
  const auto inbox = NewInbox();
  ASSERT_TRUE(inbox->Submit("arrives", 1).ok());
  ASSERT_EQ(TakeAll(*inbox, 1).entries.size(), 1u);
  cluster_.SetDown();
  ASSERT_TRUE(inbox->Submit("lost", 2).ok());
  ASSERT_TRUE(WaitForLost(1));
  EXPECT_EQ(lost_[0].first, 2u);
  EXPECT_TRUE(absl::IsUnavailable(lost_[0].second));
}

TEST_F(KafkaInboxTest, ABrokerThatComesBackIsReadOnFrom) {
  const auto inbox = NewInbox();
  ASSERT_TRUE(inbox->Submit("before", 1).ok());
  ASSERT_EQ(TakeAll(*inbox, 1).entries.size(), 1u);
  cluster_.SetDown();
  ASSERT_TRUE(inbox->Submit("after", 2).ok());
  cluster_.SetUp();
  const Taken taken = TakeAll(*inbox, 1);
  ASSERT_EQ(taken.entries.size(), 1u);
  EXPECT_EQ(taken.entries[0].frame_bytes, "after");
}

TEST_F(KafkaInboxTest, ATakeEndsAtItsLimitsAndLosesNothing) {
  const auto inbox = NewInbox();
  for (int i = 0; i < 5; ++i) {
    ASSERT_TRUE(inbox->Submit(absl::StrCat("123", i), 0).ok());
  }
  size_t seen = 0;
  while (seen < 5) {
    const auto taken = inbox->Take({.bytes_max = 9});
    ASSERT_TRUE(taken.ok());
    EXPECT_LE(taken->entries.size(), 2u);
    for (const Entry& entry : taken->entries) {
      EXPECT_EQ(entry.frame_bytes, absl::StrCat("123", seen++));
    }
  }
}

TEST_F(KafkaInboxTest, AfterClosingItsOwnFramesStillComeAndThenTheEnd) {
  const auto inbox = NewInbox();
  ASSERT_TRUE(inbox->Submit("one", 7).ok());
  inbox->Close();
  EXPECT_TRUE(absl::IsUnavailable(inbox->Submit("two", 8)));
  EXPECT_EQ(TakeAll(*inbox, 1).entries.size(), 1u);
  EXPECT_TRUE(inbox->Take({})->ended);
}

TEST_F(KafkaInboxTest, TooMuchUnderWayIsRefused) {
  KafkaInboxOptions options;
  options.partnership = kPartnership;
  options.node = "node-1";
  options.connection = cluster_.connection();
  options.check_settings = false;
  options.bytes_max = 10;
  KafkaInbox inbox(options, absl::Now);
  ASSERT_TRUE(inbox.Start("", absl::InfinitePast()).ok());
  cluster_.SetDown();
  ASSERT_TRUE(inbox.Submit("123456", 1).ok());
  EXPECT_TRUE(absl::IsResourceExhausted(inbox.Submit("123456", 2)));
}

TEST(KafkaWriterTest, AProducerThatFailedForGoodIsReplaced) {
  MockCluster cluster;
  KafkaWriterOptions options;
  options.topic = wire::InboxTopic(kPartnership);
  options.connection = cluster.connection();
  options.node = "node-1";
  options.patience = absl::Seconds(10);
  const auto writer = *KafkaWriter::Make(options, [](Ticket, absl::Status) {});
  writer->FailForTesting();
  const absl::Time give_up = absl::Now() + absl::Seconds(20);
  absl::Status written = absl::UnknownError("not tried");
  while (!written.ok() && absl::Now() < give_up) {
    written = writer->Write({"", "frame", {}}, 1);
  }
  EXPECT_TRUE(written.ok()) << written;
}

}  // namespace
}  // namespace kith::inbox
