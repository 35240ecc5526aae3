#include "services/core/state.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace kith::core {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> Walk(const StateReader& state,
                              absl::string_view prefix, size_t limit = 99) {
  std::vector<std::string> seen;
  EXPECT_TRUE(state
                  .Scan(prefix,
                        [&](absl::string_view key, absl::string_view value) {
                          seen.push_back(std::string(key) + "=" +
                                         std::string(value));
                          return seen.size() < limit;
                        })
                  .ok());
  return seen;
}

class OverlayTest : public ::testing::Test {
 protected:
  OverlayTest() {
    for (const char* key : {"a/1", "a/3", "a/5", "b/1"}) {
      below_.Put(1, key, "below");
    }
  }
  MapState below_;
  Overlay overlay_{below_};
};

TEST_F(OverlayTest, AScanShowsChangesAndRowsBelowInTheOrderOfKeys) {
  overlay_.Put(1, "a/0", "new");
  overlay_.Put(1, "a/3", "new");
  overlay_.Delete("a/5");
  overlay_.Put(1, "a/6", "new");
  overlay_.Put(1, "b/0", "new");
  EXPECT_THAT(Walk(overlay_, "a/"),
              ElementsAre("a/0=new", "a/1=below", "a/3=new", "a/6=new"));
}

TEST_F(OverlayTest, AScanStopsWhenTheVisitorHasEnough) {
  overlay_.Put(1, "a/0", "new");
  EXPECT_THAT(Walk(overlay_, "a/", 1), ElementsAre("a/0=new"));
  EXPECT_THAT(Walk(overlay_, "a/", 2), ElementsAre("a/0=new", "a/1=below"));
}

TEST_F(OverlayTest, WhatIsDeletedIsNotRead) {
  overlay_.Delete("b/1");
  EXPECT_FALSE(overlay_.Get("b/1")->has_value());
  EXPECT_THAT(Walk(overlay_, "b/"), IsEmpty());
  EXPECT_TRUE(below_.Get("b/1")->has_value());
}

TEST_F(OverlayTest, AbsorbedChangesReplaceEarlierOnes) {
  overlay_.Put(1, "a/1", "first");
  Overlay above(overlay_);
  above.Put(2, "a/1", "second");
  above.Delete("a/3");
  overlay_.Absorb(above.changes());
  EXPECT_THAT(Walk(overlay_, "a/"), ElementsAre("a/1=second", "a/5=below"));
}

}  // namespace
}  // namespace kith::core
