// A family over which overrides are recorded and glass is broken, and what
// anybody sees of that.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/substitute.h"
#include "kith/api/v1/audit_service.grpc.pb.h"
#include "kith/api/v1/override_service.grpc.pb.h"
#include "tests/server/family_story.h"

namespace kith::server_tests {

class OverrideServiceTest : public ::testing::Test {
 protected:
  Answer<api::v1::BreakGlassResponse> BreakGlass(const Who& who,
                                                 const std::string& more = "") {
    return server.Say(
        who, &api::v1::OverrideService::Stub::BreakGlass,
        Text<api::v1::BreakGlassRequest>(absl::Substitute(
            R"(glass { family { id: "$0" } basis: LEGAL_BASIS_VITAL_INTERESTS
                 reason: OVERRIDE_REASON_THREAT_TO_LIFE wording: "collapsed"
                 minutes: 60 $1 })",
            story.family(), more)));
  }
  Answer<api::v1::StateOverrideResponse> Override(const std::string& told) {
    return server.Say(
        Who(), &api::v1::OverrideService::Stub::StateOverride,
        Text<api::v1::StateOverrideRequest>(absl::Substitute(
            R"(override { about { $0 } about { $1 }
                 recipients { agency: "police" }
                 purpose: "safeguarding" classes: ITEM_CLASS_CONTACT
                 classes: ITEM_CLASS_IDENTITY until { $2 }
                 reason: OVERRIDE_REASON_THREAT_TO_LIFE wording: "threatened"
                 basis: LEGAL_BASIS_PUBLIC_TASK $3 })",
            RecordText("mother"), RecordText("child"), Tomorrow(), told)));
  }
  std::string Tomorrow() {
    const absl::CivilDay day =
        absl::ToCivilDay(server.clock().Now(), absl::UTCTimeZone()) + 1;
    return absl::Substitute("year: $0 month: $1 day: $2", day.year(),
                            day.month(), day.day());
  }
  Answer<api::v1::GetFamilyResponse> Get(const Who& who) {
    return server.Call(who, &FamilyService::Stub::GetFamily, story.Get());
  }
  Answer<api::v1::ListReviewsResponse> Reviews(const Who& who) {
    return server.Call(who, &api::v1::OverrideService::Stub::ListReviews,
                       api::v1::ListReviewsRequest());
  }
  Answer<api::v1::ReviewOverrideResponse> Review(const Who& who,
                                                 const std::string& id) {
    return server.Say(who, &api::v1::OverrideService::Stub::ReviewOverride,
                      Text<api::v1::ReviewOverrideRequest>(absl::Substitute(
                          R"(review { override { id: "$0" } wording: "right"
                               finding: OVERRIDE_FINDING_JUSTIFIED })",
                          id)));
  }
  Answer<api::v1::WhoLookedResponse> WhoLooked(const Who& who) {
    api::v1::WhoLookedRequest request;
    request.set_family_id(story.family());
    request.mutable_page()->set_page_size(200);
    return server.Call(who, &api::v1::AuditService::Stub::WhoLooked, request);
  }
  // All of them, of which something was shown or not.
  int LooksOf(const Answer<api::v1::WhoLookedResponse>& answer,
              const std::string& agency, const std::string& purpose = "") {
    int count = 0;
    for (const auto& look : answer.value.looks()) {
      if (look.agency() != agency) continue;
      if (purpose.empty() || look.purpose() == purpose) ++count;
    }
    return count;
  }
  int LooksBy(const Answer<api::v1::WhoLookedResponse>& answer,
              const std::string& practitioner) {
    int count = 0;
    for (const auto& look : answer.value.looks()) {
      count += look.practitioner() == practitioner;
    }
    return count;
  }
  // Methods of the acts on overrides among the looks, latest first.
  std::vector<std::string> ActsSeenBy(const Who& who) {
    std::vector<std::string> methods;
    const auto looked = WhoLooked(who);
    for (const auto& look : looked.value.looks()) {
      if (look.kind() != ledger::v1::ACCESS_KIND_OVERRIDE) continue;
      methods.push_back(look.method());
    }
    return methods;
  }
  bool ListsPlans(const Who& who) {
    api::v1::ListPlansRequest request;
    request.set_family_id(story.family());
    return server.Call(who, &PlanService::Stub::ListPlans, request).ok();
  }
  api::v1::ExplainAccessResponse Explained(const Who& who,
                                           const std::string& recipient) {
    const auto answer =
        server.Call(who, &ConsentService::Stub::ExplainAccess,
                    Text<api::v1::ExplainAccessRequest>(absl::Substitute(
                        R"(person_id: "$0" class: ITEM_CLASS_IDENTITY $1)",
                        story.mother(), recipient)));
    EXPECT_EQ(ReasonOf(answer.status), "OK");
    return answer.value;
  }
  // Ways to reach the family's people that an answer shows.
  int ContactsIn(const Answer<api::v1::GetFamilyResponse>& answer) {
    int count = 0;
    for (const auto& person : answer.value.family().people()) {
      for (const auto& record : person.records()) {
        count += record.said().addresses_size();
      }
    }
    return count;
  }
  Who Mother() {
    Who who;
    who.role = "family_member";
    who.person = story.mother();
    return who;
  }

  TestServer server;
  FamilyStory story{server};
  const Who officer = Of("council", "dpo", "privacy_officer");
  const Who health = Of("health", "hv-7");
  static constexpr char kNotTold[] =
      "told: ANSWER_NO not_told_because: \"she would be beaten\" "
      "decided_with: \"police\"";
};

}  // namespace kith::server_tests
