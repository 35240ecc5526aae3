// The adapters' whole path on real-format files that nobody of this project
// wrote: the programs read them, a kithd hears them over its socket, and they
// report. The folder comes from the environment (KITH_SAMPLES); nothing of it
// is kept here. Registered only where it is set when the build is configured.
//
// What is held: every item ends accepted, changed nothing, refused, set aside
// or skipped, these add up to what the files hold, and what did not arrive has
// a reason. A second run of the same files changes nothing and ends the rest as
// before; the node's ledger holds nothing of it twice.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "adapters/publisher/command.h"
#include "nlohmann/json.hpp"
#include "tests/samples/accounts.h"
#include "tests/server/adapter_programs.h"

namespace kith::server_tests {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

std::string Sample(const std::string& path) {
  return absl::StrCat(std::getenv("KITH_SAMPLES"), "/", path);
}

Words FilesIn(const std::string& folder, const std::string& extension) {
  Words files;
  for (const auto& entry : fs::directory_iterator(Sample(folder))) {
    if (entry.path().extension() == extension) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

class SamplesRunTest : public ::testing::Test {
 protected:
  std::string Write(const std::string& name, const std::string& text) const {
    return folder_.Write(name, text);
  }

  json Run(const Kind& kind, const Words& files, const Held& held) const {
    Words words = files;
    // Files that do not say when they were extracted.
    words.insert(words.end(), {"--extracted-at", "2025-01-01"});
    const Ended ended = place_.Run(kind, words);
    const json report = ReportOf(ended);
    ExpectAccountedFor(report, held);
    const bool complaints =
        CountOf(report, "refused") + CountOf(report, "set_aside") > 0;
    EXPECT_EQ(ended.code,
              complaints ? adapters::kExitComplaints : adapters::kExitDone)
        << ended.err;
    return report;
  }

  // Runs `kind` twice over `files`, which hold `held`, ends the node and
  // returns the report of the first time.
  json RunTwice(const Kind& kind, const Words& files, const Held& held) {
    place_.Register(kind);
    const uint64_t before = place_.kithd().Facts();
    const json first = Run(kind, files, held);
    const uint64_t between = place_.kithd().Facts();
    EXPECT_EQ(Run(kind, files, held), AsRepeated(first));
    const int accepted = CountOf(first, "accepted");
    EXPECT_GT(accepted, 0);
    EXPECT_GE(between, before + accepted) << "each is a fact at least";
    ExpectToldOnce(first, place_.EndAndRead(), between);
    return first;
  }

  // Runs it over files that are none of its format, twice: each is refused
  // whole with its reason, and nothing is told.
  void ExpectRefusedWhole(const Kind& kind, const Words& files) {
    ASSERT_FALSE(files.empty());
    place_.Register(kind);
    const uint64_t before = place_.kithd().Facts();
    for (int time = 0; time < 2; ++time) {
      const Ended ended = place_.Run(kind, files);
      EXPECT_EQ(ended.code, adapters::kExitUnreadable) << ended.err;
      const json report = ReportOf(ended);
      EXPECT_EQ(CountOf(report, "total"), 0);
      EXPECT_EQ(report["unreadable_files"], files.size());
      Words named;
      for (const json& complaint : report["complaints"]) {
        named.push_back(complaint["file"]);
        EXPECT_NE(complaint["what"], "");
      }
      EXPECT_EQ(named, files);
    }
    EXPECT_EQ(place_.kithd().Facts(), before);
  }

  const TestFolder folder_;
  Place place_;
};

// Whom a resource is about; empty: it says no such thing.
std::string SubjectOf(const json& resource) {
  for (const char* field : {"subject", "patient"}) {
    const json& value = resource.value(field, json());
    if (value.is_object()) return value.value("reference", "");
  }
  return "";
}

// One resource a file, and a file that is none.
Held HeldInFhir(const Words& files) {
  Held held;
  for (const std::string& file : files) {
    const json resource = json::parse(ReadWholeFile(file));
    const std::string type = resource.value("resourceType", "resource");
    EXPECT_NE(type, "Bundle") << file;
    ++held[type];
  }
  return held;
}

// These files alone come to all five endings.
TEST_F(SamplesRunTest, EveryFhirResourceIsAccountedFor) {
  const Words files = FilesIn("health/fhir-r4-hl7", ".json");
  ASSERT_FALSE(files.empty());
  const json first = RunTwice(kHealth, files, HeldInFhir(files));
  for (const char* ending : {"accepted", "refused", "set_aside", "skipped"}) {
    EXPECT_GT(CountOf(first, ending), 0) << ending;
  }
}

// What the files call their plans and requests for somebody of this sender's
// own: a site's words for those that are a family's business.
json OwnWords(const std::vector<json>& resources) {
  json words = {{"CarePlan", json::array()}, {"ServiceRequest", json::array()}};
  for (const json& resource : resources) {
    const std::string type = resource.value("resourceType", "");
    if (!words.contains(type) ||
        !absl::StartsWith(SubjectOf(resource), "Patient/")) {
      continue;
    }
    json concepts = resource.value("category", json::array());
    if (resource.contains("code")) concepts.push_back(resource["code"]);
    for (const json& called : concepts) {
      if (called.contains("text")) words[type].push_back(called["text"]);
    }
  }
  return {
      {"version", 1},
      {"settings", {{"untyped_root", "limits"}}},
      {"tables",
       {{"plan_categories", {{"family_plan", words["CarePlan"]}}},
        {"referral_categories", {{"early_help", words["ServiceRequest"]}}}}}};
}

// A bundle of the patients whom the files speak of and do not hold; adds them
// to `held`.
json PatientsMissing(const std::vector<json>& resources, Held& held) {
  std::set<std::string> ids, missing;
  for (const json& resource : resources) {
    if (resource.value("resourceType", "") == "Patient") {
      ids.insert(absl::StrCat("Patient/", std::string(resource["id"])));
    }
  }
  for (const json& resource : resources) {
    const std::string subject = SubjectOf(resource);
    if (absl::StartsWith(subject, "Patient/") && ids.count(subject) == 0) {
      missing.insert(subject);
    }
  }
  json bundle = {{"resourceType", "Bundle"}, {"type", "collection"}};
  for (const std::string& patient : missing) {
    const json name = {{"family", SurnameOf(++held["Patient"])}};
    bundle["entry"].push_back({{"resource",
                                {{"resourceType", "Patient"},
                                 {"id", patient.substr(patient.find('/') + 1)},
                                 {"name", json::array({name})}}}});
  }
  return bundle;
}

// With the shipped table the plans and requests are all skipped.
TEST_F(SamplesRunTest, PlansAndRequestsOfASitesOwnWordsAreAccountedFor) {
  const Words files = FilesIn("health/fhir-r4-hl7", ".json");
  Held held = HeldInFhir(files);
  std::vector<json> resources;
  for (const std::string& file : files) {
    resources.push_back(json::parse(ReadWholeFile(file)));
  }
  Words all = files;
  all.push_back(Write("missing.json", PatientsMissing(resources, held).dump()));
  all.insert(all.end(),
             {"--mapping", Write("own.yaml", OwnWords(resources).dump())});
  const json first = RunTwice(kHealth, all, held);
  for (const char* kind : {"CarePlan", "ServiceRequest"}) {
    EXPECT_GT(first["by_kind"][kind]["accepted"], 0) << kind;
  }
}

// Rows of a file without quotes, blank ones left out, each cut at its commas;
// the header comes first.
std::vector<Words> RowsOf(const std::string& file) {
  std::vector<Words> rows;
  for (const auto line : absl::StrSplit(ReadWholeFile(file), '\n')) {
    if (line.find_first_not_of(",\r ") == absl::string_view::npos) continue;
    rows.push_back(absl::StrSplit(line, ','));
  }
  return rows;
}

// A persons file of the children of Annex A lists, as they are written there:
// Child Unique ID, Gender, Ethnicity, Date of Birth. The surnames are made up.
std::string PersonsOf(const std::vector<Words>& rows) {
  std::string persons;
  for (size_t i = 0; i < rows.size(); ++i) {
    absl::StrAppend(&persons,
                    absl::StrJoin(rows[i].begin(), rows[i].begin() + 4, ","),
                    ",", i == 0 ? "Surname" : SurnameOf(i), "\n");
  }
  return persons;
}

// No row of the lists is wrong, and a council's adapter skips and refuses none.
TEST_F(SamplesRunTest, EveryRowOfListsTwoAndThreeIsAccountedFor) {
  // given: the lists and their children; a person whose birth date cannot be
  // one, whom the adapter sets aside, and an episode that ends before it
  // begins, which the node does
  const std::string second = Sample("council/annex-a/list_2.csv");
  const std::string third = Sample("council/annex-a/list_3.csv");
  std::vector<Words> children = RowsOf(second);
  const int assessments = children.size() - 1;
  const std::vector<Words> rows = RowsOf(third);
  const int referrals = rows.size() - 1;
  children.insert(children.end(), rows.begin() + 1, rows.end());
  const Words files = {
      Write("persons.csv",
            absl::StrCat(PersonsOf(children), "P1,,,31/02/2015,Nolan\n")),
      Write("episodes.csv",
            absl::StrCat("Episode ID,Person ID,Start Date,End Date\n", "E1,",
                         children[1][0], ",02/05/2024,01/05/2024\n")),
      second, third};
  // when, then
  const json first = RunTwice(kCouncil, files,
                              {{"person row", assessments + referrals + 1},
                               {"early help episode", 1},
                               {"early help assessment", assessments},
                               {"referral", referrals}});
  EXPECT_EQ(CountOf(first, "set_aside"), 2);
  EXPECT_EQ(CountOf(first, "accepted"), CountOf(first, "total") - 2);
}

// A row about a child of whom the node has not heard is parked.
TEST_F(SamplesRunTest, RowsWaitForTheChildrenTheyAreAbout) {
  // given: the lists alone
  const Words list = {Sample("council/annex-a/list_3.csv")};
  const std::vector<Words> rows = RowsOf(list[0]);
  const int referrals = rows.size() - 1;
  place_.Register(kCouncil);
  const json parked = ReportOf(place_.Run(kCouncil, list));
  EXPECT_EQ(CountOf(parked, "parked"), referrals);
  EXPECT_EQ(CountOf(parked, "total"), referrals);
  // when: the children come
  std::string persons = "Person ID,Surname\n";
  for (int i = 1; i <= referrals; ++i) {
    absl::StrAppend(&persons, rows[i][0], ",", SurnameOf(i), "\n");
  }
  Run(kCouncil, {Write("persons.csv", persons)}, {{"person row", referrals}});
  // then: their rows were decided, and are known
  const json again = Run(kCouncil, list, {{"referral", referrals}});
  EXPECT_EQ(CountOf(again, "changed_nothing"), referrals);
}

// What stands between <name> and its end, in the order of the text.
Words Elements(const std::string& text, const std::string& name) {
  const std::string begin = absl::StrCat("<", name, ">");
  Words values;
  for (size_t at = text.find(begin); at != std::string::npos;
       at = text.find(begin, at)) {
    at += begin.size();
    values.push_back(text.substr(at, text.find('<', at) - at));
  }
  return values;
}

std::string PupilOf(const std::string& upn, const std::string& surname,
                    const std::string& born) {
  return absl::StrCat(
      "<Pupil>", upn.empty() ? "" : absl::StrCat("<UPN>", upn, "</UPN>"),
      "<Surname>", surname, "</Surname><Forename>Ada</Forename><DOB>", born,
      "</DOB></Pupil>");
}

std::string TransferFile(const std::string& written_at,
                         const std::string& pupils) {
  return absl::StrCat("<CTfile><Header><DateTime>", written_at,
                      "</DateTime></Header><CTFpupilData>", pupils,
                      "</CTFpupilData></CTfile>");
}

// No Common Transfer File is among the samples: schools send them of real
// children only. So this one is made of the children-in-need census, with its
// pupil numbers (most have a wrong check letter) and birth dates. No pupil is
// skipped: what is not wanted of one is left out and counted.
TEST_F(SamplesRunTest, EveryPupilIsAccountedFor) {
  // given: the census's children; a pupil without a number and one with a date
  // that cannot be one, whom the adapter sets aside; and one of a file that was
  // written ahead of time, whom the node refuses.
  const std::string census =
      ReadWholeFile(Sample("council/cin-census/fake_CIN_data.xml"));
  const Words numbers = Elements(census, "UPN");
  const Words births = Elements(census, "PersonBirthDate");
  ASSERT_FALSE(numbers.empty());
  ASSERT_EQ(numbers.size(), births.size());
  std::string pupils;
  for (size_t i = 0; i < numbers.size(); ++i) {
    absl::StrAppend(&pupils, PupilOf(numbers[i], SurnameOf(i), births[i]));
  }
  absl::StrAppend(&pupils, PupilOf("", "Nolan", "2012-01-09"),
                  PupilOf("A999400116001", "Nolan", "2012-02-31"));
  const int told = numbers.size();
  // when, then
  const json first = RunTwice(
      kEducation,
      {Write("ctf.xml", TransferFile("2025-01-01T08:00:00", pupils)),
       Write("ahead.xml",
             TransferFile("2999-01-01T08:00:00",
                          PupilOf("A999400116002", "Nolan", "2012-01-09")))},
      {{"pupil", told + 3}});
  EXPECT_EQ(CountOf(first, "accepted"), told);
  EXPECT_EQ(CountOf(first, "set_aside"), 2);
  EXPECT_EQ(CountOf(first, "refused"), 1);
}

TEST_F(SamplesRunTest, FilesOfOtherFormatsAreRefusedWhole) {
  Words tables;
  for (const char* folder :
       {"council/annex-a", "education/school-census", "linkage"}) {
    for (const std::string& file : FilesIn(folder, ".csv")) {
      if (!absl::EndsWith(file, "/list_2.csv") &&
          !absl::EndsWith(file, "/list_3.csv"))
        tables.push_back(file);
    }
  }
  ExpectRefusedWhole(kCouncil, tables);
  ExpectRefusedWhole(kEducation, FilesIn("council/cin-census", ".xml"));
}

}  // namespace
}  // namespace kith::server_tests
