#include <sys/stat.h>

#include <fstream>
#include <map>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "kith/agency/v1/frame.pb.h"
#include "wire/connection.h"
#include "wire/event.h"
#include "wire/topics.h"

namespace kith::wire {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Pair;

std::string FrameOf(const std::string& source, uint64_t epoch,
                    uint64_t sequence) {
  agency::v1::Body body;
  auto& envelope = *body.mutable_envelope();
  envelope.set_partnership("hackney");
  envelope.set_agency("health");
  envelope.set_source(source);
  envelope.set_epoch(epoch);
  envelope.set_sequence(sequence);
  agency::v1::Frame frame;
  frame.set_body(body.SerializeAsString());
  return frame.SerializeAsString();
}

std::map<std::string, std::string> HeadersIn(const Message& message) {
  std::map<std::string, std::string> headers;
  for (const Header& header : message.headers) {
    headers[header.name] = header.value;
  }
  return headers;
}

TEST(EventTest, AFramesRecordSaysWhatItIsInHeaders) {
  const absl::Time published =
      absl::FromUnixSeconds(1700000000) + absl::Microseconds(250);
  const std::string frame = FrameOf("health_feed", 3, 41);
  const auto message = MessageOfFrame(frame, published);
  ASSERT_TRUE(message.ok()) << message.status();
  EXPECT_EQ(message->key, "health_feed");
  EXPECT_EQ(message->value, frame);
  auto headers = HeadersIn(*message);
  EXPECT_EQ(headers["ce_traceparent"].size(), 55u);
  headers.erase("ce_traceparent");
  EXPECT_EQ(headers,
            (std::map<std::string, std::string>{
                {"content-type", "application/protobuf"},
                {"ce_specversion", "1.0"},
                {"ce_id", "health_feed/3/41"},
                {"ce_source", "/kith/hackney/health_feed"},
                {"ce_type", "kith.agency.v1.Frame"},
                {"ce_time", "2023-11-14T22:13:20.000250Z"},
                {"ce_subject", "health"},
                {"ce_partitionkey", "health_feed"},
                {"ce_sequence", "00000000000000000003-00000000000000000041"},
                {"ce_dataschema", "urn:kith:proto:kith.agency.v1.Frame"}}));
}

TEST(EventTest, ATraceThatWasBegunGoesOn) {
  const auto message =
      MessageOfFrame(FrameOf("feed", 1, 1), absl::UnixEpoch(), "00-1-2-01");
  EXPECT_THAT(HeadersIn(*message),
              Contains(Pair("ce_traceparent", "00-1-2-01")));
}

TEST(EventTest, ANoticeSaysWhatItIsInHeaders) {
  const Message message = MessageOfNotice(
      {"hackney", "feed", "0a1b", "kith.api.v1.FeedNotice", "health", "token",
       absl::FromUnixSeconds(1700000000), "bytes"});
  EXPECT_EQ(message.key, "hackney");
  EXPECT_EQ(message.value, "bytes");
  EXPECT_EQ(HeadersIn(message),
            (std::map<std::string, std::string>{
                {"content-type", "application/protobuf"},
                {"ce_specversion", "1.0"},
                {"ce_id", "0a1b"},
                {"ce_source", "/kith/hackney/feed"},
                {"ce_type", "kith.api.v1.FeedNotice"},
                {"ce_time", "2023-11-14T22:13:20.000000Z"},
                {"ce_subject", "health"},
                {"ce_partitionkey", "hackney"},
                {"ce_dataschema", "urn:kith:proto:kith.api.v1.FeedNotice"},
                {"ce_position", "token"}}));
}

TEST(EventTest, SequencesSortAsTextLikeTheirNumbers) {
  EXPECT_LT(EventSequence(1, 9), EventSequence(1, 10));
  EXPECT_LT(EventSequence(9, 7), EventSequence(10, 1));
}

TEST(EventTest, WhatIsNoFrameOfASourceGetsNoRecord) {
  EXPECT_TRUE(absl::IsInvalidArgument(
      MessageOfFrame("\xff\xff", absl::UnixEpoch()).status()));
  EXPECT_TRUE(absl::IsInvalidArgument(
      MessageOfFrame(FrameOf("", 1, 1), absl::UnixEpoch()).status()));
  EXPECT_TRUE(absl::IsInvalidArgument(
      MessageOfFrame(FrameOf("feed", 1, 0), absl::UnixEpoch()).status()));
  EXPECT_TRUE(absl::IsResourceExhausted(
      MessageOfFrame(std::string(kFrameBytesMax + 1, 'x'), absl::UnixEpoch())
          .status()));
}

TEST(EventTest, ARecordIsWorthOpeningOnlyAsAnEventOfOursOfFittingSize) {
  EXPECT_EQ(FitnessOf(10, kFrameType), Fitness::kFrame);
  EXPECT_EQ(FitnessOf(kFrameBytesMax, kFrameType), Fitness::kFrame);
  EXPECT_EQ(FitnessOf(kFrameBytesMax + 1, kFrameType), Fitness::kTooLarge);
  EXPECT_EQ(FitnessOf(std::nullopt, kFrameType), Fitness::kTombstone);
  EXPECT_EQ(FitnessOf(10, "com.example.order"), Fitness::kForeign);
  EXPECT_EQ(FitnessOf(10, std::nullopt), Fitness::kForeign);
  EXPECT_EQ(FitnessOf(10, kGenesisType), Fitness::kGenesis);
}

TEST(TopicsTest, NamesCarryPurposeVersionAndOwner) {
  EXPECT_EQ(InboxTopic("hackney"), "kith.inbox.v1.hackney");
  EXPECT_EQ(QuarantineTopic("hackney"), "kith.quarantine.v1.hackney");
  EXPECT_EQ(FeedTopic("health"), "kith.feed.v1.health");
}

class ConnectionTest : public ::testing::Test {
 protected:
  std::string PasswordFile(const std::string& content, mode_t mode) {
    const std::string path = ::testing::TempDir() + "/kith_wire_password";
    std::ofstream(path) << content;
    chmod(path.c_str(), mode);
    return path;
  }
};

TEST_F(ConnectionTest, BrokersAloneAreReachedInPlainText) {
  EXPECT_EQ(*PropertiesOf({.brokers = "a:1,b:2"}),
            (Properties{{"bootstrap.servers", "a:1,b:2"},
                        {"security.protocol", "plaintext"}}));
}

TEST_F(ConnectionTest, TlsAndScramGoTogether) {
  Connection connection{.brokers = "a:1", .ca_file = "ca.pem"};
  EXPECT_THAT(*PropertiesOf(connection),
              Contains(Pair("security.protocol", "ssl")));
  connection.user = "hub";
  connection.password_file = PasswordFile("secret\n", 0600);
  const auto properties = PropertiesOf(connection);
  ASSERT_TRUE(properties.ok()) << properties.status();
  EXPECT_THAT(*properties, Contains(Pair("security.protocol", "sasl_ssl")));
  EXPECT_THAT(*properties, Contains(Pair("sasl.mechanisms", "SCRAM-SHA-512")));
  EXPECT_THAT(*properties, Contains(Pair("sasl.password", "secret")));
}

TEST_F(ConnectionTest, APasswordThatOthersMayReadIsNotUsed) {
  const std::string file = PasswordFile("secret\n", 0644);
  const auto status =
      PropertiesOf({.brokers = "a:1", .user = "hub", .password_file = file})
          .status();
  EXPECT_TRUE(absl::IsPermissionDenied(status));
  EXPECT_THAT(std::string(status.message()), HasSubstr("0600"));
}

TEST_F(ConnectionTest, SettingsThatDoNotFitTogetherAreRefused) {
  EXPECT_FALSE(PropertiesOf({}).ok());
  EXPECT_FALSE(PropertiesOf({.brokers = "a:1", .user = "hub"}).ok());
  EXPECT_FALSE(
      PropertiesOf({.brokers = "a:1", .certificate_file = "c.pem"}).ok());
  EXPECT_FALSE(PropertiesOf({.brokers = "a:1", .mechanism = "PLAIN"}).ok());
}

}  // namespace
}  // namespace kith::wire
