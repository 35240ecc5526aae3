// Every door, tried by somebody who may not: guessed, near and re-used ids on
// every method, forged page tokens. What is forbidden answers as what is not
// there, in code, text and details.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/substitute.h"
#include "google/protobuf/dynamic_message.h"
#include "kith/api/v1/assessment_service.grpc.pb.h"
#include "kith/api/v1/duplicate_service.grpc.pb.h"
#include "kith/api/v1/meeting_service.grpc.pb.h"
#include "kith/api/v1/override_service.grpc.pb.h"
#include "kith/api/v1/referral_service.grpc.pb.h"
#include "tests/server/family_story.h"
#include "tests/server/generic_client.h"

namespace kith::server_tests {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using grpc::StatusCode;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAreArray;

bool HoldsKithsId(const FieldDescriptor& field) {
  const std::string& name = field.name();
  if (field.cpp_type() != FieldDescriptor::CPPTYPE_STRING) return false;
  if (field.full_name() == "kith.agency.v1.ThingRef.id") return true;
  return absl::EndsWith(name, "_id") && name != "request_id" &&
         !absl::EndsWith(name, "local_id") && name != "item_id_kind" &&
         name != "key_id";
}

// What goes into the `index`th field that holds an id of Kith's.
using IdFor = std::function<std::string(const FieldDescriptor&, int index)>;

// Fills every field that holds an id of Kith's, down to where statements name
// people and things; the first is `filled`. Returns how many there are then.
int FillIds(Message& message, const IdFor& id_for, int filled = 0,
            int depth = 0) {
  const auto& reflection = *message.GetReflection();
  const auto* type = message.GetDescriptor();
  for (int i = 0; i < type->field_count(); ++i) {
    const FieldDescriptor& field = *type->field(i);
    if (field.name() == "write" || field.name() == "read" ||
        field.name() == "page") {
      continue;
    }
    if (HoldsKithsId(field)) {
      const std::string id = id_for(field, filled++);
      field.is_repeated() ? reflection.AddString(&message, &field, id)
                          : reflection.SetString(&message, &field, id);
    } else if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE &&
               depth < 4 &&
               absl::StartsWith(field.message_type()->full_name(), "kith.")) {
      Message* part = field.is_repeated()
                          ? reflection.AddMessage(&message, &field)
                          : reflection.MutableMessage(&message, &field);
      const int then = FillIds(*part, id_for, filled, depth + 1);
      if (then == filled && !field.is_repeated()) {
        reflection.ClearField(&message, &field);
      } else if (then == filled) {
        reflection.RemoveLast(&message, &field);
      }
      filled = then;
    }
  }
  return filled;
}

// The same id everywhere.
int FillIds(Message& message, const std::string& id) {
  return FillIds(message, [&id](const FieldDescriptor&, int) { return id; });
}

class DoorsTest : public ::testing::Test {
 protected:
  using Visit = std::function<void(
      const google::protobuf::MethodDescriptor& method, Message& request)>;

  // Every unary method whose request is a message of ours, with an empty one.
  void ForEachMethod(const Visit& visit) {
    const Reflected reflected(*server.channel());
    google::protobuf::DynamicMessageFactory factory;
    for (const std::string& name : reflected.services()) {
      if (!absl::StartsWith(name, "kith.")) continue;
      const auto* service = reflected.Service(name);
      ASSERT_NE(service, nullptr) << name;
      for (int i = 0; i < service->method_count(); ++i) {
        const auto& method = *service->method(i);
        if (method.client_streaming()) continue;
        std::unique_ptr<Message> request(
            factory.GetPrototype(method.input_type())->New());
        visit(method, *request);
      }
    }
  }

  // Code, text and details of what a method answers when every id is this one.
  std::string Told(const google::protobuf::MethodDescriptor& method,
                   const Message& prototype, const Who& who,
                   const std::string& id) {
    return Told(method, prototype, who,
                [&id](const FieldDescriptor&, int) { return id; });
  }
  std::string Told(const google::protobuf::MethodDescriptor& method,
                   const Message& prototype, const Who& who,
                   const IdFor& id_for) {
    std::unique_ptr<Message> request(prototype.New());
    FillIds(*request, id_for);
    SetRequestId(*request);
    const GenericAnswer answer = CallGeneric(
        *server.channel(),
        absl::StrCat("/", method.service()->full_name(), "/", method.name()),
        who, {request->SerializeAsString()});
    return absl::StrCat(
        answer.status.error_code(), " ", answer.status.error_message(), " ",
        InfoOf(answer.status).ShortDebugString(), " ", answer.messages.size());
  }

  void SetRequestId(Message& request) {
    const auto* write = request.GetDescriptor()->FindFieldByName("write");
    if (write == nullptr) return;
    Message* options = request.GetReflection()->MutableMessage(&request, write);
    options->GetReflection()->SetString(
        options, options->GetDescriptor()->FindFieldByName("request_id"),
        absl::StrCat("door-", ++requests));
  }

  // One of each kind, that only the council may see.
  std::map<std::string, std::string> Things() {
    std::map<std::string, std::string> things = {{"family", story.family()},
                                                 {"person", story.child()}};
    things["plan"] = story.OpenPlan();
    things["need"] =
        story.Made(&FamilyService::Stub::StateNeed,
                   absl::Substitute(R"(need { person { $0 } need: "housing"
                              state: NEED_STATE_IDENTIFIED })",
                                    RecordText("child")));
    things["consent"] =
        story.Made(&ConsentService::Stub::StateConsent,
                   absl::Substitute(
                       R"(consent { about { $0 } kind: CONSENT_KIND_SERVICE
                 answer: CONSENT_ANSWER_GIVEN answered_by { $0 }
                 understood: ANSWER_YES })",
                       RecordText("mother")));
    things["restriction"] =
        story.Made(&ConsentService::Stub::StateRestriction,
                   absl::Substitute(R"(restriction { about { $0 }
                              barred { agency: "police" } })",
                                    RecordText("mother")));
    things["agreement"] = story.Made(
        &ConsentService::Stub::StateFamilyAgreement,
        absl::Substitute(R"(agreement { family { id: "$0" } parties { $1 }
                              expectations: "we meet" duty_explained: ANSWER_YES
                            })",
                         story.family(), RecordText("mother")));
    things["meeting"] =
        story.Made(&api::v1::MeetingService::Stub::StateMeeting,
                   absl::Substitute(R"(meeting { family { id: "$0" }
                              kind: MEETING_KIND_TEAM_AROUND_FAMILY
                              state: MEETING_STATE_PLANNED })",
                                    story.family()));
    things["assessment"] = story.Made(
        &api::v1::AssessmentService::Stub::StateAssessment,
        absl::Substitute(R"(assessment { about { $0 } type: "early_help" })",
                         RecordText("child")));
    AddWhatPeopleDecide(things);
    return things;
  }

  void AddWhatPeopleDecide(std::map<std::string, std::string>& things) {
    things["referral"] =
        story.Made(&api::v1::ReferralService::Stub::MakeReferral,
                   absl::Substitute(R"(referral { about { $0 }
                              referrer: REFERRER_KIND_PRACTITIONER
                              to_agency: "school" family_agreed: ANSWER_YES })",
                                    RecordText("child")));
    things["override"] = story.Made(
        &api::v1::OverrideService::Stub::StateOverride,
        absl::Substitute(
            R"(override { about { $0 } recipients { agency: "school" }
                 purpose: "safeguarding" classes: ITEM_CLASS_CONTACT
                 until { $1 } reason: OVERRIDE_REASON_THREAT_TO_LIFE
                 wording: "threatened" basis: LEGAL_BASIS_PUBLIC_TASK
                 told: ANSWER_YES })",
            RecordText("child"), Today()));
    things["broken glass"] = story.Made(
        &api::v1::OverrideService::Stub::BreakGlass,
        absl::Substitute(
            R"(glass { family { id: "$0" } basis: LEGAL_BASIS_VITAL_INTERESTS
                 reason: OVERRIDE_REASON_THREAT_TO_LIFE wording: "collapsed"
                 minutes: 60 })",
            story.family()),
        Of("school", "t1"));
    story.OpenPlan("a second one");
    const Who hub = Of("council", "hub", "hub_administrator");
    const auto cases =
        server.Call(hub, &api::v1::DuplicateService::Stub::ListDuplicates,
                    api::v1::ListDuplicatesRequest());
    ASSERT_EQ(cases.value.cases_size(), 1) << ReasonOf(cases.status);
    things["duplicate"] = cases.value.cases(0).case_id();
    story.Made(&FamilyService::Stub::StatePerson,
               R"(person { record { system: "main" local_id: "perhaps" }
               names { use: NAME_USE_USUAL given: "child" family: "Ferris" }
               birth_date { year: 2016 month: 6 day: 2 } })");
    const auto matches =
        server.Call(hub, &api::v1::DuplicateService::Stub::ListMatches,
                    api::v1::ListMatchesRequest());
    ASSERT_EQ(matches.value.matches_size(), 1) << ReasonOf(matches.status);
    things["match"] = matches.value.matches(0).match_id();
  }
  std::string Today() {
    const absl::CivilDay day =
        absl::ToCivilDay(server.clock().Now(), absl::UTCTimeZone());
    return absl::Substitute("year: $0 month: $1 day: $2", day.year(),
                            day.month(), day.day());
  }

  TestServer server;
  FamilyStory story{server};
  int requests = 0;
};

// One character away.
std::string Near(std::string id) {
  id.back() = id.back() == '0' ? '1' : '0';
  return id;
}

TEST_F(DoorsTest, WhatIsForbiddenAnswersAsWhatIsNotThereOnEveryMethod) {
  const auto things = Things();
  Who member = Of("council", "", "family_member");
  member.person = Absent(story.child());
  const std::vector<Who> outsiders = {
      Of("police", "p1"), Of("health", "n1", "lead_professional"),
      Of("health", "m1", "leadership_manager"), member};
  int compared = 0;
  ForEachMethod([&](const auto& method, Message& prototype) {
    std::unique_ptr<Message> probe(prototype.New());
    if (FillIds(*probe, "x") == 0) return;
    for (const auto& [kind, id] : things) {
      for (size_t i = 0; i < outsiders.size(); ++i) {
        const Who& who = outsiders[i];
        // Whom whole methods are closed to need not be asked about each kind.
        if (i >= 2 && kind != "family" && kind != "plan") continue;
        const std::string told = Told(method, prototype, who, id);
        EXPECT_EQ(told, Told(method, prototype, who, Absent(id)))
            << method.full_name() << " " << kind << " by " << who.role;
        ++compared;
        if (i > 0) continue;
        EXPECT_EQ(told, Told(method, prototype, who, Near(id)))
            << method.full_name() << " " << kind << " by " << who.role;
      }
    }
  });
  EXPECT_GT(compared, 500);
}

// Among ids that the caller may see, the forbidden one is as if it were not
// there, in whichever field it stands.
TEST_F(DoorsTest, OneForbiddenIdAmongThoseOnesOwnIsNotThere) {
  const auto things = Things();
  const Who health = Of("health", "n1");
  const std::string person =
      story.Made(&FamilyService::Stub::StatePerson,
                 R"(person { record { system: "main" local_id: "own" }
               names { use: NAME_USE_USUAL given: "Own" family: "Ashe" }
               birth_date { year: 1990 month: 1 day: 3 } })",
                 health);
  const std::string family = story.Made(
      &FamilyService::Stub::RegisterFamily,
      absl::Substitute(R"(family { defined_by { $0 } members { person { $0 } }
                       })",
                       RecordText("own")),
      health);
  const auto own = [&](const FieldDescriptor& field) {
    return absl::StrContains(field.name(), "family") ? family : person;
  };
  int compared = 0;
  std::set<std::string> noticed;  // methods that look at the field
  ForEachMethod([&](const auto& method, Message& prototype) {
    if (method.server_streaming()) return;  // of one's own, it stays open
    std::unique_ptr<Message> probe(prototype.New());
    const int fields = FillIds(*probe, "x");
    for (int at = 0; at < fields; ++at) {
      const auto with = [&](const std::string& one) {
        return Told(method, prototype, health,
                    [&](const FieldDescriptor& field, int index) {
                      return index == at && !one.empty() ? one : own(field);
                    });
      };
      for (const auto& [kind, id] : things) {
        const std::string absent = with(Absent(id));
        EXPECT_EQ(with(id), absent)
            << method.full_name() << " " << kind << " in field " << at;
        ++compared;
        if (kind == "family" && with("") != absent) {
          noticed.insert(method.full_name());
        }
      }
    }
  });
  EXPECT_GT(compared, 500);
  EXPECT_GT(noticed.size(), 30u);
}

TEST_F(DoorsTest, TheComparisonSeesADifference) {
  int different = 0;
  const std::string id = story.family();
  ForEachMethod([&](const auto& method, Message& prototype) {
    std::unique_ptr<Message> probe(prototype.New());
    // A stream of the council's own family would stay open.
    if (FillIds(*probe, "x") == 0 || method.server_streaming()) return;
    if (Told(method, prototype, Who(), id) !=
        Told(method, prototype, Who(), Absent(id))) {
      ++different;
    }
  });
  EXPECT_GT(different, 5);  // the council itself sees its family
}

TEST_F(DoorsTest, IdsThatAreNoneAreNotThere) {
  ForEachMethod([&](const auto& method, Message& prototype) {
    if (method.input_type()->FindFieldByName("family_id") == nullptr) return;
    const std::string absent =
        Told(method, prototype, Who(), Absent(story.family()));
    for (const std::string& id :
         {std::string("x"), std::string("7"), story.family() + "7",
          story.family().substr(1), std::string(500, 'k'),
          "elsewhere" + story.family().substr(story.family().find('-'))}) {
      EXPECT_EQ(Told(method, prototype, Who(), id), absent)
          << method.full_name();
    }
  });
}

TEST_F(DoorsTest, AForgedPageTokenBeginsNoList) {
  for (const char* what : {"a", "b", "c"}) story.OpenPlan(what);
  api::v1::ListPlansRequest request;
  request.set_family_id(story.family());
  request.mutable_page()->set_page_size(1);
  const auto first = server.Call(Who(), &PlanService::Stub::ListPlans, request);
  ASSERT_EQ(ReasonOf(first.status), "OK");
  const std::string real = first.value.next_page_token();
  ASSERT_NE(real, "");
  std::set<std::string> forged = {"AAAA", std::string(64, 'A'), "not base64 !",
                                  real.substr(0, real.size() / 2),
                                  std::string(5000, 'B')};
  for (size_t i = 0; i < real.size(); i += 7) {
    std::string flipped = real;
    flipped[i] = flipped[i] == 'A' ? 'B' : 'A';
    if (flipped != real) forged.insert(flipped);
  }
  for (const std::string& token : forged) {
    request.mutable_page()->set_page_token(token);
    EXPECT_EQ(server.Call(Who(), &PlanService::Stub::ListPlans, request).code(),
              StatusCode::INVALID_ARGUMENT)
        << token.substr(0, 20);
  }
}

TEST_F(DoorsTest, APageTokenOfOneMethodOpensNoOther) {
  for (const char* what : {"a", "b"}) story.OpenPlan(what);
  api::v1::ListPlansRequest request;
  request.set_family_id(story.family());
  request.mutable_page()->set_page_size(1);
  const std::string token =
      server.Call(Who(), &PlanService::Stub::ListPlans, request)
          .value.next_page_token();
  ASSERT_NE(token, "");
  int tried = 0;
  ForEachMethod([&](const auto& method, Message& prototype) {
    const auto* page = method.input_type()->FindFieldByName("page");
    if (page == nullptr || method.name() == "ListPlans") return;
    std::unique_ptr<Message> with(prototype.New());
    FillIds(*with, method.input_type()->FindFieldByName("person_id") != nullptr
                       ? story.child()
                       : story.family());
    Message* options = with->GetReflection()->MutableMessage(with.get(), page);
    options->GetReflection()->SetString(
        options, options->GetDescriptor()->FindFieldByName("page_token"),
        token);
    const GenericAnswer answer = CallGeneric(
        *server.channel(),
        absl::StrCat("/", method.service()->full_name(), "/", method.name()),
        Who(), {with->SerializeAsString()});
    EXPECT_THAT(answer.messages, IsEmpty()) << method.full_name();
    EXPECT_FALSE(answer.status.ok()) << method.full_name();
    ++tried;
  });
  EXPECT_GT(tried, 8);
}

// A page is decided anew: what was taken away between two pages is not there.
TEST_F(DoorsTest, APageTokenIsAuthorisedAgain) {
  for (const char* what : {"a", "b"}) story.OpenPlan(what);
  Who health = Of("health", "hv-7");
  const std::string consent = story.Share("health");
  api::v1::GetTimelineRequest request;
  request.set_family_id(story.family());
  request.mutable_page()->set_page_size(1);
  const auto first =
      server.Call(health, &FamilyService::Stub::GetTimeline, request);
  ASSERT_EQ(first.value.entries_size(), 1) << ReasonOf(first.status);
  request.mutable_page()->set_page_token(first.value.next_page_token());
  ASSERT_TRUE(
      server.Call(health, &FamilyService::Stub::GetTimeline, request).ok());
  story.Withdraw(consent);
  const auto after =
      server.Call(health, &FamilyService::Stub::GetTimeline, request);
  EXPECT_EQ(after.value.entries_size(), 0);
}

// A list is what its entries are when asked for alone.
TEST_F(DoorsTest, AListHoldsWhatMayBeSeenOneByOne) {
  std::vector<std::string> all;
  for (int i = 0; i < 4; ++i) {
    all.push_back(story.Made(
        &api::v1::AssessmentService::Stub::StateAssessment,
        absl::Substitute(R"(assessment { about { $0 } type: "kind_$1" })",
                         RecordText("child"), i)));
  }
  story.Made(&ConsentService::Stub::StateConsent,
             absl::Substitute(
                 R"(consent { about { $0 } kind: CONSENT_KIND_SHARE
               answer: CONSENT_ANSWER_GIVEN recipients { agency: "health" }
               purpose: "early_help" answered_by { $1 }
               understood: ANSWER_YES })",
                 RecordText("child"), RecordText("mother")));
  story.Made(&ConsentService::Stub::StateRestriction,
             absl::Substitute(R"(restriction { about { $0 } item_ids: "$1"
                              barred { agency: "health" } })",
                              RecordText("child"), all[1]));
  const auto one_by_one = [&](const Who& who) {
    std::vector<std::string> seen;
    for (const std::string& id : all) {
      api::v1::GetAssessmentRequest request;
      request.set_assessment_id(id);
      const auto answer = server.Call(
          who, &api::v1::AssessmentService::Stub::GetAssessment, request);
      if (answer.ok()) seen.push_back(id);
    }
    return seen;
  };
  const auto listed = [&](const Who& who) {
    api::v1::ListAssessmentsRequest request;
    request.set_family_id(story.family());
    std::vector<std::string> seen;
    const auto answer = server.Call(
        who, &api::v1::AssessmentService::Stub::ListAssessments, request);
    for (const auto& assessment : answer.value.assessments()) {
      seen.push_back(assessment.assessment_id());
    }
    return seen;
  };
  const Who health = Of("health", "n1");
  EXPECT_EQ(one_by_one(health).size(), 3u);
  for (const Who& who : {Who(), health, Of("police", "p1")}) {
    EXPECT_THAT(listed(who), UnorderedElementsAreArray(one_by_one(who)))
        << who.agency;
  }
}

}  // namespace
}  // namespace kith::server_tests
