// Sharing and reading without permission, through the socket, and who learns
// of it (R-083..R-089).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/substitute.h"
#include "kith/api/v1/audit_service.grpc.pb.h"
#include "kith/api/v1/override_service.grpc.pb.h"
#include "tests/server/family_story.h"

namespace kith::server_tests {
namespace {

using api::v1::AuditService;
using api::v1::OverrideService;
using grpc::StatusCode;

class OverrideServiceTest : public ::testing::Test {
 protected:
  Answer<api::v1::BreakGlassResponse> BreakGlass(const Who& who,
                                                 const std::string& more = "") {
    return server.Say(
        who, &OverrideService::Stub::BreakGlass,
        Text<api::v1::BreakGlassRequest>(absl::Substitute(
            R"(glass { family { id: "$0" } basis: LEGAL_BASIS_VITAL_INTERESTS
                 reason: OVERRIDE_REASON_THREAT_TO_LIFE wording: "collapsed"
                 minutes: 60 $1 })",
            story.family(), more)));
  }
  Answer<api::v1::StateOverrideResponse> Override(const std::string& told) {
    return server.Say(
        Who(), &OverrideService::Stub::StateOverride,
        Text<api::v1::StateOverrideRequest>(absl::Substitute(
            R"(override { about { $0 } about { $1 }
                 recipients { agency: "police" }
                 purpose: "safeguarding" classes: ITEM_CLASS_CONTACT
                 classes: ITEM_CLASS_IDENTITY until { $2 }
                 reason: OVERRIDE_REASON_THREAT_TO_LIFE wording: "threatened"
                 basis: LEGAL_BASIS_PUBLIC_TASK $3 })",
            RecordText("mother"), RecordText("child"), Tomorrow(), told)));
  }
  std::string Tomorrow() {
    const absl::CivilDay day =
        absl::ToCivilDay(server.clock().Now(), absl::UTCTimeZone()) + 1;
    return absl::Substitute("year: $0 month: $1 day: $2", day.year(),
                            day.month(), day.day());
  }
  Answer<api::v1::GetFamilyResponse> Get(const Who& who) {
    return server.Call(who, &FamilyService::Stub::GetFamily, story.Get());
  }
  Answer<api::v1::ListReviewsResponse> Reviews(const Who& who) {
    return server.Call(who, &OverrideService::Stub::ListReviews,
                       api::v1::ListReviewsRequest());
  }
  Answer<api::v1::ReviewOverrideResponse> Review(const Who& who,
                                                 const std::string& id) {
    return server.Say(who, &OverrideService::Stub::ReviewOverride,
                      Text<api::v1::ReviewOverrideRequest>(absl::Substitute(
                          R"(review { override { id: "$0" } wording: "right"
                               finding: OVERRIDE_FINDING_JUSTIFIED })",
                          id)));
  }
  Answer<api::v1::WhoLookedResponse> WhoLooked(const Who& who) {
    api::v1::WhoLookedRequest request;
    request.set_family_id(story.family());
    request.mutable_page()->set_page_size(200);
    return server.Call(who, &AuditService::Stub::WhoLooked, request);
  }
  // All of them, of which something was shown or not.
  int LooksOf(const Answer<api::v1::WhoLookedResponse>& answer,
              const std::string& agency, const std::string& purpose = "") {
    int count = 0;
    for (const auto& look : answer.value.looks()) {
      if (look.agency() != agency) continue;
      if (purpose.empty() || look.purpose() == purpose) ++count;
    }
    return count;
  }
  int LooksBy(const Answer<api::v1::WhoLookedResponse>& answer,
              const std::string& practitioner) {
    int count = 0;
    for (const auto& look : answer.value.looks()) {
      count += look.practitioner() == practitioner;
    }
    return count;
  }
  bool ListsPlans(const Who& who) {
    api::v1::ListPlansRequest request;
    request.set_family_id(story.family());
    return server.Call(who, &PlanService::Stub::ListPlans, request).ok();
  }
  api::v1::ExplainAccessResponse Explained(const Who& who,
                                           const std::string& recipient) {
    const auto answer =
        server.Call(who, &ConsentService::Stub::ExplainAccess,
                    Text<api::v1::ExplainAccessRequest>(absl::Substitute(
                        R"(person_id: "$0" class: ITEM_CLASS_IDENTITY $1)",
                        story.mother(), recipient)));
    EXPECT_EQ(ReasonOf(answer.status), "OK");
    return answer.value;
  }
  // Ways to reach the family's people that an answer shows.
  int ContactsIn(const Answer<api::v1::GetFamilyResponse>& answer) {
    int count = 0;
    for (const auto& person : answer.value.family().people()) {
      for (const auto& record : person.records()) {
        count += record.said().addresses_size();
      }
    }
    return count;
  }
  Who Mother() {
    Who who;
    who.role = "family_member";
    who.person = story.mother();
    return who;
  }

  TestServer server;
  FamilyStory story{server};
  const Who officer = Of("council", "dpo", "privacy_officer");
  const Who health = Of("health", "hv-7");
  static constexpr char kNotTold[] =
      "told: ANSWER_NO not_told_because: \"she would be beaten\" "
      "decided_with: \"police\"";
};

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

TEST_F(OverrideServiceTest, AShieldedAddressOpensWhenAnotherPersonApproved) {
  story.Made(&FamilyService::Stub::StatePerson,
             absl::Substitute(R"(person { $0
                 names { use: NAME_USE_USUAL given: "mother" family: "Ferris" }
                 birth_date { year: 1985 month: 6 day: 2 }
                 addresses { lines: "7 Quayside Row" postcode: "RV1 4QX"
                             protected: true } })",
                              RecordText("mother")));
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
  const auto acts = [&](const Who& who) {
    std::vector<std::string> methods;
    const auto looked = WhoLooked(who);
    for (const auto& look : looked.value.looks()) {
      if (look.kind() != ledger::v1::ACCESS_KIND_OVERRIDE) continue;
      methods.push_back(look.method());
    }
    return methods;
  };
  EXPECT_THAT(acts(Who()), testing::IsEmpty());
  const auto said = Override(kNotTold);
  ASSERT_EQ(ReasonOf(said.status), "OK");
  EXPECT_THAT(acts(Who()),
              testing::ElementsAre("OverrideService.StateOverride"));
  ASSERT_EQ(ReasonOf(BreakGlass(health).status), "OK");
  EXPECT_THAT(acts(Who()),
              testing::ElementsAre("OverrideService.BreakGlass",
                                   "OverrideService.StateOverride"));
  story.Made(&OverrideService::Stub::TellFamily,
             absl::Substitute(R"(told { override { id: "$0" }
                                   on { year: 2024 month: 1 day: 1 } })",
                              said.value.outcome().made_ids(0)));
  EXPECT_THAT(acts(Who()),
              testing::ElementsAre("OverrideService.TellFamily",
                                   "OverrideService.BreakGlass",
                                   "OverrideService.StateOverride"));
  EXPECT_THAT(acts(Mother()),
              testing::ElementsAre("OverrideService.TellFamily",
                                   "OverrideService.BreakGlass"));
}

// None of them was shown, of what the family had been told of either.
TEST_F(OverrideServiceTest, R088R089TheFamilySeesActsOnWhatItWasToldOfAlone) {
  story.OpenPlan();
  const auto acts = [&](const Who& who) {
    std::vector<std::string> methods;
    const auto looked = WhoLooked(who);
    for (const auto& look : looked.value.looks()) {
      if (look.kind() != ledger::v1::ACCESS_KIND_OVERRIDE) continue;
      methods.push_back(look.method());
    }
    return methods;
  };
  const auto kept = Override(kNotTold);
  ASSERT_EQ(ReasonOf(kept.status), "OK");
  const auto told = Override("told: ANSWER_YES");
  ASSERT_EQ(ReasonOf(told.status), "OK");
  EXPECT_THAT(acts(Who()),
              testing::ElementsAre("OverrideService.StateOverride",
                                   "OverrideService.StateOverride"));
  EXPECT_THAT(acts(Mother()),
              testing::ElementsAre("OverrideService.StateOverride"));
  const std::string told_id = told.value.outcome().made_ids(0);
  const std::string kept_id = kept.value.outcome().made_ids(0);
  ASSERT_EQ(ReasonOf(Review(officer, kept_id).status), "OK");
  EXPECT_THAT(acts(Mother()),
              testing::ElementsAre("OverrideService.StateOverride"));
  ASSERT_EQ(ReasonOf(Review(officer, told_id).status), "OK");
  EXPECT_THAT(acts(Mother()),
              testing::ElementsAre("OverrideService.ReviewOverride",
                                   "OverrideService.StateOverride"));
  // What is refused may have been meant to be kept from them.
  EXPECT_NE(Override("told: ANSWER_NO").code(), StatusCode::OK);
  EXPECT_EQ(acts(Mother()).size(), 2u);
  story.Made(&OverrideService::Stub::TellFamily,
             absl::Substitute(R"(told { override { id: "$0" }
                                   on { year: 2024 month: 1 day: 1 } })",
                              kept_id));
  EXPECT_THAT(acts(Mother()),
              testing::ElementsAre("OverrideService.TellFamily",
                                   "OverrideService.ReviewOverride",
                                   "OverrideService.ReviewOverride",
                                   "OverrideService.StateOverride"));
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
