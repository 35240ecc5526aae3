#include "eventstore/key_cache.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace kith::eventstore {
namespace {

using ::testing::Eq;
using ::testing::Optional;

SubjectKey KeyOf(char c) {
  SubjectKey key;
  key.fill(c);
  return key;
}

TEST(KeyCacheTest, TheKeyUnusedForLongestGoesFirst) {
  KeyCache cache(2);
  cache.Add(1, KeyOf('a'), 0);
  cache.Add(2, KeyOf('b'), 0);
  EXPECT_THAT(cache.Find(1), Optional(KeyOf('a')));
  cache.Add(3, KeyOf('c'), 0);
  EXPECT_THAT(cache.Find(2), Eq(std::nullopt));
  EXPECT_THAT(cache.Find(1), Optional(KeyOf('a')));
  EXPECT_THAT(cache.Find(3), Optional(KeyOf('c')));
}

TEST(KeyCacheTest, AKeyReadBeforeTheCacheWasEmptiedDoesNotComeBack) {
  KeyCache cache(2);
  const uint64_t era = cache.era();
  cache.Clear();
  cache.Add(1, KeyOf('a'), era);
  EXPECT_THAT(cache.Find(1), Eq(std::nullopt));
  cache.Add(1, KeyOf('a'), cache.era());
  EXPECT_THAT(cache.Find(1), Optional(KeyOf('a')));
}

}  // namespace
}  // namespace kith::eventstore
