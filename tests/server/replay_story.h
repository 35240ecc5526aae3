// A family whose history is replayed to whoever may ask.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/substitute.h"
#include "kith/api/v1/audit_service.grpc.pb.h"
#include "tests/server/family_story.h"

namespace kith::server_tests {

class ReplayContentTest : public ::testing::Test {
 protected:
  Answer<std::vector<api::v1::ReplayEntry>> Entries(
      const Who& who, const api::v1::ReadOptions& read = {}) {
    grpc::ClientContext context;
    Introduce(who, context);
    api::v1::ReplayRequest request;
    request.set_family_id(story.family());
    *request.mutable_read() = read;
    api::v1::AuditService::Stub stub(server.channel());
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

}  // namespace kith::server_tests
