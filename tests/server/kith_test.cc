// The kith command line, against a running kithd.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "absl/strings/substitute.h"
#include "kith/api/v1/family_service.grpc.pb.h"
#include "nlohmann/json.hpp"
#include "tests/server/kithd_process.h"

namespace kith::server_tests {
namespace {

using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

using Words = std::vector<std::string>;

constexpr char kNoFamily[] = "hackney-f-00000000000000000000000000";

class KithTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder = new TestFolder;
    kithd = new Kithd(folder->path());
  }
  static void TearDownTestSuite() {
    delete kithd;
    delete folder;
  }

  Ended Kith(const Words& words) const { return kithd->Kith(words); }
  // Without a server and a caller.
  static Ended Alone(Words words) {
    words.insert(words.begin(), KITH_KITH_PROGRAM);
    return RunProgram(words, folder->path());
  }
  static std::string MadeBy(const Ended& said) {
    EXPECT_EQ(said.code, 0) << said.err;
    const auto answer = nlohmann::json::parse(said.out, nullptr, false);
    EXPECT_FALSE(answer.is_discarded()) << said.out;
    return answer["outcome"]["made_ids"][0];
  }
  // A family of one, made through the command line.
  std::string RegisterFamily(const std::string& local_id) const {
    const std::string record = absl::Substitute(
        R"({"record": {"system": "main", "local_id": "$0"}})", local_id);
    MadeBy(Kith({"call", "FamilyService.StatePerson",
                 absl::Substitute(
                     R"({"person": {"record": {"system": "main",
                          "local_id": "$0"}, "names": [{"given": "Anna",
                          "family": "Ferris"}],
                          "birth_date": {"year": 1985, "month": 6, "day": 2}},
                         "write": {"request_id": "person-$0"}})",
                     local_id)}));
    return MadeBy(Kith({"call", "FamilyService.RegisterFamily",
                        absl::Substitute(
                            R"({"family": {"defined_by": $0,
                                 "members": [{"person": $0}]},
                                "write": {"request_id": "family-$1"}})",
                            record, local_id)}));
  }

  static TestFolder* folder;
  static Kithd* kithd;
};

TestFolder* KithTest::folder = nullptr;
Kithd* KithTest::kithd = nullptr;

TEST_F(KithTest, AccessIsExplainedByRoleWithoutANode) {
  const Ended auditor = Alone({"access", "explain", "--of-role", "auditor"});
  EXPECT_EQ(auditor.code, 0) << auditor.err;
  EXPECT_THAT(auditor.out, StartsWith("auditor: "));
  EXPECT_THAT(auditor.out, HasSubstr("with a recorded reason only"));
  EXPECT_EQ(Alone({"access", "explain", "--of-role", "janitor"}).code, 2);
  EXPECT_EQ(Alone({"access", "explain"}).code, 2);
}

TEST_F(KithTest, AccessToAnItemIsExplainedWithItsRows) {
  RegisterFamily("explained");
  const Ended person = Kith({"call", "FamilyService.StatePerson",
                             R"({"person": {"record": {"system": "main",
                 "local_id": "explained-2"}, "names": [{"given": "Ben",
                 "family": "Ferris"}]},
                "write": {"request_id": "person-explained-2"}})"});
  const std::string id = MadeBy(person);
  const Ended without =
      Kith({"access", "explain", "--person", id, "--for-agency", "school",
            "--class", "assessment", "--for-purpose", "early_help"});
  // Nobody works with them yet: then there is nothing to be explained.
  EXPECT_EQ(without.code, 3) << without.out << without.err;
}

TEST_F(KithTest, AFamilyIsShownAsATableAndAsJson) {
  const std::string family = RegisterFamily("shown");
  const Ended table = Kith({"family", "show", family});
  EXPECT_EQ(table.code, 0) << table.err;
  EXPECT_THAT(table.out, HasSubstr("Anna Ferris"));
  const Ended json = Kith({"--output", "json", "family", "show", family});
  EXPECT_EQ(json.code, 0);
  const auto answer = nlohmann::json::parse(json.out, nullptr, false);
  ASSERT_FALSE(answer.is_discarded()) << json.out;
  EXPECT_EQ(answer["family"]["family_id"], family);
}

TEST_F(KithTest, ThereIsNoColourWhereNobodyLooks) {
  const std::string family = RegisterFamily("plain");
  for (const Words& words :
       {Words{"family", "show", family}, Words{"family", "timeline", family},
        Words{"duplicate", "list"}, Words{"family", "show", kNoFamily}}) {
    const Ended said = Kith(words);
    EXPECT_THAT(said.out + said.err, Not(HasSubstr("\033")));
  }
}

TEST_F(KithTest, HeadingsStandOutAtATerminal) {
  const std::string family = RegisterFamily("seen");
  const Ended said = kithd->KithAtTerminal({"family", "show", family});
  EXPECT_EQ(said.code, 0) << said.out;
  EXPECT_THAT(said.out, HasSubstr("Anna Ferris"));
  EXPECT_THAT(said.out, ContainsRegex("\033\\[1m[^\033]+\033\\[0m"));
  const Ended json =
      kithd->KithAtTerminal({"--output", "json", "family", "show", family});
  EXPECT_EQ(json.code, 0) << json.out;
  EXPECT_THAT(json.out, Not(HasSubstr("\033")));
}

TEST_F(KithTest, JsonIsOneDocumentALine) {
  const std::string family = RegisterFamily("lines");
  for (const Words& words :
       {Words{"family", "timeline", family}, Words{"family", "replay", family},
        Words{"duplicate", "list"},
        Words{"lead", "lookup", "--nhs", "9434765919"},
        Words{"audit", "who-looked", family}}) {
    Words all = {"--output", "json"};
    all.insert(all.end(), words.begin(), words.end());
    const Ended said = Kith(all);
    EXPECT_EQ(said.code, 0) << words[0] << " " << words[1] << said.err;
    const std::vector<std::string> lines =
        absl::StrSplit(said.out, '\n', absl::SkipEmpty());
    EXPECT_FALSE(lines.empty()) << words[0] << " " << words[1];
    for (const std::string& line : lines) {
      EXPECT_TRUE(nlohmann::json::accept(line)) << line;
    }
  }
}

TEST_F(KithTest, ExitCodesSayWhatHappened) {
  EXPECT_EQ(Kith({"lead", "lookup", "--nhs", "9434765919"}).code, 0);
  const Ended refused = Kith({"call", "FamilyService.RegisterFamily",
                              R"({"family": {}, "write":
                                  {"request_id": "no-definer"}})"});
  EXPECT_EQ(refused.code, 1);
  EXPECT_THAT(refused.err, HasSubstr("FAMILY_WITHOUT_DEFINER rows=R-001"));
  EXPECT_EQ(Kith({"lead", "lookup", "--family", "Ferris"}).code, 2);
  EXPECT_EQ(Kith({"family", "show", kNoFamily}).code, 3);
  EXPECT_EQ(Kith({"quarantine", "list"}).code, 5);
  EXPECT_EQ(Alone({"--server", absl::StrCat("127.0.0.1:", kithd->grpc_port()),
                   "--plaintext", "family", "show", kNoFamily})
                .code,
            5);
}

TEST_F(KithTest, AServerThatIsNotThereEndsWithFour) {
  // Bound, and nobody listens.
  const int taken = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  ASSERT_EQ(bind(taken, reinterpret_cast<sockaddr*>(&address), size), 0);
  ASSERT_EQ(getsockname(taken, reinterpret_cast<sockaddr*>(&address), &size),
            0);
  const Ended ended =
      Alone({"--server", absl::StrCat("127.0.0.1:", ntohs(address.sin_port)),
             "--plaintext", "--agency", "council", "--as", "w1", "--purpose",
             "early_help", "family", "show", kNoFamily});
  EXPECT_EQ(ended.code, 4) << ended.err;
  close(taken);
}

TEST_F(KithTest, WrongUseEndsWithTwo) {
  EXPECT_EQ(Alone({}).code, 2);
  EXPECT_EQ(Alone({"nonsense"}).code, 2);
  EXPECT_EQ(Alone({"family"}).code, 2);
  EXPECT_EQ(Alone({"family", "show"}).code, 2);
  EXPECT_EQ(Alone({"--output", "xml", "family", "show", "x"}).code, 2);
  EXPECT_EQ(Kith({"call", "FamilyService.GetFamily", "{nonsense"}).code, 2);
  EXPECT_EQ(Kith({"family", "show", kNoFamily, "--at", "yesterday"}).code, 2);
  EXPECT_EQ(Kith({"lead", "lookup", "--given", "A", "--family", "F", "--birth",
                  "2023-02-29", "--postcode", "RV1 4QX"})
                .code,
            2);
}

TEST_F(KithTest, CallListsEveryMethod) {
  const Ended listed = Alone({"call", "--list"});
  EXPECT_EQ(listed.code, 0);
  EXPECT_THAT(listed.out, HasSubstr("FamilyService.GetFamily\n"));
  EXPECT_THAT(listed.out, HasSubstr("OperationsService.VerifyLedger\n"));
}

// The names under "Subcommands:" of a help text.
Words Subcommands(const std::string& help) {
  Words names;
  const size_t begin = help.find("Subcommands:\n");
  if (begin == std::string::npos) return names;
  const std::vector<std::string> lines = absl::StrSplit(
      help.substr(begin + std::string("Subcommands:\n").size()), '\n');
  for (const std::string& line : lines) {
    // Names stand at two blanks; further lines of a description far beyond.
    if (line.size() < 3 || line.substr(0, 2) != "  ") break;
    if (line[2] == ' ') continue;
    names.push_back(line.substr(2, line.find(' ', 2) - 2));
  }
  return names;
}

TEST_F(KithTest, EveryCommandsHelpBeginsWithAnExample) {
  int commands = 0;
  std::vector<Words> open = {{}};
  while (!open.empty()) {
    const Words words = open.back();
    open.pop_back();
    Words asking = words;
    asking.push_back("--help");
    const Ended help = Alone(asking);
    EXPECT_EQ(help.code, 0);
    const Words below = Subcommands(help.out);
    for (const std::string& name : below) {
      open.push_back(words);
      open.back().push_back(name);
    }
    if (!below.empty()) continue;
    ++commands;
    EXPECT_THAT(help.out, StartsWith("Example: kith "))
        << testing::PrintToString(words);
  }
  EXPECT_GE(commands, 20);
}

}  // namespace
}  // namespace kith::server_tests
