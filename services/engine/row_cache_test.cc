#include "services/engine/row_cache.h"

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

namespace kith::engine {
namespace {

TEST(RowCacheTest, TellsRowsFromAbsentRowsFromUnknownOnes) {
  RowCache cache(1 << 20);
  cache.Put("row", "value");
  cache.Put("absent", std::nullopt);
  EXPECT_EQ(**cache.Find("row"), "value");
  EXPECT_FALSE(cache.Find("absent")->has_value());
  EXPECT_EQ(cache.Find("unknown"), nullptr);
}

TEST(RowCacheTest, TheLastValueCounts) {
  RowCache cache(1 << 20);
  cache.Put("row", "one");
  cache.Put("row", "two");
  EXPECT_EQ(**cache.Find("row"), "two");
}

TEST(RowCacheTest, ReplacesWhatItKnowsAndTakesInNothingNew) {
  RowCache cache(4 << 10);
  cache.Put("row", "one");
  cache.Put("absent", std::nullopt);
  // Both are in the old generation by now.
  for (int i = 0; i < 12; ++i)
    cache.Put(absl::StrCat(i), std::string(100, 'x'));
  cache.Replace("row", "two");
  cache.Replace("absent", "there");
  cache.Replace("unknown", "value");
  EXPECT_EQ(**cache.Find("row"), "two");
  EXPECT_EQ(**cache.Find("absent"), "there");
  EXPECT_EQ(cache.Find("unknown"), nullptr);
}

TEST(RowCacheTest, ForgetsWhatWasNotUsedAndKeepsWhatWas) {
  RowCache cache(64 << 10);
  cache.Put("used", "value");
  cache.Put("unused", "value");
  for (int i = 0; i < 2000; ++i) {
    cache.Put(absl::StrCat(i), std::string(100, 'x'));
    ASSERT_NE(cache.Find("used"), nullptr);
  }
  EXPECT_EQ(**cache.Find("used"), "value");
  EXPECT_EQ(cache.Find("unused"), nullptr);
}

TEST(RowCacheTest, AnOlderValueNeverComesBack) {
  RowCache cache(4 << 10);
  cache.Put("row", "old");
  for (int i = 0; i < 12; ++i)
    cache.Put(absl::StrCat(i), std::string(100, 'x'));
  cache.Put("row", "new");
  for (int i = 0; i < 40; ++i) {
    cache.Put(absl::StrCat("b", i), std::string(100, 'x'));
    const RowCache::Value* found = cache.Find("row");
    if (found != nullptr) {
      EXPECT_EQ(**found, "new");
    }
  }
}

}  // namespace
}  // namespace kith::engine
