// What a replay shows of a fact: to nobody more than the views show them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/substitute.h"
#include "google/protobuf/util/time_util.h"
#include "kith/api/v1/assessment_service.grpc.pb.h"
#include "kith/api/v1/audit_service.grpc.pb.h"
#include "kith/api/v1/duplicate_service.grpc.pb.h"
#include "kith/api/v1/meeting_service.grpc.pb.h"
#include "kith/api/v1/override_service.grpc.pb.h"
#include "kith/api/v1/referral_service.grpc.pb.h"
#include "tests/server/family_story.h"

namespace kith::server_tests {
namespace {

using api::v1::AssessmentService;
using api::v1::AuditService;
using api::v1::DuplicateService;
using api::v1::MeetingService;
using api::v1::OverrideService;
using api::v1::ReferralService;
using ::testing::HasSubstr;
using ::testing::IsSupersetOf;
using ::testing::Not;

class ReplayContentTest : public ::testing::Test {
 protected:
  Answer<std::vector<api::v1::ReplayEntry>> Entries(
      const Who& who, const api::v1::ReadOptions& read = {}) {
    grpc::ClientContext context;
    Introduce(who, context);
    api::v1::ReplayRequest request;
    request.set_family_id(story.family());
    *request.mutable_read() = read;
    AuditService::Stub stub(server.channel());
    const auto reader = stub.Replay(&context, request);
    Answer<std::vector<api::v1::ReplayEntry>> answer;
    api::v1::ReplayResponse response;
    while (reader->Read(&response)) answer.value.push_back(response.entry());
    answer.status = reader->Finish();
    return answer;
  }

  // All that the stream holds.
  std::string Replay(const Who& who, const api::v1::ReadOptions& read = {}) {
    std::string all;
    for (const auto& entry : Entries(who, read).value) {
      all += entry.ShortDebugString() + "\n";
    }
    return all;
  }

  // The fact of the last entry of this kind; empty without one.
  ledger::v1::Fact Last(const Who& who, const std::string& kind) {
    ledger::v1::Fact fact;
    for (const auto& entry : Entries(who).value) {
      if (entry.kind() == kind) fact = entry.fact();
    }
    return fact;
  }

  void StatePerson(const std::string& who, const std::string& more) {
    story.Made(&FamilyService::Stub::StatePerson,
               absl::Substitute(R"(person { $0
                   names { use: NAME_USE_USUAL given: "$1" family: "Ferris" }
                   birth_date { year: 1985 month: 6 day: 2 } $2 })",
                                RecordText(who), who, more));
  }
  void StateMother(const std::string& more) { StatePerson("mother", more); }

  // Consent for health about one of the two.
  void ShareOne(const std::string& who) {
    story.Made(&ConsentService::Stub::StateConsent,
               absl::Substitute(
                   R"(consent { about { $0 } kind: CONSENT_KIND_SHARE
                        answer: CONSENT_ANSWER_GIVEN
                        recipients { agency: "health" } purpose: "early_help"
                        answered_by { $1 } understood: ANSWER_YES })",
                   RecordText(who), RecordText("mother")));
  }

  TestServer server;
  FamilyStory story{server};
  const Who health = Of("health", "hv-7");
};

constexpr char kReached[] =
    R"(contact_points { kind: "mobile" value: "07700 900123" }
       ethnicity: "Cornish" religion: "Quaker" disabilities: "deaf" )";
constexpr char kHidden[] =
    R"(addresses { lines: "3 Refuge Lane" postcode: "RV9 9ZZ" protected: true })";

// A replay showed whole records to whom the line of the history was shown.
TEST_F(ReplayContentTest, WhoSeesWhoSomebodyIsSeesNotHowToReachThem) {
  StateMother(absl::StrCat(kReached, kHidden));
  story.Share("health", "classes: ITEM_CLASS_IDENTITY");
  const std::string replay = Replay(health);
  EXPECT_THAT(replay, HasSubstr("given: \"mother\""));
  for (const char* hidden : {"RV9 9ZZ", "Refuge", "RV1 4QX", "Quayside",
                             "07700 900123", "Cornish", "Quaker", "deaf"}) {
    EXPECT_THAT(replay, Not(HasSubstr(hidden)));
    // The owner sees all of it.
    EXPECT_THAT(Replay(Who()), HasSubstr(hidden));
  }
}

TEST_F(ReplayContentTest, WhoSeesContactsSeesThemUnlessSomebodyIsProtected) {
  StateMother(kReached);
  story.Share("health",
              "classes: ITEM_CLASS_IDENTITY classes: ITEM_CLASS_CONTACT");
  std::string replay = Replay(health);
  EXPECT_THAT(replay, HasSubstr("07700 900123"));
  EXPECT_THAT(replay, HasSubstr("7 Quayside Row"));
  EXPECT_THAT(replay, Not(HasSubstr("Quaker")));

  // What was told before she had to hide is hidden too.
  StateMother(absl::StrCat(kReached, kHidden));
  replay = Replay(health);
  EXPECT_THAT(replay, HasSubstr("given: \"mother\""));
  for (const char* hidden : {"RV9 9ZZ", "Refuge", "Quayside", "07700 900123"}) {
    EXPECT_THAT(replay, Not(HasSubstr(hidden)));
    EXPECT_THAT(Replay(Who()), HasSubstr(hidden));
  }
}

TEST_F(ReplayContentTest, ARestrictedRecordIsShownToItsAgencyOnly) {
  story.Share("health");
  EXPECT_THAT(Replay(health), HasSubstr("given: \"mother\""));
  StateMother("restricted: true");
  EXPECT_THAT(Replay(health), Not(HasSubstr("given: \"mother\"")));
  EXPECT_THAT(Replay(health), HasSubstr("given: \"child\""));
  EXPECT_THAT(Replay(Who()), HasSubstr("given: \"mother\""));
}

TEST_F(ReplayContentTest, HowToReachTheNetworkIsAContact) {
  story.Made(&FamilyService::Stub::StateNetworkMember,
             absl::Substitute(
                 R"(member { family { id: "$0" } name: "Aunt Vera"
                      relationship: "aunt" contact: "07700 900456" })",
                 story.family()));
  story.Share("health", "classes: ITEM_CLASS_FAMILY");
  EXPECT_THAT(Replay(health), HasSubstr("Aunt Vera"));
  EXPECT_THAT(Replay(health), Not(HasSubstr("07700 900456")));
  story.Share("health", "classes: ITEM_CLASS_CONTACT");
  EXPECT_THAT(Replay(health), HasSubstr("07700 900456"));
  EXPECT_THAT(Replay(Who()), HasSubstr("07700 900456"));
}

// Only the mother came, and she alone had agreed: what was said was shown,
// though the plan is the child's as well.
TEST_F(ReplayContentTest, AMeetingIsAboutAllWhomItsPlanIsFor) {
  const std::string plan = story.OpenPlan();
  story.Made(&MeetingService::Stub::StateMeeting,
             absl::Substitute(
                 R"(meeting { family { id: "$0" } plan { id: "$1" }
                      kind: MEETING_KIND_TEAM_AROUND_FAMILY
                      at { seconds: 1709500000 }
                      state: MEETING_STATE_HELD family_present { $2 }
                      notes: "the child spoke of school" })",
                 story.family(), plan, RecordText("mother")));
  ShareOne("mother");
  EXPECT_THAT(Replay(health), Not(HasSubstr("MeetingRecorded")));
  EXPECT_THAT(Replay(health), Not(HasSubstr("spoke of school")));
  EXPECT_THAT(Replay(Who()), HasSubstr("spoke of school"));
  story.Share("health");
  EXPECT_THAT(Replay(health), HasSubstr("spoke of school"));
}

// Agreed with the family, then amended so that health takes part: what the plan
// said before was never for health.
TEST_F(ReplayContentTest, EarlierWordsOfAPlanStayWithItsAgency) {
  const std::string plan = story.OpenPlan("mother goes to court");
  story.AgreePlan(plan, 1);
  auto amended = story.Amending(plan, 1, "walks to school");
  auto& action = *amended.mutable_amendment()->mutable_content()->add_actions();
  action.set_key("a2");
  action.set_what("weighs the child");
  action.set_service("health");
  *action.mutable_practitioner() =
      Text<agency::v1::PractitionerRef>(R"(agency: "health" local_id: "hv-7")");
  *action.mutable_by() = Text<agency::v1::Date>("year: 2024 month: 9 day: 1");
  ASSERT_EQ(
      ReasonOf(
          server.Say(Who(), &PlanService::Stub::AmendPlan, amended).status),
      "OK");
  story.Share("health");
  EXPECT_THAT(Replay(health), HasSubstr("weighs the child"));
  EXPECT_THAT(Replay(health), Not(HasSubstr("goes to court")));
  EXPECT_THAT(Replay(Who()), HasSubstr("goes to court"));
}

TEST_F(ReplayContentTest, WhatSourcesCallTheirPeopleStaysOut) {
  story.Share("health");
  StateMother(
      R"(identifiers { kind: IDENTIFIER_KIND_LOCAL value: "swift-1"
           local { system: "swift" local_id: "sw-4711" } })");
  for (const Who& who : {Who(), health}) {
    EXPECT_THAT(Replay(who), HasSubstr("swift-1"));
    EXPECT_THAT(Replay(who), Not(HasSubstr("sw-4711")));
    EXPECT_THAT(Replay(who), Not(HasSubstr("local_id")));
  }
}

TEST_F(ReplayContentTest, AnAuditorWithAReasonReadsTheFactsAsTheyStand) {
  StateMother(absl::StrCat(kReached, kHidden));
  Who auditor = Of("audit", "a1", "auditor");
  EXPECT_EQ(Replay(auditor), "");
  auditor.reason = "complaint 7";
  EXPECT_THAT(Replay(auditor), HasSubstr("RV9 9ZZ"));
  EXPECT_THAT(Replay(auditor), HasSubstr("local_id: \"mother\""));
}

TEST_F(ReplayContentTest, WhatIsShownIsWholeAndToldOnce) {
  StateMother(absl::StrCat(kReached, kHidden,
                           R"(addresses { lines: "1 Quay" postcode: "RV1 4QY" }
                              identifiers { kind: IDENTIFIER_KIND_NHS_NUMBER
                                            value: "9434765919" })"));
  const auto said = Last(Who(), "RecordStated").record_stated();
  EXPECT_EQ(said.said().names_size(), 1);
  EXPECT_EQ(said.said().addresses_size(), 2);
  EXPECT_EQ(said.said().contact_points_size(), 1);
  EXPECT_EQ(said.said().disabilities_size(), 1);
  EXPECT_EQ(said.checks_size(), 1);
  EXPECT_GT(said.record().number(), 0u);
}

// A replay of the past went by who was a member on the day of asking: what was
// the mother's as well was shown by the child's consent alone once she had
// left.
TEST_F(ReplayContentTest, AReplayOfAMomentGoesByWhoWasAMemberThen) {
  story.Made(&FamilyService::Stub::RegisterFamily,
             absl::Substitute(
                 R"(family { family { id: "$0" }
                      members { person { $1 } role: "mother"
                        period { until { year: 2024 month: 3 day: 20 } } } })",
                 story.family(), RecordText("mother")));
  story.Made(&FamilyService::Stub::StateNetworkMember,
             absl::Substitute(R"(member { family { id: "$0" } name: "Aunt Vera"
                                  relationship: "aunt" })",
                              story.family()));
  ShareOne("child");
  api::v1::ReadOptions then;
  *then.mutable_at_time() =
      google::protobuf::util::TimeUtil::MicrosecondsToTimestamp(
          absl::ToUnixMicros(server.clock().Now()));
  server.clock().Advance(absl::Hours(24 * 60));
  EXPECT_THAT(Replay(health, then), HasSubstr("given: \"child\""));
  EXPECT_THAT(Replay(health, then), Not(HasSubstr("Aunt Vera")));
  EXPECT_THAT(Replay(Who(), then), HasSubstr("Aunt Vera"));
}

// Of a moment before she had to hide everything showed where she does.
class SinceShieldedTest : public ReplayContentTest {
 protected:
  SinceShieldedTest() {
    StateMother(absl::StrCat(kReached, kLived));
    story.Share("health");
    then.set_at_position(
        server.Call(Who(), &FamilyService::Stub::GetFamily, story.Get())
            .value.info()
            .position());
    server.clock().Advance(absl::Hours(24));
  }

  // All that the answers show of that moment.
  std::string Shown(const Who& who, const api::v1::ReadOptions& read) {
    auto family = story.Get();
    *family.mutable_read() = read;
    std::string all = server.Call(who, &FamilyService::Stub::GetFamily, family)
                          .value.ShortDebugString();
    for (const std::string& id : {story.mother(), story.child()}) {
      api::v1::GetPersonRequest person;
      person.set_person_id(id);
      *person.mutable_read() = read;
      all += server.Call(who, &FamilyService::Stub::GetPerson, person)
                 .value.ShortDebugString();
    }
    api::v1::GetTimelineRequest timeline;
    timeline.set_family_id(story.family());
    *timeline.mutable_read() = read;
    all += server.Call(who, &FamilyService::Stub::GetTimeline, timeline)
               .value.ShortDebugString();
    return all + Replay(who, read);
  }
  std::string Shown(const Who& who) { return Shown(who, then); }

  static constexpr char kLived[] =
      R"(addresses { lines: "3 Refuge Lane" postcode: "RV9 9ZZ" })";
  api::v1::ReadOptions then;
};

TEST_F(SinceShieldedTest, R081WhatIsProtectedNowIsNotShownOfAMomentBefore) {
  // Restated without a mark it is what it was.
  StateMother(kReached);
  for (const char* told : {"Refuge", "07700 900123", "Quayside"}) {
    EXPECT_THAT(Shown(health), HasSubstr(told));
  }
  StateMother(absl::StrCat(kReached, kHidden));
  EXPECT_THAT(Shown(health), HasSubstr("given: \"mother\""));
  for (const char* hidden : {"Refuge", "RV9 9ZZ", "07700", "Quayside"}) {
    EXPECT_THAT(Shown(health), Not(HasSubstr(hidden)));
    EXPECT_THAT(Shown(Who()), HasSubstr(hidden));
  }
  // What could be seen then is for auditors to find.
  Who auditor = Of("audit", "a1", "auditor");
  auditor.reason = "complaint 7";
  api::v1::ReadOptions seen = then;
  seen.mutable_seen_by()->set_agency("health");
  seen.mutable_seen_by()->set_practitioner("hv-7");
  seen.mutable_seen_by()->set_role(agency::v1::ROLE_PRACTITIONER);
  seen.mutable_seen_by()->set_purpose("early_help");
  EXPECT_THAT(Shown(auditor, seen), HasSubstr("Refuge"));
}

TEST_F(SinceShieldedTest, R081WhoIsRestrictedNowIsNotShownOfAMomentBefore) {
  EXPECT_THAT(Shown(health), HasSubstr("given: \"mother\""));
  StateMother(absl::StrCat(kReached, "restricted: true"));
  EXPECT_THAT(Shown(health), HasSubstr("given: \"child\""));
  for (const char* hidden : {"given: \"mother\"", "Refuge", "Quaker"}) {
    EXPECT_THAT(Shown(health), Not(HasSubstr(hidden)));
    EXPECT_THAT(Shown(Who()), HasSubstr(hidden));
  }
}

// A replay of the past told health of whose family its patient was taken for.
TEST_F(ReplayContentTest, WhatALinkSinceUndoneLedToIsNotReplayed) {
  const auto number = [](const std::string& value) {
    return absl::Substitute(
        R"(identifiers { kind: IDENTIFIER_KIND_NHS_NUMBER value: "$0"
                         status: IDENTIFIER_STATUS_VERIFIED })",
        value);
  };
  const auto state_patient = [&](const std::string& value) {
    story.Made(&FamilyService::Stub::StatePerson,
               absl::Substitute(R"(person { $0
                   names { use: NAME_USE_USUAL given: "mother" family: "Ferris" }
                   birth_date { year: 1985 month: 6 day: 2 } $1 })",
                                RecordText("patient"), number(value)),
               health);
  };
  ShareOne("child");
  StateMother(number("9434765919"));
  state_patient("9434765919");
  story.Made(&FamilyService::Stub::StateInvolvement,
             absl::Substitute(R"(involvement { person { $0 } service: "clinic"
                 involvement { system: "main" local_id: "i1" } })",
                              RecordText("patient")),
             health);
  api::v1::ReadOptions then;
  then.set_at_position(
      server.Call(Who(), &FamilyService::Stub::GetFamily, story.Get())
          .value.info()
          .position());
  EXPECT_THAT(Replay(health, then), HasSubstr("clinic"));
  state_patient("9434765870");
  EXPECT_THAT(Replay(health, then), HasSubstr("given: \"child\""));
  EXPECT_THAT(Replay(health, then), Not(HasSubstr("clinic")));
  Who auditor = Of("audit", "a1", "auditor");
  auditor.reason = "complaint 7";
  EXPECT_THAT(Replay(auditor, then), HasSubstr("clinic"));
}

// Who works with the family is not shown how to reach somebody who has left it
// and hides; who still works with them is.
TEST_F(ReplayContentTest, WhoeverHasLeftIsShownAsByThemselves) {
  StateMother(kReached);
  story.Made(&FamilyService::Stub::EndMembership,
             absl::Substitute(R"(membership { family { id: "$0" }
                    person { $1 } until { year: 2024 month: 3 day: 4 } })",
                              story.family(), RecordText("mother")));
  server.clock().Advance(absl::Hours(24 * 3));
  story.Share("health");
  EXPECT_THAT(Replay(health), HasSubstr("07700 900123"));
  StatePerson("friend", kHidden);
  story.Made(&FamilyService::Stub::RegisterFamily,
             absl::Substitute(
                 R"(family { defined_by { $0 } members { person { $0 } }
                      members { person { $1 } } })",
                 RecordText("mother"), RecordText("friend")));
  EXPECT_THAT(Replay(health), Not(HasSubstr("07700 900123")));
  EXPECT_THAT(Replay(health), HasSubstr("given: \"mother\""));
}

// A family of which everything is said, with a marker of its own ("mk_...") in
// each text.
class ContainmentTest : public ReplayContentTest {
 protected:
  static std::set<std::string> MarkersIn(const std::string& text) {
    static const std::regex kMarker("mk_[a-z]+");
    return {std::sregex_token_iterator(text.begin(), text.end(), kMarker),
            std::sregex_token_iterator()};
  }

  std::string F(const std::string& text) const {
    return absl::StrReplaceAll(
        text, {{"$F", absl::StrCat("{ id: \"", story.family(), "\" }")},
               {"$M", absl::StrCat("{ ", RecordText("mother"), " }")},
               {"$C", absl::StrCat("{ ", RecordText("child"), " }")},
               {"$D", absl::StrCat("{ ", RecordText("father"), " }")},
               {"$T", absl::StrCat("{ ", RecordText("teen"), " }")},
               {"$P", absl::StrCat("{ id: \"", plan, "\" }")}});
  }
  template <class Method>
  std::string Say(const Method& method, const std::string& text,
                  const Who& who = Who()) {
    return story.Made(method, F(text), who);
  }

  void TellOfPeople() {
    StateMother(R"(gender: "mk_gender" ethnicity: "mk_ethnicity"
        religion: "mk_religion" languages: "mk_language"
        disabilities: "mk_disability" communication_needs: "mk_communication"
        contact_points { kind: "mk_kind" value: "mk_telephone" }
        addresses { lines: "mk_line" postcode: "RV1 4QX" uprn: "mk_uprn" }
        identifiers { kind: IDENTIFIER_KIND_LOCAL value: "mk_identifier"
                      local { system: "mk_less" local_id: "mk_idlocal" } }
        names { use: NAME_USE_FORMER given: "mk_given" family: "mk_family" }
        unknown_codes: "mk_code")");
    teen = Say(&FamilyService::Stub::StatePerson,
               R"(person { record { system: "main" local_id: "teen" }
                 names { use: NAME_USE_USUAL given: "mk_teen" family: "Ferris" }
                 birth_date { year: 2010 month: 6 day: 2 } })");
    father = Say(&FamilyService::Stub::StatePerson,
                 R"(person { record { system: "main" local_id: "father" }
                 names { use: NAME_USE_USUAL given: "mk_fathergiven" family: "mk_fatherfamily" }
                 birth_date { year: 1980 month: 1 day: 2 }
                 ethnicity: "mk_fatherethnicity"
                 contact_points { kind: "mobile" value: "mk_fathertelephone" } })");
    Say(&FamilyService::Stub::RegisterFamily,
        R"(family { family $F members { person $D role: "mk_role" }
             members { person $T role: "son" } })");
    Say(&FamilyService::Stub::StateRelationship,
        R"(relationship { person $D to $C wording: "mk_relationship"
             kind: RELATIONSHIP_KIND_STEP_PARENT })");
    Say(&FamilyService::Stub::StateNetworkMember,
        R"(member { family $F name: "mk_aunt" relationship: "mk_relation"
             contact: "mk_contact" entry { system: "main" local_id: "mk_entry" } })");
    Say(&FamilyService::Stub::StateInvolvement,
        R"(involvement { person $C service: "mk_service" role: "mk_inrole"
             involvement { system: "main" local_id: "mk_inlocal" }
             worker { agency: "council" local_id: "w3" name: "mk_worker" }
             end_reason: "mk_endreason"
             period { from { year: 2023 month: 1 day: 2 }
                      until { year: 2024 month: 1 day: 2 } } })");
    Say(&FamilyService::Stub::StateNeed,
        R"(need { person $C need: "housing" wording: "mk_need"
             entry { system: "main" local_id: "mk_needlocal" }
             state: NEED_STATE_IDENTIFIED })");
    Say(&FamilyService::Stub::StateYoungCarer,
        R"(status { person $C cares_for $M young_carer: ANSWER_YES
             identified_by: "mk_identifiedby" })");
    Say(&FamilyService::Stub::JudgeCompetence,
        R"(judgement { person $T matter: "mk_matter" competent: true
             reasons: "mk_reasons" })");
  }

  void TellOfConsent() {
    const std::string consent =
        Say(&ConsentService::Stub::StateConsent,
            R"(consent { about $C kind: CONSENT_KIND_SHARE
             consent { system: "main" local_id: "mk_consentlocal" }
             answer: CONSENT_ANSWER_GIVEN recipients { person $D }
             purpose: "early_help" classes: ITEM_CLASS_NEED
             answered_by $M understood: ANSWER_YES wording: "mk_consent" })");
    Say(&ConsentService::Stub::WithdrawConsent,
        absl::StrCat("withdrawal { consent { id: \"", consent,
                     "\" } withdrawn_by $M wording: \"mk_withdrawn\" }"));
    const std::string restriction =
        Say(&ConsentService::Stub::StateRestriction,
            R"(restriction { about $C barred { agency: "mk_barred" }
                 asked_by $M reason: "mk_restriction" })");
    Say(&ConsentService::Stub::LiftRestriction,
        absl::StrCat("lift { restriction { id: \"", restriction,
                     "\" } asked_by $M reason: \"mk_lifted\" }"));
    Say(&ConsentService::Stub::NoteSharing,
        R"(note { about $C about $M kind: SHARING_NOTE_KIND_WORRY
             recipients { person $D } purpose: "early_help"
             wording: "mk_note" answer: "mk_answer" })");
    Say(&ConsentService::Stub::StateFamilyAgreement,
        R"(agreement { family $F parties $M parties $D
             expectations: "mk_expectations" duty_explained: ANSWER_YES })");
  }

  void TellOfWork() {
    const std::string referral =
        Say(&ReferralService::Stub::MakeReferral,
            R"(referral { about $C about $M family $F service: "mk_refservice"
                 referrer: REFERRER_KIND_PRACTITIONER to_agency: "youth"
                 reason: "mk_refreason" family_agreed: ANSWER_YES })");
    Say(&ReferralService::Stub::MoveReferral,
        absl::StrCat("step { referral { id: \"", referral,
                     R"(" } to: REFERRAL_STATE_WITHDRAWN reason: "mk_step"
                        outcome: "mk_outcome" })"));
    const std::string assessment =
        Say(&AssessmentService::Stub::StateAssessment,
            R"(assessment { about $C about $M family $F type: "mk_type"
                 organisation: "mk_organisation" strengths: "mk_strength"
                 worries { key: "k" worry: "mk_worry" worried: "mk_worried"
                           goal: "mk_goal" } })");
    Say(&AssessmentService::Stub::GiveScore,
        absl::StrCat(
            "score { assessment { id: \"", assessment,
            R"(" } score { instrument: "norfolk-scaling" item: "mk_item"
                        value: 3 phase: SCORE_PHASE_BEGINNING scored_by $M why: "mk_why" } })"));
    plan = Say(&PlanService::Stub::OpenPlan,
               R"(plan { family $F about $M about $C content {
                    category: "mk_category" goals: "mk_plangoal"
                    success_signs: "mk_sign"
                    actions { key: "a1" what: "mk_what" service: "school"
                              difference: "mk_firstdifference" person $D
                              by { year: 2024 month: 9 day: 1 } } } })");
    story.AgreePlan(plan, 1);
    Say(&PlanService::Stub::AmendPlan,
        R"(amendment { plan $P version: 1 agreed_by $M content {
             goals: "mk_latergoal"
             actions { key: "a1" what: "mk_laterwhat" service: "school"
                       by { year: 2024 month: 9 day: 1 } person $D } } })");
    Say(&PlanService::Stub::UpdateAction,
        R"(action { plan $P action: "a1" state: ACTION_STATE_OPEN
             difference: "mk_difference" })");
    Say(&PlanService::Stub::UpdateAction,
        R"(action { plan $P action: "a1" state: ACTION_STATE_DONE
             difference: "mk_laterdifference" })");
    const std::string meeting =
        Say(&MeetingService::Stub::StateMeeting,
            R"(meeting { family $F plan $P kind: MEETING_KIND_TEAM_AROUND_FAMILY
             at { seconds: 1709500000 }
                      state: MEETING_STATE_HELD family_present $M place: "mk_place"
             notes: "mk_minutes" practitioners { local_id: "w4" name: "mk_present" } })");
    Say(&MeetingService::Stub::StateMeeting,
        R"(meeting { family $F kind: MEETING_KIND_SEPARATE_SESSION
             at { seconds: 1709500000 }
                      state: MEETING_STATE_HELD family_present $C notes: "mk_apart" })");
    story.AppointLead();
    Say(&PlanService::Stub::ReviewPlan,
        absl::StrCat("review { plan $P summary: \"mk_review\" meeting { id: \"",
                     meeting, "\" } }"));
    Say(&PlanService::Stub::RecordContact,
        R"(contact { contact { plan $P note: "mk_contactnote" } })");
    Say(&LeadService::Stub::GiveLeadNotice,
        R"(notice { family $F reason: "mk_notice"
             review_on { year: 2024 month: 5 day: 1 } })");
  }

  void TellOfOverride() {
    const std::string override =
        Say(&OverrideService::Stub::StateOverride,
            R"(override { about $M recipients { agency: "police" }
             purpose: "safeguarding" classes: ITEM_CLASS_CONTACT
             until { year: 2024 month: 3 day: 5 }
             reason: OVERRIDE_REASON_THREAT_TO_LIFE wording: "mk_override"
             basis: LEGAL_BASIS_PUBLIC_TASK told: ANSWER_NO
             not_told_because: "mk_nottold" decided_with: "mk_decidedwith" })");
    Say(&OverrideService::Stub::TellFamily,
        absl::StrCat("told { override { id: \"", override,
                     "\" } on { year: 2024 month: 3 day: 4 } "
                     "wording: \"mk_told\" }"));
  }

  void Consent(const std::string& agency, const std::string& about,
               const std::string& more) {
    Say(&ConsentService::Stub::StateConsent,
        absl::Substitute(R"(consent { $0 kind: CONSENT_KIND_SHARE
            answer: CONSENT_ANSWER_GIVEN recipients { agency: "$1" }
            purpose: "early_help" answered_by $$M understood: ANSWER_YES $2 })",
                         about, agency, more));
  }

  void SetUp() override {
    TellOfPeople();
    TellOfConsent();
    TellOfWork();
    TellOfOverride();
    const std::string all = "about $M about $C";
    Consent("health", all, "classes: ITEM_CLASS_IDENTITY");
    Consent("nursery", all, "classes: ITEM_CLASS_CONTACT");
    Consent("school", "about $M", "");
    Consent("youth", "about $C", "");
    Consent("gp", all, "");
    Consent("court", all,
            "classes: ITEM_CLASS_FAMILY classes: ITEM_CLASS_CONSENT");
    Consent("clinic", all,
            "classes: ITEM_CLASS_MEETING classes: ITEM_CLASS_ASSESSMENT "
            "classes: ITEM_CLASS_REFERRAL");
    for (const char* agency : {"trust", "housing"}) {
      Consent(agency, all, "");
      Say(&ConsentService::Stub::StateConsent,
          absl::Substitute(R"(consent { about $$D kind: CONSENT_KIND_SHARE
              answer: CONSENT_ANSWER_GIVEN recipients { agency: "$0" }
              purpose: "early_help" answered_by $$D understood: ANSWER_YES })",
                           agency));
    }
    Say(&ConsentService::Stub::StateRestriction,
        R"(restriction { about $C barred { agency: "housing" }
             classes: ITEM_CLASS_NEED asked_by $M })");
  }

  static std::vector<Who> Readers() {
    std::vector<Who> readers = {Who(),
                                Of("council", "w9", "lead_professional"),
                                Of("council", "sg", "safeguarding_lead"),
                                Of("hub", "h1", "hub_administrator"),
                                Of("police", "p1"),
                                Of("council", "pc", "panel_chair")};
    for (const char* agency : {"health", "nursery", "school", "youth", "gp",
                               "court", "clinic", "trust", "housing"}) {
      readers.push_back(Of(agency, "r1"));
    }
    Who administration;
    administration.purpose = "administration";
    readers.push_back(administration);
    return readers;
  }

  template <class Stub, class Request, class Response>
  void Take(const Who& who,
            grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&,
                                         Response*),
            Request request, std::set<std::string>& seen) {
    if constexpr (requires { request.mutable_page(); }) {
      request.mutable_page()->set_page_size(200);
    }
    const auto answer = server.Call(who, method, request);
    if (!answer.ok()) return;
    seen.merge(MarkersIn(answer.value.ShortDebugString()));
  }

  // All that the reads of families, people and their things show.
  std::set<std::string> SeenOtherwise(const Who& who) {
    std::set<std::string> seen;
    Take(who, &FamilyService::Stub::GetFamily, story.Get(), seen);
    const auto of_family = [&](auto method, auto request) {
      request.set_family_id(story.family());
      Take(who, method, request, seen);
    };
    of_family(&FamilyService::Stub::GetTimeline, api::v1::GetTimelineRequest());
    of_family(&PlanService::Stub::ListPlans, api::v1::ListPlansRequest());
    of_family(&MeetingService::Stub::ListMeetings,
              api::v1::ListMeetingsRequest());
    of_family(&ReferralService::Stub::ListReferrals,
              api::v1::ListReferralsRequest());
    of_family(&AssessmentService::Stub::ListAssessments,
              api::v1::ListAssessmentsRequest());
    of_family(&LeadService::Stub::GetLead, api::v1::GetLeadRequest());
    for (const std::string& person :
         {story.mother(), story.child(), father, teen}) {
      const auto of_person = [&](auto method, auto request) {
        request.set_person_id(person);
        Take(who, method, request, seen);
      };
      of_person(&FamilyService::Stub::GetPerson, api::v1::GetPersonRequest());
      of_person(&ConsentService::Stub::ListConsents,
                api::v1::ListConsentsRequest());
      of_person(&OverrideService::Stub::ListOverrides,
                api::v1::ListOverridesRequest());
    }
    api::v1::ListDuplicatesRequest duplicates;
    duplicates.set_include_decided(true);
    Take(who, &DuplicateService::Stub::ListDuplicates, duplicates, seen);
    api::v1::ListMatchesRequest matches;
    matches.set_include_decided(true);
    Take(who, &DuplicateService::Stub::ListMatches, matches, seen);
    return seen;
  }

  std::string plan, father, teen;
};

TEST_F(ContainmentTest, AReplayShowsNobodyWhatNoOtherReadShowsThem) {
  // What a later word of the council took the place of: its own agency's.
  const std::set<std::string> superseded = {
      "mk_category", "mk_plangoal",   "mk_sign",
      "mk_what",     "mk_difference", "mk_firstdifference"};
  size_t shown = 0;
  for (const Who& who : Readers()) {
    std::set<std::string> replayed = MarkersIn(Replay(who));
    shown += replayed.size();
    const std::set<std::string> seen = SeenOtherwise(who);
    for (const std::string& marker : replayed) {
      if (seen.count(marker) > 0) continue;
      EXPECT_TRUE(who.agency == "council" && superseded.count(marker) > 0)
          << marker << " is replayed to " << who.agency << " as " << who.role
          << " for " << who.purpose;
    }
  }
  EXPECT_GT(shown, 150u);
}

// That the test above is about all there is: whatever was said is in the facts.
TEST_F(ContainmentTest, EveryMarkerIsInTheLedger) {
  Who auditor = Of("audit", "a1", "auditor");
  auditor.reason = "complaint 7";
  const std::set<std::string> all = MarkersIn(Replay(auditor));
  EXPECT_GE(all.size(), 70u);
  EXPECT_THAT(all, IsSupersetOf({"mk_telephone", "mk_contact", "mk_minutes",
                                 "mk_apart", "mk_laterdifference", "mk_notice",
                                 "mk_withdrawn", "mk_told"}));
}

}  // namespace
}  // namespace kith::server_tests
