// What callers say, through the socket: outcomes, refusals, repeats, versions.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/substitute.h"
#include "tests/server/family_story.h"

namespace kith::server_tests {
namespace {

using api::v1::ClosePlanRequest;
using grpc::StatusCode;

class WritesTest : public ::testing::Test {
 protected:
  Answer<api::v1::GetFamilyResponse> GetFamily(
      const api::v1::GetFamilyRequest& request) {
    return server.Call(Who(), &FamilyService::Stub::GetFamily, request);
  }
  Answer<api::v1::ClosePlanResponse> Close(const Who& who,
                                           const std::string& plan) {
    return server.Say(
        who, &PlanService::Stub::ClosePlan,
        Text<ClosePlanRequest>(absl::Substitute(
            R"(closure { plan { id: "$0" } reason: CLOSURE_REASON_RESOLVED })",
            plan)));
  }
  Answer<api::v1::AmendPlanResponse> Amend(
      const api::v1::AmendPlanRequest& request) {
    return server.Say(Who(), &PlanService::Stub::AmendPlan, request);
  }

  TestServer server;
  FamilyStory story{server};
};

TEST_F(WritesTest, R261APlansLifeIsSeenInTheFamilysView) {
  const std::string plan = story.OpenPlan();
  story.AppointLead();
  story.AgreePlan(plan, 1);
  ASSERT_EQ(ReasonOf(Amend(story.Amending(plan, 1, "reads at home")).status),
            "OK");
  const auto before = GetFamily(story.Get());
  ASSERT_EQ(ReasonOf(before.status), "OK");
  EXPECT_EQ(before.value.family().members_size(), 2);
  EXPECT_EQ(before.value.family().lead().practitioner().name(), "Grace Odili");
  ASSERT_EQ(before.value.family().plans_size(), 1);
  EXPECT_EQ(before.value.family().plans(0).state(),
            agency::v1::PLAN_STATE_AGREED);
  EXPECT_EQ(before.value.family().plans(0).version(), 2u);

  ASSERT_EQ(ReasonOf(Close(Who(), plan).status), "OK");
  const auto after = GetFamily(story.Get());
  ASSERT_EQ(after.value.family().plans_size(), 1);
  EXPECT_EQ(after.value.family().plans(0).state(),
            agency::v1::PLAN_STATE_CLOSED);
  EXPECT_NE(after.value.info().etag(), before.value.info().etag());
}

TEST_F(WritesTest, R222OnlyTheLeadClosesAPlan) {
  const std::string plan = story.OpenPlan();
  story.AppointLead("w1");
  const auto refused = Close(Of("council", "w2"), plan);
  EXPECT_EQ(refused.code(), StatusCode::PERMISSION_DENIED);
  EXPECT_EQ(ReasonOf(refused.status), "NOT_LEAD R-222");
  EXPECT_EQ(ReasonOf(Close(Who(), plan).status), "OK");
}

TEST_F(WritesTest, AStaleVersionIsAborted) {
  const std::string plan = story.OpenPlan();
  ASSERT_EQ(ReasonOf(Amend(story.Amending(plan, 1, "reads at home")).status),
            "OK");
  const auto stale = Amend(story.Amending(plan, 1, "reads at school"));
  EXPECT_EQ(stale.code(), StatusCode::ABORTED);
  EXPECT_EQ(ReasonOf(stale.status), "STALE");
  EXPECT_EQ(ReasonOf(Amend(story.Amending(plan, 2, "reads at school")).status),
            "OK");
}

TEST_F(WritesTest, R116ASecondLeadIsRefusedWithItsRows) {
  story.AppointLead("w1");
  const auto second =
      server.Say(Of("council", "w2"), &LeadService::Stub::AppointLead,
                 Text<api::v1::AppointLeadRequest>(absl::Substitute(
                     R"(appointment { family { id: "$0" }
               practitioner { agency: "council" local_id: "w2" }
               at: APPOINTED_AT_TEAM_AROUND_FAMILY agreed_by { $1 }
               accepted: true })",
                     story.family(), RecordText("mother"))));
  EXPECT_EQ(second.code(), StatusCode::FAILED_PRECONDITION);
  EXPECT_EQ(ReasonOf(second.status), "LEAD_EXISTS R-107,R-116");
}

TEST_F(WritesTest, TheSameRequestAgainHasTheSameOutcome) {
  auto request = story.Opening("walks to school");
  request.mutable_write()->set_request_id("once");
  const auto first = server.Say(Who(), &PlanService::Stub::OpenPlan, request);
  const auto again = server.Say(Who(), &PlanService::Stub::OpenPlan, request);
  ASSERT_EQ(ReasonOf(first.status), "OK");
  ASSERT_EQ(ReasonOf(again.status), "OK");
  EXPECT_FALSE(first.value.outcome().repeated_delivery());
  EXPECT_TRUE(again.value.outcome().repeated_delivery());
  EXPECT_EQ(again.value.outcome().made_ids(0),
            first.value.outcome().made_ids(0));
  EXPECT_EQ(server.PositionOf(again.value.outcome().position()),
            server.PositionOf(first.value.outcome().position()));
  EXPECT_EQ(GetFamily(story.Get()).value.family().plans_size(), 1);
}

TEST_F(WritesTest, ARefusalIsRepeatedToo) {
  const std::string plan = story.OpenPlan();
  story.AppointLead("w1");
  auto request = Text<ClosePlanRequest>(absl::Substitute(
      R"(closure { plan { id: "$0" } reason: CLOSURE_REASON_RESOLVED }
         write { request_id: "close" })",
      plan));
  for (int i = 0; i < 2; ++i) {
    const auto refused =
        server.Say(Of("council", "w2"), &PlanService::Stub::ClosePlan, request);
    EXPECT_EQ(ReasonOf(refused.status), "NOT_LEAD R-222");
  }
}

TEST_F(WritesTest, ARequestIdIsForOneRequest) {
  auto request = story.Opening("walks to school");
  request.mutable_write()->set_request_id("once");
  ASSERT_TRUE(server.Say(Who(), &PlanService::Stub::OpenPlan, request).ok());
  auto other = story.Opening("sleeps through");
  other.mutable_write()->set_request_id("once");
  const auto refused = server.Say(Who(), &PlanService::Stub::OpenPlan, other);
  EXPECT_EQ(refused.code(), StatusCode::FAILED_PRECONDITION);
  EXPECT_EQ(ReasonOf(refused.status), "REQUEST_ID_REUSED");
  EXPECT_EQ(GetFamily(story.Get()).value.family().plans_size(), 1);
}

TEST_F(WritesTest, ARequestIdHasOneTo64Characters) {
  auto request = story.Opening("walks to school");
  EXPECT_EQ(server.Call(Who(), &PlanService::Stub::OpenPlan, request).code(),
            StatusCode::INVALID_ARGUMENT);
  request.mutable_write()->set_request_id(std::string(65, 'r'));
  EXPECT_EQ(server.Call(Who(), &PlanService::Stub::OpenPlan, request).code(),
            StatusCode::INVALID_ARGUMENT);
  request.mutable_write()->set_request_id(std::string(64, 'r'));
  EXPECT_EQ(server.Call(Who(), &PlanService::Stub::OpenPlan, request).code(),
            StatusCode::OK);
}

TEST_F(WritesTest, R262RolesThatWatchDoNotAct) {
  for (const char* role : {"leadership_manager", "auditor", "privacy_officer",
                           "integration_engineer"}) {
    const auto refused =
        server.Say(Of("council", "w1", role), &PlanService::Stub::OpenPlan,
                   story.Opening("walks to school"));
    EXPECT_EQ(refused.code(), StatusCode::PERMISSION_DENIED) << role;
  }
}

TEST_F(WritesTest, NonsenseIsAnsweredAsSuchWithItsField) {
  const auto answer =
      server.Say(Who(), &FamilyService::Stub::StatePerson,
                 Text<api::v1::StatePersonRequest>(absl::Substitute(
                     "person { $0 birth_date { year: 2016 month: 13 } }",
                     RecordText("odd"))));
  EXPECT_EQ(answer.code(), StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(InfoOf(answer.status).metadata().at("field"), "birth_date");
}

TEST_F(WritesTest, WhatTheCallerMayNotSeeCannotBeNamed) {
  const std::string plan = story.OpenPlan();
  // Health does not work with the family: the plan is as good as absent.
  const Who health = Of("health", "hv-7");
  const auto known = Close(health, plan);
  const auto absent = Close(health, "hackney-l-00000000000000000000000000");
  EXPECT_EQ(known.code(), StatusCode::NOT_FOUND);
  EXPECT_EQ(known.status.error_message(), absent.status.error_message());
  EXPECT_EQ(known.status.error_details(), absent.status.error_details());
}

TEST_F(WritesTest, AnotherAgencysRecordCannotBeNamedByItsLocalId) {
  const auto naming = [&](const std::string& local_id) {
    return server.Say(
        Of("health", "hv-7"), &FamilyService::Stub::StateNeed,
        Text<api::v1::StateNeedRequest>(absl::Substitute(
            R"(need { person { record { agency: "council" system: "main"
                                        local_id: "$0" } }
                      need: "housing" state: NEED_STATE_IDENTIFIED })",
            local_id)));
  };
  const auto known = naming("mother");
  const auto absent = naming("nobody");
  EXPECT_EQ(known.code(), StatusCode::NOT_FOUND);
  EXPECT_EQ(known.status.error_message(), absent.status.error_message());
  EXPECT_EQ(known.status.error_details(), absent.status.error_details());
}

// Nor anybody by a family member: the agency's names are for its staff.
TEST_F(WritesTest, R096AFamilyMemberNamesNobodyByALocalId) {
  Who mother;
  mother.role = "family_member";
  mother.person = story.mother();
  const auto answering = [&](const std::string& local_id) {
    return server.Say(
        mother, &ConsentService::Stub::StateConsent,
        Text<api::v1::StateConsentRequest>(absl::Substitute(
            R"(consent { about { record { system: "main" local_id: "$0" } }
                 answered_by { person_id: "$1" } kind: CONSENT_KIND_RECORD
                 answer: CONSENT_ANSWER_GIVEN understood: ANSWER_YES })",
            local_id, story.mother())));
  };
  const auto known = answering("child");
  const auto absent = answering("nobody");
  EXPECT_EQ(known.code(), StatusCode::NOT_FOUND);
  EXPECT_EQ(known.status.error_message(), absent.status.error_message());
  EXPECT_EQ(known.status.error_details(), absent.status.error_details());
}

}  // namespace
}  // namespace kith::server_tests
