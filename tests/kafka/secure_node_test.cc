// A node and a broker that talk by TLS and SASL/SCRAM, with exactly the rights
// that docs/kafka.md gives a node and an agency.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "services/engine/testing.h"
#include "tests/kafka/node.h"
#include "tests/kafka/oracle.h"
#include "tests/kafka/producers.h"
#include "tests/kafka/relay_world.h"
#include "tests/kafka/secure.h"
#include "wire/topics.h"

namespace kith::kafka_tests {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kPartnership[] = "hackney";
const User kNode = {"node1", "granite-lamp-7"};
const User kPoor = {"node2", "willow-gate-19"};  // without a single right
const User kAgency = {"school", "amber-fence-3"};

class SecureNodeTest : public ::testing::Test {
 protected:
  static void TearDownTestSuite() { delete secure_; }
  void SetUp() override {
    KITH_NEEDS_KAFKA();
    if (secure_ != nullptr) return;
    secure_ = new SecureBroker({kNode, kPoor, kAgency});
    const std::string& admin = secure_->plain_address();
    const std::string inbox = wire::InboxTopic(kPartnership);
    const std::string quarantine = wire::QuarantineTopic(kPartnership);
    const std::string feed = wire::FeedTopic("school");
    for (const std::string& topic : {inbox, quarantine, feed}) {
      MakeTopic(admin, topic);
    }
    // As the table "Access" has it.
    for (const char* operation : {"read", "write", "describe_configs"}) {
      Allow(admin, kNode.name, operation, "topic", inbox);
    }
    Allow(admin, kNode.name, "read", "group", "kith.node1.");
    Allow(admin, kNode.name, "write", "topic", quarantine);
    Allow(admin, kNode.name, "write", "topic", "kith.feed.v1.");
    Allow(admin, kAgency.name, "read", "topic", feed);
    Allow(admin, kAgency.name, "read", "group", kReadersGroup);
  }

  std::unique_ptr<Node> NodeOf(const User& user, const std::string& password) {
    NodeOptions options;
    options.partnership = kPartnership;
    options.node = user.name;
    options.folder = absl::StrCat(folder_.path(), "/", user.name);
    options.keys = folder_.path() + "/keys";
    options.flags = {
        "--config",
        folder_.Write(
            user.name + ".yaml",
            absl::StrCat("partnership: ", kPartnership,
                         "\nkafka:\n  brokers: ", secure_->address(),
                         "\n  ca_file: ", secure_->ca_file(),
                         "\n  user: ", user.name,
                         "\n  password_file: ", secure_->PasswordFile(password),
                         "\nrelay:\n  quarantine: true\n  feeds:\n"
                         "    - {agency: school, purpose: early_help}\n"))};
    return std::make_unique<Node>(options);
  }

  static testing::AssertionResult AwaitRecord(const std::string& topic) {
    for (int i = 0; i < 600; ++i) {
      if (Bounds(secure_->plain_address(), topic).second > 0) {
        return testing::AssertionSuccess();
      }
      absl::SleepFor(absl::Milliseconds(100));
    }
    return testing::AssertionFailure() << topic << " stays empty";
  }

  static SecureBroker* secure_;
  const server_tests::TestFolder folder_;
};

SecureBroker* SecureNodeTest::secure_ = nullptr;

TEST_F(SecureNodeTest, WithItsRightsANodeFoundsReadsWritesAndTells) {
  const auto node = NodeOf(kNode, kNode.password);
  ASSERT_TRUE(node->WaitReady()) << node->Ready() << node->Log();
  engine::testing::TestSource feed(kPartnership, "school_feed",
                                   agency::v1::SOURCE_KIND_OUTBOX, "school");
  engine::testing::PutKey(node->options().keys, feed);
  // A write through the node travels through the topic.
  ASSERT_TRUE(node->Register(feed.Registration()).ok());
  const std::string inbox = wire::InboxTopic(kPartnership);
  std::vector<Record> records;
  for (const auto& said : {Child(1), FamilyOf(1)}) {
    records.push_back(RecordOf(feed.Frame(said, absl::Now())));
  }
  Record foreign;
  foreign.key = "stranger";
  foreign.value = "no frame";
  foreign.headers = {{"ce_type", "kith.agency.v1.Frame"}};
  records.push_back(foreign);
  Produce(secure_->plain_address(), inbox, records);
  ASSERT_TRUE(
      node->WaitForOffset(Bounds(secure_->plain_address(), inbox).second))
      << node->Log();
  // Notices leave under this user's rights, too.
  EXPECT_TRUE(AwaitRecord(wire::QuarantineTopic(kPartnership))) << node->Log();
  EXPECT_TRUE(AwaitRecord(wire::FeedTopic("school"))) << node->Log();
  // And the agency may read its feed and nothing else.
  EXPECT_TRUE(MayRead(secure_->address(), wire::FeedTopic("school"),
                      secure_->SettingsOf(kAgency)));
  EXPECT_FALSE(
      MayRead(secure_->address(), inbox, secure_->SettingsOf(kAgency)));
  EXPECT_EQ(node->Terminate().code, 0) << node->Log();
  EXPECT_THAT(node->Log(), Not(HasSubstr("uthoriz"))) << node->Log();
  Oracle oracle(node->data(), kPartnership, node->options().keys);
  oracle.ExpectOneOutcomeEach(feed);
  oracle.ExpectAtTheEndOf(secure_->plain_address(), inbox);
}

TEST_F(SecureNodeTest, WithoutRightsItStaysDownAndSaysSo) {
  const auto node = NodeOf(kPoor, kPoor.password);
  EXPECT_TRUE(node->WaitFor("may not see it")) << node->Ready() << node->Log();
  EXPECT_THAT(node->Ready(), HasSubstr("503"));
}

TEST_F(SecureNodeTest, AWrongPasswordKeepsItDownAndStandsInNoLog) {
  const auto node = NodeOf(kNode, "wrong-one");
  EXPECT_TRUE(node->WaitFor("503")) << node->Ready();
  for (int i = 0;
       i < 300 && node->Log().find("uthentication") == std::string::npos; ++i) {
    absl::SleepFor(absl::Milliseconds(100));
  }
  EXPECT_THAT(node->Log(), HasSubstr("uthentication"));
  EXPECT_THAT(node->Log(), Not(HasSubstr("wrong-one")));
}

}  // namespace
}  // namespace kith::kafka_tests
