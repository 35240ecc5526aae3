// A partnership in the program's broker, for one test: its topic, keys, feeds
// and nodes.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/kafka/broker.h"
#include "tests/kafka/node.h"
#include "tests/kafka/oracle.h"
#include "tests/kafka/producers.h"
#include "tests/kafka/topics.h"
#include "wire/topics.h"

namespace kith::kafka_tests {

class ServerTest : public ::testing::Test {
 protected:
  void SetUp() override {
    KITH_NEEDS_KAFKA();
    broker_ = &SharedBroker();
    // One test, one topic: what others left in the broker is not seen.
    static int tests = 0;
    partnership_ = absl::StrCat("town_", ++tests);
    topic_ = wire::InboxTopic(partnership_);
    MakeTopic(address(), topic_);
  }

  const std::string& address() const { return broker_->address(); }
  std::string keys() const { return folder_.path() + "/keys"; }

  NodeOptions OptionsOf(const std::string& node) const {
    NodeOptions options;
    options.partnership = partnership_;
    options.node = node;
    options.folder = absl::StrCat(folder_.path(), "/", node);
    options.keys = keys();
    options.brokers = address();
    return options;
  }
  std::unique_ptr<Node> NewNode(const std::string& node = "node-1") {
    return std::make_unique<Node>(OptionsOf(node));
  }

  // A feed whose key every node has, not registered yet.
  std::unique_ptr<Producer> NewFeed(const std::string& name,
                                    const std::string& agency) {
    auto feed =
        std::make_unique<Producer>(partnership_, name, agency, address());
    engine::testing::PutKey(keys(), feed->source());
    return feed;
  }
  // The same, registered through `node`, which is ready.
  std::unique_ptr<Producer> NewFeed(const Node& node, const std::string& name,
                                    const std::string& agency) {
    auto feed = NewFeed(name, agency);
    const grpc::Status registered =
        node.Register(feed->source().Registration());
    EXPECT_TRUE(registered.ok()) << registered.error_message();
    return feed;
  }

  // Offset behind the topic's last record.
  int64_t End() { return Bounds(address(), topic_).second; }

  // Waits until the node is ready again and all is applied, ends it, and holds
  // its ledger against what was acknowledged.
  eventstore::Head ExpectWhole(Node& node, const std::vector<Producer*>& feeds,
                               const std::set<uint64_t>& quarantined = {}) {
    EXPECT_TRUE(node.WaitReady()) << node.Ready() << node.Log();
    EXPECT_TRUE(node.WaitForOffset(End())) << node.Ready() << node.Log();
    EXPECT_THAT(node.Ready(), ::testing::HasSubstr("200 OK"));
    const server_tests::Ended ended = node.Terminate();
    EXPECT_EQ(ended.code, 0) << ended.err;
    Oracle oracle(node.data(), partnership_, keys());
    for (Producer* feed : feeds) {
      oracle.ExpectOneOutcomeEach(feed->source(), quarantined);
    }
    oracle.ExpectAtTheEndOf(address(), topic_);
    oracle.ExpectViewsEqualARebuild();
    return oracle.head();
  }

  Broker* broker_ = nullptr;
  server_tests::TestFolder folder_;
  std::string partnership_, topic_;
};

}  // namespace kith::kafka_tests
