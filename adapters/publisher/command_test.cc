// The adapters' command line: files, outbox and exit codes, with no server
// anywhere.
#include "adapters/publisher/command.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "absl/strings/str_split.h"
#include "adapters/common/text.h"

namespace kith::adapters {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

// Each word of a file is an item: "ok", "bad" or "odd".
class Words final : public FileReader {
 public:
  absl::Status Read(const std::string& path, const Feed& feed,
                    const ItemSink& sink) override {
    const auto text = ReadFile(path, 1 << 20);
    if (!text.ok()) return text.status();
    for (const auto word : absl::StrSplit(*text, ' ', absl::SkipWhitespace())) {
      Item item;
      item.kind = "word";
      item.place = {path, 1, 1};
      Say(feed, "key", feed.extracted_at, item).mutable_need_stated();
      if (word == "bad") SetAside(item, "bad word");
      if (word == "odd") Skip(item, "odd word");
      const absl::Status taken = sink(std::move(item));
      if (!taken.ok()) return taken;
    }
    return absl::OkStatus();
  }
};

class CommandTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::path(testing::TempDir()) /
              testing::UnitTest::GetInstance()->current_test_info()->name();
    fs::remove_all(folder_);
    fs::create_directories(folder_ / "in");
    Write("table.yaml", "version: 1\n");
    Write("feed.k1.key", std::string(64, 'a'));
    Write("in/one.txt", "ok ok odd");
  }
  void TearDown() override { fs::remove_all(folder_); }

  std::string Path(const std::string& name) {
    return (folder_ / name).string();
  }
  void Write(const std::string& name, const std::string& text) {
    std::ofstream(folder_ / name) << text;
  }

  int Main(std::vector<std::string> words) {
    const Adapter adapter{
        "kith-words",
        "Reads words.",
        "kith-words run a.txt",
        "words",
        ".txt",
        Path("table.yaml"),
        [](const Mapping&) { return std::make_unique<Words>(); }};
    std::vector<const char*> argv = {"kith-words"};
    for (const std::string& word : words) argv.push_back(word.c_str());
    testing::internal::CaptureStdout();
    testing::internal::CaptureStderr();
    const int code =
        CommandMain(adapter, static_cast<int>(argv.size()), argv.data());
    out_ = testing::internal::GetCapturedStdout();
    err_ = testing::internal::GetCapturedStderr();
    return code;
  }

  std::vector<std::string> Running(const std::string& file) {
    // Port 1 is nobody's.
    return {"run",         Path(file),  "--agency",      "council",
            "--source",    "feed",      "--partnership", "hackney",
            "--outbox",    Path("box"), "--key-file",    Path("feed.k1.key"),
            "--plaintext", "--server",  "127.0.0.1:1"};
  }

  fs::path folder_;
  std::string out_, err_;
};

TEST_F(CommandTest, ADryRunCountsEverythingAndTellsNobody) {
  EXPECT_EQ(Main({"run", Path("in"), "--agency", "council", "--dry-run"}), 0);
  EXPECT_THAT(out_, HasSubstr("all items: 3 = 2 ready + 1 skipped"));
  EXPECT_FALSE(fs::exists(Path("box")));
  Write("in/two.txt", "bad");
  EXPECT_EQ(Main({"run", Path("in"), "--agency", "council", "--dry-run",
                  "--output", "json"}),
            1);
  EXPECT_THAT(out_, HasSubstr("\"total\": 4"));
}

TEST_F(CommandTest, WithoutAServerEverythingIsKeptInTheOutbox) {
  EXPECT_EQ(Main(Running("in/one.txt")), 4);
  EXPECT_THAT(out_, HasSubstr("all items: 3 = 2 kept in outbox + 1 skipped"));
  EXPECT_EQ(Main({"status", "--outbox", Path("box")}), 0);
  EXPECT_THAT(out_, HasSubstr("waiting          2"));
  EXPECT_EQ(Main({"status", "--outbox", Path("box"), "--output", "json"}), 0);
  EXPECT_THAT(out_, HasSubstr("\"waiting\": 2"));
  EXPECT_EQ(Main({"deliver", "--outbox", Path("box"), "--agency", "council",
                  "--server", "127.0.0.1:1", "--plaintext"}),
            4);
}

TEST_F(CommandTest, AFileThatCannotBeReadIsNamedAndTheOthersAreRead) {
  EXPECT_EQ(Main({"run", Path("missing"), Path("in/one.txt"), "--agency",
                  "council", "--dry-run"}),
            3);
  EXPECT_THAT(out_, HasSubstr("missing"));
  EXPECT_THAT(out_, HasSubstr("all items: 3"));
}

TEST_F(CommandTest, WrongUseIsToldApart) {
  EXPECT_EQ(Main({}), 2);
  EXPECT_EQ(Main({"run"}), 2);
  EXPECT_EQ(Main({"run", Path("in"), "--agency", "council"}), 2);
  EXPECT_EQ(Main({"run", Path("in"), "--agency", "Not a name", "--dry-run"}),
            2);
  EXPECT_EQ(Main({"run", Path("in"), "--agency", "council", "--dry-run",
                  "--extracted-at", "soon"}),
            2);
  Write("feed.k1.key", "too short");
  EXPECT_EQ(Main(Running("in")), 2);
  EXPECT_THAT(err_, Not(HasSubstr("too short")));
  Write("table.yaml", "surprise: 1\n");
  EXPECT_EQ(Main({"run", Path("in"), "--agency", "council", "--dry-run"}), 2);
}

TEST_F(CommandTest, WrongKafkaSettingsAreToldByLineAndName) {
  auto words = Running("in");
  words.push_back("--kafka-brokers=127.0.0.1:1");
  EXPECT_EQ(Main(words), 2) << "both a server and Kafka";
  words.erase(words.end() - 3, words.end());
  words.push_back("--kafka-settings");
  words.push_back(Path("kafka.yaml"));
  EXPECT_EQ(Main(words), 2);
  EXPECT_THAT(err_, HasSubstr("kafka.yaml"));
  Write("kafka.yaml", "brokers: a:1\nuser: feed\npasword: secret\n");
  EXPECT_EQ(Main(words), 2);
  EXPECT_THAT(err_, HasSubstr("kafka.yaml:3: there is no setting pasword"));
  EXPECT_THAT(err_, Not(HasSubstr("secret")));
  Write("kafka.yaml", "brokers: [a, b]\n");
  EXPECT_EQ(Main(words), 2);
  EXPECT_THAT(err_, HasSubstr("kafka.yaml:1: brokers"));
  Write("kafka.yaml", "{");
  EXPECT_EQ(Main(words), 2);
  EXPECT_THAT(err_, HasSubstr("no YAML"));
  Write("kafka.yaml", "brokers: a:1\nca_file: nowhere.pem\n");
  EXPECT_EQ(Main(words), 2) << "a file that is not there";
  Write("kafka.yaml", "user: feed\n");
  EXPECT_EQ(Main(words), 2) << "no brokers";
}

TEST_F(CommandTest, ResendingNeedsWhatIsKept) {
  ASSERT_EQ(Main(Running("in/one.txt")), 4);
  EXPECT_EQ(Main({"resend", "--outbox", Path("box"), "--agency", "council",
                  "--server", "127.0.0.1:1", "--plaintext"}),
            2);
  EXPECT_THAT(err_, HasSubstr("of what it has delivered"));
}

TEST_F(CommandTest, AnOutboxOfAnotherSourceIsLeftAlone) {
  ASSERT_EQ(Main(Running("in")), 4);
  auto words = Running("in");
  words[5] = "other";
  EXPECT_EQ(Main(words), 5);
  EXPECT_EQ(Main({"status", "--outbox", Path("nowhere")}), 5);
}

TEST_F(CommandTest, HelpBeginsWithAnExampleAndNamesTheExitCodes) {
  EXPECT_EQ(Main({"--help"}), 0);
  EXPECT_EQ(out_.rfind("Example:\n  kith-words run a.txt", 0), 0u) << out_;
  EXPECT_THAT(out_, HasSubstr("Exit codes:"));
}

}  // namespace
}  // namespace kith::adapters
