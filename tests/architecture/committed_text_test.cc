// What must not be in any file of the project.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>

#include "tests/architecture/source_tree.h"

namespace kith::architecture {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

// Paths of somebody's machine, which mean nothing on the next one. In pieces,
// for this file is read too.
std::vector<std::string> MachinePaths(const SourceFile& file) {
  static const std::regex pattern(
      "(^|[^A-Za-z0-9_.}])/"
      "(work|root|home/[a-z]+|Users/[a-z]+)"
      "/[A-Za-z0-9_.]");
  std::vector<std::string> found;
  for (std::sregex_iterator next(file.text.begin(), file.text.end(), pattern),
       end;
       next != end; ++next) {
    found.push_back(file.path + ": " + next->str());
  }
  return found;
}

std::vector<std::string> UnfinishedWork(const SourceFile& file) {
  static const std::regex pattern(
      "\\b(TO"
      "DO|FIX"
      "ME)\\b");
  if (std::regex_search(file.text, pattern)) return {file.path};
  return {};
}

// Keys and tokens: what tests need of them is made in memory.
std::vector<std::string> Secrets(const SourceFile& file) {
  static const std::regex pattern(
      "BEGIN [A-Z0-9 ]*PRIV"
      "ATE KEY|"
      "\\beyJ[A-Za-z0-9_-]{8,}[.][A-Za-z0-9_-]{8,}[.][A-Za-z0-9_-]{8,}");
  std::vector<std::string> found;
  for (std::sregex_iterator next(file.text.begin(), file.text.end(), pattern),
       end;
       next != end; ++next) {
    found.push_back(file.path);  // and not the secret
  }
  return found;
}

TEST(CommittedTextTest, NoFileHoldsAPrivateKeyOrAToken) {
  std::vector<std::string> found;
  for (const SourceFile& file : ProjectFiles()) {
    for (auto& path : Secrets(file)) found.push_back(path);
  }
  EXPECT_THAT(found, IsEmpty());
}

TEST(CommittedTextTest, AKeyAndATokenAreSeen) {
  const std::string key = "PRIVATE KEY-----\n";
  for (const char* kind : {"", "RSA ", "EC ", "ENCRYPTED ", "OPENSSH "}) {
    EXPECT_THAT(Secrets({"a.pem", std::string("-----BEGIN ") + kind + key}),
                SizeIs(1));
  }
  EXPECT_THAT(Secrets({"a.pem", "-----BEGIN CERTIFICATE-----\n"}), IsEmpty());
  const std::string header = "eyJhbGciOiJFUzI1NiJ9";
  EXPECT_THAT(Secrets({"a.md", "Bearer " + header + ".eyJzdWIiOiJ3MSJ9." +
                                   std::string(43, 'x') + " is it"}),
              SizeIs(1));
  EXPECT_THAT(Secrets({"a.md", "a header alone: " + header}), IsEmpty());
}

TEST(CommittedTextTest, NoFileNamesAPlaceOnOneMachine) {
  std::vector<std::string> found;
  for (const SourceFile& file : ProjectFiles()) {
    for (auto& path : MachinePaths(file)) found.push_back(path);
  }
  EXPECT_THAT(found, IsEmpty());
}

TEST(CommittedTextTest, NothingIsLeftForLaterInAComment) {
  std::vector<std::string> found;
  for (const SourceFile& file : ProjectFiles()) {
    if (!IsCode(file)) continue;
    for (auto& path : UnfinishedWork(file)) found.push_back(path);
  }
  EXPECT_THAT(found, IsEmpty());
}

TEST(CommittedTextTest, AMachinePathIsSeen) {
  const std::string home = "/home";
  EXPECT_THAT(MachinePaths({"a.md", "see " + home + "/anna/kith/x"}),
              SizeIs(1));
  EXPECT_THAT(MachinePaths({"a.md", "GET /v1" + home + "/anna/x"}), IsEmpty());
  EXPECT_THAT(UnfinishedWork({"a.cc", std::string("// TO") + "DO: more"}),
              SizeIs(1));
}

}  // namespace
}  // namespace kith::architecture
