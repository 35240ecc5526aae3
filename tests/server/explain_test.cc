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

// Whoever might receive it was looked up whether or not the caller may know of
// them: an answer told that they are there.
TEST_F(ExplainTest, WhoMayNotBeKnownOfIsAsIfTheyWereNotThere) {
  const std::string unseen =
      story.Made(&FamilyService::Stub::StatePerson,
                 absl::Substitute(R"(person { $0 names { given: "Ada" } })",
                                  RecordText("unseen")),
                 Of("health", "hv-7"));
  const auto ask = [&](const std::string& recipient) {
    return Explain(absl::Substitute(
                       R"(recipient_person_id: "$0" class: ITEM_CLASS_NEED)",
                       recipient))
        .status;
  };
  EXPECT_EQ(ReasonOf(ask(story.mother())), "OK");
  const auto absent = ask(Absent(unseen));
  EXPECT_EQ(absent.error_code(), StatusCode::NOT_FOUND);
  EXPECT_EQ(ask(unseen).error_code(), absent.error_code());
  EXPECT_EQ(ask(unseen).error_message(), absent.error_message());
}

// It was explained as shared while every read withheld it.
TEST_F(ExplainTest, AProtectedAddressIsExplainedAsReadsDecideIt) {
  story.Share("school");
  const std::string contact = R"(agency: "school" class: ITEM_CLASS_CONTACT)";
  EXPECT_EQ(Explain(contact).value.reason(), "shared_unagreed");
  story.ProtectMother();
  EXPECT_EQ(Explain(contact).value.reason(), "shielded");
  EXPECT_FALSE(Explain(contact).value.allowed());
  EXPECT_EQ(
      Explain(R"(agency: "school" class: ITEM_CLASS_IDENTITY)").value.reason(),
      "shared_unagreed");
}

// The first of an item's parts was explained, and passed for the whole.
TEST_F(ExplainTest, AnItemIsExplainedByItsStrictestPart) {
  story.OpenPlan();  // the council works with each of them
  story.Share("school");
  const std::string item =
      absl::Substitute(R"(agency: "school" item_id: "$0")", story.mother());
  EXPECT_EQ(Explain(item).value.reason(), "shared_unagreed");
  story.ProtectMother();
  EXPECT_EQ(Explain(item).value.reason(), "shielded");
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
