#include "base/fold_text.h"

#include <gtest/gtest.h>

namespace kith::base {
namespace {

TEST(FoldTextTest, CaseAndAccentsAreDropped) {
  EXPECT_EQ(FoldText("ZOË"), "zoe");
  EXPECT_EQ(FoldText("Łukasz Żółć"), "lukasz zolc");
}

TEST(FoldTextTest, OtherScriptsBecomeLatin) {
  EXPECT_EQ(FoldText("Мария"), "maria");
}

TEST(FoldTextTest, CompatibilityFormsAreOne) {
  EXPECT_EQ(FoldText("ﬁnn"), FoldText("FINN"));
}

TEST(FoldTextTest, BrokenBytesStayApartFromLetters) {
  EXPECT_NE(FoldText("an\xffna"), FoldText("anna"));
}

}  // namespace
}  // namespace kith::base
