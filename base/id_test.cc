#include "base/id.h"

#include <set>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace kith::base {
namespace {

using ::testing::Eq;

const std::string& Genesis() {
  static const std::string genesis(32, 'g');
  return genesis;
}
const std::string& Salt() {
  static const std::string salt(32, 's');
  return salt;
}

TEST(IdTest, IdsNeverChange) {
  // Ids are stored and published: this text is for ever.
  EXPECT_THAT(MakeId("hackney", Genesis(), IdKind::kFamily, 7, 1, Salt()),
              Eq("hackney-f-y5n8pm16exd0tftfcsv5tpcd4g"));
}

TEST(IdTest, EveryPartOfTheInputChangesTheId) {
  const std::set<std::string> ids = {
      MakeId("hackney", Genesis(), IdKind::kFamily, 7, 1, Salt()),
      MakeId("camden", Genesis(), IdKind::kFamily, 7, 1, Salt()),
      MakeId("hackney", Salt(), IdKind::kFamily, 7, 1, Salt()),
      MakeId("hackney", Genesis(), IdKind::kPlan, 7, 1, Salt()),
      MakeId("hackney", Genesis(), IdKind::kFamily, 8, 1, Salt()),
      MakeId("hackney", Genesis(), IdKind::kFamily, 7, 2, Salt()),
      MakeId("hackney", Genesis(), IdKind::kFamily, 7, 1, Genesis()),
  };
  std::set<std::string> digits;
  for (const std::string& id : ids) digits.insert(ParseId(id)->digits);
  EXPECT_THAT(digits.size(), Eq(7u));
}

TEST(IdTest, AnIdSaysItsPartnershipAndKind) {
  const auto parsed =
      ParseId(MakeId("east_hants", Genesis(), IdKind::kMatch, 0, 0, Salt()));
  ASSERT_TRUE(parsed.has_value());
  EXPECT_THAT(parsed->partnership, Eq("east_hants"));
  EXPECT_THAT(parsed->kind, Eq(IdKind::kMatch));
  EXPECT_THAT(parsed->digits.size(), Eq(26u));
}

TEST(IdTest, WhatIsNotShapedLikeAnIdIsNotRead) {
  ASSERT_TRUE(ParseId("hackney-f-4v2k9d0q3m7xw1r8t5n6bzcahs").has_value());
  for (const char* text : {"", "hackney", "-f-4v2k9d0q3m7xw1r8t5n6bzcahs",
                           "hackney-f-4v2k9d0q3m7xw1r8t5n6bzcah",
                           "hackney-f-4v2k9d0q3m7xw1r8t5n6bzcahss",
                           "hackney-f-4V2k9d0q3m7xw1r8t5n6bzcahs",
                           "hackney-f-4i2k9d0q3m7xw1r8t5n6bzcahs",
                           "hackney-z-4v2k9d0q3m7xw1r8t5n6bzcahs",
                           "hackney_f-4v2k9d0q3m7xw1r8t5n6bzcahs",
                           "Hackney-f-4v2k9d0q3m7xw1r8t5n6bzcahs",
                           "east-hants-f-4v2k9d0q3m7xw1r8t5n6bzcahs"}) {
    EXPECT_FALSE(ParseId(text).has_value()) << text;
  }
}

TEST(IdTest, NamesAreShortLowerCaseAndStartWithALetter) {
  EXPECT_TRUE(IsName("a"));
  EXPECT_TRUE(IsName("north_east2"));
  EXPECT_TRUE(IsName(std::string(32, 'a')));
  for (const std::string& name :
       {std::string(), std::string(33, 'a'), std::string("2nd"),
        std::string("_x"), std::string("a-b"), std::string("A"),
        std::string("a b"), std::string("\xc3\xa9")}) {
    EXPECT_FALSE(IsName(name)) << name;
  }
}

TEST(IdTest, NumbersOfDifferentThingsAreDifferentTypes) {
  using Dog = Number<struct DogTag>;
  using Cat = Number<struct CatTag>;
  static_assert(!std::is_convertible_v<Dog, Cat>);
  EXPECT_FALSE(Dog{});
  EXPECT_TRUE(Dog{1} < Dog{2});
}

}  // namespace
}  // namespace kith::base
