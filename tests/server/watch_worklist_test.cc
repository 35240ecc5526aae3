// Worklists that are watched.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "absl/strings/substitute.h"
#include "kith/api/v1/duplicate_service.grpc.pb.h"
#include "kith/api/v1/override_service.grpc.pb.h"
#include "tests/server/watch_story.h"

namespace kith::server_tests {
namespace {

using api::v1::WatchService;
using api::v1::WatchWorklistResponse;
using grpc::StatusCode;
using ::testing::ElementsAre;

class WorklistWatchTest : public WatchTest {
 protected:
  ListWatch Reviews(const std::string& after = "") {
    api::v1::WatchWorklistRequest request;
    request.set_worklist(api::v1::WORKLIST_REVIEWS);
    request.set_after_position(after);
    return ListWatch(server, Of("council", "dpo", "privacy_officer"),
                     &WatchService::Stub::WatchWorklist, request);
  }
  // The id of what then stands on the privacy officer's list.
  std::string BreakGlass(const std::string& practitioner) {
    return story.Made(
        &api::v1::OverrideService::Stub::BreakGlass,
        absl::Substitute(
            R"(glass { family { id: "$0" } reason: OVERRIDE_REASON_THREAT_TO_LIFE
                 wording: "collapsed" basis: LEGAL_BASIS_VITAL_INTERESTS
                 minutes: 60 })",
            story.family()),
        Of("health", practitioner));
  }
  // Ids of the next message that has any; its position in `position`.
  static std::vector<std::string> NextIds(ListWatch& watch,
                                          std::string& position) {
    WatchWorklistResponse response;
    while (watch.Next(response) && response.reviews_size() == 0) {
    }
    std::vector<std::string> ids;
    for (const auto& one : response.reviews()) ids.push_back(one.override_id());
    position = response.info().position();
    return ids;
  }
};

TEST_F(WorklistWatchTest, AWorklistTellsOfWhatIsNewOnIt) {
  ListWatch watch = Reviews();
  WatchWorklistResponse first;
  ASSERT_TRUE(watch.Next(first));
  const std::string broken = BreakGlass("hv-7");
  std::string position;
  EXPECT_THAT(NextIds(watch, position), ElementsAre(broken));
}

TEST_F(WorklistWatchTest, AWorklistGoesOnFromAPositionWithoutGapOrRepeat) {
  std::string begun, told, end;
  std::string first;
  {
    ListWatch watch = Reviews();
    WatchWorklistResponse response;
    ASSERT_TRUE(watch.Next(response));
    begun = response.info().position();
    first = BreakGlass("hv-7");
    EXPECT_THAT(NextIds(watch, told), ElementsAre(first));
  }
  const std::string second = BreakGlass("hv-8");
  ListWatch resumed = Reviews(told);
  EXPECT_THAT(NextIds(resumed, end), ElementsAre(second));
  ListWatch again = Reviews(begun);
  EXPECT_THAT(NextIds(again, end), ElementsAre(first, second));
}

// The ids of the next message that has cases or matches.
class CasesWatchTest : public WatchTest {
 protected:
  ListWatch List(const Who& who, api::v1::Worklist list,
                 const std::string& after = "") {
    api::v1::WatchWorklistRequest request;
    request.set_worklist(list);
    request.set_after_position(after);
    return ListWatch(server, who, &WatchService::Stub::WatchWorklist, request);
  }
  static std::vector<std::string> NextIds(ListWatch& watch,
                                          std::string& position) {
    WatchWorklistResponse response;
    while (watch.Next(response) && response.cases().empty() &&
           response.matches().empty()) {
    }
    std::vector<std::string> ids;
    for (const auto& one : response.cases()) ids.push_back(one.case_id());
    for (const auto& one : response.matches()) ids.push_back(one.match_id());
    position = response.info().position();
    return ids;
  }
  template <class Request, class Method>
  std::string OnlyOne(Method method) {
    const auto listed = server.Call(hub, method, Request());
    EXPECT_EQ(ReasonOf(listed.status), "OK");
    if constexpr (requires { listed.value.cases(); }) {
      EXPECT_EQ(listed.value.cases_size(), 1);
      return listed.value.cases(0).case_id();
    } else {
      EXPECT_EQ(listed.value.matches_size(), 1);
      return listed.value.matches(0).match_id();
    }
  }

  const Who hub = Of("council", "hub", "hub_administrator");
};

TEST_F(CasesWatchTest, ACaseIsToldWhenItIsFoundAndWhenItIsDecided) {
  ListWatch mine = List(Who(), api::v1::WORKLIST_DUPLICATES);
  ListWatch all = List(hub, api::v1::WORKLIST_DUPLICATES);
  WatchWorklistResponse first;
  ASSERT_TRUE(mine.Next(first));
  ASSERT_TRUE(all.Next(first));
  story.OpenPlan();
  story.OpenPlan("a second one");
  const std::string found = OnlyOne<api::v1::ListDuplicatesRequest>(
      &api::v1::DuplicateService::Stub::ListDuplicates);
  std::string told, end;
  EXPECT_THAT(NextIds(mine, told), ElementsAre(found));
  EXPECT_THAT(NextIds(all, told), ElementsAre(found));
  story.Made(&api::v1::DuplicateService::Stub::DecideDuplicate,
             absl::Substitute(R"(decision { case_id: "$0" reason: "two jobs"
                                   decision: DUPLICATE_DECISION_DIFFERENT })",
                              found));
  EXPECT_THAT(NextIds(all, end), ElementsAre(found));
  // Who comes back from there is told of the decision alone.
  ListWatch resumed = List(hub, api::v1::WORKLIST_DUPLICATES, told);
  EXPECT_THAT(NextIds(resumed, end), ElementsAre(found));
}

TEST_F(CasesWatchTest, APossibleMatchIsToldToTheHub) {
  ListWatch watch = List(hub, api::v1::WORKLIST_MATCHES);
  WatchWorklistResponse first;
  ASSERT_TRUE(watch.Next(first));
  story.Made(&FamilyService::Stub::StatePerson,
             R"(person { record { system: "main" local_id: "perhaps" }
             names { use: NAME_USE_USUAL given: "child" family: "Ferris" }
             birth_date { year: 2016 month: 6 day: 2 } })");
  const std::string match = OnlyOne<api::v1::ListMatchesRequest>(
      &api::v1::DuplicateService::Stub::ListMatches);
  std::string told;
  EXPECT_THAT(NextIds(watch, told), ElementsAre(match));
}

// Records with long addresses: more matches than one answer holds.
TEST_F(CasesWatchTest, LongMatchesAreToldInSeveralAnswers) {
  const std::string line(200000, 'a');
  constexpr int kMatches = 8;
  for (int i = 0; i < kMatches; ++i) {
    story.Made(&FamilyService::Stub::StatePerson,
               absl::Substitute(
                   R"(person { record { system: "main" local_id: "like-$0" }
                      names { use: NAME_USE_USUAL given: "child"
                              family: "Ferris" }
                      birth_date { year: 2016 month: 6 day: 2 }
                      addresses { lines: "$1" } })",
                   i, line));
  }
  ListWatch watch = List(hub, api::v1::WORKLIST_MATCHES, story.registered());
  std::set<std::string> told;
  std::string position;
  int answers = 0;
  while (told.size() < kMatches && answers < kMatches) {
    for (const std::string& id : NextIds(watch, position)) {
      EXPECT_TRUE(told.insert(id).second) << id;
    }
    ++answers;
  }
  EXPECT_EQ(answers, 2);
}

TEST_F(WatchTest, AWorklistOfAnotherRoleIsForbidden) {
  api::v1::WatchWorklistRequest request;
  request.set_worklist(api::v1::WORKLIST_MATCHES);
  ListWatch watch(server, Who(), &WatchService::Stub::WatchWorklist, request);
  EXPECT_EQ(watch.End().error_code(), StatusCode::PERMISSION_DENIED);
}

}  // namespace
}  // namespace kith::server_tests
