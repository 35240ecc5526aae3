#include "services/engine/position_token.h"

#include "gtest/gtest.h"

namespace kith::engine {
namespace {

constexpr char kSecret[] = "a secret of the store";
const std::string kFirst(16, 'a');
const std::string kRestored(16, 'b');

TEST(PositionTokenTest, OpensToThePositionItWasSealedFrom) {
  const PositionTokens tokens("hackney", kFirst, kSecret);
  for (const uint64_t position : {uint64_t{0}, uint64_t{7}, UINT64_MAX}) {
    EXPECT_EQ(*tokens.Open(tokens.Seal(position)), position);
  }
}

TEST(PositionTokenTest, DoesNotShowThePosition) {
  const PositionTokens tokens("hackney", kFirst, kSecret);
  EXPECT_NE(tokens.Seal(7), tokens.Seal(7));
}

TEST(PositionTokenTest, OfAnotherPartnershipMakesNoSense) {
  const PositionTokens tokens("hackney", kFirst, kSecret);
  const PositionTokens other("leeds", kFirst, kSecret);
  EXPECT_TRUE(absl::IsInvalidArgument(other.Open(tokens.Seal(7)).status()));
}

TEST(PositionTokenTest, FromBeforeARestoreIsToldApart) {
  const PositionTokens tokens("hackney", kFirst, kSecret);
  const PositionTokens later("hackney", kRestored, kSecret);
  EXPECT_TRUE(absl::IsFailedPrecondition(later.Open(tokens.Seal(7)).status()));
}

TEST(PositionTokenTest, AnythingElseMakesNoSense) {
  const PositionTokens tokens("hackney", kFirst, kSecret);
  std::string changed = tokens.Seal(7);
  changed[20] = changed[20] == 'a' ? 'b' : 'a';
  for (const std::string& text :
       {changed, std::string(), std::string("!"), std::string(5000, 'a')}) {
    EXPECT_TRUE(absl::IsInvalidArgument(tokens.Open(text).status()));
  }
}

}  // namespace
}  // namespace kith::engine
