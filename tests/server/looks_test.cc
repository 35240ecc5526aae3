// Who learns of overrides, broken glass and copies, through the socket: among
// the looks, and from explanations (R-088, R-089, R-101, R-266).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/substitute.h"
#include "tests/server/override_story.h"

namespace kith::server_tests {
namespace {

using api::v1::OverrideService;
using grpc::StatusCode;

TEST_F(OverrideServiceTest, R088R101TheFamilyDoesNotSeeWhatAnEmbargoCovers) {
  story.OpenPlan();  // the council works with them
  Who police = Of("police", "p1");
  police.purpose = "safeguarding";
  const auto said = Override(kNotTold);
  ASSERT_EQ(ReasonOf(said.status), "OK");
  ASSERT_EQ(ReasonOf(Get(police).status), "OK");
  EXPECT_EQ(LooksOf(WhoLooked(Who()), "police"), 1);
  EXPECT_EQ(LooksOf(WhoLooked(Mother()), "police"), 0);
  const auto told = server.Say(
      Who(), &OverrideService::Stub::TellFamily,
      Text<api::v1::TellFamilyRequest>(absl::Substitute(
          R"(told { override { id: "$0" } on { year: 2024 month: 1 day: 1 } })",
          said.value.outcome().made_ids(0))));
  ASSERT_EQ(ReasonOf(told.status), "OK");
  EXPECT_EQ(LooksOf(WhoLooked(Mother()), "police"), 1);
}

// Looks that the override opened were hidden, and those beside them told of the
// police all the same.
TEST_F(OverrideServiceTest, R088WhoMayLookUnknownToTheFamilyIsNotSeenAtAll) {
  story.OpenPlan();
  Who police = Of("police", "p1");
  police.purpose = "safeguarding";
  EXPECT_EQ(Get(police).code(), StatusCode::NOT_FOUND);
  const auto said = Override(kNotTold);
  ASSERT_EQ(ReasonOf(said.status), "OK");
  ASSERT_EQ(ReasonOf(Get(police).status), "OK");
  EXPECT_TRUE(ListsPlans(police));  // none of which is shown
  police.practitioner = "p2";
  EXPECT_TRUE(ListsPlans(police));
  Who on_patrol = Of("police", "p3");  // for another purpose
  EXPECT_EQ(Get(on_patrol).code(), StatusCode::NOT_FOUND);
  EXPECT_EQ(LooksOf(WhoLooked(Who()), "police"), 5);
  EXPECT_EQ(LooksOf(WhoLooked(Mother()), "police", "safeguarding"), 0);
  EXPECT_EQ(LooksOf(WhoLooked(Mother()), "police"), 1);
  server.clock().Advance(absl::Hours(48));  // it is over, the embargo is not
  police.practitioner = "p1";
  EXPECT_EQ(Get(police).code(), StatusCode::NOT_FOUND);
  EXPECT_EQ(LooksOf(WhoLooked(Mother()), "police", "safeguarding"), 0);
  story.Made(&OverrideService::Stub::TellFamily,
             absl::Substitute(R"(told { override { id: "$0" }
                                   on { year: 2024 month: 1 day: 1 } })",
                              said.value.outcome().made_ids(0)));
  EXPECT_EQ(LooksOf(WhoLooked(Mother()), "police"), 6);
}

TEST_F(OverrideServiceTest, R088BrokenGlassThatTheFamilyIsNotToldOfIsNotSeen) {
  story.OpenPlan();
  EXPECT_EQ(Get(health).code(), StatusCode::NOT_FOUND);
  ASSERT_EQ(
      ReasonOf(BreakGlass(health, "not_told_because: \"she would be beaten\"")
                   .status),
      "OK");
  ASSERT_EQ(ReasonOf(Get(health).status), "OK");
  Who again = health;
  again.purpose = "direct_care";
  EXPECT_TRUE(ListsPlans(again));
  server.clock().Advance(absl::Minutes(60));
  EXPECT_EQ(Get(health).code(), StatusCode::NOT_FOUND);
  EXPECT_EQ(Get(Of("health", "hv-8")).code(), StatusCode::NOT_FOUND);
  EXPECT_EQ(LooksBy(WhoLooked(Who()), "hv-7"), 5);  // the act is one
  EXPECT_EQ(LooksBy(WhoLooked(Mother()), "hv-7"), 0);
  EXPECT_EQ(LooksBy(WhoLooked(Mother()), "hv-8"), 1);
}

// That something of that class was kept from her stood in her own look.
TEST_F(OverrideServiceTest, R088NoLookTellsTheFamilyThatThereIsAnOverride) {
  story.OpenPlan();
  ASSERT_EQ(ReasonOf(Override(kNotTold).status), "OK");
  api::v1::GetTimelineRequest timeline;
  timeline.set_family_id(story.family());
  timeline.mutable_page()->set_page_size(200);
  for (const Who& who : {Who(), Mother()}) {
    ASSERT_TRUE(
        server.Call(who, &FamilyService::Stub::GetTimeline, timeline).ok());
  }
  const auto told_of = [&](const Who& who) {
    const auto looked = WhoLooked(who);
    int count = 0;
    for (const auto& look : looked.value.looks()) {
      for (const int item : look.withheld()) {
        count += item == agency::v1::ITEM_CLASS_OVERRIDE;
      }
      for (const int item : look.shown()) {
        count += item == agency::v1::ITEM_CLASS_OVERRIDE;
      }
    }
    return count;
  };
  EXPECT_GT(told_of(Who()), 0);
  EXPECT_EQ(told_of(Mother()), 0);
  EXPECT_GT(LooksOf(WhoLooked(Mother()), "council"), 0);
}

// Recorded with whom it names, it is found; but what somebody tried to state
// under an embargo is nothing for the family.
TEST_F(OverrideServiceTest, R088ARefusedOverrideIsNotForTheFamilyToSee) {
  story.OpenPlan();
  Who police = Of("police", "p1");
  police.purpose = "safeguarding";
  const auto said =
      server.Say(police, &OverrideService::Stub::StateOverride,
                 Text<api::v1::StateOverrideRequest>(absl::Substitute(
                     R"(override { about { person_id: "$0" }
               recipients { agency: "police" } purpose: "safeguarding"
               until { $1 } reason: OVERRIDE_REASON_THREAT_TO_LIFE
               wording: "threatened" basis: LEGAL_BASIS_PUBLIC_TASK $2 })",
                     story.mother(), Tomorrow(), kNotTold)));
  EXPECT_EQ(said.code(), StatusCode::NOT_FOUND);
  EXPECT_EQ(LooksOf(WhoLooked(Who()), "police"), 1);
  EXPECT_EQ(LooksOf(WhoLooked(Mother()), "police"), 0);
}

// She read "override", and its id.
TEST_F(OverrideServiceTest, R088AnExplanationTellsTheFamilyNothingOfAnEmbargo) {
  story.OpenPlan();
  const std::string police = R"(agency: "police" purpose: "safeguarding")";
  const auto before = Explained(Mother(), police);
  EXPECT_EQ(before.reason(), "no_permission");
  ASSERT_EQ(ReasonOf(Override(kNotTold).status), "OK");
  const auto after = Explained(Mother(), police);
  EXPECT_FALSE(after.allowed());
  EXPECT_EQ(after.reason(), before.reason());
  EXPECT_EQ(after.decided_by_ids_size(), 0);
  // Whose agency stated it reads what holds.
  const auto known = Explained(Who(), police);
  EXPECT_TRUE(known.allowed());
  EXPECT_EQ(known.reason(), "override");
  EXPECT_EQ(known.decided_by_ids_size(), 1);
}

TEST_F(OverrideServiceTest, R088AnExplanationTellsTheFamilyNothingOfTheGlass) {
  story.OpenPlan();
  ASSERT_EQ(
      ReasonOf(BreakGlass(health, "not_told_because: \"she would be beaten\"")
                   .status),
      "OK");
  const auto explained = Explained(
      Mother(),
      R"(agency: "health" practitioner_local_id: "hv-7" purpose: "early_help")");
  EXPECT_FALSE(explained.allowed());
  EXPECT_EQ(explained.reason(), "no_permission");
  EXPECT_EQ(explained.decided_by_ids_size(), 0);
}

TEST_F(OverrideServiceTest, TheLookSaysOnWhatItStood) {
  Who police = Of("police", "p1");
  police.purpose = "safeguarding";
  ASSERT_EQ(ReasonOf(Override("told: ANSWER_YES").status), "OK");
  ASSERT_EQ(ReasonOf(Get(police).status), "OK");
  const auto looked = WhoLooked(Who());
  for (const auto& look : looked.value.looks()) {
    if (look.agency() != "police") continue;
    ASSERT_EQ(look.legal_basis_size(), 1);
    EXPECT_EQ(look.legal_basis(0), agency::v1::LEGAL_BASIS_PUBLIC_TASK);
    EXPECT_THAT(look.basis(), ::testing::Contains("override"));
    return;
  }
  FAIL() << "no look of the police";
}

TEST_F(OverrideServiceTest, LooksAtAFamilyThatJoinedLaterAreFound) {
  FamilyStory other(server, "other-");
  api::v1::GetFamilyRequest request;
  request.set_family_id(other.family());
  ASSERT_TRUE(
      server.Call(Of("council", "w9"), &FamilyService::Stub::GetFamily, request)
          .ok());
  const auto before = WhoLooked(Who());
  const auto joined = server.Say(
      Of("council", "hub", "hub_administrator"),
      &FamilyService::Stub::DecideFamiliesJoin,
      Text<api::v1::DecideFamiliesJoinRequest>(absl::Substitute(
          R"(decision { one { id: "$0" } other { id: "$1" } joined: true
                        reason: "one household" })",
          story.family(), other.family())));
  ASSERT_EQ(ReasonOf(joined.status), "OK");
  const auto after = WhoLooked(Who());
  const auto has = [](const auto& answer) {
    for (const auto& look : answer.value.looks()) {
      if (look.practitioner() == "w9") return true;
    }
    return false;
  };
  EXPECT_FALSE(has(before));
  EXPECT_TRUE(has(after));
  ASSERT_EQ(after.value.nodes_size(), 1);
  EXPECT_TRUE(after.value.nodes(0).has_complete_to());
}

TEST_F(OverrideServiceTest, OnlyAnAuditorWithAReasonLooksThroughAnothersEyes) {
  auto request = story.Get();
  auto& seen_by = *request.mutable_read()->mutable_seen_by();
  seen_by.set_agency("health");
  seen_by.set_practitioner("hv-7");
  seen_by.set_role(agency::v1::ROLE_PRACTITIONER);
  seen_by.set_purpose("early_help");
  const auto ask = [&](const Who& who) {
    return server.Call(who, &FamilyService::Stub::GetFamily, request).code();
  };
  EXPECT_EQ(ask(Who()), StatusCode::PERMISSION_DENIED);
  Who auditor = Of("council", "auditor", "auditor");
  EXPECT_EQ(ask(auditor), StatusCode::PERMISSION_DENIED);
  auditor.reason = "a complaint";
  EXPECT_EQ(ask(auditor), StatusCode::NOT_FOUND);  // they could see nothing
  seen_by.set_agency("council");
  EXPECT_EQ(ask(auditor), StatusCode::OK);
}

// What is done about an override stands among the looks at whom it is about,
// and the family learns of it as it is told.
TEST_F(OverrideServiceTest, ActsAreAmongTheLooksOfWhomTheyAreAbout) {
  story.OpenPlan();
  EXPECT_THAT(ActsSeenBy(Who()), testing::IsEmpty());
  const auto said = Override(kNotTold);
  ASSERT_EQ(ReasonOf(said.status), "OK");
  EXPECT_THAT(ActsSeenBy(Who()),
              testing::ElementsAre("OverrideService.StateOverride"));
  ASSERT_EQ(ReasonOf(BreakGlass(health).status), "OK");
  EXPECT_THAT(ActsSeenBy(Who()),
              testing::ElementsAre("OverrideService.BreakGlass",
                                   "OverrideService.StateOverride"));
  story.Made(&OverrideService::Stub::TellFamily,
             absl::Substitute(R"(told { override { id: "$0" }
                                   on { year: 2024 month: 1 day: 1 } })",
                              said.value.outcome().made_ids(0)));
  EXPECT_THAT(ActsSeenBy(Who()),
              testing::ElementsAre("OverrideService.TellFamily",
                                   "OverrideService.BreakGlass",
                                   "OverrideService.StateOverride"));
  EXPECT_THAT(ActsSeenBy(Mother()),
              testing::ElementsAre("OverrideService.TellFamily",
                                   "OverrideService.BreakGlass"));
}

// None of them was shown, of what the family had been told of either.
TEST_F(OverrideServiceTest, R088R089TheFamilySeesActsOnWhatItWasToldOfAlone) {
  story.OpenPlan();
  const auto kept = Override(kNotTold);
  ASSERT_EQ(ReasonOf(kept.status), "OK");
  const auto told = Override("told: ANSWER_YES");
  ASSERT_EQ(ReasonOf(told.status), "OK");
  EXPECT_THAT(ActsSeenBy(Who()),
              testing::ElementsAre("OverrideService.StateOverride",
                                   "OverrideService.StateOverride"));
  EXPECT_THAT(ActsSeenBy(Mother()),
              testing::ElementsAre("OverrideService.StateOverride"));
  const std::string told_id = told.value.outcome().made_ids(0);
  const std::string kept_id = kept.value.outcome().made_ids(0);
  ASSERT_EQ(ReasonOf(Review(officer, kept_id).status), "OK");
  EXPECT_THAT(ActsSeenBy(Mother()),
              testing::ElementsAre("OverrideService.StateOverride"));
  ASSERT_EQ(ReasonOf(Review(officer, told_id).status), "OK");
  EXPECT_THAT(ActsSeenBy(Mother()),
              testing::ElementsAre("OverrideService.ReviewOverride",
                                   "OverrideService.StateOverride"));
  // What is refused may have been meant to be kept from them.
  EXPECT_NE(Override("told: ANSWER_NO").code(), StatusCode::OK);
  EXPECT_EQ(ActsSeenBy(Mother()).size(), 2u);
  story.Made(&OverrideService::Stub::TellFamily,
             absl::Substitute(R"(told { override { id: "$0" }
                                   on { year: 2024 month: 1 day: 1 } })",
                              kept_id));
  EXPECT_THAT(ActsSeenBy(Mother()),
              testing::ElementsAre("OverrideService.TellFamily",
                                   "OverrideService.ReviewOverride",
                                   "OverrideService.ReviewOverride",
                                   "OverrideService.StateOverride"));
}

// What was recorded of the content's version was to be read nowhere.
TEST_F(OverrideServiceTest, R266AnExportRecordsWhoGetsWhichVersionWhatFor) {
  ASSERT_TRUE(Get(Who()).ok());  // no copy leaves
  const auto before = WhoLooked(Who());
  EXPECT_GT(before.value.looks_size(), 0);
  for (const auto& look : before.value.looks()) {
    EXPECT_NE(look.kind(), ledger::v1::ACCESS_KIND_EXPORT);
    EXPECT_EQ(look.copied_to(), "");
  }
  auto request = story.Get();
  request.mutable_read()->set_copied_to("The Elms School, on paper");
  const auto shown =
      server.Call(Who(), &FamilyService::Stub::GetFamily, request);
  ASSERT_EQ(ReasonOf(shown.status), "OK");
  const auto looked = WhoLooked(Who());
  for (const auto& look : looked.value.looks()) {
    if (look.kind() != ledger::v1::ACCESS_KIND_EXPORT) continue;
    EXPECT_EQ(look.copied_to(), "The Elms School, on paper");
    EXPECT_EQ(look.purpose(), "early_help");
    EXPECT_NE(look.etag(), "");
    EXPECT_EQ(look.etag(), shown.value.info().etag());
    return;
  }
  FAIL() << "no export is recorded";
}

TEST_F(OverrideServiceTest, R266TheVersionIsForWhoGotItAndWhoWatchesOverLooks) {
  story.Share("health");
  const auto seen = Get(health);
  ASSERT_EQ(ReasonOf(seen.status), "OK");
  story.Made(&FamilyService::Stub::StateInvolvement,
             absl::Substitute(R"(involvement { person { person_id: "$0" }
                                   service: "health visiting" })",
                              story.mother()),
             health);
  const auto version_told_to = [&](const Who& who) {
    const auto looked = WhoLooked(who);
    EXPECT_EQ(ReasonOf(looked.status), "OK");
    for (const auto& look : looked.value.looks()) {
      if (look.agency() == "health" &&
          look.method() == "FamilyService.GetFamily") {
        return look.etag();
      }
    }
    ADD_FAILURE() << "no look of health's";
    return std::string();
  };
  const std::string version = seen.value.info().etag();
  EXPECT_NE(version, "");
  EXPECT_EQ(version_told_to(health), version);
  EXPECT_EQ(version_told_to(officer), version);
  EXPECT_EQ(version_told_to(Of("council", "h1", "hub_administrator")), version);
  // It would tell them whether what they do not see has changed.
  EXPECT_EQ(version_told_to(Who()), "");
  EXPECT_EQ(version_told_to(Mother()), "");
}

}  // namespace
}  // namespace kith::server_tests
