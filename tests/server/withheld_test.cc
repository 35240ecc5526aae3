// What some may not see, and who may: a young person's wish, refused storage,
// agreements, panel cases, who looked.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/substitute.h"
#include "kith/api/v1/audit_service.grpc.pb.h"
#include "kith/api/v1/meeting_service.grpc.pb.h"
#include "tests/server/family_story.h"
#include "tests/server/young_person.h"

namespace kith::server_tests {
namespace {

using grpc::StatusCode;

class WithheldTest : public ::testing::Test {
 protected:
  TestServer server;
  FamilyStory story{server};
};

TEST_F(YoungPersonTest, R070WhatAYoungPersonWithholdsIsAbsentFromEveryView) {
  EXPECT_GT(NeedsSeen(), 0);
  Withhold("classes: ITEM_CLASS_NEED");
  EXPECT_EQ(NeedsSeen(), 0);
  const std::string etag = Seen().info().etag();
  const int lines = LinesSeen();
  const int consents = Seen().family().consents_size();
  EXPECT_EQ(Seen().family().restrictions_size(), 0);
  // What is added behind the door moves nothing in front of it.
  Need("self_harm");
  EXPECT_EQ(Seen().info().etag(), etag);
  EXPECT_EQ(LinesSeen(), lines);
  EXPECT_EQ(Seen().family().consents_size(), consents);
}

// It said "restricted", and named the restriction, to whom it keeps out.
TEST_F(YoungPersonTest,
       R070R081AnExplanationTellsNoneWhomItBarsOfARestriction) {
  const std::string to_mother =
      absl::Substitute(R"(recipient_person_id: "$0")", story.mother());
  const auto before = Explained(mother, to_mother);
  EXPECT_EQ(before.reason(), "shared");
  Withhold("classes: ITEM_CLASS_NEED");
  const auto after = Explained(mother, to_mother);
  EXPECT_EQ(after.reason(), before.reason());
  EXPECT_THAT(after.decided_by_ids(),
              ::testing::ElementsAreArray(before.decided_by_ids()));
  // Who may see the restriction reads what holds.
  const auto known = Explained(Who(), to_mother);
  EXPECT_EQ(known.reason(), "restricted");
  EXPECT_EQ(known.decided_by_ids_size(), 1);
}

TEST_F(YoungPersonTest, R081AnExplanationTellsABarredPractitionerNothing) {
  const std::string to_w2 = R"(agency: "council" practitioner_local_id: "w2")";
  Withhold(R"(classes: ITEM_CLASS_NEED
              barred { practitioner { agency: "council" local_id: "w2" } })");
  const auto own = Explained(Of("council", "w2"), to_w2);
  EXPECT_EQ(own.reason(), "own_agency");
  EXPECT_EQ(own.decided_by_ids_size(), 0);
  EXPECT_EQ(Explained(Who(), to_w2).reason(), "restricted");
}

TEST_F(YoungPersonTest, R081OfSeveralThingsTheOneThatIsWithheldIsExplained) {
  Need("housing");
  Withhold(absl::StrCat("item_ids: '", need, "'"));
  const std::string to_mother =
      absl::Substitute(R"(recipient_person_id: "$0")", story.mother());
  EXPECT_EQ(Explained(Who(), to_mother).reason(), "restricted");
  EXPECT_EQ(Explained(mother, to_mother).reason(), "shared");
}

TEST_F(YoungPersonTest, R070R101LooksSayWhoLookedAndNotAtWhatIsWithheld) {
  const auto looked_at = [&](const Who& who, agency::v1::ItemClass item) {
    api::v1::WhoLookedRequest request;
    request.set_family_id(story.family());
    request.mutable_page()->set_page_size(200);
    const auto answer =
        server.Call(who, &api::v1::AuditService::Stub::WhoLooked, request);
    EXPECT_EQ(ReasonOf(answer.status), "OK");
    EXPECT_GT(answer.value.looks_size(), 0);
    int count = 0;
    for (const auto& look : answer.value.looks()) {
      for (const int shown : look.shown()) count += shown == item;
      for (const int withheld : look.withheld()) count += withheld == item;
    }
    return count;
  };
  ASSERT_TRUE(
      server.Call(Who(), &FamilyService::Stub::GetFamily, story.Get()).ok());
  EXPECT_GT(looked_at(mother, agency::v1::ITEM_CLASS_NEED), 0);
  Withhold("classes: ITEM_CLASS_NEED");
  EXPECT_EQ(looked_at(mother, agency::v1::ITEM_CLASS_NEED), 0);
  EXPECT_GT(looked_at(Who(), agency::v1::ITEM_CLASS_NEED), 0);
}

TEST_F(WithheldTest,
       WhoLookedIsForThoseWhoWatchAndForThoseWhoWorkWithTheFamily) {
  api::v1::WhoLookedRequest request;
  request.set_family_id(story.family());
  const auto ask = [&](const Who& who) {
    return server.Call(who, &api::v1::AuditService::Stub::WhoLooked, request)
        .code();
  };
  EXPECT_EQ(ask(Who()), StatusCode::OK);
  EXPECT_EQ(ask(Of("health", "dpo", "privacy_officer")), StatusCode::OK);
  EXPECT_EQ(ask(Of("health", "hub", "hub_administrator")), StatusCode::OK);
  EXPECT_EQ(ask(Of("health", "n1")), StatusCode::NOT_FOUND);
  EXPECT_EQ(ask(Of("council", "m1", "leadership_manager")),
            StatusCode::PERMISSION_DENIED);
  // Who watches looks at the looks alone.
  EXPECT_EQ(server
                .Call(Of("council", "dpo", "privacy_officer"),
                      &FamilyService::Stub::GetFamily, story.Get())
                .code(),
            StatusCode::PERMISSION_DENIED);
}

// Refusals of what was named beside the request's own subject were recorded
// without whom and what, and nobody found them.
TEST_F(WithheldTest, R101WhatIsRefusedIsFoundAmongTheFamilysLooks) {
  const Who stranger = Of("school", "t1");
  api::v1::ListConsentsRequest list;
  list.set_person_id(story.child());
  EXPECT_EQ(
      server.Call(stranger, &ConsentService::Stub::ListConsents, list).code(),
      StatusCode::NOT_FOUND);
  api::v1::ExplainAccessRequest explain;
  explain.set_person_id(story.child());
  explain.set_agency("school");
  explain.set_purpose("early_help");
  explain.set_class_(agency::v1::ITEM_CLASS_NEED);
  EXPECT_EQ(server.Call(stranger, &ConsentService::Stub::ExplainAccess, explain)
                .code(),
            StatusCode::NOT_FOUND);
  EXPECT_EQ(server
                .Say(stranger, &FamilyService::Stub::StateNeed,
                     Text<api::v1::StateNeedRequest>(absl::Substitute(
                         R"(need { person { person_id: "$0" } need: "debt" })",
                         story.child())))
                .code(),
            StatusCode::NOT_FOUND);
  api::v1::WhoLookedRequest request;
  request.set_family_id(story.family());
  Who auditor = Of("council", "auditor", "auditor");
  auditor.reason = "a complaint";
  const auto answer =
      server.Call(auditor, &api::v1::AuditService::Stub::WhoLooked, request);
  std::vector<std::string> methods;
  for (const auto& look : answer.value.looks()) {
    if (look.agency() != "school") continue;
    methods.push_back(look.method());
    EXPECT_EQ(look.kind(), ledger::v1::ACCESS_KIND_DENIAL);
    EXPECT_GT(look.withheld_size(), 0) << look.method();
    EXPECT_EQ(look.shown_size(), 0) << look.method();
    ASSERT_GT(look.tallies_size(), 0) << look.method();
    EXPECT_EQ(look.tallies(0).reason(), "no_permission");
  }
  EXPECT_THAT(methods,
              ::testing::UnorderedElementsAre("ConsentService.ListConsents",
                                              "ConsentService.ExplainAccess",
                                              "FamilyService.StateNeed"));
}

TEST_F(YoungPersonTest, R081OneThingAloneIsWithheld) {
  Need("housing");
  const int before = NeedsSeen();
  const int lines = LinesSeen();
  Withhold(absl::StrCat("item_ids: '", need, "'"));
  EXPECT_EQ(NeedsSeen(), before - 1);
  EXPECT_EQ(LinesSeen(), lines - 1);
}

TEST_F(WithheldTest, R078RefusedStorageTakesThePersonOutOfSightAtOnce) {
  api::v1::GetPersonRequest request;
  request.set_person_id(story.mother());
  ASSERT_TRUE(
      server.Call(Who(), &FamilyService::Stub::GetPerson, request).ok());
  const auto find = Text<api::v1::FindFamiliesRequest>(
      R"(person { given: "mother" family: "Ferris" postcode: "RV1 4QX"
           birth_date { year: 1985 month: 6 day: 2 } })");
  EXPECT_EQ(server.Call(Who(), &FamilyService::Stub::FindFamilies, find)
                .value.families_size(),
            1);
  story.Made(&ConsentService::Stub::StateConsent,
             absl::Substitute(R"(consent { about { $0 } kind: CONSENT_KIND_STORE
              answer: CONSENT_ANSWER_REFUSED answered_by { $0 } })",
                              RecordText("mother")));
  EXPECT_EQ(server.Call(Who(), &FamilyService::Stub::GetPerson, request).code(),
            StatusCode::NOT_FOUND);
  EXPECT_EQ(server.Call(Who(), &FamilyService::Stub::FindFamilies, find)
                .value.families_size(),
            0);
  const auto refused = server.Say(
      Who(), &FamilyService::Stub::StateNeed,
      Text<api::v1::StateNeedRequest>(absl::Substitute(
          R"(need { person { $0 } need: "debt" })", RecordText("mother"))));
  EXPECT_EQ(ReasonOf(refused.status), "NOT_STORED R-078");
  const auto counts = server.Call(Who(), &ConsentService::Stub::CountUnstored,
                                  api::v1::CountUnstoredRequest());
  ASSERT_EQ(counts.value.counts_size(), 1);
  EXPECT_EQ(counts.value.counts(0).count(), 1u);
}

// Leadership learned every agency's figure, agreed or not.
TEST_F(WithheldTest, R265LeadershipLearnsFiguresUnderTheSharingAgreements) {
  story.Made(&ConsentService::Stub::StateConsent,
             absl::Substitute(R"(consent { about { $0 } kind: CONSENT_KIND_STORE
              answer: CONSENT_ANSWER_REFUSED answered_by { $0 } })",
                              RecordText("mother")));
  const auto counts = [&](const std::string& agency, const std::string& role) {
    Who who = Of(agency, "m1", role);
    if (role == "leadership_manager") who.purpose = "oversight";
    const auto answer = server.Call(who, &ConsentService::Stub::CountUnstored,
                                    api::v1::CountUnstoredRequest());
    EXPECT_EQ(ReasonOf(answer.status), "OK");
    return answer.value.counts_size();
  };
  EXPECT_EQ(counts("council", "leadership_manager"), 1);
  EXPECT_EQ(counts("health", "leadership_manager"), 0);
  EXPECT_EQ(counts("health", "hub_administrator"), 1);
  story.Made(&ConsentService::Stub::StateSharingAgreement,
             R"(agreement { agreement { system: "main" local_id: "south" }
                  parties: "council" parties: "health" })",
             Of("council", "h1", "hub_administrator"));
  EXPECT_EQ(counts("health", "leadership_manager"), 1);
  EXPECT_EQ(counts("school", "leadership_manager"), 0);
  EXPECT_EQ(counts("health", "practitioner"), 0);
}

TEST_F(WithheldTest, R098R262AgreementsAreTheHubsToRecordAndForAllToSee) {
  const std::string request =
      R"(agreement { agreement { system: "main" local_id: "south" }
           parties: "council" parties: "health" })";
  EXPECT_EQ(server
                .Say(Who(), &ConsentService::Stub::StateSharingAgreement,
                     Text<api::v1::StateSharingAgreementRequest>(request))
                .code(),
            StatusCode::PERMISSION_DENIED);
  story.Made(&ConsentService::Stub::StateSharingAgreement, request,
             Of("council", "h1", "hub_administrator"));
  const auto listed = server.Call(Of("health", "n1"),
                                  &ConsentService::Stub::ListSharingAgreements,
                                  api::v1::ListSharingAgreementsRequest());
  ASSERT_EQ(listed.value.agreements_size(), 1) << ReasonOf(listed.status);
  EXPECT_EQ(listed.value.agreements(0).said().parties_size(), 2);
}

TEST_F(WithheldTest, R227APanelsCaseIsSeenByThePanelAlone) {
  const Who chair = Of("council", "c1", "panel_chair");
  story.Made(&api::v1::MeetingService::Stub::StatePanelItem,
             R"(item { question: "how to help with debt" })", chair);
  const auto seen = [&](const Who& who) {
    return server
        .Call(who, &api::v1::MeetingService::Stub::ListPanelItems,
              api::v1::ListPanelItemsRequest())
        .value.items_size();
  };
  EXPECT_EQ(seen(chair), 1);
  EXPECT_EQ(seen(Who()), 0);
}

TEST_F(WithheldTest, R093AFamilyAgreementIsValidWhenAllHaveSigned) {
  const std::string agreement = story.Made(
      &ConsentService::Stub::StateFamilyAgreement,
      absl::Substitute(R"(agreement { family { id: "$0" } parties { $1 }
               parties { $2 } expectations: "we meet each month"
               duty_explained: ANSWER_YES })",
                       story.family(), RecordText("mother"),
                       RecordText("child")));
  const auto state = [&] {
    const auto family =
        server.Call(Who(), &FamilyService::Stub::GetFamily, story.Get());
    return family.value.family().agreements_size() == 1
               ? family.value.family().agreements(0).state()
               : api::v1::FAMILY_AGREEMENT_STATE_UNSPECIFIED;
  };
  EXPECT_EQ(state(), api::v1::FAMILY_AGREEMENT_STATE_DRAFTED);
  for (const char* who : {"mother", "child"}) {
    EXPECT_NE(state(), api::v1::FAMILY_AGREEMENT_STATE_VALID);
    story.Made(&ConsentService::Stub::SignFamilyAgreement,
               absl::Substitute(
                   R"(signature { agreement { id: "$0" } signed_by { $1 } })",
                   agreement, RecordText(who)));
  }
  EXPECT_EQ(state(), api::v1::FAMILY_AGREEMENT_STATE_VALID);
}

}  // namespace
}  // namespace kith::server_tests
