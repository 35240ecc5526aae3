// Nothing that views hold reaches an answer but through disclosure, and no
// answer leaves but through the access log.
//
// The types hold most of it: only a Discloser makes a Disclosed, only the
// access log a Recorded, and api and relay send nothing else. What types cannot
// hold - that nobody takes a piece apart by hand, or sends something by another
// way - is read off the sources of what sends (services/api, relay and kithd),
// with a list of the few places that may.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <regex>
#include <type_traits>

#include "kith/api/v1/family_service.pb.h"
#include "services/access/recorded.h"
#include "services/disclosure/disclosed.h"
#include "tests/architecture/source_tree.h"

namespace kith::architecture {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

using Answer = api::v1::GetFamilyResponse;
static_assert(!std::is_constructible_v<disclosure::Disclosed<Answer>, Answer,
                                       disclosure::Account>);
static_assert(!std::is_default_constructible_v<disclosure::Disclosed<Answer>>);
static_assert(!std::is_constructible_v<access::Recorded<Answer>, Answer>);
static_assert(!std::is_default_constructible_v<access::Recorded<Answer>>);
// That a stream takes nothing else: services/api/stream_test.cc.

struct Way {
  const char* what;
  std::regex pattern;
  // Files that may, and how often; the reason stands there.
  std::map<std::string, int> allowed;
};

const std::vector<Way>& SideWays() {
  static const auto* ways = new std::vector<Way>{
      {"takes a piece apart",
       std::regex(R"((\.|->)part\b)"),
       {{"services/relay/feed.cc", 1},              // thinned, label and all
        {"services/relay/quarantine.cc", 1},        // likewise
        {"services/api/looks.cc", 4},               // looks
        {"services/api/family_service.cc", 2},      // positions of lines
        {"services/api/operations_service.cc", 4},  // metadata of sources
        {"services/api/watch_service.cc", 2}}},     // positions of lines
      {"answers past the decision",
       std::regex(R"((\.|->)(Plain|Nothing)(<[^>]*>)?\()"),
       {{"services/api/read_call.h", 2},         // where they are defined
        {"services/api/consent_service.cc", 1},  // counts that name nobody
        {"services/api/family_service.cc", 1},   // an empty list
        {"services/api/intake_service.cc",
         2},  // a source's numbers and outcomes
        {"services/api/operations_service.cc", 4}}},  // metadata of the node
      {"reads view rows itself",
       std::regex(
           R"(kith/ledger/v1/view\.pb\.h|services/views/(reading|compose|folding|keys)\.h)"),
       {{"services/api/watch_service.cc", 1},  // where a stream goes on
        {"services/relay/feed.cc", 1}}},       // likewise
      {"finishes a call itself",
       std::regex(R"(->Finish\()"),
       {{"services/api/shell.cc", 2},   // after the shell has recorded; no call
        {"services/api/health.cc", 6},  // holds nobody's data
        {"services/api/stream.h", 1},   // what the shell gave it
        {"services/api/watch.h", 1}}},  // each message was recorded
      {"writes to a stream itself",
       std::regex(R"(\bStartWrite\()"),
       {{"services/api/stream.h", 1},           // what was recorded; progress
        {"services/api/watch.h", 1},            // what was recorded
        {"services/api/intake_service.cc", 1},  // outcomes of what they said
        {"services/api/health.cc", 1}}},        // holds nobody's data
      {"sends progress, which is not recorded",
       std::regex(R"(\bSendProgress\()"),
       {{"services/api/stream.h", 1},                 // where it is defined
        {"services/api/operations_service.cc", 2}}},  // counts of facts
      {"makes a notice",
       std::regex(R"(\bMessageOfNotice\()"),
       {{"services/relay/feed.cc", 1},          // of what was recorded
        {"services/relay/quarantine.cc", 1}}},  // likewise
      {"copies an answer out of the log's hands",
       std::regex(R"(response = std::move)"),
       {{"services/api/shell.h", 1}}},
  };
  return *ways;
}

int CountOf(const std::string& text, const std::regex& pattern) {
  return static_cast<int>(
      std::distance(std::sregex_iterator(text.begin(), text.end(), pattern),
                    std::sregex_iterator()));
}

std::vector<std::string> SideWaysIn(const SourceFile& file) {
  std::vector<std::string> found;
  for (const Way& way : SideWays()) {
    const auto allowed = way.allowed.find(file.path);
    const int most = allowed == way.allowed.end() ? 0 : allowed->second;
    if (CountOf(file.text, way.pattern) > most) {
      found.push_back(file.path + " " + way.what);
    }
  }
  return found;
}

// Whether anything could leave the node from there.
bool Sends(const SourceFile& file) {
  static const std::regex folder("^services/(api|relay|kithd)/");
  return std::regex_search(file.path, folder) && IsCode(file) &&
         file.path.find("_test.cc") == std::string::npos;
}

TEST(OneDoorTest, NoFileThatSendsGoesRoundTheDoor) {
  std::vector<std::string> found;
  std::map<std::string, int> read;  // by folder
  for (const SourceFile& file : ProjectFiles()) {
    if (!Sends(file)) continue;
    ++read[file.path.substr(0, file.path.rfind('/'))];
    for (auto& one : SideWaysIn(file)) found.push_back(one);
  }
  EXPECT_GT(read["services/api"], 20);
  EXPECT_GT(read["services/relay"], 5);
  EXPECT_GT(read["services/kithd"], 10);
  EXPECT_THAT(found, IsEmpty());
}

// Methods of a service are ten lines: read, write or stream through the shell.
std::vector<std::string> MethodsPastTheShell(const SourceFile& file) {
  static const std::regex method(
      R"(\n  [A-Za-z:<>0-9* ]*?\b([A-Z]\w+)\(\s*Context\* context[^{;]*override \{([\s\S]*?)\n  \})");
  std::vector<std::string> found;
  for (std::sregex_iterator next(file.text.begin(), file.text.end(), method),
       end;
       next != end; ++next) {
    // `Open` gives a watching stream the shell.
    if (next->str(2).find("shell_.") == std::string::npos &&
        next->str(2).find("return Open<") == std::string::npos) {
      found.push_back(file.path + ": " + next->str(1));
    }
  }
  return found;
}

TEST(OneDoorTest, EveryMethodGoesThroughTheShell) {
  std::vector<std::string> found;
  int methods = 0;
  for (const SourceFile& file : ProjectFiles()) {
    if (!Sends(file) || file.path.find("_service.cc") == std::string::npos) {
      continue;
    }
    methods += CountOf(file.text, std::regex("Context\\* context"));
    for (auto& one : MethodsPastTheShell(file)) found.push_back(one);
  }
  EXPECT_GT(methods, 50);
  EXPECT_THAT(found, IsEmpty());
}

TEST(OneDoorTest, ASideWayIsSeen) {
  EXPECT_THAT(SideWaysIn({"services/api/new_service.cc",
                          "*response->mutable_family() = piece.part;"}),
              SizeIs(1));
  EXPECT_THAT(SideWaysIn({"services/api/new_service.cc",
                          "return call.Plain(FamilyOf(rows));"}),
              SizeIs(1));
  EXPECT_THAT(SideWaysIn({"services/api/new_service.cc",
                          "#include \"services/views/reading.h\"\n"}),
              SizeIs(1));
  // Once it may, twice it may not.
  EXPECT_THAT(SideWaysIn({"services/relay/feed.cc",
                          "Thin(piece.part); notice->Add(piece.part);"}),
              SizeIs(1));
  EXPECT_THAT(
      SideWaysIn({"services/relay/new.cc", "wire::MessageOfNotice(event);"}),
      SizeIs(1));
  EXPECT_THAT(SideWaysIn({"services/api/new_service.cc",
                          "stream.SendProgress(response);"}),
              SizeIs(1));
  EXPECT_THAT(SideWaysIn({"services/kithd/new.cc", "StartWrite(&answer);"}),
              SizeIs(1));
  EXPECT_THAT(
      MethodsPastTheShell(
          {"services/api/new_service.cc",
           "\n  Reactor* GetAll(Context* context, const A* a,\n"
           "                  B* b) override {\n    *b = All();\n  }\n"}),
      SizeIs(1));
}

}  // namespace
}  // namespace kith::architecture
