// Adapters and a broker that talk by TLS and SASL/SCRAM, with the access that
// docs/kafka.md tells a deployment to give: an adapter may write to its
// partnership's inbox and read nothing.
#include "tests/kafka/secure.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "adapters/publisher/command.h"
#include "wire/topics.h"

namespace kith::kafka_tests {
namespace {

using server_tests::Ended;
using ::testing::HasSubstr;
using ::testing::SizeIs;

const User kAdapter = {"council_feed", "tide-pebble-41"};
const User kNode = {"node1", "granite-lamp-7"};
const User kStranger = {"stranger", "nobody-knows-2"};

class SecureTest : public ::testing::Test {
 protected:
  static void TearDownTestSuite() { delete secure_; }
  void SetUp() override {
    KITH_NEEDS_KAFKA();
    if (secure_ == nullptr) {
      secure_ = new SecureBroker({kAdapter, kNode, kStranger});
      for (const char* partnership : {"hackney", "camden"}) {
        MakeTopic(secure_->plain_address(), wire::InboxTopic(partnership));
      }
      const std::string inbox = wire::InboxTopic("hackney");
      const std::string& address = secure_->plain_address();
      Allow(address, kAdapter.name, "write", "topic", inbox);
      Allow(address, kNode.name, "read", "topic", inbox);
      for (const User& user : {kNode, kAdapter}) {
        Allow(address, user.name, "read", "group", kReadersGroup);
      }
    }
    file_ = folder_.Write("persons.csv",
                          "Person ID,First Name,Surname,Date of Birth\n"
                          "P1,Ada,Specimen,01/02/1990\n");
    key_file_ =
        folder_.Write("council_feed.council_feed_k1.key", std::string(64, 'a'));
  }

  Ended Run(const User& user, const std::string& partnership = "hackney") {
    const std::string settings = folder_.Write(
        "kafka.yaml", absl::StrCat("brokers: ", secure_->address(),
                                   "\nca_file: ", secure_->ca_file(),
                                   "\nuser: ", user.name, "\npassword_file: ",
                                   secure_->PasswordFile(user.password), "\n"));
    return RunWith("--kafka-settings", settings, partnership);
  }
  Ended RunWith(const std::string& option, const std::string& value,
                const std::string& partnership = "hackney") {
    return server_tests::RunProgram(
        {KITH_COUNCIL_PROGRAM, "run", file_, "--partnership", partnership,
         "--agency", "council", "--source", "council_feed", "--outbox",
         absl::StrCat(folder_.path(), "/outbox_", partnership), "--key-file",
         key_file_, option, value},
        folder_.path());
  }

  static SecureBroker* secure_;
  const server_tests::TestFolder folder_;
  std::string file_, key_file_;
};

SecureBroker* SecureTest::secure_ = nullptr;

TEST_F(SecureTest, AnAdapterWithItsRightsPublishesAndANodeWithItsRightsReads) {
  const Ended ended = Run(kAdapter);
  EXPECT_EQ(ended.code, adapters::kExitDone) << ended.err;
  EXPECT_THAT(ReadTopic(secure_->address(), wire::InboxTopic("hackney"),
                        secure_->SettingsOf(kNode)),
              SizeIs(1));
}

TEST_F(SecureTest, AnAdapterMayNotWriteToAnotherPartnership) {
  const Ended ended = Run(kAdapter, "camden");
  EXPECT_EQ(ended.code, adapters::kExitNotDelivered);
  EXPECT_THAT(ended.err, HasSubstr("may not write to topic"));
}

TEST_F(SecureTest, AUserWithoutRightsPublishesNothing) {
  const Ended ended = Run(kStranger);
  EXPECT_EQ(ended.code, adapters::kExitNotDelivered);
  EXPECT_THAT(ended.err, HasSubstr("may not write to topic"));
}

TEST_F(SecureTest, AnAdapterMayNotReadAndANodeMayNotWrite) {
  EXPECT_TRUE(MayRead(secure_->address(), wire::InboxTopic("hackney"),
                      secure_->SettingsOf(kNode)));
  EXPECT_FALSE(MayRead(secure_->address(), wire::InboxTopic("hackney"),
                       secure_->SettingsOf(kAdapter)));
  EXPECT_THAT(Run(kNode).err, HasSubstr("may not write"));
}

TEST_F(SecureTest, AWrongPasswordIsSaidToBeWrong) {
  const Ended ended = Run({kAdapter.name, "wrong-one"});
  EXPECT_EQ(ended.code, adapters::kExitNotDelivered);
  EXPECT_THAT(ended.err, HasSubstr("uthentication"));
  EXPECT_THAT(ended.err, Not(HasSubstr("wrong-one")));
}

TEST_F(SecureTest, PlainTextIsNotSpokenToATlsListener) {
  const Ended ended = RunWith("--kafka-brokers", secure_->address());
  EXPECT_EQ(ended.code, adapters::kExitNotDelivered);
  EXPECT_THAT(ended.err, HasSubstr("not reachable"));
}

}  // namespace
}  // namespace kith::kafka_tests
