#include "services/core/identity/normalise.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace kith::core::identity {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(NormaliseTest, NamesAreFoldedToPlainTokens) {
  EXPECT_THAT(NameTokens("  Mary-Jane O'Neill "),
              ElementsAre("mary", "jane", "oneill"));
  EXPECT_THAT(NameTokens("Zo\xc3\xab"), ElementsAre("zoe"));
  EXPECT_THAT(NameTokens("\xc5\x81ukasz"), ElementsAre("lukasz"));
  EXPECT_THAT(NameTokens("O\xe2\x80\x99"
                         "Brien"),
              ElementsAre("obrien"));
  EXPECT_THAT(NameTokens("\xef\xbc\xa1nna"), ElementsAre("anna"));
  EXPECT_THAT(NameTokens(""), IsEmpty());
}

TEST(NormaliseTest, OtherScriptsBecomeLatin) {
  EXPECT_THAT(NameTokens("\xd0\x90\xd0\xbd\xd0\xbd\xd0\xb0"),
              ElementsAre("anna"));
}

TEST(NormaliseTest, TitlesAreLeftOutUnlessTheyAreAllThereIs) {
  EXPECT_THAT(NameTokens("Mrs Anna"), ElementsAre("anna"));
  EXPECT_THAT(NameTokens("Dr."), ElementsAre("dr"));
}

TEST(NormaliseTest, BrokenTextPartsTokensAndDoesNoHarm) {
  EXPECT_THAT(NameTokens("An\xffna"), ElementsAre("an", "na"));
}

TEST(NormaliseTest, AChildWithoutANameHasAPlaceholder) {
  for (const char* name : {"Baby", "infant of", "Twin 1", "XXX", "Unborn",
                           "unknown", "Not known", ""}) {
    EXPECT_TRUE(IsPlaceholder(NameTokens(name))) << name;
  }
  EXPECT_FALSE(IsPlaceholder(NameTokens("Anna")));
}

TEST(NormaliseTest, PostcodesLoseTheirBlanks) {
  EXPECT_EQ(Postcode("nr1  1aa"), "NR11AA");
  EXPECT_EQ(Postcode("N"), "");
  EXPECT_EQ(Postcode("no fixed abode"), "");
}

}  // namespace
}  // namespace kith::core::identity
