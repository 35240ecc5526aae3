#include "services/api/workers.h"

#include <gtest/gtest.h>

#include <atomic>
#include <memory>

#include "absl/synchronization/notification.h"

namespace kith::api {
namespace {

TEST(WorkersTest, WorkRunsOnAnotherThread) {
  Workers workers(1, 10);
  std::thread::id other;
  absl::Notification done;
  ASSERT_TRUE(workers.Run([&] {
    other = std::this_thread::get_id();
    done.Notify();
  }));
  done.WaitForNotification();
  EXPECT_NE(other, std::this_thread::get_id());
}

TEST(WorkersTest, WorkInterleavesOnAsManyThreadsAsAskedFor) {
  Workers workers(2, 10);
  absl::Notification first, second;
  // Each waits for the other: one thread alone would wait for ever.
  ASSERT_TRUE(workers.Run([&] {
    first.Notify();
    second.WaitForNotification();
  }));
  ASSERT_TRUE(workers.Run([&] {
    second.Notify();
    first.WaitForNotification();
  }));
}

TEST(WorkersTest, AFullQueueTakesNothing) {
  std::atomic<int> ran = 0;
  {
    absl::Notification begun, go_on;
    Workers workers(1, 2);
    ASSERT_TRUE(workers.Run([&] {
      begun.Notify();
      go_on.WaitForNotification();
      ++ran;
    }));
    begun.WaitForNotification();
    EXPECT_TRUE(workers.Run([&] { ++ran; }));
    EXPECT_TRUE(workers.Run([&] { ++ran; }));
    EXPECT_FALSE(workers.Run([&] { ++ran; }));
    go_on.Notify();
  }
  EXPECT_EQ(ran, 3);
}

TEST(WorkersTest, WhatIsQueuedIsDoneBeforeThePoolIsGone) {
  std::atomic<int> ran = 0;
  absl::Notification go_on;
  auto workers = std::make_unique<Workers>(2, 100);
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(workers->Run([&] { go_on.WaitForNotification(); }));
  }
  for (int i = 0; i < 50; ++i) ASSERT_TRUE(workers->Run([&] { ++ran; }));
  EXPECT_EQ(ran, 0);
  go_on.Notify();
  workers.reset();
  EXPECT_EQ(ran, 50);
}

}  // namespace
}  // namespace kith::api
