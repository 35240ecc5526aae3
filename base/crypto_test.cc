#include "base/crypto.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <sys/wait.h>
#include <unistd.h>

#include <set>
#include <thread>
#include <vector>

#include "absl/strings/escaping.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace kith::base {
namespace {

using ::testing::Eq;
using ::testing::Ne;

std::string Hex(absl::string_view bytes) {
  return absl::BytesToHexString(bytes);
}

std::string HmacOfOpenSsl(absl::string_view key, absl::string_view message) {
  unsigned char mac[EVP_MAX_MD_SIZE];
  unsigned int length = 0;
  EXPECT_THAT(HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
                   reinterpret_cast<const unsigned char*>(message.data()),
                   message.size(), mac, &length),
              Ne(nullptr));
  return std::string(reinterpret_cast<const char*>(mac), length);
}

TEST(CryptoTest, Sha256IsThatOfFips180) {
  EXPECT_THAT(
      Hex(Sha256("abc")),
      Eq("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"));
  EXPECT_THAT(
      Hex(Sha256("")),
      Eq("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"));
}

TEST(CryptoTest, HmacIsThatOfRfc4231) {
  EXPECT_THAT(
      Hex(HmacSha256(std::string(20, '\x0b'), "Hi There")),
      Eq("b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"));
  EXPECT_THAT(
      Hex(HmacSha256("Jefe", "what do ya want for nothing?")),
      Eq("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"));
}

TEST(CryptoTest, AnEmptyHmacKeyIsAKeyOfItsOwn) {
  const std::string with_empty_key = HmacSha256("", "");
  HmacSha256("another key", "x");
  EXPECT_THAT(HmacSha256("", ""), Eq(with_empty_key));
  EXPECT_THAT(
      Hex(with_empty_key),
      Eq("b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad"));
}

TEST(CryptoTest, AKeyLongerThanABlockIsHashedFirst) {
  EXPECT_THAT(
      Hex(HmacSha256(std::string(131, '\xaa'),
                     "Test Using Larger Than Block-Size Key - Hash Key First")),
      Eq("60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"));
  EXPECT_THAT(HmacSha256(std::string(64, 'k'), "x"),
              Ne(HmacSha256(std::string(65, 'k'), "x")));
}

TEST(CryptoTest, APreparedKeyServesMessagesOfEveryLength) {
  const HmacKey key("Jefe");
  for (const size_t length : {0, 1, 55, 56, 63, 64, 65, 1000}) {
    const std::string message(length, 'm');
    EXPECT_THAT(Hex(key.Mac(message)), Eq(Hex(HmacOfOpenSsl("Jefe", message))));
  }
}

TEST(CryptoTest, HkdfIsThatOfRfc5869WithoutSalt) {
  EXPECT_THAT(
      Hex(HkdfSha256(std::string(22, '\x0b'), "", 42)),
      Eq("8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d"
         "9d201395faa4b61a96c8"));
}

TEST(CryptoTest, HkdfGivesAsManyBytesAsAsked) {
  EXPECT_THAT(HkdfSha256("secret", "info", 0).size(), Eq(0u));
  EXPECT_THAT(HkdfSha256("secret", "info", 255 * 32).size(), Eq(255u * 32));
  EXPECT_THAT(HkdfSha256("secret", "info", 40).substr(0, 32),
              Eq(HkdfSha256("secret", "info", 32)));
}

TEST(CryptoTest, EqualityLooksAtEveryByte) {
  EXPECT_TRUE(EqualInConstantTime("", ""));
  EXPECT_TRUE(EqualInConstantTime("abc", "abc"));
  EXPECT_FALSE(EqualInConstantTime("abc", "abd"));
  EXPECT_FALSE(EqualInConstantTime("abc", "abcd"));
}

TEST(CryptoTest, RandomBytesDoNotRepeat) {
  std::set<std::string> seen;
  for (int i = 0; i < 100; ++i) seen.insert(RandomBytes(16));
  EXPECT_THAT(seen.size(), Eq(100u));
}

class SealTest : public testing::Test {
 protected:
  const std::string key_ = std::string(kKeyBytes, 'k');
};

TEST_F(SealTest, WhatIsSealedUnsealsWithTheSameKeyAndContext) {
  for (const std::string& plain :
       {std::string(), std::string("x"), std::string(100'000, 'y')}) {
    const std::string sealed = Seal(key_, "context", plain);
    EXPECT_THAT(sealed.size(), Eq(plain.size() + 28));
    EXPECT_THAT(Unseal(key_, "context", sealed).value(), Eq(plain));
  }
}

TEST_F(SealTest, SealingTwiceGivesDifferentBytes) {
  EXPECT_THAT(Seal(key_, "context", "plain"),
              Ne(Seal(key_, "context", "plain")));
}

TEST_F(SealTest, NoncesDoNotRepeat) {
  std::set<std::string> nonces;
  for (int i = 0; i < 1000; ++i) {
    nonces.insert(Seal(key_, "context", "plain").substr(0, 12));
  }
  EXPECT_THAT(nonces.size(), Eq(1000u));
}

TEST_F(SealTest, AForkedChildDrawsOtherNoncesThanItsParent) {
  Seal(key_, "context", "plain");  // draws ahead for both
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  const pid_t child = fork();
  if (child == 0) {
    const std::string sealed = Seal(key_, "context", "plain");
    _exit(write(ends[1], sealed.data(), 12) == 12 ? 0 : 1);
  }
  std::string theirs(12, '\0');
  ASSERT_EQ(read(ends[0], theirs.data(), 12), 12);
  waitpid(child, nullptr, 0);
  close(ends[0]);
  close(ends[1]);
  EXPECT_THAT(Seal(key_, "context", "plain").substr(0, 12), Ne(theirs));
}

TEST_F(SealTest, AnotherKeyOrContextIsDataLoss) {
  const std::string sealed = Seal(key_, "context", "plain");
  const std::string other(kKeyBytes, 'o');
  EXPECT_EQ(Unseal(other, "context", sealed).status().code(),
            absl::StatusCode::kDataLoss);
  EXPECT_EQ(Unseal(key_, "other", sealed).status().code(),
            absl::StatusCode::kDataLoss);
}

TEST_F(SealTest, AnyFlippedBitOrCutIsDataLoss) {
  const std::string sealed = Seal(key_, "context", "plain");
  for (size_t i = 0; i < sealed.size() * 8; ++i) {
    std::string damaged = sealed;
    damaged[i / 8] = static_cast<char>(damaged[i / 8] ^ (1 << (i % 8)));
    EXPECT_FALSE(Unseal(key_, "context", damaged).ok()) << "bit " << i;
  }
  for (size_t length = 0; length < sealed.size(); ++length) {
    EXPECT_FALSE(Unseal(key_, "context", sealed.substr(0, length)).ok());
  }
}

TEST_F(SealTest, ThreadsDoNotDisturbEachOther) {
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([this, t] {
      const std::string plain(50, static_cast<char>('a' + t));
      for (int i = 0; i < 500; ++i) {
        ASSERT_EQ(Unseal(key_, plain, Seal(key_, plain, plain)).value(), plain);
        ASSERT_EQ(HmacSha256(plain, plain), HmacSha256(plain, plain));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace kith::base
