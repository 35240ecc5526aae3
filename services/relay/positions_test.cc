#include "services/relay/positions.h"

#include <gtest/gtest.h>

#include <memory>

#include "eventstore/memory_store.h"

namespace kith::relay {
namespace {

TEST(RelayPositionsTest, EachRelayHasItsOwnAndBeginsAtTheBeginning) {
  const auto store = eventstore::OpenMemoryStore();
  RelayPositions positions(*store);
  ASSERT_TRUE(positions.Set("one", {7, std::string(32, '\xfe')}).ok());
  ASSERT_TRUE(positions.Set("one", {9, std::string("\0 x", 3)}).ok());
  const auto one = positions.Get("one");
  ASSERT_TRUE(one.ok()) << one.status();
  EXPECT_EQ(one->next, 9u);
  EXPECT_EQ(one->digest, std::string("\0 x", 3));
  const auto other = positions.Get("other");
  ASSERT_TRUE(other.ok()) << other.status();
  EXPECT_EQ(other->next, 0u);
  EXPECT_EQ(other->digest, "");
}

}  // namespace
}  // namespace kith::relay
