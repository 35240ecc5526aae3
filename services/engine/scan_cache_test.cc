#include "services/engine/scan_cache.h"

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

namespace kith::engine {
namespace {

TEST(ScanCacheTest, TellsNoRowsFromUnknown) {
  ScanCache cache(1 << 20);
  cache.Put("a/", {{"a/1", "one"}, {"a/2", "two"}});
  cache.Put("b/", {});
  EXPECT_EQ(cache.Find("a/")->size(), 2u);
  EXPECT_TRUE(cache.Find("b/")->empty());
  EXPECT_EQ(cache.Find("c/"), nullptr);
}

TEST(ScanCacheTest, AChangedRowMakesItForgetTheScansItBelongsTo) {
  ScanCache cache(1 << 20);
  cache.Put("a/", {});
  cache.Put("a/1/", {});
  cache.Put("a/2/", {});
  cache.Forget("a/1/x");
  EXPECT_EQ(cache.Find("a/"), nullptr);
  EXPECT_EQ(cache.Find("a/1/"), nullptr);
  EXPECT_NE(cache.Find("a/2/"), nullptr);
  cache.Forget("a");  // shorter than all of them
  EXPECT_NE(cache.Find("a/2/"), nullptr);
}

TEST(ScanCacheTest, ForgetsWhatWasNotUsedAndKeepsWhatWas) {
  ScanCache cache(64 << 10);
  cache.Put("used", {{"used/1", "one"}});
  cache.Put("unused", {});
  for (int i = 0; i < 2000; ++i) {
    cache.Put(absl::StrCat(i), {{"key", std::string(100, 'x')}});
    ASSERT_NE(cache.Find("used"), nullptr);
  }
  EXPECT_EQ(cache.Find("used")->size(), 1u);
  EXPECT_EQ(cache.Find("unused"), nullptr);
}

}  // namespace
}  // namespace kith::engine
