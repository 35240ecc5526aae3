#include "services/api/paging.h"

#include <gtest/gtest.h>

#include <string>

namespace kith::api {
namespace {

constexpr char kCaller[] = "ListPlans\nschool\nt-12\nfamily 7";

absl::Time Noon() { return absl::FromUnixSeconds(1'780'000'000); }

v1::PageOptions Options(int size, const std::string& token = "") {
  v1::PageOptions options;
  options.set_page_size(size);
  options.set_page_token(token);
  return options;
}

class PagingTest : public ::testing::Test {
 protected:
  std::string TokenOfNoon() const {
    Page page;
    page.now = Noon();
    return tokens_.Seal(page, "cursor", kCaller);
  }
  bool Opens(const std::string& token, absl::string_view bound,
             absl::Time now) const {
    const absl::StatusOr<Page> page =
        tokens_.Open(Options(0, token), bound, now);
    EXPECT_TRUE(page.ok() ||
                page.status().code() == absl::StatusCode::kInvalidArgument);
    return page.ok();
  }

  PageTokens tokens_{"pepper of a store"};
};

TEST_F(PagingTest, WithoutATokenAListBeginsNow) {
  const absl::StatusOr<Page> page = tokens_.Open(Options(7), kCaller, Noon());
  ASSERT_TRUE(page.ok());
  EXPECT_EQ(page->size, 7u);
  EXPECT_EQ(page->cursor, "");
  EXPECT_EQ(page->now, Noon());
}

TEST_F(PagingTest, ATokenBringsBackTheCursorAndTheTimeOfTheFirstPage) {
  const absl::StatusOr<Page> page = tokens_.Open(
      Options(0, TokenOfNoon()), kCaller, Noon() + absl::Minutes(5));
  ASSERT_TRUE(page.ok());
  EXPECT_EQ(page->cursor, "cursor");
  EXPECT_EQ(page->now, Noon());
}

TEST_F(PagingTest, ASizeIsZeroToTwoHundred) {
  EXPECT_EQ(tokens_.Open(Options(0), kCaller, Noon())->size, 50u);
  EXPECT_EQ(tokens_.Open(Options(200), kCaller, Noon())->size, 200u);
  for (int size : {-1, 201}) {
    EXPECT_EQ(tokens_.Open(Options(size), kCaller, Noon()).status().code(),
              absl::StatusCode::kInvalidArgument);
  }
}

TEST_F(PagingTest, ATokenIsOfOneCallerAndQuery) {
  EXPECT_TRUE(Opens(TokenOfNoon(), kCaller, Noon()));
  EXPECT_FALSE(
      Opens(TokenOfNoon(), "ListPlans\nschool\nt-13\nfamily 7", Noon()));
  EXPECT_FALSE(
      Opens(TokenOfNoon(), "ListPlans\nschool\nt-12\nfamily 8", Noon()));
}

TEST_F(PagingTest, ATokenIsGoodForAnHour) {
  EXPECT_TRUE(Opens(TokenOfNoon(), kCaller, Noon() + absl::Hours(1)));
  EXPECT_FALSE(Opens(TokenOfNoon(), kCaller,
                     Noon() + absl::Hours(1) + absl::Microseconds(1)));
}

TEST_F(PagingTest, WhatIsNoTokenOfThisStoreIsRefused) {
  EXPECT_FALSE(Opens("not base64!", kCaller, Noon()));
  EXPECT_FALSE(Opens("AAAA", kCaller, Noon()));
  EXPECT_FALSE(Opens(std::string(5000, 'A'), kCaller, Noon()));
  EXPECT_FALSE(Opens(TokenOfNoon() + "A", kCaller, Noon()));
  const PageTokens other("pepper of another store");
  EXPECT_FALSE(other.Open(Options(0, TokenOfNoon()), kCaller, Noon()).ok());
}

}  // namespace
}  // namespace kith::api
