// Files that are too long for an adapter, as the program meets them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "tests/server/process.h"

namespace kith::server_tests {
namespace {

using ::testing::HasSubstr;

constexpr uintmax_t kFileBytesMax = 1u << 30;

// A file of so many zeros, which takes no room on the disk.
std::string Sparse(const TestFolder& folder, uintmax_t bytes) {
  const std::string path = folder.Write("long", "");
  std::filesystem::resize_file(path, bytes);
  return path;
}

class AdapterLimitsTest : public ::testing::TestWithParam<const char*> {};

TEST_P(AdapterLimitsTest, AFileOverTheLimitIsNamedAndTheOthersAreRead) {
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

INSTANTIATE_TEST_SUITE_P(Adapters, AdapterLimitsTest,
                         ::testing::Values(KITH_HEALTH_PROGRAM,
                                           KITH_EDUCATION_PROGRAM),
                         [](const auto& program) {
                           return program.index == 0 ? "Health" : "Education";
                         });

}  // namespace
}  // namespace kith::server_tests
