#include "base/bytes.h"

#include <limits>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace kith::base {
namespace {

using ::testing::Eq;
using ::testing::Lt;
using ::testing::Optional;

TEST(BytesTest, BigEndianNumbersReadBack) {
  for (const uint64_t value :
       {uint64_t{0}, uint64_t{1}, uint64_t{255}, uint64_t{256},
        uint64_t{0x0102030405060708}, std::numeric_limits<uint64_t>::max()}) {
    EXPECT_THAT(ReadBigEndian64(BigEndian64(value)), Optional(Eq(value)));
  }
}

TEST(BytesTest, TheFirstByteIsTheHighest) {
  EXPECT_THAT(BigEndian64(0x0102030405060708),
              Eq("\x01\x02\x03\x04\x05\x06\x07\x08"));
}

TEST(BytesTest, KeysSortLikeTheirNumbers) {
  EXPECT_THAT(BigEndian64(255), Lt(BigEndian64(256)));
  EXPECT_THAT(BigEndian64(0x7fffffffffffffff),
              Lt(BigEndian64(0x8000000000000000)));
}

TEST(BytesTest, FewerThanEightBytesAreNoNumber) {
  EXPECT_THAT(ReadBigEndian64("1234567"), Eq(std::nullopt));
  EXPECT_TRUE(ReadBigEndian64("12345678 and more").has_value());
}

TEST(BytesTest, ThePrefixEndIsTheLeastKeyBeyondThePrefix) {
  EXPECT_THAT(PrefixEnd("ab"), Eq("ac"));
  EXPECT_THAT(PrefixEnd("a\xff"), Eq("b"));
  EXPECT_THAT(PrefixEnd("a\x7f"), Eq("a\x80"));
  EXPECT_THAT(PrefixEnd("\xff\xff"), Eq(""));
  EXPECT_THAT(PrefixEnd(""), Eq(""));
}

TEST(BytesTest, Base32IsCrockfordsInLowerCase) {
  EXPECT_THAT(Base32(""), Eq(""));
  EXPECT_THAT(Base32(absl::string_view("\x00", 1)), Eq("00"));
  EXPECT_THAT(Base32("\xff"), Eq("zw"));
  EXPECT_THAT(Base32("foobar"), Eq("csqpyrk1e8"));
  EXPECT_THAT(Base32(std::string(16, '\xff')).size(), Eq(26u));
}

}  // namespace
}  // namespace kith::base
