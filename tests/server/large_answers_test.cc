// Answers that are as large as their texts: pages of a list end early, and what
// no client would take is refused by name.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "absl/strings/substitute.h"
#include "tests/server/watch_story.h"

namespace kith::server_tests {
namespace {

using ::testing::HasSubstr;

constexpr size_t kMebibyte = 1 << 20;

class LargeAnswersTest : public ::testing::Test {
 protected:
  void Consents(int count, size_t bytes) {
    const std::string wording(bytes, 'w');
    for (int i = 0; i < count; ++i) {
      story.Share(absl::StrCat("agency_", i),
                  absl::Substitute("wording: '$0'", wording));
    }
  }
  Answer<api::v1::ListConsentsResponse> List(const std::string& token) {
    api::v1::ListConsentsRequest request;
    request.set_person_id(story.child());
    request.mutable_page()->set_page_size(200);
    request.mutable_page()->set_page_token(token);
    return server.Call(Who(), &ConsentService::Stub::ListConsents, request);
  }

  TestServer server;
  FamilyStory story{server};
};

using LongLinesTest = WatchTest;

// 75 consents of 60 KB would make a page that no client takes.
TEST_F(LargeAnswersTest, PagesEndBeforeTheyAreTooLargeAndNothingIsLost) {
  constexpr size_t kBytes = 60000;
  Consents(75, kBytes);
  std::set<std::string> seen;
  std::string token;
  int pages = 0;
  do {
    const auto page = List(token);
    ASSERT_EQ(ReasonOf(page.status), "OK");
    token = page.value.next_page_token();
    for (const auto& consent : page.value.consents()) {
      EXPECT_TRUE(seen.insert(consent.consent_id()).second);
    }
    EXPECT_LT(page.value.ByteSizeLong(), kMebibyte + 2 * kBytes);
    // Full, but for the last one.
    if (!token.empty()) EXPECT_GE(page.value.ByteSizeLong(), kMebibyte);
    ++pages;
  } while (!token.empty() && pages < 75);
  EXPECT_EQ(seen.size(), 75u);
  EXPECT_EQ(pages, 5);
}

TEST_F(LargeAnswersTest, APageOfShortEntriesEndsWhereItIsFull) {
  Consents(60, 10);
  const auto page = List("");
  EXPECT_EQ(page.value.consents_size(), 60);
  EXPECT_EQ(page.value.next_page_token(), "");
}

// What an agency calls its role is as long as it likes.
TEST_F(LongLinesTest, AWatcherIsToldOfThemInSeveralAnswers) {
  constexpr size_t kBytes = 200000;
  constexpr int kLines = 30;
  for (int i = 0; i < kLines; ++i) {
    story.Made(&FamilyService::Stub::StateInvolvement,
               absl::Substitute(
                   R"(involvement { involvement { local_id: "i-$0" }
                      person { $1 } service: "school" role: "$2" })",
                   i, RecordText("child"), std::string(kBytes, 'r')));
  }
  FamilyWatch watch = Watch(Who(), story.registered());
  std::set<std::string> seen;
  int answers = 0;
  while (seen.size() < kLines && answers < kLines) {
    const auto response = NextEntries(watch);
    EXPECT_LT(response.ByteSizeLong(), kMebibyte + 2 * kBytes);
    for (const auto& entry : response.entries()) {
      EXPECT_TRUE(seen.insert(entry.position()).second);
    }
    ++answers;
  }
  EXPECT_EQ(answers, 5);
}

// 21 people with addresses of 200 KB are more than 4 MiB.
TEST_F(LargeAnswersTest, AnAnswerThatIsTooLargeIsRefusedByItsSize) {
  const std::string line(200000, 'a');
  std::string members;
  for (int i = 1; i <= 21; ++i) {
    const std::string record = RecordText(absl::StrCat("long-", i));
    story.Made(&FamilyService::Stub::StatePerson,
               absl::Substitute(
                   R"(person { $0 names { given: "Ada" family: "Long$1" }
                      addresses { lines: "$2" postcode: "RV1 4QX" } })",
                   record, i, line));
    absl::StrAppend(&members, "members { person { ", record, " } role: 'x' }");
    if (i < 20) continue;
    const std::string family =
        story.Made(&FamilyService::Stub::RegisterFamily,
                   absl::Substitute("family { defined_by { $0 } $1 }",
                                    RecordText("long-1"), members));
    api::v1::GetFamilyRequest request;
    request.set_family_id(family);
    const auto got =
        server.Call(Who(), &FamilyService::Stub::GetFamily, request);
    if (i == 20) {
      EXPECT_EQ(ReasonOf(got.status), "OK");
      EXPECT_GT(got.value.ByteSizeLong(), 20 * line.size());
    } else {
      EXPECT_EQ(got.code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
      EXPECT_THAT(got.status.error_message(),
                  HasSubstr("more than the 4194304 that are sent"));
    }
  }
}

}  // namespace
}  // namespace kith::server_tests
