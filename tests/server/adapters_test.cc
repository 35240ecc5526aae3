// The adapters as programs that speak to a kithd over its socket: either of
// them killed in the midst of a file, and what the demo's files come to.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <map>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/civil_time.h"
#include "adapters/publisher/command.h"
#include "kith/ledger/v1/facts.pb.h"
#include "nlohmann/json.hpp"
#include "tests/server/adapter_programs.h"

namespace kith::server_tests {
namespace {

using ::testing::HasSubstr;

constexpr int kRows = 2000;
// How far the ledger is when one of the two is killed: within the first batch,
// and far from the end.
constexpr uint64_t kMidst = kRows / 4;

absl::CivilDay BirthDateOf(int row) {
  return absl::CivilDay(1930 + row % 80, 1, 1) + row / 80;
}

// A persons file.
std::string CouncilFile() {
  std::string text = "Person ID,First Name,Surname,Date of Birth\n";
  for (int row = 1; row <= kRows; ++row) {
    const absl::CivilDay born = BirthDateOf(row);
    absl::StrAppendFormat(&text, "P%d,Ada,%s,%02d/%02d/%d\n", row,
                          SurnameOf(row), born.day(), born.month(),
                          born.year());
  }
  return text;
}

// A bundle of patients.
std::string HealthFile() {
  nlohmann::json bundle = {{"resourceType", "Bundle"}, {"type", "collection"}};
  for (int row = 1; row <= kRows; ++row) {
    const nlohmann::json name = {{"given", {"Ada"}},
                                 {"family", SurnameOf(row)}};
    bundle["entry"].push_back(
        {{"resource",
          {{"resourceType", "Patient"},
           {"id", absl::StrCat("p", row)},
           {"name", nlohmann::json::array({name})},
           {"birthDate", absl::FormatCivilTime(BirthDateOf(row))}}}});
  }
  return bundle.dump();
}

// What a ledger holds: facts by their kinds, and the records that were stated,
// as often as they were.
struct Held {
  std::map<int, int> kinds;
  std::multiset<std::string> stated;

  bool operator==(const Held& other) const {
    return kinds == other.kinds && stated == other.stated;
  }
};

// Ends the node and reads what it holds.
Held EndAndRead(Place& place) {
  Held held;
  for (const ledger::v1::Fact& fact : place.EndAndRead()) {
    ++held.kinds[fact.what_case()];
    if (fact.has_record_stated()) {
      held.stated.insert(fact.record_stated().said().record().local_id());
    }
  }
  return held;
}

// Every row is accounted for, as told now or told before.
void ExpectAllTold(const Ended& ended) {
  EXPECT_EQ(ended.code, adapters::kExitDone) << ended.out << ended.err;
  const nlohmann::json report = ReportOf(ended);
  EXPECT_EQ(CountOf(report, "total"), kRows) << ended.out;
  EXPECT_EQ(CountOf(report, "accepted") + CountOf(report, "changed_nothing"),
            kRows)
      << ended.out;
  EXPECT_GT(CountOf(report, "changed_nothing"), 0) << "nothing was in it yet";
}

class AdaptersTest : public ::testing::TestWithParam<Kind> {
 protected:
  void SetUp() override {
    place_.Register(kind());
    text_ = kind().name == std::string(kCouncil.name) ? CouncilFile()
                                                      : HealthFile();
    file_ = place_.Write(kind(), text_);
  }
  const Kind& kind() const { return GetParam(); }

  // The ledger after a run that nobody disturbed; made once for each adapter.
  const Held& Undisturbed() const {
    static std::map<std::string, Held> made;
    const auto found = made.find(kind().name);
    if (found != made.end()) return found->second;
    Place place;
    place.Register(kind());
    const Ended ended = place.Run(kind(), {place.Write(kind(), text_)});
    EXPECT_EQ(ended.code, adapters::kExitDone) << ended.out << ended.err;
    EXPECT_EQ(CountOf(ReportOf(ended), "accepted"), kRows);
    return made[kind().name] = EndAndRead(place);
  }
  void ExpectAsUndisturbed() {
    const Held held = EndAndRead(place_);
    EXPECT_EQ(held.stated.size(), size_t{kRows});
    EXPECT_EQ(std::set(held.stated.begin(), held.stated.end()).size(),
              size_t{kRows});
    EXPECT_TRUE(held == Undisturbed());
  }

  Place place_;
  std::string text_, file_;
};

TEST_P(AdaptersTest, AnAdapterKilledInTheMidstLosesAndDoublesNothing) {
  for (const uint64_t facts : {kMidst, 2 * kMidst}) {
    const auto adapter = place_.Start(kind(), {file_});
    place_.WaitForFacts(facts);
    adapter->Signal(SIGKILL);
    ASSERT_EQ(adapter->Wait().code, 128 + SIGKILL) << "it was done too early";
  }
  EXPECT_LT(place_.kithd().Facts(), uint64_t{kRows});
  ExpectAllTold(place_.Run(kind(), {file_}));
  ExpectAsUndisturbed();
}

TEST_P(AdaptersTest, AServerKilledInTheMidstLosesAndDoublesNothing) {
  const auto adapter = place_.Start(kind(), {file_});
  place_.WaitForFacts(kMidst);
  place_.KillServer();
  // What could not be said waits in the outbox, and the run says so.
  const Ended unsaid = adapter->Wait();
  EXPECT_EQ(unsaid.code, adapters::kExitNotDelivered) << unsaid.err;
  const nlohmann::json report = ReportOf(unsaid);
  EXPECT_EQ(CountOf(report, "total"), kRows);
  EXPECT_GT(CountOf(report, "kept_in_outbox"), 0) << unsaid.out;
  place_.StartServerAgain();
  EXPECT_LT(place_.kithd().Facts(), uint64_t{kRows});
  ExpectAllTold(place_.Run(kind(), {file_}));
  ExpectAsUndisturbed();
}

INSTANTIATE_TEST_SUITE_P(Adapters, AdaptersTest,
                         ::testing::Values(kCouncil, kHealth),
                         [](const auto& of) {
                           return of.index == 0 ? "Council" : "Health";
                         });

// The line of the demo's README that says what came of a run.
std::string LineOf(const Kind& kind, const nlohmann::json& report) {
  std::string line = absl::StrCat("| ", kind.name, " |");
  for (const char* ending :
       {"total", "accepted", "parked", "refused", "set_aside", "skipped"}) {
    absl::StrAppend(&line, " ", CountOf(report, ending), " |");
  }
  return line;
}

TEST(DemoFilesTest, ComeToWhatTheirReadmeSays) {
  const std::string demo = absl::StrCat(KITH_SOURCE_FOLDER, "/tests/demo/");
  const std::string readme = ReadWholeFile(demo + "README.md");
  const std::pair<Kind, Words> runs[] = {
      {kCouncil,
       {demo + "persons.csv", demo + "earlyhelp.csv",
        demo + "annex_a_list_2.csv", demo + "annex_a_list_3.csv"}},
      {kEducation, {demo + "ctf.xml"}},
      {kHealth,
       {demo + "health.json", "--mapping", demo + "health-mapping.yaml"}}};
  Place place;
  for (const auto& [kind, files] : runs) {
    place.Register(kind);
    const Ended ended = place.Run(kind, files);
    EXPECT_EQ(ended.code, adapters::kExitComplaints) << ended.err;
    EXPECT_THAT(readme, HasSubstr(LineOf(kind, ReportOf(ended))));
  }
  for (const auto& [kind, files] : runs) {
    const Ended again = place.Run(kind, files);
    EXPECT_EQ(again.code, adapters::kExitComplaints) << again.err;
    EXPECT_EQ(CountOf(ReportOf(again), "accepted"), 0) << again.out;
  }
}

}  // namespace
}  // namespace kith::server_tests
