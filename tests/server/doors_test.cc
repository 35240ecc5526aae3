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
#include "absl/time/clock.h"
#include "google/protobuf/dynamic_message.h"
#include "kith/api/v1/assessment_service.grpc.pb.h"
#include "kith/api/v1/audit_service.grpc.pb.h"
#include "kith/api/v1/consent_service.grpc.pb.h"
#include "kith/api/v1/meeting_service.grpc.pb.h"
#include "kith/api/v1/referral_service.grpc.pb.h"
#include "kith/api/v1/watch_service.grpc.pb.h"
#include "tests/server/family_story.h"
#include "tests/server/generic_client.h"

namespace kith::server_tests {
namespace {

using api::v1::ConsentService;
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

  template <class Stub, class Request, class Response>
  std::string Made(grpc::Status (Stub::*method)(grpc::ClientContext*,
                                                const Request&, Response*),
                   const std::string& request, const Who& who = Who()) {
    const auto said = server.Say(who, method, Text<Request>(request));
    EXPECT_EQ(ReasonOf(said.status), "OK") << request;
    return said.value.outcome().made_ids().empty()
               ? ""
               : said.value.outcome().made_ids(0);
  }

  // One of each kind, that only the council may see.
  std::map<std::string, std::string> Things() {
    std::map<std::string, std::string> things = {{"family", story.family()},
                                                 {"person", story.child()}};
    things["plan"] = story.OpenPlan();
    things["need"] =
        Made(&FamilyService::Stub::StateNeed,
             absl::Substitute(R"(need { person { $0 } need: "housing"
                              state: NEED_STATE_IDENTIFIED })",
                              RecordText("child")));
    things["consent"] =
        Made(&ConsentService::Stub::StateConsent,
             absl::Substitute(
                 R"(consent { about { $0 } kind: CONSENT_KIND_SERVICE
                 answer: CONSENT_ANSWER_GIVEN answered_by { $0 }
                 understood: ANSWER_YES })",
                 RecordText("mother")));
    things["restriction"] = Made(&ConsentService::Stub::StateRestriction,
                                 absl::Substitute(R"(restriction { about { $0 }
                              barred { agency: "police" } })",
                                                  RecordText("mother")));
    things["agreement"] =
        Made(&ConsentService::Stub::StateFamilyAgreement,
             absl::Substitute(R"(agreement { family { id: "$0" } parties { $1 }
                              expectations: "we meet" duty_explained: ANSWER_YES
                            })",
                              story.family(), RecordText("mother")));
    things["meeting"] = Made(&api::v1::MeetingService::Stub::StateMeeting,
                             absl::Substitute(R"(meeting { family { id: "$0" }
                              kind: MEETING_KIND_TEAM_AROUND_FAMILY
                              state: MEETING_STATE_PLANNED })",
                                              story.family()));
    things["assessment"] = Made(
        &api::v1::AssessmentService::Stub::StateAssessment,
        absl::Substitute(R"(assessment { about { $0 } type: "early_help" })",
                         RecordText("child")));
    return things;
  }

  TestServer server;
  FamilyStory story{server};
  int requests = 0;
};

// Shaped like this one, and of nothing.
std::string Absent(const std::string& id) {
  return id.substr(0, id.rfind('-') + 1) + std::string(26, '7');
}

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

// What is absent is known sooner than what is withheld; neither is told before
// the beat.
class TimingTest : public ::testing::Test {
 protected:
  TimingTest() : server_(Options()), story_(server_) {}

  // The answer of `call` to an outsider of this family, and of one that is not
  // there.
  void ExpectOnBeat(
      const std::function<StatusCode(const std::string& id)>& call) const {
    for (const std::string& id : {story_.family(), Absent(story_.family())}) {
      const absl::Time begun = absl::Now();
      EXPECT_EQ(call(id), StatusCode::NOT_FOUND);
      EXPECT_GE(absl::Now() - begun, kBeat);
    }
  }

  template <class Stub, class Request, class Response>
  StatusCode EndOf(std::unique_ptr<grpc::ClientReader<Response>> (
                       Stub::*stream)(grpc::ClientContext*, const Request&),
                   const std::string& family_id) {
    Request request;
    request.set_family_id(family_id);
    grpc::ClientContext context;
    Introduce(outsider_, context);
    Stub stub(server_.channel());
    const auto reader = (stub.*stream)(&context, request);
    Response response;
    EXPECT_FALSE(reader->Read(&response));
    return reader->Finish().error_code();
  }

  static constexpr absl::Duration kBeat = absl::Milliseconds(300);
  TestServer server_;
  FamilyStory story_;
  const Who outsider_ = Of("police", "p1");

 private:
  static TestServerOptions Options() {
    TestServerOptions options;
    options.not_found_beat = kBeat;
    return options;
  }
};

TEST_F(TimingTest, WhatIsNotThereAndWhatIsForbiddenLeaveOnOneBeat) {
  ExpectOnBeat([this](const std::string& id) {
    api::v1::GetFamilyRequest read;
    read.set_family_id(id);
    return server_.Call(outsider_, &FamilyService::Stub::GetFamily, read)
        .code();
  });
  ExpectOnBeat([this](const std::string& id) {
    return server_
        .Say(outsider_, &PlanService::Stub::OpenPlan,
             Text<api::v1::OpenPlanRequest>(
                 absl::Substitute(R"(plan { family { id: "$0" } })", id)))
        .code();
  });
}

TEST_F(TimingTest, StreamsDoSoToo) {
  ExpectOnBeat([this](const std::string& id) {
    return EndOf(&api::v1::AuditService::Stub::Replay, id);
  });
  ExpectOnBeat([this](const std::string& id) {
    return EndOf(&api::v1::WatchService::Stub::WatchFamily, id);
  });
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
  const std::string consent =
      Made(&ConsentService::Stub::StateConsent,
           absl::Substitute(
               R"(consent { about { $0 } about { $1 } kind: CONSENT_KIND_SHARE
               answer: CONSENT_ANSWER_GIVEN recipients { agency: "health" }
               purpose: "early_help" answered_by { $0 }
               understood: ANSWER_YES })",
               RecordText("mother"), RecordText("child")));
  api::v1::GetTimelineRequest request;
  request.set_family_id(story.family());
  request.mutable_page()->set_page_size(1);
  const auto first =
      server.Call(health, &FamilyService::Stub::GetTimeline, request);
  ASSERT_EQ(first.value.entries_size(), 1) << ReasonOf(first.status);
  request.mutable_page()->set_page_token(first.value.next_page_token());
  ASSERT_TRUE(
      server.Call(health, &FamilyService::Stub::GetTimeline, request).ok());
  Made(&ConsentService::Stub::WithdrawConsent,
       absl::Substitute(R"(withdrawal { consent { id: "$0" }
                             withdrawn_by { $1 } })",
                        consent, RecordText("mother")));
  const auto after =
      server.Call(health, &FamilyService::Stub::GetTimeline, request);
  EXPECT_EQ(after.value.entries_size(), 0);
}

// A list is what its entries are when asked for alone.
TEST_F(DoorsTest, AListHoldsWhatMayBeSeenOneByOne) {
  std::vector<std::string> all;
  for (int i = 0; i < 4; ++i) {
    all.push_back(
        Made(&api::v1::AssessmentService::Stub::StateAssessment,
             absl::Substitute(R"(assessment { about { $0 } type: "kind_$1" })",
                              RecordText("child"), i)));
  }
  Made(&ConsentService::Stub::StateConsent,
       absl::Substitute(
           R"(consent { about { $0 } kind: CONSENT_KIND_SHARE
               answer: CONSENT_ANSWER_GIVEN recipients { agency: "health" }
               purpose: "early_help" answered_by { $1 }
               understood: ANSWER_YES })",
           RecordText("child"), RecordText("mother")));
  Made(&ConsentService::Stub::StateRestriction,
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

// A teenager of 13, of whose needs the mother is told.
class YoungPersonTest : public DoorsTest {
 protected:
  YoungPersonTest() {
    teen = Made(&FamilyService::Stub::StatePerson,
                absl::Substitute(R"(person { $0
                    names { use: NAME_USE_USUAL given: "teen" family: "Ferris" }
                    birth_date { year: $1 month: 1 day: 2 } })",
                                 RecordText("teen"), YearNow() - 13));
    Made(&FamilyService::Stub::RegisterFamily,
         absl::Substitute(R"(family { family { id: "$0" }
                               members { person { $1 } role: "daughter" } })",
                          story.family(), RecordText("teen")));
    Made(&FamilyService::Stub::JudgeCompetence,
         absl::Substitute(R"(judgement { person { $0 } matter: "sharing"
                               competent: true reasons: "spoken with her" })",
                          RecordText("teen")));
    Made(&ConsentService::Stub::StateConsent,
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

  int YearNow() {
    return static_cast<int>(
        absl::ToCivilYear(server.clock().Now(), absl::UTCTimeZone()).year());
  }
  std::string Need(const std::string& code) {
    return Made(&FamilyService::Stub::StateNeed,
                absl::Substitute(R"(need { person { $0 } need: "$1"
                                      state: NEED_STATE_IDENTIFIED })",
                                 RecordText("teen"), code));
  }
  void Withhold(const std::string& what) {
    Made(&ConsentService::Stub::StateRestriction,
         absl::Substitute(R"(restriction { about { $0 } asked_by { $0 }
                               from_family: true $1 })",
                          RecordText("teen"), what));
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

  std::string teen, need;
  Who mother;
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

TEST_F(DoorsTest, WhoLookedIsForThoseWhoWatchAndForThoseWhoWorkWithTheFamily) {
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

TEST_F(YoungPersonTest, R081OneThingAloneIsWithheld) {
  Need("housing");
  const int before = NeedsSeen();
  const int lines = LinesSeen();
  Withhold(absl::StrCat("item_ids: '", need, "'"));
  EXPECT_EQ(NeedsSeen(), before - 1);
  EXPECT_EQ(LinesSeen(), lines - 1);
}

TEST_F(DoorsTest, R078RefusedStorageTakesThePersonOutOfSightAtOnce) {
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
  Made(&ConsentService::Stub::StateConsent,
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

TEST_F(DoorsTest, R098R262AgreementsAreTheHubsToRecordAndForAllToSee) {
  const std::string request =
      R"(agreement { agreement { system: "main" local_id: "south" }
           parties: "council" parties: "health" })";
  EXPECT_EQ(server
                .Say(Who(), &ConsentService::Stub::StateSharingAgreement,
                     Text<api::v1::StateSharingAgreementRequest>(request))
                .code(),
            StatusCode::PERMISSION_DENIED);
  Made(&ConsentService::Stub::StateSharingAgreement, request,
       Of("council", "h1", "hub_administrator"));
  const auto listed = server.Call(Of("health", "n1"),
                                  &ConsentService::Stub::ListSharingAgreements,
                                  api::v1::ListSharingAgreementsRequest());
  ASSERT_EQ(listed.value.agreements_size(), 1) << ReasonOf(listed.status);
  EXPECT_EQ(listed.value.agreements(0).said().parties_size(), 2);
}

TEST_F(DoorsTest, R227APanelsCaseIsSeenByThePanelAlone) {
  const Who chair = Of("council", "c1", "panel_chair");
  Made(&api::v1::MeetingService::Stub::StatePanelItem,
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

TEST_F(DoorsTest, R093AFamilyAgreementIsValidWhenAllHaveSigned) {
  const std::string agreement =
      Made(&ConsentService::Stub::StateFamilyAgreement,
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
    Made(&ConsentService::Stub::SignFamilyAgreement,
         absl::Substitute(
             R"(signature { agreement { id: "$0" } signed_by { $1 } })",
             agreement, RecordText(who)));
  }
  EXPECT_EQ(state(), api::v1::FAMILY_AGREEMENT_STATE_VALID);
}

class ExplainTest : public DoorsTest {
 protected:
  Answer<api::v1::ExplainAccessResponse> Explain(const std::string& more,
                                                 const Who& who = Who()) {
    return server.Call(who, &ConsentService::Stub::ExplainAccess,
                       Text<api::v1::ExplainAccessRequest>(absl::Substitute(
                           R"(person_id: "$0" purpose: "early_help" $1)",
                           story.child(), more)));
  }
};

TEST_F(ExplainTest, ItNamesTheRowsAndFactsThatDecided) {
  const std::string school = R"(agency: "school" class: ITEM_CLASS_ASSESSMENT)";
  const auto before = Explain(school);
  ASSERT_EQ(ReasonOf(before.status), "OK");
  EXPECT_FALSE(before.value.allowed());
  EXPECT_EQ(before.value.reason(), "no_permission");
  EXPECT_EQ(before.value.decided_by_ids_size(), 0);
  const std::string consent =
      Made(&ConsentService::Stub::StateConsent,
           absl::Substitute(
               R"(consent { about { $0 } kind: CONSENT_KIND_SHARE
               answer: CONSENT_ANSWER_GIVEN recipients { agency: "school" }
               purpose: "early_help" answered_by { $1 }
               understood: ANSWER_YES })",
               RecordText("child"), RecordText("mother")));
  const auto after = Explain(school);
  EXPECT_TRUE(after.value.allowed());
  EXPECT_EQ(after.value.reason(), "shared_unagreed");
  ASSERT_EQ(after.value.decided_by_ids_size(), 1);
  EXPECT_EQ(after.value.decided_by_ids(0), consent);
  EXPECT_GT(after.value.rows_size(), 0);
}

TEST_F(ExplainTest, ItTellsNobodyWhoMayNotSeeTheConsents) {
  const std::string school =
      R"(agency: "school" class: ITEM_CLASS_ASSESSMENT item_agency: "council")";
  EXPECT_EQ(Explain(school, Of("school", "t1")).code(), StatusCode::NOT_FOUND);
  EXPECT_EQ(Explain(R"(agency: "school")").code(),
            StatusCode::INVALID_ARGUMENT);
}

}  // namespace
}  // namespace kith::server_tests
