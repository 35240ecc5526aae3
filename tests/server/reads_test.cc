// Reading through the socket: positions, pages, time, replay, who looked.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <utility>

#include "absl/strings/substitute.h"
#include "google/protobuf/util/time_util.h"
#include "kith/api/v1/audit_service.grpc.pb.h"
#include "kith/api/v1/duplicate_service.grpc.pb.h"
#include "kith/api/v1/operations_service.grpc.pb.h"
#include "tests/server/family_story.h"

namespace kith::server_tests {
namespace {

using api::v1::AuditService;
using api::v1::DuplicateService;
using google::protobuf::util::TimeUtil;
using grpc::StatusCode;

class ReadsTest : public ::testing::Test {
 protected:
  Answer<api::v1::GetFamilyResponse> Get(
      const api::v1::GetFamilyRequest& request, const Who& who = Who()) {
    return server.Call(who, &FamilyService::Stub::GetFamily, request);
  }
  Answer<api::v1::ListPlansResponse> ListPlans(const std::string& token,
                                               const Who& who = Who(),
                                               int size = 1) {
    api::v1::ListPlansRequest request;
    request.set_family_id(story.family());
    request.mutable_page()->set_page_size(size);
    request.mutable_page()->set_page_token(token);
    return server.Call(who, &PlanService::Stub::ListPlans, request);
  }
  google::protobuf::Timestamp Now() {
    return TimeUtil::MicrosecondsToTimestamp(
        absl::ToUnixMicros(server.clock().Now()));
  }

  TestServer server;
  FamilyStory story{server};
};

TEST_F(ReadsTest, AReadSeesTheWriteWhosePositionItNames) {
  const auto said = server.Say(Who(), &PlanService::Stub::OpenPlan,
                               story.Opening("walks to school"));
  auto request = story.Get();
  request.mutable_read()->set_min_position(said.value.outcome().position());
  const auto family = Get(request);
  ASSERT_EQ(ReasonOf(family.status), "OK");
  EXPECT_EQ(family.value.family().plans_size(), 1);
}

TEST_F(ReadsTest, ATokenThatIsNoneIsRefused) {
  auto request = story.Get();
  request.mutable_read()->set_min_position("17");
  EXPECT_EQ(Get(request).code(), StatusCode::INVALID_ARGUMENT);
  request = story.Get();
  request.mutable_read()->set_at_position("17");
  EXPECT_EQ(Get(request).code(), StatusCode::INVALID_ARGUMENT);
}

TEST_F(ReadsTest, AtPositionShowsWhatWasKnownThen) {
  story.OpenPlan();
  auto request = story.Get();
  request.mutable_read()->set_at_position(story.registered());
  const auto then = Get(request);
  ASSERT_EQ(ReasonOf(then.status), "OK");
  EXPECT_EQ(then.value.family().members_size(), 2);
  EXPECT_EQ(then.value.family().plans_size(), 0);
  EXPECT_EQ(server.PositionOf(then.value.info().position()),
            server.PositionOf(story.registered()));
}

TEST_F(ReadsTest, AtTimeShowsWhatWasKnownThen) {
  auto request = story.Get();
  *request.mutable_read()->mutable_at_time() = Now();
  server.clock().Advance(absl::Hours(24));
  story.OpenPlan();
  const auto then = Get(request);
  ASSERT_EQ(ReasonOf(then.status), "OK");
  EXPECT_EQ(then.value.family().plans_size(), 0);
  EXPECT_EQ(Get(story.Get()).value.family().plans_size(), 1);

  server.clock().Advance(absl::Hours(-48));
  *request.mutable_read()->mutable_at_time() = Now();
  server.clock().Advance(absl::Hours(48));
  EXPECT_EQ(Get(request).code(), StatusCode::NOT_FOUND);
}

TEST_F(ReadsTest, TimesToComeAreNotKnown) {
  server.clock().Advance(absl::Hours(1));
  auto request = story.Get();
  *request.mutable_read()->mutable_at_time() = Now();
  server.clock().Advance(absl::Hours(-1));
  EXPECT_EQ(Get(request).code(), StatusCode::INVALID_ARGUMENT);
}

TEST_F(ReadsTest, ListsTakeNoAsOf) {
  api::v1::ListPlansRequest request;
  request.set_family_id(story.family());
  request.mutable_read()->set_at_position(story.registered());
  EXPECT_EQ(server.Call(Who(), &PlanService::Stub::ListPlans, request).code(),
            StatusCode::INVALID_ARGUMENT);
}

TEST_F(ReadsTest, PagesWalkAllEntriesOnce) {
  std::set<std::string> opened, listed;
  for (const char* what : {"a", "b", "c"}) opened.insert(story.OpenPlan(what));
  std::string token;
  int pages = 0;
  do {
    const auto page = ListPlans(token);
    ASSERT_EQ(ReasonOf(page.status), "OK");
    ASSERT_EQ(page.value.plans_size(), 1);
    EXPECT_TRUE(listed.insert(page.value.plans(0).plan_id()).second);
    token = page.value.next_page_token();
    ASSERT_LE(++pages, 3);
  } while (!token.empty());
  EXPECT_EQ(listed, opened);
}

TEST_F(ReadsTest, APageTokenIsOfOneCallerAndQuery) {
  story.OpenPlan("a");
  story.OpenPlan("b");
  const std::string token = ListPlans("").value.next_page_token();
  ASSERT_NE(token, "");
  EXPECT_TRUE(ListPlans(token).ok());
  EXPECT_EQ(ListPlans(token, Of("council", "w2")).code(),
            StatusCode::INVALID_ARGUMENT);
  Who other_purpose;
  other_purpose.purpose = "safeguarding";
  EXPECT_EQ(ListPlans(token, other_purpose).code(),
            StatusCode::INVALID_ARGUMENT);
  server.clock().Advance(absl::Hours(1) + absl::Seconds(1));
  EXPECT_EQ(ListPlans(token).code(), StatusCode::INVALID_ARGUMENT);
}

TEST_F(ReadsTest, ABadPageSizeIsRefused) {
  EXPECT_EQ(ListPlans("", Who(), 201).code(), StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(ListPlans("", Who(), -1).code(), StatusCode::INVALID_ARGUMENT);
}

TEST_F(ReadsTest, WithheldAndAbsentAreOneAnswer) {
  const auto withheld = Get(story.Get(), Of("health", "hv-7"));
  api::v1::GetFamilyRequest request;
  request.set_family_id("hackney-f-00000000000000000000000000");
  const auto absent = Get(request, Of("health", "hv-7"));
  EXPECT_EQ(withheld.code(), StatusCode::NOT_FOUND);
  EXPECT_EQ(absent.code(), StatusCode::NOT_FOUND);
  EXPECT_EQ(withheld.status.error_message(), absent.status.error_message());
  EXPECT_EQ(withheld.status.error_details(), absent.status.error_details());
}

TEST_F(ReadsTest, ListsOfWhatIsWithheldAreAbsentToo) {
  story.OpenPlan();
  const auto withheld = ListPlans("", Of("health", "hv-7"));
  api::v1::ListPlansRequest request;
  request.set_family_id("hackney-f-00000000000000000000000000");
  const auto absent =
      server.Call(Of("health", "hv-7"), &PlanService::Stub::ListPlans, request);
  EXPECT_EQ(withheld.code(), StatusCode::NOT_FOUND);
  EXPECT_EQ(absent.code(), StatusCode::NOT_FOUND);
  EXPECT_EQ(withheld.status.error_details(), absent.status.error_details());
}

TEST_F(ReadsTest, EveryLookIsKnownEvenInVain) {
  const int before = server.LooksAt(story.family());
  Get(story.Get());
  Get(story.Get(), Of("health", "hv-7"));
  // Looking who looked is a look as well.
  EXPECT_EQ(server.LooksAt(story.family()), before + 3);
}

TEST_F(ReadsTest, WhoLookedSaysWhoWhatForAndUpToWhen) {
  Get(story.Get());
  api::v1::WhoLookedRequest request;
  request.set_family_id(story.family());
  const auto looks =
      server.Call(Who(), &AuditService::Stub::WhoLooked, request);
  ASSERT_EQ(ReasonOf(looks.status), "OK");
  ASSERT_GE(looks.value.looks_size(), 1);
  const auto& latest = looks.value.looks(0);
  EXPECT_EQ(latest.agency(), "council");
  EXPECT_EQ(latest.practitioner(), "w1");
  EXPECT_EQ(latest.purpose(), "early_help");
  EXPECT_EQ(latest.method(), "FamilyService.GetFamily");
  EXPECT_EQ(latest.node(), "node-1");
  ASSERT_EQ(looks.value.nodes_size(), 1);
  EXPECT_EQ(looks.value.nodes(0).node(), "node-1");
  EXPECT_EQ(looks.value.nodes(0).complete_to(), Now());
}

TEST_F(ReadsTest, R101TheFamilyCanSeeWhoLooked) {
  FamilyStory other(server, "other-");
  Get(story.Get());
  api::v1::WhoLookedRequest request;
  request.set_family_id(story.family());
  Who member = Of("council", "", "family_member");
  member.person = story.mother();
  const auto looks =
      server.Call(member, &AuditService::Stub::WhoLooked, request);
  ASSERT_EQ(ReasonOf(looks.status), "OK");
  ASSERT_GE(looks.value.looks_size(), 1);
  EXPECT_EQ(looks.value.looks(0).practitioner(), "w1");
  // Of another family, nothing.
  member.person = other.mother();
  EXPECT_EQ(server.Call(member, &AuditService::Stub::WhoLooked, request).code(),
            StatusCode::NOT_FOUND);
}

TEST_F(ReadsTest, TheAccessLogIsWalkedAfterTheLedger) {
  Get(story.Get());
  const auto walk = [&] {
    grpc::ClientContext context;
    Introduce(Of("council", "e1", "integration_engineer"), context);
    api::v1::OperationsService::Stub stub(server.channel());
    const auto reader = stub.VerifyLedger(
        &context, Text<api::v1::VerifyLedgerRequest>("progress_every: 1"));
    std::vector<std::string> progress;
    api::v1::VerifyLedgerResponse last;
    while (reader->Read(&last)) {
      if (last.finished()) continue;
      progress.push_back(last.access_total() == 0 ? "facts" : "looks");
    }
    if (last.finished()) {
      // Each is told of at its first record and at its last.
      EXPECT_THAT(progress,
                  testing::ElementsAre("facts", "facts", "looks", "looks"));
    }
    return std::make_pair(reader->Finish(), last);
  };
  const uint64_t before = (*server.access_store().Read())->head().next;
  const auto [sound, verified] = walk();
  ASSERT_EQ(ReasonOf(sound), "OK");
  EXPECT_TRUE(verified.finished());
  // The walk is on record before it begins.
  EXPECT_EQ(verified.access_records(), before + 1);
  EXPECT_EQ(verified.access_total(), before + 1);
  server.access_store().SayDamaged();
  const auto [damaged, none] = walk();
  EXPECT_EQ(damaged.error_code(), StatusCode::DATA_LOSS);
  EXPECT_EQ(damaged.error_message(),
            "DAMAGED: the access log: damaged, says the test");
  EXPECT_FALSE(none.finished());
}

// Any agency's sign-on could name anybody, and saw what was that person's own.
TEST_F(ReadsTest, R262_AnAgencyVouchesForMembersOfItsOwnRecordsOnly) {
  Who member = Of("council", "", "family_member");
  member.person = story.mother();
  EXPECT_EQ(ReasonOf(Get(story.Get(), member).status), "OK");
  member.agency = "school";
  EXPECT_EQ(Get(story.Get(), member).code(), StatusCode::NOT_FOUND);
  Who nobody = member;
  nobody.person = Absent(story.mother());
  EXPECT_EQ(ReasonOf(Get(story.Get(), member).status),
            ReasonOf(Get(story.Get(), nobody).status));
  // Nor do they act as that person.
  const auto said = server.Say(
      member, &ConsentService::Stub::StateConsent,
      Text<api::v1::StateConsentRequest>(absl::Substitute(
          R"(consent { about { person_id: "$0" } kind: CONSENT_KIND_SHARE
               answer: CONSENT_ANSWER_GIVEN recipients { agency: "school" }
               purpose: "early_help" answered_by { person_id: "$0" }
               understood: ANSWER_YES })",
          story.mother())));
  EXPECT_EQ(said.code(), StatusCode::NOT_FOUND);
}

TEST_F(ReadsTest, AnAgencyVouchesForWhomItsRecordIsSurelyTheSameAs) {
  const std::string record =
      story.Made(&FamilyService::Stub::StatePerson,
                 R"(person { record { system: "main" local_id: "parent" }
               names { use: NAME_USE_USUAL given: "mother" family: "Ferris" }
               birth_date { year: 1985 month: 6 day: 2 } })",
                 Of("school", "t1"));
  Who member = Of("school", "", "family_member");
  member.person = story.mother();
  // Their records are alike, and nobody has said that they are the same.
  EXPECT_EQ(Get(story.Get(), member).code(), StatusCode::NOT_FOUND);
  const auto decide = [&](const std::string& decision) {
    story.Made(&DuplicateService::Stub::DecideMatch,
               absl::Substitute(
                   R"(decision { one { person_id: "$0" }
                        other { person_id: "$1" } decision: $2
                        reason: "asked her" })",
                   story.mother(), record, decision),
               Of("council", "hub", "hub_administrator"));
  };
  decide("MATCH_DECISION_SAME");
  EXPECT_EQ(ReasonOf(Get(story.Get(), member).status), "OK");
  decide("MATCH_DECISION_DIFFERENT");
  EXPECT_EQ(Get(story.Get(), member).code(), StatusCode::NOT_FOUND);
}

TEST_F(ReadsTest, LooksComeInPages) {
  for (int i = 0; i < 5; ++i) Get(story.Get());
  api::v1::WhoLookedRequest request;
  request.set_family_id(story.family());
  request.mutable_page()->set_page_size(2);
  int looks = 0, pages = 0;
  do {
    const auto page =
        server.Call(Who(), &AuditService::Stub::WhoLooked, request);
    ASSERT_EQ(ReasonOf(page.status), "OK");
    looks += page.value.looks_size();
    request.mutable_page()->set_page_token(page.value.next_page_token());
    ASSERT_LE(++pages, 10);
  } while (!request.page().page_token().empty());
  EXPECT_GE(looks, 5);
}

TEST_F(ReadsTest, WhatIsKeptIsSignedAndRecordedAsWhatIsNot) {
  const auto first = Get(story.Get());
  const int looks = server.LooksAt(story.family());
  const auto kept = Get(story.Get());
  ASSERT_EQ(ReasonOf(kept.status), "OK");
  // To ask who looked is a look, too.
  EXPECT_EQ(server.LooksAt(story.family()), looks + 2);
  EXPECT_EQ(kept.value.info().etag(), first.value.info().etag());
  EXPECT_EQ(server.PositionOf(kept.value.info().position()),
            server.PositionOf(first.value.info().position()));
  EXPECT_EQ(kept.value.info().as_of().seconds(), Now().seconds());
  EXPECT_EQ(kept.value.family().SerializeAsString(),
            first.value.family().SerializeAsString());

  ASSERT_EQ(Get(story.Get(), Of("police", "p1")).code(), StatusCode::NOT_FOUND);
  EXPECT_EQ(server.LooksAt(story.family()), looks + 4);
  server.access_store().FailNextCommit(
      engine::testing::FailingStore::Failure::kBeforeWriting);
  EXPECT_EQ(Get(story.Get()).code(), StatusCode::UNAVAILABLE);
}

TEST_F(ReadsTest, WhatCannotBeRecordedIsNotShown) {
  server.access_store().FailNextCommit(
      engine::testing::FailingStore::Failure::kBeforeWriting);
  const auto answer = Get(story.Get());
  EXPECT_EQ(answer.code(), StatusCode::UNAVAILABLE);
  EXPECT_FALSE(answer.value.has_family());
  // Nor is it told that there is nothing.
  api::v1::GetFamilyRequest request;
  request.set_family_id("hackney-f-00000000000000000000000000");
  EXPECT_EQ(Get(request).code(), StatusCode::UNAVAILABLE);
}

class ReplayTest : public ReadsTest {
 protected:
  Answer<std::vector<api::v1::ReplayEntry>> Replay(
      const Who& who, const std::string& reason = "",
      const std::string& after = "") {
    grpc::ClientContext context;
    Introduce(who, context);
    api::v1::ReplayRequest request;
    request.set_family_id(story.family());
    request.set_reason(reason);
    request.set_after_position(after);
    AuditService::Stub stub(server.channel());
    const auto reader = stub.Replay(&context, request);
    Answer<std::vector<api::v1::ReplayEntry>> answer;
    api::v1::ReplayResponse response;
    while (reader->Read(&response)) answer.value.push_back(response.entry());
    answer.status = reader->Finish();
    return answer;
  }
};

TEST_F(ReplayTest, ReplayStreamsTheFactsInOrder) {
  story.OpenPlan();
  const auto replay = Replay(Who());
  ASSERT_EQ(ReasonOf(replay.status), "OK");
  std::set<std::string> kinds;
  uint64_t last = 0;
  for (const auto& entry : replay.value) {
    EXPECT_GE(entry.number(), last);
    last = entry.number();
    kinds.insert(entry.kind());
    EXPECT_EQ(entry.statement().source(), "api_node");
    EXPECT_EQ(entry.digest().size(), 64u);
  }
  for (const char* kind :
       {"RecordStated", "FamilyFounded", "MemberStated", "PlanRecorded"}) {
    EXPECT_TRUE(kinds.count(kind) > 0) << kind;
  }
}

TEST_F(ReplayTest, AReplayGoesOnAfterAPosition) {
  story.OpenPlan();
  const auto whole = Replay(Who());
  ASSERT_GE(whole.value.size(), 3u);
  const size_t seen = whole.value.size() / 2;
  const auto rest = Replay(Who(), "", whole.value[seen - 1].position());
  ASSERT_EQ(ReasonOf(rest.status), "OK");
  ASSERT_EQ(rest.value.size(), whole.value.size() - seen);
  EXPECT_EQ(rest.value.front().number(), whole.value[seen].number());
}

TEST_F(ReplayTest, WhoMayNotSeeTheFamilyReplaysNothing) {
  const auto replay = Replay(Of("health", "hv-7"));
  EXPECT_EQ(replay.code(), StatusCode::NOT_FOUND);
  EXPECT_EQ(replay.value.size(), 0u);
}

TEST_F(ReplayTest, AnAuditorNeedsAReason) {
  const Who auditor = Of("audit", "a1", "auditor");
  EXPECT_EQ(Replay(auditor).code(), StatusCode::NOT_FOUND);
  const auto with_reason = Replay(auditor, "complaint 7");
  ASSERT_EQ(ReasonOf(with_reason.status), "OK");
  EXPECT_GE(with_reason.value.size(), 3u);
}

}  // namespace
}  // namespace kith::server_tests
