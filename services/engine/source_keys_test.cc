#include "services/engine/source_keys.h"

#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "gtest/gtest.h"

namespace kith::engine {
namespace {

class SourceKeysTest : public testing::Test {
 protected:
  SourceKeysTest() {
    std::string pattern = testing::TempDir() + "/kith-keys-XXXXXX";
    folder_ = mkdtemp(pattern.data());
  }
  ~SourceKeysTest() override { std::filesystem::remove_all(folder_); }

  std::string PathOf(const std::string& name) { return folder_ + "/" + name; }
  void WriteFile(const std::string& name, size_t bytes, mode_t mode) {
    std::ofstream(PathOf(name)) << std::string(bytes, 'k');
    ASSERT_EQ(chmod(PathOf(name).c_str(), mode), 0);
  }

  std::string folder_;
};

TEST_F(SourceKeysTest, AKeyIsMadeOnceAndKept) {
  const std::string made = *SourceKeys(folder_).FindOrMake("health", "k1");
  EXPECT_EQ(made.size(), 32u);
  SourceKeys again(folder_);
  EXPECT_EQ(*again.FindOrMake("health", "k1"), made);
  EXPECT_EQ(**again.Find("health", "k1"), made);
}

TEST_F(SourceKeysTest, TheOwnerAloneCanReadIt) {
  ASSERT_TRUE(SourceKeys(folder_).FindOrMake("health", "k1").ok());
  struct stat info = {};
  ASSERT_EQ(stat(PathOf("health.k1.key").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
}

TEST_F(SourceKeysTest, AKeyPutThereMeanwhileIsFound) {
  SourceKeys keys(folder_);
  EXPECT_FALSE(keys.Find("health", "k1")->has_value());
  WriteFile("health.k1.key", 32, 0600);
  EXPECT_EQ(**keys.Find("health", "k1"), std::string(32, 'k'));
}

TEST_F(SourceKeysTest, AKeyThatOthersCanReadIsNotUsed) {
  WriteFile("health.k1.key", 32, 0640);
  const auto found = SourceKeys(folder_).Find("health", "k1");
  EXPECT_TRUE(absl::IsFailedPrecondition(found.status()));
}

TEST_F(SourceKeysTest, AKeyOfAnotherLengthIsNotUsed) {
  WriteFile("health.k1.key", 31, 0600);
  WriteFile("health.k2.key", 33, 0600);
  SourceKeys keys(folder_);
  EXPECT_FALSE(keys.Find("health", "k1").ok());
  EXPECT_FALSE(keys.Find("health", "k2").ok());
}

TEST_F(SourceKeysTest, NamesThatAreNoneNameNoFile) {
  WriteFile("health.k1.key", 32, 0600);
  SourceKeys keys(folder_ + "/sub");
  EXPECT_FALSE(keys.Find("../health", "k1")->has_value());
  EXPECT_TRUE(
      absl::IsInvalidArgument(keys.FindOrMake("../health", "k1").status()));
}

}  // namespace
}  // namespace kith::engine
