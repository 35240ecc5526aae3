// Sharing and reading without permission, through the socket (R-083..R-089).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/substitute.h"
#include "tests/server/override_story.h"

namespace kith::server_tests {
namespace {

using api::v1::OverrideService;
using grpc::StatusCode;

TEST_F(OverrideServiceTest, BrokenGlassShowsWhatWasHiddenUntilItIsOver) {
  EXPECT_EQ(Get(health).code(), StatusCode::NOT_FOUND);
  ASSERT_EQ(ReasonOf(BreakGlass(health).status), "OK");
  const auto shown = Get(health);
  ASSERT_EQ(ReasonOf(shown.status), "OK");
  EXPECT_EQ(shown.value.family().members_size(), 2);
  // Nobody else of the same agency.
  EXPECT_EQ(Get(Of("health", "hv-8")).code(), StatusCode::NOT_FOUND);
  server.clock().Advance(absl::Minutes(60));
  EXPECT_EQ(Get(health).code(), StatusCode::NOT_FOUND);
}

// Who broke it could not end it: its agency does not work with the family.
TEST_F(OverrideServiceTest, WhoBrokeTheGlassMendsItAndNobodyElse) {
  const auto broken = BreakGlass(health);
  ASSERT_EQ(ReasonOf(broken.status), "OK");
  const auto mend = [&](const Who& who) {
    return server
        .Say(who, &OverrideService::Stub::EndBreakGlass,
             Text<api::v1::EndBreakGlassRequest>(
                 absl::Substitute(R"(end { access { id: "$0" } })",
                                  broken.value.outcome().made_ids(0))))
        .code();
  };
  EXPECT_EQ(mend(Of("health", "hv-8")), StatusCode::NOT_FOUND);
  EXPECT_EQ(mend(Of("police", "p1")), StatusCode::NOT_FOUND);
  EXPECT_EQ(Get(health).code(), StatusCode::OK);
  EXPECT_EQ(mend(health), StatusCode::OK);
  EXPECT_EQ(Get(health).code(), StatusCode::NOT_FOUND);
}

TEST_F(OverrideServiceTest, BothAgenciesAreAlertedWithAReferenceOnly) {
  const auto broken = BreakGlass(health);
  ASSERT_EQ(ReasonOf(broken.status), "OK");
  const std::string id = broken.value.outcome().made_ids(0);
  for (const char* agency : {"council", "health"}) {
    const auto reviews = Reviews(Of(agency, "dpo", "privacy_officer"));
    ASSERT_EQ(ReasonOf(reviews.status), "OK");
    ASSERT_EQ(reviews.value.reviews_size(), 1) << agency;
    EXPECT_EQ(reviews.value.reviews(0).override_id(), id);
    EXPECT_TRUE(reviews.value.reviews(0).glass());
  }
  const auto police = Reviews(Of("police", "dpo", "privacy_officer"));
  EXPECT_EQ(police.value.reviews_size(), 0);
  // Who works with families sees no such list, of their own agency either.
  EXPECT_EQ(Reviews(health).value.reviews_size(), 0);
}

TEST_F(OverrideServiceTest, ItIsListedUntilItsReviewIsDone) {
  const auto broken = BreakGlass(health);
  const std::string id = broken.value.outcome().made_ids(0);
  server.clock().Advance(absl::Hours(24 * 7));
  auto reviews = Reviews(officer);
  ASSERT_EQ(reviews.value.reviews_size(), 1);
  EXPECT_TRUE(reviews.value.reviews(0).overdue());
  ASSERT_EQ(ReasonOf(Review(officer, id).status), "OK");
  EXPECT_EQ(Reviews(officer).value.reviews_size(), 0);
}

TEST_F(OverrideServiceTest, WhoReviewsSeesTheReasonsAndWhoDidItMayNot) {
  Who lead = Of("health", "hv-7", "safeguarding_lead");
  const auto broken = BreakGlass(lead);
  const std::string id = broken.value.outcome().made_ids(0);
  EXPECT_EQ(ReasonOf(Review(lead, id).status), "OWN_REVIEW");
  api::v1::GetOverrideRequest request;
  request.set_override_id(id);
  const auto seen =
      server.Call(officer, &OverrideService::Stub::GetOverride, request);
  ASSERT_EQ(ReasonOf(seen.status), "OK");
  EXPECT_EQ(seen.value.override().glass().wording(), "collapsed");
  EXPECT_EQ(server
                .Call(Of("police", "p1", "privacy_officer"),
                      &OverrideService::Stub::GetOverride, request)
                .code(),
            StatusCode::NOT_FOUND);
}

TEST_F(OverrideServiceTest, GlassIsNotBrokenOverWhatIsNotThere) {
  const auto answer = server.Say(
      health, &OverrideService::Stub::BreakGlass,
      Text<api::v1::BreakGlassRequest>(
          R"(glass { family { id: "hackney-f-00000000000000000000000000" }
               reason: OVERRIDE_REASON_THREAT_TO_LIFE wording: "collapsed"
               basis: LEGAL_BASIS_VITAL_INTERESTS minutes: 60 })"));
  EXPECT_EQ(answer.code(), StatusCode::NOT_FOUND);
}

TEST_F(OverrideServiceTest, AnOverrideShowsWhatItNamesAndNothingElse) {
  Who police = Of("police", "p1");
  police.purpose = "safeguarding";
  EXPECT_EQ(Get(police).code(), StatusCode::NOT_FOUND);
  ASSERT_EQ(ReasonOf(Override("told: ANSWER_YES").status), "OK");
  const auto shown = Get(police);
  ASSERT_EQ(ReasonOf(shown.status), "OK");
  EXPECT_EQ(shown.value.family().people_size(), 2);
  EXPECT_EQ(shown.value.family().members_size(), 0);  // of another class
  police.purpose = "early_help";
  EXPECT_EQ(Get(police).code(), StatusCode::NOT_FOUND);
  server.clock().Advance(absl::Hours(48));
  police.purpose = "safeguarding";
  EXPECT_EQ(Get(police).code(), StatusCode::NOT_FOUND);
}

TEST_F(OverrideServiceTest, AShieldedAddressOpensWhenAnotherPersonApproved) {
  story.ProtectMother();
  const auto broken = BreakGlass(health, "shielded: true");
  ASSERT_EQ(ReasonOf(broken.status), "OK");
  const auto approve = [&](const Who& who) {
    return ReasonOf(
        server
            .Say(who, &OverrideService::Stub::ApproveBreakGlass,
                 Text<api::v1::ApproveBreakGlassRequest>(absl::Substitute(
                     R"(approval { access { id: "$0" }
                                          wording: "she must be found" })",
                     broken.value.outcome().made_ids(0))))
            .status);
  };
  EXPECT_EQ(Get(health).value.family().people_size(), 2);
  EXPECT_EQ(ContactsIn(Get(health)), 0);
  // Neither who broke it, in whatever role, nor somebody of an agency that was
  // not alerted.
  EXPECT_EQ(approve(Of("health", "hv-7", "safeguarding_lead")), "OWN_APPROVAL");
  EXPECT_EQ(approve(Of("police", "p1", "safeguarding_lead")), "NOT_FOUND");
  EXPECT_EQ(ContactsIn(Get(health)), 0);
  EXPECT_EQ(approve(Of("health", "lead", "safeguarding_lead")), "OK");
  EXPECT_GT(ContactsIn(Get(health)), 0);
  EXPECT_EQ(Get(Of("health", "hv-8")).code(), StatusCode::NOT_FOUND);
  server.clock().Advance(absl::Minutes(60));
  EXPECT_EQ(Get(health).code(), StatusCode::NOT_FOUND);
}

TEST_F(OverrideServiceTest, GlassIsNotBrokenOverWhatAnotherAgencyCallsSo) {
  const auto over = [&](const std::string& local_id) {
    return server.Say(
        health, &OverrideService::Stub::BreakGlass,
        Text<api::v1::BreakGlassRequest>(absl::Substitute(
            R"(glass { about { record { agency: "council" system: "main"
                                        local_id: "$0" } }
                 basis: LEGAL_BASIS_VITAL_INTERESTS minutes: 60
                 reason: OVERRIDE_REASON_THREAT_TO_LIFE wording: "collapsed" })",
            local_id)));
  };
  const auto known = over("mother");
  const auto absent = over("nobody");
  EXPECT_EQ(known.code(), StatusCode::NOT_FOUND);
  EXPECT_EQ(known.status.error_message(), absent.status.error_message());
  EXPECT_EQ(known.status.error_details(), absent.status.error_details());
  EXPECT_EQ(BreakGlass(health).code(), StatusCode::OK);  // by Kith's id
}

}  // namespace
}  // namespace kith::server_tests
