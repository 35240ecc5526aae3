// Why an item may be seen or not (ConsentService.ExplainAccess).
#include <gtest/gtest.h>

#include "absl/strings/substitute.h"
#include "tests/server/family_story.h"

namespace kith::server_tests {
namespace {

using grpc::StatusCode;

class ExplainTest : public ::testing::Test {
 protected:
  Answer<api::v1::ExplainAccessResponse> Explain(const std::string& more,
                                                 const Who& who = Who()) {
    return server.Call(who, &ConsentService::Stub::ExplainAccess,
                       Text<api::v1::ExplainAccessRequest>(absl::Substitute(
                           R"(person_id: "$0" purpose: "early_help" $1)",
                           story.child(), more)));
  }

  TestServer server;
  FamilyStory story{server};
};

TEST_F(ExplainTest, ItNamesTheRowsAndFactsThatDecided) {
  const std::string school = R"(agency: "school" class: ITEM_CLASS_ASSESSMENT)";
  const auto before = Explain(school);
  ASSERT_EQ(ReasonOf(before.status), "OK");
  EXPECT_FALSE(before.value.allowed());
  EXPECT_EQ(before.value.reason(), "no_permission");
  EXPECT_EQ(before.value.decided_by_ids_size(), 0);
  const std::string consent = story.Share("school");
  const auto after = Explain(school);
  EXPECT_TRUE(after.value.allowed());
  EXPECT_EQ(after.value.reason(), "shared_unagreed");
  ASSERT_EQ(after.value.decided_by_ids_size(), 1);
  EXPECT_EQ(after.value.decided_by_ids(0), consent);
  EXPECT_GT(after.value.rows_size(), 0);
}

TEST_F(ExplainTest, ItTellsNobodyWhoMayNotSeeTheConsents) {
  const std::string school =
      R"(agency: "school" class: ITEM_CLASS_ASSESSMENT item_agency: "council")";
  EXPECT_EQ(Explain(school, Of("school", "t1")).code(), StatusCode::NOT_FOUND);
  EXPECT_EQ(Explain(R"(agency: "school")").code(),
            StatusCode::INVALID_ARGUMENT);
}

}  // namespace
}  // namespace kith::server_tests
