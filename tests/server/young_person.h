// A family with a teenager of 13 who was judged competent to say who learns
// what of her (R-070).
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "absl/strings/substitute.h"
#include "absl/time/civil_time.h"
#include "tests/server/family_story.h"

namespace kith::server_tests {

// Of whose needs the mother is told.
class YoungPersonTest : public ::testing::Test {
 protected:
  YoungPersonTest() {
    teen = Daughter("teen");
    story.Made(&FamilyService::Stub::JudgeCompetence,
               absl::Substitute(R"(judgement { person { $0 } matter: "sharing"
                               competent: true reasons: "spoken with her" })",
                                RecordText("teen")));
    story.Made(&ConsentService::Stub::StateConsent,
               absl::Substitute(
                   R"(consent { about { $0 } kind: CONSENT_KIND_SHARE
                  answer: CONSENT_ANSWER_GIVEN
                  recipients { person { $1 } } purpose: "early_help"
                  answered_by { $0 } understood: ANSWER_YES })",
                   RecordText("teen"), RecordText("mother")));
    need = Need("debt");
    mother = Of("council", "", "family_member");
    mother.person = story.mother();
  }

  // One more daughter of that age.
  std::string Daughter(const std::string& local_id) {
    const std::string id = story.Made(
        &FamilyService::Stub::StatePerson,
        absl::Substitute(R"(person { $0
             names { use: NAME_USE_USUAL given: "$2" family: "Ferris" }
             birth_date { year: $1 month: 1 day: 2 } })",
                         RecordText(local_id), YearNow() - 13, local_id));
    story.Made(&FamilyService::Stub::RegisterFamily,
               absl::Substitute(R"(family { family { id: "$0" }
                               members { person { $1 } role: "daughter" } })",
                                story.family(), RecordText(local_id)));
    return id;
  }
  int YearNow() {
    return static_cast<int>(
        absl::ToCivilYear(server.clock().Now(), absl::UTCTimeZone()).year());
  }
  std::string Need(const std::string& code) {
    return story.Made(&FamilyService::Stub::StateNeed,
                      absl::Substitute(R"(need { person { $0 } need: "$1"
                                      state: NEED_STATE_IDENTIFIED })",
                                       RecordText("teen"), code));
  }
  // Returns the restriction.
  std::string Withhold(const std::string& what) {
    return story.Made(&ConsentService::Stub::StateRestriction,
                      absl::Substitute(R"(restriction { about { $0 }
                             asked_by { $0 } from_family: true $1 })",
                                       RecordText("teen"), what));
  }
  void Lift(const std::string& restriction) {
    story.Made(
        &ConsentService::Stub::LiftRestriction,
        absl::Substitute(R"(lift { restriction { id: "$0" } asked_by { $1 } })",
                         restriction, RecordText("teen")));
  }
  // Of the teenager's needs.
  api::v1::ExplainAccessResponse Explained(const Who& who,
                                           const std::string& recipient) {
    const auto answer = server.Call(
        who, &ConsentService::Stub::ExplainAccess,
        Text<api::v1::ExplainAccessRequest>(absl::Substitute(
            R"(person_id: "$0" purpose: "early_help" class: ITEM_CLASS_NEED $1)",
            teen, recipient)));
    EXPECT_EQ(ReasonOf(answer.status), "OK");
    return answer.value;
  }
  api::v1::GetFamilyResponse Seen() {
    const auto answer =
        server.Call(mother, &FamilyService::Stub::GetFamily, story.Get());
    EXPECT_EQ(ReasonOf(answer.status), "OK");
    return answer.value;
  }
  int NeedsSeen() {
    int needs = 0;
    const auto seen = Seen();
    for (const auto& person : seen.family().people()) {
      needs += person.needs_size();
    }
    return needs;
  }
  int LinesSeen() {
    api::v1::GetTimelineRequest request;
    request.set_family_id(story.family());
    request.mutable_page()->set_page_size(200);
    return server.Call(mother, &FamilyService::Stub::GetTimeline, request)
        .value.entries_size();
  }

  TestServer server;
  FamilyStory story{server};
  std::string teen, need;
  Who mother;
};

}  // namespace kith::server_tests
