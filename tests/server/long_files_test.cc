// Long files, and those that are too long, as the adapters' programs meet them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "absl/strings/str_cat.h"
#include "tests/server/process.h"

namespace kith::server_tests {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr uintmax_t kFileBytesMax = 1u << 30;

// A file of so many zeros, which takes no room on the disk.
std::string Sparse(const TestFolder& folder, uintmax_t bytes) {
  const std::string path = folder.Write("long", "");
  std::filesystem::resize_file(path, bytes);
  return path;
}

class LongFilesTest : public ::testing::TestWithParam<const char*> {};

TEST_P(LongFilesTest, AFileOverTheLimitIsNamedAndTheOthersAreRead) {
  const TestFolder folder;
  const std::string path = Sparse(folder, kFileBytesMax + 1);
  const std::string other = folder.Write("other", "neither JSON nor XML");
  const Ended ended = RunProgram(
      {GetParam(), "run", path, other, "--agency", "agency", "--dry-run"},
      folder.path());
  EXPECT_EQ(ended.code, 3) << ended.out << ended.err;
  EXPECT_THAT(
      ended.out + ended.err,
      HasSubstr(path + ": file set aside: the file is longer than 1073741824 "
                       "bytes; split it"));
  EXPECT_THAT(ended.out + ended.err, HasSubstr(other + ":"));
}

// Rows of persons, more than progress is shown after.
std::string ManyPersons() {
  std::string text = "Person ID,First Name,Surname,Date of Birth\n";
  for (int row = 1; row <= 1200; ++row) {
    absl::StrAppend(&text, "P", row, ",Ada,Dobson,01/02/2012\n");
  }
  return text;
}

TEST(ProgressTest, IsShownAtATerminalAndWipedAtTheEnd) {
  const TestFolder folder;
  const std::string path = folder.Write("persons.csv", ManyPersons());
  const Ended ended = RunAtTerminal(
      {KITH_COUNCIL_PROGRAM, "run", path, "--agency", "council", "--dry-run"});
  EXPECT_EQ(ended.code, 0) << ended.out;
  for (const char* so_far : {"500", "1000"}) {
    EXPECT_THAT(ended.out, HasSubstr(absl::StrCat(
                               "\r\033[Kpersons.csv: ", so_far, " items")));
  }
  // The report stands on a line of its own.
  EXPECT_THAT(ended.out, HasSubstr("1000 items\r\033[K"));
}

TEST(ProgressTest, IsNotWrittenIntoAFile) {
  const TestFolder folder;
  const std::string path = folder.Write("persons.csv", ManyPersons());
  const Ended ended = RunProgram(
      {KITH_COUNCIL_PROGRAM, "run", path, "--agency", "council", "--dry-run"},
      folder.path());
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_THAT(ended.out + ended.err, Not(HasSubstr("\r")));
  EXPECT_THAT(ended.out + ended.err, Not(HasSubstr("\033")));
}

INSTANTIATE_TEST_SUITE_P(Adapters, LongFilesTest,
                         ::testing::Values(KITH_HEALTH_PROGRAM,
                                           KITH_EDUCATION_PROGRAM),
                         [](const auto& program) {
                           return program.index == 0 ? "Health" : "Education";
                         });

}  // namespace
}  // namespace kith::server_tests
