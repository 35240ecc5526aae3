#include "services/inbox/memory_inbox.h"

#include <thread>

#include "gtest/gtest.h"

namespace kith::inbox {
namespace {

class MemoryInboxTest : public testing::Test {
 protected:
  MemoryInbox NewInbox(MemoryInboxOptions options = {}) {
    return MemoryInbox(options, [this] { return now_; });
  }
  absl::Time now_ = absl::FromUnixSeconds(1000);
};

TEST_F(MemoryInboxTest, HandsOutFramesInOrderWithTheirTickets) {
  MemoryInbox inbox = NewInbox();
  ASSERT_TRUE(inbox.Submit("one", 7).ok());
  ASSERT_TRUE(inbox.Submit("two", 8).ok());
  const Taken taken = *inbox.Take({});
  ASSERT_EQ(taken.entries.size(), 2u);
  EXPECT_EQ(taken.entries[0].frame_bytes, "one");
  EXPECT_EQ(taken.entries[1].ticket, 8u);
  EXPECT_EQ(inbox.depth().count, 0u);
}

TEST_F(MemoryInboxTest, TimesNeverGoBack) {
  MemoryInbox inbox = NewInbox();
  ASSERT_TRUE(inbox.Start("", absl::FromUnixSeconds(2000)).ok());
  ASSERT_TRUE(inbox.Submit("early", 0).ok());
  now_ = absl::FromUnixSeconds(3000);
  ASSERT_TRUE(inbox.Submit("late", 0).ok());
  now_ = absl::FromUnixSeconds(1500);
  ASSERT_TRUE(inbox.Submit("clock was set back", 0).ok());
  const Taken taken = *inbox.Take({});
  EXPECT_EQ(taken.entries[0].recorded_at, absl::FromUnixSeconds(2000));
  EXPECT_EQ(taken.entries[1].recorded_at, absl::FromUnixSeconds(3000));
  EXPECT_EQ(taken.entries[2].recorded_at, absl::FromUnixSeconds(3000));
}

TEST_F(MemoryInboxTest, ATakeEndsAtItsLimits) {
  MemoryInbox inbox = NewInbox();
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(inbox.Submit("1234", 0).ok());
  EXPECT_EQ(inbox.Take({.count_max = 2})->entries.size(), 2u);
  EXPECT_EQ(inbox.Take({.bytes_max = 9})->entries.size(), 2u);
  EXPECT_EQ(inbox.Take({.bytes_max = 1})->entries.size(), 1u);
}

TEST_F(MemoryInboxTest, WhatIsTooMuchIsRefusedAndHasNoPlace) {
  MemoryInbox inbox = NewInbox({.count_max = 2, .bytes_max = 10});
  ASSERT_TRUE(inbox.Submit("123456", 0).ok());
  EXPECT_TRUE(absl::IsResourceExhausted(inbox.Submit("12345", 0)));
  ASSERT_TRUE(inbox.Submit("1234", 0).ok());
  EXPECT_TRUE(absl::IsResourceExhausted(inbox.Submit("", 0)));
  EXPECT_EQ(inbox.Take({})->entries.size(), 2u);
  EXPECT_TRUE(inbox.Submit("12345", 0).ok());
}

TEST_F(MemoryInboxTest, ItsPositionGoesOnWhereItWasLeft) {
  MemoryInbox inbox = NewInbox();
  ASSERT_TRUE(inbox.Start("41", absl::InfinitePast()).ok());
  ASSERT_TRUE(inbox.Submit("one", 0).ok());
  EXPECT_EQ(inbox.Take({})->position, "42");
  EXPECT_TRUE(absl::IsFailedPrecondition(
      NewInbox().Start("offset 7", absl::InfinitePast())));
}

TEST_F(MemoryInboxTest, AfterClosingItHandsOutTheRestAndEnds) {
  MemoryInbox inbox = NewInbox();
  ASSERT_TRUE(inbox.Submit("one", 0).ok());
  inbox.Close();
  EXPECT_TRUE(absl::IsUnavailable(inbox.Submit("two", 0)));
  EXPECT_EQ(inbox.Take({})->entries.size(), 1u);
  EXPECT_TRUE(inbox.Take({})->ended);
}

TEST_F(MemoryInboxTest, ATakeWaitsForTheFirstFrame) {
  MemoryInbox inbox = NewInbox();
  size_t taken = 0;
  std::thread taker([&] {
    while (true) {
      const Taken next = *inbox.Take({.count_max = 3});
      if (next.ended) return;
      taken += next.entries.size();
    }
  });
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(inbox.Submit("frame", 0).ok());
  inbox.Close();
  taker.join();
  EXPECT_EQ(taken, 100u);
}

}  // namespace
}  // namespace kith::inbox
