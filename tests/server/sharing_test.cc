// Who is shown what, through the socket: consent, restriction, look-ups.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "absl/strings/substitute.h"
#include "kith/api/v1/audit_service.grpc.pb.h"
#include "kith/api/v1/consent_service.grpc.pb.h"
#include "kith/api/v1/duplicate_service.grpc.pb.h"
#include "kith/ledger/v1/access.pb.h"
#include "tests/server/family_story.h"

namespace kith::server_tests {
namespace {

using api::v1::AuditService;
using api::v1::DuplicateService;
using grpc::StatusCode;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class SharingTest : public ::testing::Test {
 protected:
  Answer<api::v1::GetFamilyResponse> Get(const Who& who) {
    return server.Call(who, &FamilyService::Stub::GetFamily, story.Get());
  }

  TestServer server;
  FamilyStory story{server};
  const Who health = Of("health", "hv-7");
};

TEST_F(SharingTest, R074R075ConsentShowsToWhomItNamesForThatPurposeOnly) {
  EXPECT_EQ(Get(health).code(), StatusCode::NOT_FOUND);
  story.Share("health");
  const auto shown = Get(health);
  ASSERT_EQ(ReasonOf(shown.status), "OK");
  EXPECT_EQ(shown.value.family().members_size(), 2);

  Who research = health;
  research.purpose = "research";
  EXPECT_EQ(Get(research).code(), StatusCode::NOT_FOUND);
  EXPECT_EQ(Get(Of("police", "p1")).code(), StatusCode::NOT_FOUND);
}

// A family tells its story once: what is known and may be shared is found
// before somebody asks for it again.
TEST_F(SharingTest, R103WhatIsKnownAndShareableIsFoundBeforeItIsAskedAgain) {
  const auto find = Text<api::v1::FindFamiliesRequest>(
      R"(person { given: "mother" family: "Ferris" postcode: "RV1 4QX"
           birth_date { year: 1985 month: 6 day: 2 } })");
  const auto found = [&] {
    return server.Call(health, &FamilyService::Stub::FindFamilies, find)
        .value.families_size();
  };
  EXPECT_EQ(found(), 0);
  story.Share("health");
  EXPECT_EQ(found(), 1);
}

TEST_F(SharingTest, WithdrawnConsentShowsNothingAnyMore) {
  const std::string consent = story.Share("health");
  ASSERT_TRUE(Get(health).ok());
  story.Withdraw(consent);
  EXPECT_EQ(Get(health).code(), StatusCode::NOT_FOUND);
}

TEST_F(SharingTest, R081ARestrictionIsStrongerThanConsent) {
  story.Share("health");
  ASSERT_TRUE(Get(health).ok());
  const auto restricted =
      server.Say(Who(), &ConsentService::Stub::StateRestriction,
                 Text<api::v1::StateRestrictionRequest>(absl::Substitute(
                     R"(restriction { about { $0 } about { $1 }
               barred { agency: "health" } asked_by { $0 } reason: "asked" })",
                     RecordText("mother"), RecordText("child"))));
  ASSERT_EQ(ReasonOf(restricted.status), "OK");
  const auto after = Get(health);
  EXPECT_EQ(after.value.family().members_size(), 0);
  EXPECT_EQ(after.value.family().people_size(), 0);
  EXPECT_TRUE(Get(Who()).ok());
}

TEST_F(SharingTest, WithheldEntriesLeaveNoTraceInAPage) {
  for (const char* what : {"a", "b", "c"}) story.OpenPlan(what);
  story.Share("health", "classes: ITEM_CLASS_FAMILY");
  ASSERT_TRUE(Get(health).ok());
  api::v1::ListPlansRequest request;
  request.set_family_id(story.family());
  request.mutable_page()->set_page_size(2);
  const auto page = server.Call(health, &PlanService::Stub::ListPlans, request);
  ASSERT_EQ(ReasonOf(page.status), "OK");
  EXPECT_EQ(page.value.plans_size(), 0);
  EXPECT_EQ(page.value.next_page_token(), "");
}

TEST_F(SharingTest, WhatWasWithheldThenStaysWithheldInAsOfReads) {
  story.Share("health");
  auto request = story.Get();
  request.mutable_read()->set_at_position(story.registered());
  const auto then =
      server.Call(health, &FamilyService::Stub::GetFamily, request);
  EXPECT_EQ(then.code(), StatusCode::NOT_FOUND);
}

// The three moments of a consent: before it, while it holds, after it was
// withdrawn.
class MomentsTest : public SharingTest {
 protected:
  MomentsTest() {
    const std::string consent = story.Share("health");
    shared = Position();
    story.Withdraw(consent);
  }

  std::string Position() {
    return server.Call(Who(), &FamilyService::Stub::GetFamily, story.Get())
        .value.info()
        .position();
  }
  // Kinds of the facts that `who` is shown of the history as of `position`;
  // empty: the present.
  std::vector<std::string> Replay(const Who& who, const std::string& position) {
    grpc::ClientContext context;
    Introduce(who, context);
    api::v1::ReplayRequest request;
    request.set_family_id(story.family());
    if (!position.empty()) request.mutable_read()->set_at_position(position);
    AuditService::Stub stub(server.channel());
    const auto reader = stub.Replay(&context, request);
    std::vector<std::string> kinds;
    api::v1::ReplayResponse response;
    while (reader->Read(&response)) kinds.push_back(response.entry().kind());
    const bool shown = reader->Finish().ok();
    EXPECT_EQ(shown, !kinds.empty());
    return kinds;
  }
  // What an auditor finds that health could see at `position`.
  Answer<api::v1::GetFamilyResponse> SeenByHealth(const std::string& position) {
    auto request = story.Get();
    auto& read = *request.mutable_read();
    if (!position.empty()) read.set_at_position(position);
    read.mutable_seen_by()->set_agency("health");
    read.mutable_seen_by()->set_practitioner("hv-7");
    read.mutable_seen_by()->set_role(agency::v1::ROLE_PRACTITIONER);
    read.mutable_seen_by()->set_purpose("early_help");
    Who auditor = Of("council", "auditor", "auditor");
    auditor.reason = "a complaint";
    return server.Call(auditor, &FamilyService::Stub::GetFamily, request);
  }

  std::string shared;
};

TEST_F(MomentsTest, AReplayTellsWhatWasKnownThenToWhomMaySeeItThenAndNow) {
  const auto then = Replay(Who(), story.registered());
  EXPECT_THAT(then, Contains("MemberStated"));
  EXPECT_THAT(then, Not(Contains("ConsentRecorded")));
  EXPECT_THAT(Replay(Who(), shared), Contains("ConsentRecorded"));
  // Health might see it then, and may not now.
  EXPECT_THAT(Replay(health, shared), IsEmpty());
  story.Share("health");
  EXPECT_THAT(Replay(health, shared), Contains("MemberStated"));
  // Now it may, and might not then.
  EXPECT_THAT(Replay(health, story.registered()), IsEmpty());
}

TEST_F(MomentsTest, AnAuditorSeesWhatWasVisibleToWhomAtEachMoment) {
  EXPECT_EQ(SeenByHealth(story.registered()).code(), StatusCode::NOT_FOUND);
  const auto then = SeenByHealth(shared);
  ASSERT_EQ(ReasonOf(then.status), "OK");
  EXPECT_EQ(then.value.family().members_size(), 2);
  EXPECT_EQ(SeenByHealth("").code(), StatusCode::NOT_FOUND);
}

TEST_F(SharingTest, R077R263WithoutConsentAnotherAgencyLearnsOnlyWhoLeads) {
  story.OpenPlan();
  story.AppointLead();
  const auto family = Get(health);
  ASSERT_EQ(ReasonOf(family.status), "OK");
  EXPECT_EQ(family.value.family().lead().practitioner().name(), "Grace Odili");
  EXPECT_EQ(family.value.family().members_size(), 0);
  EXPECT_EQ(family.value.family().people_size(), 0);
  EXPECT_EQ(family.value.family().plans_size(), 0);
}

// Two children of one name and birth date, whom a score makes one: the login of
// the one was shown the other's family.
class LinkedTest : public SharingTest {
 protected:
  // Health's record of a child like this one; returns the person's id.
  std::string StatePatient(const std::string& more) {
    return story.Made(
        &FamilyService::Stub::StatePerson,
        absl::Substitute(
            R"(person { record { system: "main" local_id: "patient" }
                 names { use: NAME_USE_USUAL given: "child" family: "Ferris" }
                 birth_date { year: 2016 month: 6 day: 2 }
                 addresses { lines: "7 Quayside Row" postcode: "RV1 4QX" }
                 $0 })",
            more),
        health);
  }
  void StateChild(const std::string& more) {
    story.Made(&FamilyService::Stub::StatePerson,
               absl::Substitute(
                   R"(person { $0
                 names { use: NAME_USE_USUAL given: "child" family: "Ferris" }
                 birth_date { year: 2016 month: 6 day: 2 }
                 addresses { lines: "7 Quayside Row" postcode: "RV1 4QX" }
                 $1 })",
                   RecordText("child"), more));
  }
  // Of the family; -1: there is no such family.
  int PlansSeen(const Who& who) {
    const auto seen = Get(who);
    return seen.ok() ? seen.value.family().plans_size() : -1;
  }
  StatusCode WhoLooked(const Who& who) {
    api::v1::WhoLookedRequest request;
    request.set_family_id(story.family());
    return server.Call(who, &AuditService::Stub::WhoLooked, request).code();
  }
  // Whether the council's child and that patient are taken for one.
  bool IsOne(const std::string& patient) {
    api::v1::GetPersonRequest request;
    request.set_person_id(patient);
    Who auditor = Of("audit", "a1", "auditor");
    auditor.reason = "a test";
    return server.Call(auditor, &FamilyService::Stub::GetPerson, request)
               .value.person()
               .records_size() == 2;
  }
};

TEST_F(LinkedTest, R260AScoreMakesNobodyAMemberOfTheFamily) {
  story.AgreePlan(story.OpenPlan(), 1);
  const std::string patient = StatePatient("");
  story.Made(&FamilyService::Stub::StateInvolvement,
             R"(involvement { person { record { system: "main"
                    local_id: "patient" } } service: "clinic"
                    involvement { system: "main" local_id: "i1" } })",
             health);
  ASSERT_TRUE(IsOne(patient));
  Who member = Of("council", "", "family_member");
  member.person = patient;
  EXPECT_LT(PlansSeen(member), 1);
  EXPECT_EQ(WhoLooked(member), StatusCode::NOT_FOUND);
  EXPECT_EQ(WhoLooked(health), StatusCode::NOT_FOUND);
  // The child's own login is.
  Who child = member;
  child.person = story.child();
  EXPECT_EQ(PlansSeen(child), 1);
  EXPECT_EQ(WhoLooked(child), StatusCode::OK);

  // A number that both checked makes it sure.
  const std::string number =
      R"(identifiers { kind: IDENTIFIER_KIND_NHS_NUMBER value: "9434765919"
                       status: IDENTIFIER_STATUS_VERIFIED })";
  StateChild(number);
  StatePatient(number);
  ASSERT_TRUE(IsOne(patient));
  EXPECT_EQ(PlansSeen(member), 1);
  EXPECT_EQ(WhoLooked(member), StatusCode::OK);
  EXPECT_EQ(WhoLooked(health), StatusCode::OK);
}

// The hub, which decides, was shown where they live by the child's record.
TEST_F(SharingTest, R081APossibleMatchTellsNotWhereEitherHides) {
  story.Made(&FamilyService::Stub::StatePerson,
             R"(person { record { system: "main" local_id: "patient" }
                  names { use: NAME_USE_USUAL given: "child" family: "Ferris" }
                  birth_date { year: 2016 month: 6 day: 2 }
                  addresses { lines: "9 Mill Lane" postcode: "CB1 1AA" } })",
             health);
  const auto match = [&](const std::string& agency) {
    const Who hub = Of(agency, "h1", "hub_administrator");
    const auto listed = server.Call(hub, &DuplicateService::Stub::ListMatches,
                                    api::v1::ListMatchesRequest());
    EXPECT_EQ(listed.value.matches_size(), 1);
    api::v1::GetMatchRequest request;
    request.set_match_id(listed.value.matches(0).match_id());
    const auto got =
        server.Call(hub, &DuplicateService::Stub::GetMatch, request);
    EXPECT_EQ(ReasonOf(got.status), "OK");
    EXPECT_EQ(got.value.match().records_size(), 2);
    EXPECT_EQ(got.value.match().ShortDebugString(),
              listed.value.matches(0).ShortDebugString());
    return got.value.match().ShortDebugString();
  };
  for (const char* told : {"Quayside", "Mill Lane", "field: \"postcode\""}) {
    EXPECT_THAT(match("hub"), HasSubstr(told));
  }
  story.ProtectMother();
  EXPECT_THAT(match("hub"), HasSubstr("given: \"child\""));
  EXPECT_THAT(match("hub"), HasSubstr("field: \"birth_date\""));
  for (const char* hidden :
       {"Quayside", "RV1 4QX", "Mill Lane", "CB1 1AA", "field: \"postcode\""}) {
    EXPECT_THAT(match("hub"), Not(HasSubstr(hidden)));
  }
  // Its own agency's hub is told what that agency holds.
  EXPECT_THAT(match("council"), HasSubstr("Quayside"));
  EXPECT_THAT(match("council"), Not(HasSubstr("Mill Lane")));
}

class LookupTest : public SharingTest {
 protected:
  Answer<api::v1::LookupLeadResponse> LookUp(const std::string& who,
                                             int birth_year) {
    return server.Call(
        health, &LeadService::Stub::LookupLead,
        Text<api::v1::LookupLeadRequest>(absl::Substitute(
            R"(person { given: "$0" family: "Ferris" postcode: "RV1 4QX"
                 birth_date { year: $1 month: 6 day: 2 } })",
            who, birth_year)));
  }
  // All of the answer but its position, whose token is another each time.
  static std::string Told(Answer<api::v1::LookupLeadResponse> answer) {
    answer.value.mutable_info()->clear_position();
    return answer.value.SerializeAsString();
  }
};

TEST_F(LookupTest, R106AStrongMatchIsToldWhomToContact) {
  story.AppointLead();
  const auto answer = LookUp("child", 2016);
  ASSERT_EQ(ReasonOf(answer.status), "OK");
  EXPECT_FALSE(answer.value.ask_the_hub());
  ASSERT_EQ(answer.value.answers_size(), 1);
  EXPECT_EQ(answer.value.answers(0).practitioner().name(), "Grace Odili");
  EXPECT_EQ(answer.value.answers(0).practitioner().contact(), "020 7946 0000");
}

TEST_F(LookupTest, NobodyUncertainAndShieldedSoundAlike) {
  // Two people whom the same words mean: verified numbers keep them apart.
  for (const char* number : {"9434765919", "9434765870"}) {
    const auto twin =
        server.Say(Who(), &FamilyService::Stub::StatePerson,
                   Text<api::v1::StatePersonRequest>(absl::Substitute(
                       R"(person { record { system: "main" local_id: "twin-$0" }
                 names { use: NAME_USE_USUAL given: "twin" family: "Ferris" }
                 identifiers { kind: IDENTIFIER_KIND_NHS_NUMBER value: "$0"
                               status: IDENTIFIER_STATUS_VERIFIED }
                 birth_date { year: 2012 month: 6 day: 2 }
                 addresses { postcode: "RV1 4QX" } })",
                       number)));
    ASSERT_EQ(ReasonOf(twin.status), "OK");
  }
  const auto unknown = LookUp("nobody", 1999);
  const auto uncertain = LookUp("twin", 2012);
  ASSERT_EQ(ReasonOf(unknown.status), "OK");
  ASSERT_EQ(ReasonOf(uncertain.status), "OK");
  EXPECT_TRUE(unknown.value.ask_the_hub());
  EXPECT_EQ(unknown.value.answers_size(), 0);
  EXPECT_EQ(Told(uncertain), Told(unknown));
  // A family without a lead is a third way to know nothing.
  EXPECT_EQ(Told(LookUp("child", 2016)), Told(unknown));

  // Somebody who has one, and of whom health may not know, is the fourth.
  story.AppointLead();
  ASSERT_FALSE(LookUp("child", 2016).value.ask_the_hub());
  story.Made(&ConsentService::Stub::StateRestriction,
             absl::Substitute(
                 R"(restriction { about { $0 } about { $1 } asked_by { $0 }
                      barred { agency: "health" } reason: "asked" })",
                 RecordText("mother"), RecordText("child")));
  EXPECT_EQ(Told(LookUp("child", 2016)), Told(unknown));
}

TEST_F(LookupTest, WhoeverIsFoundIsAccountedForThoughNothingIsShown) {
  story.OpenPlan();  // the council works with them
  const auto looks = [&] {
    api::v1::WhoLookedRequest request;
    request.set_family_id(story.family());
    const auto looked =
        server.Call(Who(), &api::v1::AuditService::Stub::WhoLooked, request);
    EXPECT_EQ(ReasonOf(looked.status), "OK");
    return std::count_if(
        looked.value.looks().begin(), looked.value.looks().end(),
        [](const auto& look) { return look.agency() == "health"; });
  };
  ASSERT_TRUE(LookUp("nobody", 1999).value.ask_the_hub());
  EXPECT_EQ(looks(), 0);
  ASSERT_TRUE(LookUp("child", 2016).value.ask_the_hub());  // there is no lead
  EXPECT_EQ(looks(), 1);
}

// Whoever guessed where a family hides was told that it is right, by the
// child's record at the same house too.
TEST_F(LookupTest, R081WhereSomebodyHidesIsToldByNoLookUp) {
  story.AppointLead();
  story.Share("health");
  ASSERT_FALSE(LookUp("mother", 1985).value.ask_the_hub());
  ASSERT_FALSE(LookUp("child", 2016).value.ask_the_hub());
  const auto find = [&] {
    return server
        .Call(health, &FamilyService::Stub::FindFamilies,
              Text<api::v1::FindFamiliesRequest>(
                  R"(person { given: "child" family: "Ferris"
                       postcode: "RV1 4QX"
                       birth_date { year: 2016 month: 6 day: 2 } })"))
        .value.families_size();
  };
  ASSERT_EQ(find(), 1);
  story.Made(&FamilyService::Stub::StatePerson,
             absl::Substitute(R"(person { $0
                 names { use: NAME_USE_USUAL given: "mother" family: "Ferris" }
                 identifiers { kind: IDENTIFIER_KIND_NHS_NUMBER
                               value: "9434765919"
                               status: IDENTIFIER_STATUS_VERIFIED }
                 birth_date { year: 1985 month: 6 day: 2 }
                 addresses { lines: "7 Quayside Row" postcode: "RV1 4QX"
                             protected: true } })",
                              RecordText("mother")));
  const auto unknown = LookUp("nobody", 1999);
  EXPECT_EQ(Told(LookUp("mother", 1985)), Told(unknown));
  EXPECT_EQ(Told(LookUp("child", 2016)), Told(unknown));
  EXPECT_EQ(find(), 0);
  // Who knows her number finds whom to ask.
  EXPECT_FALSE(server
                   .Call(health, &LeadService::Stub::LookupLead,
                         Text<api::v1::LookupLeadRequest>(
                             R"(person { identifier {
                                  kind: IDENTIFIER_KIND_NHS_NUMBER
                                  value: "9434765919" } })"))
                   .value.ask_the_hub());
}

TEST_F(LookupTest, AWeakQueryIsRefused) {
  const auto answer = server.Call(
      health, &LeadService::Stub::LookupLead,
      Text<api::v1::LookupLeadRequest>(R"(person { family: "Ferris" })"));
  EXPECT_EQ(answer.code(), StatusCode::INVALID_ARGUMENT);
}

int Denials(TestServer& server) {
  int count = 0;
  const auto snapshot = *server.access_store().Read();
  EXPECT_TRUE(snapshot
                  ->ScanLedger(0,
                               [&](const eventstore::StoredRecord& stored) {
                                 ledger::v1::AccessRecord record;
                                 EXPECT_TRUE(
                                     record.ParseFromString(*stored.payload));
                                 count += record.denied();
                                 return true;
                               })
                  .ok());
  return count;
}

TEST(LookUpLimitTest, LookUpsAreLimitedByPractitioner) {
  TestServerOptions options;
  options.look_ups_per_hour = 2;
  TestServer server(options);
  const auto look_up = [&](const std::string& practitioner) {
    return server
        .Call(Of("health", practitioner), &LeadService::Stub::LookupLead,
              Text<api::v1::LookupLeadRequest>(
                  R"(person { identifier { kind: IDENTIFIER_KIND_NHS_NUMBER
                                           value: "9434765919" } })"))
        .code();
  };
  EXPECT_EQ(look_up("hv-7"), StatusCode::OK);
  EXPECT_EQ(look_up("hv-7"), StatusCode::OK);
  EXPECT_EQ(look_up("hv-7"), StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_EQ(Denials(server), 1);  // who tries names is to be found
  EXPECT_EQ(look_up("hv-8"), StatusCode::OK);
  EXPECT_EQ(Denials(server), 1);
  server.clock().Advance(absl::Minutes(30));
  EXPECT_EQ(look_up("hv-7"), StatusCode::OK);
}

}  // namespace
}  // namespace kith::server_tests
