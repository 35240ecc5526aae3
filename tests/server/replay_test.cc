// What a replay shows of a fact: to nobody more than the views show them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/substitute.h"
#include "google/protobuf/util/time_util.h"
#include "kith/api/v1/meeting_service.grpc.pb.h"
#include "tests/server/replay_story.h"

namespace kith::server_tests {
namespace {

using api::v1::MeetingService;
using ::testing::HasSubstr;
using ::testing::Not;

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

}  // namespace
}  // namespace kith::server_tests
