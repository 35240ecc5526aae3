#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/kithd/config.h"

namespace kith::kithd {
namespace {

using ::testing::HasSubstr;

class PartnershipConfigTest : public ::testing::Test {
 protected:
  PartnershipConfigTest() {
    std::string pattern = ::testing::TempDir() + "/kith-config-XXXXXX";
    folder_ = mkdtemp(pattern.data());
  }
  ~PartnershipConfigTest() override { std::filesystem::remove_all(folder_); }

  absl::StatusOr<Config> Read(const std::string& text,
                              std::vector<std::string> flags = {}) {
    const std::string file = absl::StrCat(folder_, "/kithd.yaml");
    std::ofstream(file) << text;
    // Callers need not be proven here.
    std::vector<std::string> words = {"kithd", "--config", file,
                                      "--development-plaintext"};
    words.insert(words.end(), flags.begin(), flags.end());
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    int exit_code = -1;
    return ReadConfig(static_cast<int>(arguments.size()), arguments.data(),
                      &exit_code);
  }
  std::string Complaint(const std::string& text,
                        const std::vector<std::string>& flags = {}) {
    return std::string(Read(text, flags).status().message());
  }

 private:
  std::string folder_;
};

TEST_F(PartnershipConfigTest, TheFlagsPartnershipIsTheOnlyOne) {
  const auto config = Read("", {"--data", "/d", "--partnership", "hackney"});
  ASSERT_TRUE(config.ok()) << config.status();
  ASSERT_EQ(config->partnerships.size(), 1u);
  EXPECT_EQ(config->partnerships[0].name, "hackney");
  EXPECT_EQ(config->partnerships[0].data, "/d");
  EXPECT_EQ(config->partnerships[0].keys, "/d/keys");
  EXPECT_TRUE(config->kafka.brokers.empty());
}

TEST_F(PartnershipConfigTest, EachOfSeveralHasAFolderOfItsOwn) {
  const auto config = Read(
      "data: /d\n"
      "partnerships:\n"
      "  - name: hackney\n"
      "  - name: camden\n"
      "    data: /elsewhere\n"
      "    keys: /keys\n"
      "    checkpoints: /c\n");
  ASSERT_TRUE(config.ok()) << config.status();
  ASSERT_EQ(config->partnerships.size(), 2u);
  EXPECT_EQ(config->partnerships[0].data, "/d/hackney");
  EXPECT_EQ(config->partnerships[0].keys, "/d/hackney/keys");
  EXPECT_EQ(config->partnerships[1].data, "/elsewhere");
  EXPECT_EQ(config->partnerships[1].keys, "/keys");
  EXPECT_EQ(config->partnerships[1].checkpoints, "/c");
}

TEST_F(PartnershipConfigTest, NamesAndFoldersAreNotShared) {
  EXPECT_THAT(Complaint("data: /d\npartnerships:\n  - name: a\n  - name: a\n"),
              HasSubstr("\"a\""));
  EXPECT_THAT(Complaint("data: /d\npartnerships:\n  - name: a\n    data: /x\n"
                        "  - name: b\n    data: /x\n"),
              HasSubstr("\"b\""));
  EXPECT_THAT(Complaint("data: /d\npartnerships:\n  - name: Bad Name\n"),
              HasSubstr("Bad Name"));
  EXPECT_THAT(Complaint("data: /d\npartnerships:\n  - name: a\n",
                        {"--partnership", "b"}),
              HasSubstr("--partnership"));
}

TEST_F(PartnershipConfigTest, KafkaIsReachedAsTheFileSays) {
  const auto config = Read(
      "data: /d\nkafka:\n  brokers: a:1,b:2\n  ca_file: /ca.pem\n"
      "  certificate_file: /c.pem\n  key_file: /k.pem\n"
      "  patience_seconds: 7\n");
  ASSERT_TRUE(config.ok()) << config.status();
  EXPECT_EQ(config->kafka.brokers, "a:1,b:2");
  EXPECT_EQ(config->kafka.ca_file, "/ca.pem");
  EXPECT_EQ(config->kafka.certificate_file, "/c.pem");
  EXPECT_EQ(config->kafka.key_file, "/k.pem");
  EXPECT_EQ(config->kafka_patience_seconds, 7);
  EXPECT_EQ(Read("data: /d\n", {"--kafka", "c:3"})->kafka.brokers, "c:3");
}

TEST_F(PartnershipConfigTest, MistakesInsideAreNamedWithTheirLine) {
  EXPECT_THAT(Complaint("data: /d\nkafka:\n  broker: a:1\n"),
              HasSubstr("kithd.yaml:3: there is no setting \"broker\""));
  EXPECT_THAT(Complaint("data: /d\npartnerships: hackney\n"),
              HasSubstr("kithd.yaml:2: "));
  EXPECT_THAT(Complaint("data: /d\npartnerships:\n  - title: a\n"),
              HasSubstr("kithd.yaml:3: there is no setting \"title\""));
  EXPECT_THAT(Complaint("data: /d\nkafka:\n  user: hub\n"),
              HasSubstr("no brokers"));
  EXPECT_THAT(Complaint("data: /d\nkafka:\n  brokers: a:1\n  user: hub\n"),
              HasSubstr("password file"));
}

TEST_F(PartnershipConfigTest, AGapIsAcceptedForItsPartnership) {
  const auto config = Read("data: /d\n", {"--accept-gap", "hackney=120:181"});
  ASSERT_TRUE(config.ok()) << config.status();
  EXPECT_EQ(config->accepted_gaps.at("hackney"),
            (inbox::AcceptedGap{120, 181}));
  EXPECT_FALSE(Read("data: /d\n", {"--accept-gap", "120:181"}).ok());
  EXPECT_FALSE(Read("data: /d\n", {"--accept-gap", "hackney=all"}).ok());
}

TEST_F(PartnershipConfigTest, WhatANodeTellsStandsWithItsPartnership) {
  const auto config = Read(
      "data: /d\n"
      "kafka: {brokers: \"a:1\"}\n"
      "partnerships:\n"
      "  - name: hackney\n"
      "    relay:\n"
      "      quarantine: true\n"
      "      feeds:\n"
      "        - {agency: council, purpose: early_help}\n"
      "        - {agency: nhs, purpose: health}\n"
      "  - name: camden\n");
  ASSERT_TRUE(config.ok()) << config.status();
  const RelayConfig& relay = config->partnerships[0].relay;
  EXPECT_TRUE(relay.quarantine);
  ASSERT_EQ(relay.feeds.size(), 2u);
  EXPECT_EQ(relay.feeds[1].agency, "nhs");
  EXPECT_EQ(relay.feeds[1].purpose, "health");
  EXPECT_TRUE(config->partnerships[1].relay.IsEmpty());
}

TEST_F(PartnershipConfigTest, TheOnlyPartnershipsRelayStandsAtTheTop) {
  const auto config = Read(
      "kafka: {brokers: \"a:1\", inboxes: false}\nrelay: {quarantine: true}\n",
      {"--data", "/d"});
  ASSERT_TRUE(config.ok()) << config.status();
  EXPECT_TRUE(config->partnerships[0].relay.quarantine);
  EXPECT_FALSE(config->HasKafkaInboxes());
}

TEST_F(PartnershipConfigTest, ARelayThatMakesNoSenseIsNamed) {
  const std::string kafka = "data: /d\nkafka: {brokers: \"a:1\"}\n";
  EXPECT_THAT(Complaint("data: /d\nrelay: {quarantine: true}\n"),
              HasSubstr("no Kafka brokers"));
  EXPECT_THAT(Complaint(kafka + "relay: {feeds: [{agency: nhs}]}\n"),
              HasSubstr("a purpose"));
  EXPECT_THAT(Complaint(kafka + "relay: {feeds: [{agency: a, purpose: p}, "
                                "{agency: a, purpose: q}]}\n"),
              HasSubstr("one feed an agency"));
  EXPECT_THAT(Complaint(kafka + "relay: {quarantine: true}\n"
                                "partnerships:\n  - name: hackney\n"),
              HasSubstr("with each partnership"));
}

}  // namespace
}  // namespace kith::kithd
