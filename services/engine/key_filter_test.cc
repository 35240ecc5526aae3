#include "services/engine/key_filter.h"

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

namespace kith::engine {
namespace {

constexpr int kKeys = 100000;

// Of `kKeys` absent keys, how many seem to be there once `added` were added.
int Mistaken(int added) {
  KeyFilter filter(kKeys);
  for (int key = 0; key < added; ++key) filter.Add(absl::StrCat("put", key));
  int mistaken = 0;
  for (int key = 0; key < kKeys; ++key) {
    mistaken += filter.MayHold(absl::StrCat("absent", key)) ? 1 : 0;
  }
  return mistaken;
}

TEST(KeyFilterTest, LosesNoKey) {
  KeyFilter filter(kKeys);
  for (int key = 0; key < 2 * kKeys; ++key) filter.Add(absl::StrCat(key));
  for (int key = 0; key < 2 * kKeys; ++key) {
    ASSERT_TRUE(filter.MayHold(absl::StrCat(key))) << key;
  }
}

TEST(KeyFilterTest, TakesFewAbsentKeysForThere) {
  EXPECT_EQ(Mistaken(0), 0);
  EXPECT_LT(Mistaken(kKeys), kKeys / 100);
  EXPECT_LT(Mistaken(2 * kKeys), kKeys / 20);
}

}  // namespace
}  // namespace kith::engine
