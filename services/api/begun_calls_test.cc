#include "services/api/begun_calls.h"

#include <gtest/gtest.h>

namespace kith::api {
namespace {

constexpr int kMost = BegunCalls::kMost;

absl::Time Noon() { return absl::FromUnixSeconds(1'780'000'000); }

// How many of `attempts` at one moment may begin.
int Begun(BegunCalls& calls, int attempts, absl::Time now) {
  int begun = 0;
  for (int i = 0; i < attempts; ++i) begun += calls.Begin("council", now);
  return begun;
}

TEST(BegunCallsTest, CallsThatArriveAreNotCounted) {
  BegunCalls calls;
  for (int i = 0; i < 3 * kMost; ++i) {
    ASSERT_TRUE(calls.Begin("council", Noon()));
    calls.Arrived("council", Noon());
  }
}

TEST(BegunCallsTest, WhoseCallsDoNotArriveMayBeginNoMore) {
  BegunCalls calls;
  EXPECT_EQ(Begun(calls, kMost + 500, Noon()), kMost);
  EXPECT_TRUE(calls.Begin("school", Noon()));
  calls.Arrived("council", Noon());
  EXPECT_EQ(Begun(calls, 2, Noon()), 1);
}

TEST(BegunCallsTest, WhatNeverArrivesIsForgivenInTime) {
  BegunCalls calls;
  Begun(calls, kMost, Noon());
  EXPECT_EQ(Begun(calls, kMost, Noon() + BegunCalls::kForgiven / 2), kMost / 2);
  EXPECT_EQ(Begun(calls, 2 * kMost, Noon() + 9 * BegunCalls::kForgiven), kMost);
}

TEST(BegunCallsTest, NoShareGrowsByArriving) {
  BegunCalls calls;
  for (int i = 0; i < 10; ++i) calls.Arrived("council", Noon());
  EXPECT_EQ(Begun(calls, 2 * kMost, Noon()), kMost);
  for (int i = 0; i < 2 * kMost; ++i) calls.Arrived("council", Noon());
  EXPECT_EQ(Begun(calls, 2 * kMost, Noon()), kMost);
}

TEST(BegunCallsTest, WithoutCertificatesNobodyIsCounted) {
  BegunCalls calls;
  for (int i = 0; i < 2 * kMost; ++i) ASSERT_TRUE(calls.Begin("", Noon()));
}

}  // namespace
}  // namespace kith::api
