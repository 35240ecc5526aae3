// What a competent young person keeps to themselves is in no notice and in no
// copy of a plan either (R-070): both sides of each edge.
#include "tests/server/young_person.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "kith/api/v1/audit_service.grpc.pb.h"
#include "kith/api/v1/notices.pb.h"
#include "kith/api/v1/watch_service.grpc.pb.h"
#include "services/relay/feed.h"

namespace kith::server_tests {
namespace {

using grpc::StatusCode;
using ::testing::Contains;
using ::testing::Not;

class NoticesTest : public YoungPersonTest {
 protected:
  // The teenager lets two agencies see what concerns her, and her mother.
  NoticesTest() {
    story.Made(&ConsentService::Stub::StateConsent,
               absl::Substitute(
                   R"(consent { about { $0 } kind: CONSENT_KIND_SHARE
                        answer: CONSENT_ANSWER_GIVEN answered_by { $0 }
                        recipients { agency: "health" }
                        recipients { agency: "school" }
                        recipients { person { $1 } } purpose: "early_help"
                        understood: ANSWER_YES })",
                   RecordText("teen"), RecordText("mother")));
  }

  uint64_t Head() { return server.node().Read()->position(); }

  // Kinds of what an agency's feed is told of the facts from `from` on.
  std::vector<std::string> ToldTo(const std::string& agency, uint64_t from) {
    std::vector<std::string> kinds;
    const uint64_t head = Head();
    while (from < head) {
      const auto notices =
          relay::NoticesOfFeed(server.api_node(), {agency, "early_help"}, from);
      KITH_CHECK(notices.ok());
      for (const auto& message : notices->messages) {
        api::v1::FeedNotice notice;
        EXPECT_TRUE(notice.ParseFromString(message.value));
        kinds.push_back(notice.kind());
      }
      from = notices->next;
    }
    return kinds;
  }

  // What a member of the family who watches is told since the position.
  std::vector<std::string> WatchedBy(const Who& who, const std::string& after) {
    grpc::ClientContext context;
    Introduce(who, context);
    context.set_deadline(std::chrono::system_clock::now() +
                         std::chrono::seconds(30));
    api::v1::WatchFamilyRequest request;
    request.set_family_id(story.family());
    request.set_after_position(after);
    api::v1::WatchService::Stub stub(server.channel());
    const auto reader = stub.WatchFamily(&context, request);
    std::vector<std::string> whats;
    api::v1::WatchFamilyResponse response;
    while (reader->Read(&response)) {
      for (const auto& entry : response.entries()) {
        whats.push_back(entry.what());
      }
      if (server.PositionOf(response.info().position()) >= Head()) break;
    }
    context.TryCancel();
    reader->Finish();
    return whats;
  }
};

TEST_F(NoticesTest, R070AFeedIsToldNothingOfWhatIsKeptFromItsAgency) {
  const uint64_t before = Head();
  const std::string kept =
      Withhold(R"(classes: ITEM_CLASS_NEED barred { agency: "school" })");
  Need("self_harm");
  EXPECT_THAT(ToldTo("health", before), Contains("need_recorded"));
  EXPECT_THAT(ToldTo("school", before), Not(Contains("need_recorded")));
  // Nor that something is kept from it.
  EXPECT_THAT(ToldTo("school", before), Not(Contains("restriction_recorded")));
  // What is told is decided when it is told.
  Lift(kept);
  EXPECT_THAT(ToldTo("school", before), Contains("need_recorded"));
}

TEST_F(NoticesTest, R070AFeedIsToldOfOtherThingsThanTheOneThatIsKept) {
  const uint64_t before = Head();
  const std::string kept = Need("self_harm");
  Withhold(
      absl::Substitute(R"(item_ids: "$0" barred { agency: "school" })", kept));
  EXPECT_THAT(ToldTo("school", before), Not(Contains("need_recorded")));
  Need("housing");
  EXPECT_THAT(ToldTo("school", before), Contains("need_recorded"));
}

// Kept from the family, it is kept from nobody else.
TEST_F(NoticesTest, R070WhatIsKeptFromParentsIsInAgenciesFeedsAlone) {
  const std::string after = story.registered();
  const uint64_t before = Head();
  EXPECT_THAT(WatchedBy(mother, after), Contains("need recorded"));
  const std::string kept = Withhold("classes: ITEM_CLASS_NEED");
  Need("self_harm");
  EXPECT_THAT(ToldTo("health", before), Contains("need_recorded"));
  EXPECT_THAT(WatchedBy(mother, after), Not(Contains("need recorded")));
  EXPECT_THAT(WatchedBy(mother, after), Not(Contains("restriction recorded")));
  Who herself = mother;
  herself.person = teen;
  EXPECT_THAT(WatchedBy(herself, after), Contains("need recorded"));
  Lift(kept);
  EXPECT_THAT(WatchedBy(mother, after), Contains("need recorded"));
}

TEST_F(NoticesTest, R070WithoutAJudgementNothingIsKeptFromAnybody) {
  Daughter("sister");
  const auto refused = server.Say(
      Who(), &ConsentService::Stub::StateRestriction,
      Text<api::v1::StateRestrictionRequest>(absl::Substitute(
          R"(restriction { about { $0 } asked_by { $0 } from_family: true })",
          RecordText("sister"))));
  EXPECT_EQ(ReasonOf(refused.status), "COMPETENCE_NOT_JUDGED R-070");
}

// A plan for mother and teenager that names health and school, agreed to, and
// permitted to both.
class PlanCopiesTest : public NoticesTest {
 protected:
  PlanCopiesTest() {
    story.Share("health", R"(recipients { agency: "school" })");
    plan = Plan(absl::Substitute("about { $0 } about { $1 }",
                                 RecordText("mother"), RecordText("teen")));
    herself = mother;
    herself.person = teen;
  }

  std::string Plan(const std::string& about) {
    const std::string id = story.Made(
        &PlanService::Stub::OpenPlan,
        absl::Substitute(
            R"(plan { family { id: "$0" } $1 content { goals: "calm mornings"
                 actions { key: "a1" what: "walks" service: "health"
                           practitioner { agency: "health" local_id: "hv-7" }
                           by { year: 2024 month: 9 day: 1 } }
                 actions { key: "a2" what: "reads" service: "school"
                           practitioner { agency: "school" local_id: "t-1" }
                           by { year: 2024 month: 9 day: 1 } } } })",
            story.family(), about));
    story.AgreePlan(id, 1);
    return id;
  }
  // Of `what`, to somebody outside of Kith.
  StatusCode Copy(const Who& who, const std::string& what,
                  const std::string& to = "on paper") {
    api::v1::GetPlanRequest request;
    request.set_plan_id(what);
    request.mutable_read()->set_copied_to(to);
    return server.Call(who, &PlanService::Stub::GetPlan, request).code();
  }
  int PlansListedFor(const Who& who) {
    api::v1::ListPlansRequest request;
    request.set_family_id(story.family());
    request.mutable_read()->set_copied_to("on paper");
    return server.Call(who, &PlanService::Stub::ListPlans, request)
        .value.plans_size();
  }

  const Who health = Of("health", "hv-7"), school = Of("school", "t-1");
  std::string plan;
  Who herself;
};

TEST_F(PlanCopiesTest, R070NoCopyOfAPlanGoesToAParentFromWhomItIsKept) {
  const std::string other =
      Plan(absl::Substitute("about { $0 }", RecordText("mother")));
  EXPECT_EQ(Copy(mother, plan), StatusCode::OK);
  EXPECT_EQ(PlansListedFor(mother), 2);
  const std::string kept = Withhold(absl::Substitute("item_ids: '$0'", plan));
  EXPECT_EQ(Copy(mother, plan), StatusCode::NOT_FOUND);
  EXPECT_EQ(PlansListedFor(mother), 1);
  EXPECT_EQ(Seen().family().plans_size(), 1);
  // The other one is, and the one that is kept goes to everybody else.
  EXPECT_EQ(Copy(mother, other), StatusCode::OK);
  for (const Who& who : {herself, health, school, Who()}) {
    EXPECT_EQ(Copy(who, plan), StatusCode::OK) << who.agency;
  }
  Lift(kept);
  EXPECT_EQ(Copy(mother, plan), StatusCode::OK);
}

TEST_F(PlanCopiesTest, R070R099ACopyGoesToANamedServiceUnlessItIsKeptFromIt) {
  EXPECT_EQ(Copy(school, plan), StatusCode::OK);
  Withhold(
      absl::Substitute(R"(item_ids: "$0" barred { agency: "school" })", plan));
  EXPECT_EQ(Copy(school, plan), StatusCode::NOT_FOUND);
  EXPECT_EQ(PlansListedFor(school), 0);
  EXPECT_EQ(Copy(health, plan), StatusCode::OK);
}

// The lead may see all of it; what goes to an agency is for the agency.
TEST_F(PlanCopiesTest, R099ACopyGoesToServicesThatThePlanNames) {
  EXPECT_EQ(Copy(Who(), plan, "school"), StatusCode::OK);
  EXPECT_EQ(Copy(Who(), plan, "police"), StatusCode::NOT_FOUND);
  Withhold(
      absl::Substitute(R"(item_ids: "$0" barred { agency: "school" })", plan));
  EXPECT_EQ(Copy(Who(), plan, "school"), StatusCode::NOT_FOUND);
  EXPECT_EQ(Copy(Who(), plan, "health"), StatusCode::OK);
  EXPECT_EQ(Copy(Who(), plan, Who().agency), StatusCode::OK);
}

// What a practitioner made for a parent went by what the practitioner sees.
TEST_F(PlanCopiesTest, R070ACopyMadeForAParentHoldsWhatTheParentMaySee) {
  const std::string parent = story.mother();
  EXPECT_EQ(Copy(Who(), plan, parent), StatusCode::OK);
  Withhold(absl::Substitute("item_ids: '$0' item_ids: '$1'", plan, need));
  EXPECT_EQ(Copy(Who(), plan, parent), StatusCode::NOT_FOUND);
  // For herself, for whom it is nobody's to name, and without a copy.
  for (const std::string& to : {teen, std::string("on paper"), std::string()}) {
    EXPECT_EQ(Copy(Who(), plan, to), StatusCode::OK) << to;
  }
  EXPECT_EQ(Copy(Who(), plan, Absent(parent)), StatusCode::NOT_FOUND);
}

TEST_F(PlanCopiesTest, R070ACopyOfTheFamilyIsTheParentsOwnView) {
  auto request = story.Get();
  request.mutable_read()->set_copied_to(story.mother());
  const auto copy = [&] {
    return server.Call(Who(), &FamilyService::Stub::GetFamily, request)
        .value.family()
        .SerializeAsString();
  };
  EXPECT_EQ(copy(), Seen().family().SerializeAsString());
  const std::string before = copy();
  Withhold("classes: ITEM_CLASS_NEED");
  EXPECT_NE(copy(), before);
  EXPECT_EQ(copy(), Seen().family().SerializeAsString());
}

TEST_F(PlanCopiesTest, R070AClassThatIsKeptTakesThePlansAboutHerAlone) {
  const std::string other =
      Plan(absl::Substitute("about { $0 }", RecordText("mother")));
  Withhold("classes: ITEM_CLASS_PLAN");
  EXPECT_EQ(Copy(mother, plan), StatusCode::NOT_FOUND);
  EXPECT_EQ(Copy(mother, other), StatusCode::OK);
}

}  // namespace
}  // namespace kith::server_tests
