#include "services/kithd/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"

namespace kith::kithd {
namespace {

using ::testing::HasSubstr;

class ConfigTest : public ::testing::Test {
 protected:
  ConfigTest() {
    std::string pattern = ::testing::TempDir() + "/kith-config-XXXXXX";
    folder_ = mkdtemp(pattern.data());
  }
  ~ConfigTest() override { std::filesystem::remove_all(folder_); }

  // A file of these settings.
  std::string File(const std::string& text) const {
    const std::string file = absl::StrCat(folder_, "/kithd.yaml");
    std::ofstream(file) << text;
    return file;
  }
  // With a folder of identity, which every node needs.
  absl::StatusOr<Config> Read(std::vector<std::string> words) {
    words.insert(words.end(), {"--identity", "/i"});
    return ReadBare(std::move(words));
  }
  absl::StatusOr<Config> ReadBare(std::vector<std::string> words) {
    words.insert(words.begin(), "kithd");
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    return ReadConfig(static_cast<int>(arguments.size()), arguments.data(),
                      &exit_code);
  }
  std::string Complaint(const std::string& text) {
    const auto config = Read({"--config", File(text)});
    EXPECT_EQ(config.status().code(), absl::StatusCode::kInvalidArgument);
    return std::string(config.status().message());
  }

  int exit_code = -1;

 private:
  std::string folder_;
};

TEST_F(ConfigTest, OnlyTheFolderMustBeSaid) {
  const auto config = Read({"--data", "/var/lib/kith"});
  ASSERT_TRUE(config.ok()) << config.status();
  EXPECT_EQ(config->data, "/var/lib/kith");
  EXPECT_EQ(config->keys, "/var/lib/kith/keys");
  EXPECT_EQ(config->checkpoints, "");
  EXPECT_EQ(config->grpc.listen, "127.0.0.1:7400");
  EXPECT_EQ(config->http_listen, "127.0.0.1:7490");
  EXPECT_EQ(Read({}).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST_F(ConfigTest, CallersAreBelievedOnLoopbackOnlyAndOnlyWhenItIsSaid) {
  const auto read = [this](std::vector<std::string> words) {
    words.insert(words.end(), {"--data", "/d"});
    return ReadBare(std::move(words));
  };
  EXPECT_FALSE(read({}).ok());
  EXPECT_TRUE(read({"--identity", "/i", "--listen", "0.0.0.0:1"}).ok());
  EXPECT_FALSE(read({"--identity", "/i", "--development-plaintext"}).ok());
  for (const char* near : {"127.0.0.1:0", "localhost:7400", "[::1]:7400"}) {
    const auto config = read({"--development-plaintext", "--listen", near});
    ASSERT_TRUE(config.ok()) << near;
    EXPECT_TRUE(config->development_plaintext);
  }
  for (const char* far : {"0.0.0.0:7400", "[::]:7400", "10.0.0.7:7400",
                          "kith.example:7400", "localhost.example:1"}) {
    EXPECT_FALSE(read({"--development-plaintext", "--listen", far}).ok())
        << far;
  }
  // Not from a file, which is copied from machine to machine.
  EXPECT_THAT(Complaint("data: /d\ndevelopment_plaintext: true\n"),
              HasSubstr("development_plaintext"));
}

TEST_F(ConfigTest, AFileHoldsEverySetting) {
  const auto config = Read({"--config", File(R"(partnership: hackney
node: node-7
data: /d
keys: /k
checkpoints: /c
grpc_listen: 127.0.0.1:1
http_listen: 127.0.0.1:2
message_bytes_max: 3
metadata_bytes_max: 4
streams_max: 5
workers: 6
calls_waiting_max: 7
drain_seconds: 8
look_ups_per_hour: 9
log_level: warn
)")});
  ASSERT_TRUE(config.ok()) << config.status();
  EXPECT_EQ(config->partnership, "hackney");
  EXPECT_EQ(config->node, "node-7");
  EXPECT_EQ(config->data, "/d");
  EXPECT_EQ(config->keys, "/k");
  EXPECT_EQ(config->checkpoints, "/c");
  EXPECT_EQ(config->grpc.listen, "127.0.0.1:1");
  EXPECT_EQ(config->http_listen, "127.0.0.1:2");
  EXPECT_EQ(config->grpc.message_bytes_max, 3);
  EXPECT_EQ(config->grpc.metadata_bytes_max, 4);
  EXPECT_EQ(config->grpc.streams_max, 5);
  EXPECT_EQ(config->workers, 6);
  EXPECT_EQ(config->calls_waiting_max, 7);
  EXPECT_EQ(config->drain_seconds, 8);
  EXPECT_EQ(config->look_ups_per_hour, 9);
  EXPECT_EQ(config->log_level, "warn");
}

TEST_F(ConfigTest, FlagsWinOverTheFile) {
  const auto config =
      Read({"--config", File("data: /d\nnode: a\nlog_level: warn\n"), "--node",
            "b", "--listen", "127.0.0.1:0"});
  ASSERT_TRUE(config.ok()) << config.status();
  EXPECT_EQ(config->node, "b");
  EXPECT_EQ(config->data, "/d");
  EXPECT_EQ(config->log_level, "warn");
  EXPECT_EQ(config->grpc.listen, "127.0.0.1:0");
}

TEST_F(ConfigTest, AMistakeIsNamedWithFileAndLine) {
  EXPECT_THAT(Complaint("data: /d\nworker: 3\n"),
              HasSubstr("kithd.yaml:2: there is no setting \"worker\""));
  EXPECT_THAT(Complaint("\n\ndata: /d\nworkers: many\n"),
              HasSubstr("kithd.yaml:4: "));
  EXPECT_THAT(Complaint("data: [\n"), HasSubstr("kithd.yaml:"));
  EXPECT_THAT(Complaint("- data\n"), HasSubstr("kithd.yaml:1: "));
  EXPECT_THAT(Complaint("only words\n"), HasSubstr("kithd.yaml:1: "));
  EXPECT_THAT(Complaint("data: {folder: /d}\n"), HasSubstr("kithd.yaml:1: "));
}

TEST_F(ConfigTest, AFileThatIsNotThereIsSaid) {
  const auto config = Read({"--config", "/no/such/file.yaml"});
  EXPECT_EQ(config.status().code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(config.status().message()),
              HasSubstr("/no/such/file.yaml"));
}

TEST_F(ConfigTest, LimitsHaveEdges) {
  const auto takes = [&](const std::string& setting) {
    return Read({"--config", File(absl::StrCat("data: /d\n", setting, "\n"))})
        .ok();
  };
  EXPECT_FALSE(takes("workers: 0"));
  EXPECT_TRUE(takes("workers: 1"));
  EXPECT_TRUE(takes("workers: 256"));
  EXPECT_FALSE(takes("workers: 257"));
  EXPECT_FALSE(takes("calls_waiting_max: 0"));
  EXPECT_FALSE(takes("look_ups_per_hour: 0"));
  EXPECT_FALSE(takes("drain_seconds: -1"));
  EXPECT_TRUE(takes("drain_seconds: 0"));
  EXPECT_FALSE(takes("partnership: Hackney"));
  EXPECT_FALSE(takes("log_level: loud"));
  for (const char* limit :
       {"message_bytes_max", "metadata_bytes_max", "streams_max"}) {
    EXPECT_FALSE(takes(absl::StrCat(limit, ": 0"))) << limit;
    EXPECT_FALSE(takes(absl::StrCat(limit, ": -1"))) << limit;
  }
}

TEST_F(ConfigTest, ANodesNameMakesASourcesName) {
  for (const char* good : {"node-1", "a", "kith_2"}) {
    EXPECT_TRUE(Read({"--data", "/d", "--node", good}).ok()) << good;
  }
  // "api_" and the name must be a source's name of at most 32 characters.
  EXPECT_TRUE(Read({"--data", "/d", "--node", std::string(28, 'n')}).ok());
  for (const std::string& bad : {std::string(29, 'n'), std::string("Node 1"),
                                 std::string("node.example.org")}) {
    EXPECT_FALSE(Read({"--data", "/d", "--node", bad}).ok()) << bad;
  }
}

TEST_F(ConfigTest, WrongUseAndHelpEndTheProgramAtOnce) {
  ::testing::internal::CaptureStdout();
  ::testing::internal::CaptureStderr();
  EXPECT_TRUE(absl::IsCancelled(Read({"--no-such-flag"}).status()));
  EXPECT_EQ(exit_code, 2);
  EXPECT_TRUE(absl::IsCancelled(Read({"--help"}).status()));
  EXPECT_EQ(exit_code, 0);
  EXPECT_TRUE(absl::IsCancelled(Read({"--version"}).status()));
  EXPECT_EQ(exit_code, 0);
  ::testing::internal::GetCapturedStdout();
  ::testing::internal::GetCapturedStderr();
}

}  // namespace
}  // namespace kith::kithd
