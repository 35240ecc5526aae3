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
#include "kith/api/v1/meeting_service.grpc.pb.h"
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

// Puts `id` into every field that holds an id of Kith's, down to where
// statements name people and things. Returns how many those were.
int FillIds(Message& message, const std::string& id, int depth = 0) {
  int filled = 0;
  const auto& reflection = *message.GetReflection();
  const auto* type = message.GetDescriptor();
  for (int i = 0; i < type->field_count(); ++i) {
    const FieldDescriptor& field = *type->field(i);
    if (field.name() == "write" || field.name() == "read" ||
        field.name() == "page") {
      continue;
    }
    if (HoldsKithsId(field)) {
      field.is_repeated() ? reflection.AddString(&message, &field, id)
                          : reflection.SetString(&message, &field, id);
      ++filled;
    } else if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE &&
               depth < 4 &&
               absl::StartsWith(field.message_type()->full_name(), "kith.")) {
      Message* part = field.is_repeated()
                          ? reflection.AddMessage(&message, &field)
                          : reflection.MutableMessage(&message, &field);
      const int inside = FillIds(*part, id, depth + 1);
      if (inside == 0 && !field.is_repeated()) {
        reflection.ClearField(&message, &field);
      } else if (inside == 0) {
        reflection.RemoveLast(&message, &field);
      }
      filled += inside;
    }
  }
  return filled;
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
    std::unique_ptr<Message> request(prototype.New());
    FillIds(*request, id);
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
    return things;
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
