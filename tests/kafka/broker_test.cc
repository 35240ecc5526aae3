// The harness itself: a fault that a test believes it provokes must really
// happen, else what it shows is nothing.
#include "tests/kafka/broker.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/kafka/topics.h"

namespace kith::kafka_tests {
namespace {

using ::testing::ElementsAre;
using ::testing::Eq;
using ::testing::Field;
using ::testing::Optional;
using ::testing::SizeIs;

class BrokerTest : public ::testing::Test {
 protected:
  void SetUp() override { KITH_NEEDS_KAFKA(); }
};

Record Saying(const std::string& text) {
  Record record;
  record.key = "k";
  record.value = text;
  record.headers = {{"a", "1"}, {"b", ""}};
  return record;
}

TEST_F(BrokerTest, WhatIsProducedIsReadBackWithKeyHeadersAndBrokersTime) {
  Broker& broker = SharedBroker();
  MakeTopic(broker.address(), "round");
  Record tombstone;
  tombstone.key = "gone";
  Produce(broker.address(), "round", {Saying("one"), tombstone});
  const auto records = ReadTopic(broker.address(), "round");
  ASSERT_THAT(records, SizeIs(2));
  EXPECT_THAT(records[0].value, Optional(Eq("one")));
  EXPECT_THAT(records[0].Header("a"), Optional(Eq("1")));
  EXPECT_THAT(records[0].Header("b"), Optional(Eq("")));
  EXPECT_GT(records[0].time, absl::FromUnixSeconds(1'600'000'000));
  EXPECT_EQ(records[1].value, std::nullopt);
  DeleteBefore(broker.address(), "round", 1);
  EXPECT_EQ(Bounds(broker.address(), "round"), std::make_pair(1l, 2l));
  DeleteTopic(broker.address(), "round");
}

TEST_F(BrokerTest, AKilledBrokerComesBackOnItsAddressWithItsData) {
  Broker& broker = SharedBroker();
  const std::string address = broker.address();
  MakeTopic(address, "kept");
  Produce(address, "kept", {Saying("one")});
  broker.Kill();
  EXPECT_FALSE(Answers(address));
  broker.Start();
  EXPECT_EQ(broker.address(), address);
  EXPECT_THAT(ReadTopic(address, "kept"),
              ElementsAre(Field(&Record::value, Optional(Eq("one")))));
}

TEST_F(BrokerTest, AFrozenBrokerDoesNotAnswerUntilItIsThawed) {
  Broker& broker = SharedBroker();
  broker.Freeze();
  EXPECT_FALSE(Answers(broker.address()));
  broker.Thaw();
  broker.AwaitAnswer();
}

TEST_F(BrokerTest, TheProxyFailsAsItIsTold) {
  Broker& broker = SharedBroker();
  const std::string& address = broker.proxied_address();
  EXPECT_TRUE(Answers(address));
  EXPECT_GT(broker.proxy().accepted(), 0u);
  for (const Proxy::Mode mode : {Proxy::Mode::kCut, Proxy::Mode::kBlackHole,
                                 Proxy::Mode::kDropAnswers}) {
    broker.proxy().Set(mode);
    EXPECT_FALSE(Answers(address));
    EXPECT_TRUE(Answers(broker.address()));
    broker.proxy().Set(Proxy::Mode::kPass);
    EXPECT_TRUE(Answers(address));
  }
}

}  // namespace
}  // namespace kith::kafka_tests
