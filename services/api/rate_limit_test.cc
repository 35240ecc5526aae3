#include "services/api/rate_limit.h"

#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

namespace kith::api {
namespace {

absl::Time Noon() { return absl::FromUnixSeconds(1'780'000'000); }

// How many of `attempts` at one moment are let through.
int Passed(RateLimit& limit, int attempts, absl::Time now) {
  int passed = 0;
  for (int i = 0; i < attempts; ++i) passed += limit.Spend("t-12", now);
  return passed;
}

TEST(RateLimitTest, ABurstPassesAndNotOneMore) {
  RateLimit limit(4, absl::Hours(1));
  EXPECT_EQ(Passed(limit, 4, Noon()), 4);
  EXPECT_EQ(Passed(limit, 1, Noon()), 0);
}

TEST(RateLimitTest, OneComesBackAfterItsShareOfThePeriod) {
  RateLimit limit(4, absl::Hours(1));
  Passed(limit, 4, Noon());
  const absl::Time edge = Noon() + absl::Minutes(15);
  EXPECT_EQ(Passed(limit, 1, edge - absl::Seconds(1)), 0);
  EXPECT_EQ(Passed(limit, 2, edge), 1);
}

TEST(RateLimitTest, NoMoreThanABurstIsSavedUp) {
  RateLimit limit(4, absl::Hours(1));
  Passed(limit, 4, Noon());
  EXPECT_EQ(Passed(limit, 9, Noon() + absl::Hours(48)), 4);
}

TEST(RateLimitTest, CallersDoNotSpendEachOthersShare) {
  RateLimit limit(1, absl::Hours(1));
  EXPECT_TRUE(limit.Spend("school/t-12", Noon()));
  EXPECT_TRUE(limit.Spend("school/t-13", Noon()));
  EXPECT_FALSE(limit.Spend("school/t-12", Noon()));
}

TEST(RateLimitTest, AClockThatGoesBackGivesNothing) {
  RateLimit limit(1, absl::Hours(1));
  EXPECT_TRUE(limit.Spend("t-12", Noon()));
  EXPECT_FALSE(limit.Spend("t-12", Noon() - absl::Hours(5)));
  EXPECT_FALSE(limit.Spend("t-12", Noon() + absl::Minutes(59)));
  EXPECT_TRUE(limit.Spend("t-12", Noon() + absl::Hours(1)));
}

TEST(RateLimitTest, WhatIsGivenBackCanBeSpentAgain) {
  RateLimit limit(2, absl::Hours(1));
  EXPECT_EQ(Passed(limit, 3, Noon()), 2);
  limit.GiveBack("t-12", Noon());
  limit.GiveBack("t-13", Noon());  // nobody
  EXPECT_EQ(Passed(limit, 3, Noon()), 1);
  for (int i = 0; i < 5; ++i) limit.GiveBack("t-12", Noon());
  EXPECT_EQ(Passed(limit, 5, Noon()), 2);
}

TEST(RateLimitTest, StrangersWaitWhileTooManyCallersAreBusy) {
  RateLimit limit(2, absl::Hours(1), 3);
  for (const char* caller : {"a", "b", "c"}) {
    EXPECT_TRUE(limit.Spend(caller, Noon()));
  }
  EXPECT_FALSE(limit.Spend("d", Noon()));
  EXPECT_TRUE(limit.Spend("a", Noon()));
  // "b" and "c" are idle long enough to be forgotten.
  EXPECT_TRUE(limit.Spend("d", Noon() + absl::Minutes(30)));
}

TEST(RateLimitTest, ThreadsTogetherGetOneBurst) {
  RateLimit limit(50, absl::Hours(1));
  std::vector<int> passed(8);
  std::vector<std::thread> threads;
  for (int& mine : passed) {
    threads.emplace_back([&] { mine = Passed(limit, 50, Noon()); });
  }
  for (std::thread& thread : threads) thread.join();
  int all = 0;
  for (int mine : passed) all += mine;
  EXPECT_EQ(all, 50);
}

}  // namespace
}  // namespace kith::api
