// Key files, and frames as the server checks them.
#include "adapters/publisher/frame.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "base/crypto.h"
#include "kith/agency/v1/frame.pb.h"

namespace kith::adapters {
namespace {

using ::testing::HasSubstr;

absl::StatusOr<SourceKey> KeyIn(const std::string& name,
                                const std::string& bytes,
                                const std::string& key_id) {
  const std::string path = testing::TempDir() + name;
  std::ofstream(path, std::ios::binary) << bytes;
  auto key = ReadKeyFile(path, key_id);
  std::filesystem::remove(path);
  return key;
}

TEST(KeyFileTest, HoldsBytesOrDigitsAndItsNameOrTheCallerGivesTheId) {
  const std::string secret(32, '\xAB');
  const std::string digits(64, 'a');
  const auto named = KeyIn("frame_test_feed.k7.key", secret, "");
  ASSERT_TRUE(named.ok()) << named.status();
  EXPECT_EQ(named->key_id, "k7");
  EXPECT_EQ(named->secret, secret);
  EXPECT_EQ(KeyIn("frame_test_a", digits + "\n", "k2")->key_id, "k2");
  EXPECT_EQ(KeyIn("frame_test_b", "k3 " + digits, "")->key_id, "k3");
  EXPECT_EQ(KeyIn("frame_test_c", "k3 " + digits, "")->secret,
            std::string(32, '\xAA'));
}

TEST(KeyFileTest, WhatIsNoKeyIsRefusedAndNotRepeated) {
  EXPECT_TRUE(absl::IsNotFound(ReadKeyFile("no such file", "k").status()));
  for (const std::string& bytes :
       {std::string(), std::string("hunter2"), std::string(31, 'x'),
        std::string(64, 'g')}) {
    const auto key = KeyIn("frame_test_d", bytes, "k");
    EXPECT_TRUE(absl::IsInvalidArgument(key.status()));
    EXPECT_THAT(std::string(key.status().message()), Not(HasSubstr("hunter")));
  }
  EXPECT_FALSE(KeyIn("frame_test_e", std::string(32, 'x'), "").ok());
}

TEST(FrameTest, IsSaltedNumberedAndSealed) {
  const Publisher publisher{
      "hackney", "council", "feed", {"k1", std::string(32, 'k')}};
  Said said;
  said.occurred_at = absl::FromUnixSeconds(99);
  said.statement.mutable_need_stated()->set_need("housing");
  const auto bytes = MakeFrame(publisher, 7, 3, said);
  const auto again = MakeFrame(publisher, 7, 3, said);
  ASSERT_TRUE(bytes.ok());
  EXPECT_NE(*bytes, *again);  // the salt is new each time
  agency::v1::Frame frame;
  agency::v1::Body body;
  ASSERT_TRUE(frame.ParseFromString(*bytes));
  EXPECT_EQ(frame.key_id(), "k1");
  EXPECT_EQ(frame.mac(), base::HmacSha256(publisher.key.secret, frame.body()));
  ASSERT_TRUE(body.ParseFromString(frame.body()));
  EXPECT_EQ(body.envelope().schema_version(), 1u);
  EXPECT_EQ(body.envelope().agency(), "council");
  EXPECT_EQ(body.envelope().epoch(), 7u);
  EXPECT_EQ(body.envelope().sequence(), 3u);
  EXPECT_EQ(body.envelope().salt().size(), 32u);
  EXPECT_EQ(body.envelope().occurred_at().seconds(), 99);
  EXPECT_EQ(body.content(), said.statement.SerializeAsString());
}

}  // namespace
}  // namespace kith::adapters
