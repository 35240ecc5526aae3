// Whether what is absent and what is forbidden can be told apart by a clock.
#include <gtest/gtest.h>

#include <functional>

#include "absl/strings/substitute.h"
#include "absl/time/clock.h"
#include "kith/api/v1/audit_service.grpc.pb.h"
#include "kith/api/v1/watch_service.grpc.pb.h"
#include "tests/server/family_story.h"

namespace kith::server_tests {
namespace {

using grpc::StatusCode;

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
    options.times.not_found_beat = kBeat;
    return options;
  }
};

TEST_F(TimingTest, WhatIsNotThereAndWhatIsForbiddenWaitForTheBeat) {
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

// They are good answers, which left at once: a clock told nobody from somebody
// whom a restriction shields.
TEST_F(TimingTest, LookingUpNobodyAndSomebodyShieldedWaitForTheBeat) {
  story_.AppointLead();
  story_.Made(&ConsentService::Stub::StateRestriction,
              absl::Substitute(
                  R"(restriction { about { $0 } about { $1 } asked_by { $0 }
                       barred { agency: "police" } reason: "asked" })",
                  RecordText("mother"), RecordText("child")));
  for (const char* who : {"child", "nobody"}) {
    const std::string person = absl::Substitute(
        R"(person { given: "$0" family: "Ferris" postcode: "RV1 4QX"
             birth_date { year: 2016 month: 6 day: 2 } })",
        who);
    absl::Time begun = absl::Now();
    const auto lead = server_.Call(outsider_, &LeadService::Stub::LookupLead,
                                   Text<api::v1::LookupLeadRequest>(person));
    EXPECT_GE(absl::Now() - begun, kBeat) << who;
    EXPECT_TRUE(lead.ok() && lead.value.ask_the_hub()) << who;

    begun = absl::Now();
    const auto families =
        server_.Call(outsider_, &FamilyService::Stub::FindFamilies,
                     Text<api::v1::FindFamiliesRequest>(person));
    EXPECT_GE(absl::Now() - begun, kBeat) << who;
    EXPECT_TRUE(families.ok() && families.value.families().empty()) << who;
  }
}

}  // namespace
}  // namespace kith::server_tests
