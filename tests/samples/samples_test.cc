// The parsers on real-format files that nobody of this project wrote. The
// folder comes from the environment (KITH_SAMPLES); nothing of it is kept here.
// Registered only where it is set when the build is configured.
//
// What is held: every resource, row and pupil is accounted for, and no file
// stops a run. What a node makes of them is held by programs_test.cc.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>

#include "absl/strings/match.h"
#include "adapters/common/report.h"
#include "adapters/common/text.h"
#include "adapters/council/reader.h"
#include "adapters/education/reader.h"
#include "adapters/health/reader.h"

namespace kith::adapters {
namespace {

namespace fs = std::filesystem;

std::vector<fs::path> FilesIn(const std::string& folder,
                              const std::string& extension) {
  std::vector<fs::path> files;
  const fs::path root = fs::path(std::getenv("KITH_SAMPLES")) / folder;
  for (const auto& entry : fs::directory_iterator(root)) {
    if (entry.path().extension() == extension) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::string Slurp(const fs::path& path) {
  const auto bytes = ReadFile(path.string(), 1 << 30);
  EXPECT_TRUE(bytes.ok()) << path;
  const auto text = DecodeFile(*bytes);
  EXPECT_TRUE(text.ok()) << path;
  return *text;
}

Mapping TableOf(const std::string& kind) {
  const auto yaml = ReadFile("adapters/" + kind + "/mapping.yaml", 1 << 20);
  auto mapping = Mapping::Parse(*yaml);
  EXPECT_TRUE(mapping.ok()) << mapping.status();
  return *std::move(mapping);
}

const Feed kFeed{"agency", "system", absl::FromUnixSeconds(1735689600), "", ""};

// Counts into `report` and looks at what must hold for each item.
ItemSink Into(Report& report) {
  return [&report](Item item) {
    EXPECT_TRUE(item.ending == Ending::kReady || !item.reason.empty());
    EXPECT_GT(item.place.line, 0u);
    report.Add(item, item.ending, item.reason);
    return absl::OkStatus();
  };
}

TEST(SamplesTest, EveryFhirResourceIsAccountedFor) {
  const Mapping mapping = TableOf("health");
  const auto files = FilesIn("health/fhir-r4-hl7", ".json");
  ASSERT_FALSE(files.empty());
  health::Reader reader(mapping);
  for (const fs::path& file : files) reader.Index(Slurp(file));
  Report report;
  for (const fs::path& file : files) {
    EXPECT_TRUE(
        reader.Read(file.filename().string(), Slurp(file), kFeed, Into(report))
            .ok())
        << file;
  }
  std::cout << report.Table();
  // One resource a file.
  EXPECT_EQ(report.total().total(), files.size());
  // Two herds, a dog and the dog's owner.
  EXPECT_EQ(report.total().of(Ending::kRefused), 4u);
  EXPECT_EQ(report.by_kind().at("Group").of(Ending::kRefused), 2u);
  EXPECT_EQ(report.by_kind().at("Patient").of(Ending::kRefused), 1u);
}

// Rows of a file without quotes: its lines but the header.
uint64_t RowsOf(const fs::path& file) {
  std::ifstream in(file);
  uint64_t lines = 0;
  for (std::string line; std::getline(in, line);) {
    if (line.find_first_not_of(",\r ") != std::string::npos) ++lines;
  }
  return lines - 1;
}

TEST(SamplesTest, EveryRowOfListsTwoAndThreeIsAccountedFor) {
  const Mapping mapping = TableOf("council");
  for (const fs::path& file : FilesIn("council/annex-a", ".csv")) {
    SCOPED_TRACE(file);
    Report report;
    std::ifstream in(file);
    const absl::Status read = council::Read(file.filename().string(), in, kFeed,
                                            mapping, Into(report));
    const std::string name = file.filename().string();
    if (name == "list_2.csv" || name == "list_3.csv") {
      EXPECT_TRUE(read.ok()) << read;
      std::cout << name << "\n" << report.Table();
      EXPECT_EQ(report.total().total(), RowsOf(file));
      EXPECT_EQ(report.total().of(Ending::kReady), RowsOf(file));
      EXPECT_TRUE(report.complaints().empty());
    } else {
      // Not a list that this adapter reads: said at once, of the whole file.
      EXPECT_TRUE(absl::IsInvalidArgument(read)) << read;
      EXPECT_EQ(report.total().total(), 0u);
    }
  }
}

// The other councils' and schools' files are no files of these adapters: each
// is refused whole, none is half read.
TEST(SamplesTest, FilesOfOtherFormatsAreRefusedWhole) {
  Report report;
  for (const fs::path& file : FilesIn("council/cin-census", ".xml")) {
    EXPECT_TRUE(absl::IsInvalidArgument(education::Read(
        "f.xml", Slurp(file), kFeed, TableOf("education"), Into(report))))
        << file;
  }
  for (const char* folder : {"education/school-census", "linkage"}) {
    for (const fs::path& file : FilesIn(folder, ".csv")) {
      std::ifstream in(file);
      EXPECT_TRUE(absl::IsInvalidArgument(
          council::Read("f.csv", in, kFeed, TableOf("council"), Into(report))))
          << file;
    }
  }
  EXPECT_EQ(report.total().total(), 0u);
}

}  // namespace
}  // namespace kith::adapters
