// Caseloads, and what sources left waiting.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "services/views/page_testing.h"
#include "services/views/testing.h"
#include "services/views/worklists.h"

namespace kith::views {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using testing::Held;
using testing::History;
using ::testing::IsEmpty;
using ::testing::SizeIs;

std::vector<std::string> CaseloadOf(const History& history,
                                    const std::string& agency,
                                    EntityNumber practitioner = 0,
                                    PageFrom from = kAll) {
  const auto page =
      Caseload(history.view(), agency, practitioner, history.now(), from);
  EXPECT_TRUE(page.ok()) << page.status();
  std::vector<std::string> ids;
  for (const auto& entry : page->entries) {
    ids.push_back(entry.pieces[0].part.family_id());
  }
  return ids;
}

// The same, a part after the other.
std::vector<std::string> CaseloadInParts(const History& history,
                                         const std::string& agency,
                                         size_t limit) {
  std::vector<std::string> ids;
  PageFrom from{"", limit};
  do {
    const auto page = Caseload(history.view(), agency, 0, history.now(), from);
    EXPECT_TRUE(page.ok()) << page.status();
    for (const auto& entry : page->entries) {
      ids.push_back(entry.pieces[0].part.family_id());
    }
    from.cursor = page->next;
  } while (!from.cursor.empty());
  return ids;
}

TEST(CaseloadTest, HoldsEachFamilyOnceHoweverTheAgencyWorksWithIt) {
  History history;
  const auto anna = history.Person("Anna", "Smith");
  const auto ben = history.Person("Ben", "Smith");
  const auto family = history.Family({anna, ben});  // 3
  history.Feed("school");
  EXPECT_THAT(CaseloadOf(history, "school"), IsEmpty());
  history.Involve(anna, "school");
  history.Involve(ben, "school");
  EXPECT_THAT(CaseloadOf(history, "school"), ElementsAre("f3"));
  history.Plan(family, {anna});
  EXPECT_THAT(CaseloadOf(history, "school"), ElementsAre("f3"));
  EXPECT_THAT(CaseloadOf(history, "council"), ElementsAre("f3"));
  EXPECT_THAT(CaseloadOf(history, "health"), IsEmpty());
}

// Only the first of the families was listed.
TEST(CaseloadTest, ReachesEveryFamilyOfWhomTheAgencyWorksWith) {
  History history;
  const auto anna = history.Person("Anna", "Smith");
  const auto ben = history.Person("Ben", "Smith");
  history.Family({anna, ben});
  history.Family({anna});
  history.Family({ben});
  history.Feed("health").Involve(anna, "clinic");
  EXPECT_THAT(CaseloadOf(history, "health"), ElementsAre("f3", "f4"));
  history.Feed("health").Involve(ben, "clinic");
  for (const size_t limit : {1u, 2u, 3u, 4u}) {
    EXPECT_THAT(CaseloadInParts(history, "health", limit),
                ElementsAre("f3", "f4", "f5"))
        << limit;
  }
}

TEST(CaseloadTest, ForgetsAFamilyWhenTheWorkHasEnded) {
  History history;
  const auto anna = history.Person("Anna", "Smith");
  history.Family({anna});
  history.Feed("health");
  const auto number = history.Involve(anna, "health_visiting");
  EXPECT_THAT(CaseloadOf(history, "health"), ElementsAre("f2"));
  history.Add(
      anna, {},
      absl::StrCat(
          "involvement_recorded { involvement { number: ", number,
          " } record: 1 ",
          "said { period { until { year: 2024 month: 3 day: 3 } } } }"));
  EXPECT_THAT(CaseloadOf(history, "health"), IsEmpty());
}

TEST(CaseloadTest, ReachesAFamilyThroughALinkedRecord) {
  History history;
  const auto anna = history.Person("Anna", "Smith");
  history.Family({anna});
  history.Feed("health");
  const auto record = history.Person("Anna", "Smith");
  history.Involve(record, "gp");
  EXPECT_THAT(CaseloadOf(history, "health"), IsEmpty());
  history.Link(anna, record);
  EXPECT_THAT(CaseloadOf(history, "health"), ElementsAre("f2"));
}

TEST(CaseloadTest, OfAPractitionerHoldsWhomTheyLead) {
  History history;
  const auto anna = history.Person("Anna", "Smith");
  const auto one = history.Family({anna});
  history.Family({anna});
  const auto jo = history.Practitioner("council", "jo");
  history.Lead(one, jo);
  EXPECT_THAT(CaseloadOf(history, "council", jo), ElementsAre("f2"));
  EXPECT_THAT(CaseloadOf(history, "council"), ElementsAre("f2", "f3"));
  EXPECT_THAT(CaseloadOf(history, "council", 0, {"", 1}), ElementsAre("f2"));
}

TEST(QuarantineTest, ListsWhatWaitsAndKeepsWhatWasDecided) {
  History history;
  history.Add(9, {}, R"(frame_quarantined { item { number: 9 id: "q9" }
      reason { code: "UNREADABLE" } frame: "abc" attempts: 1
      statement { source: "feed" epoch: 1 sequence: 2 } })");
  history.Add(10, {}, R"(statement_parked { item { number: 10 id: "q10" }
      frame: "abcd" waits_for { kind: "person" ref { local_id: "x" } }
      statement { source: "feed" epoch: 1 sequence: 3 } })");
  EXPECT_THAT(
      Lines(Quarantine(history.view(), false, kAll)),
      ElementsAre("OPERATION - [] | item_id: \"q9\" state: \"quarantined\" "
                  "reason { code: \"UNREADABLE\" } statement { source: "
                  "\"feed\" epoch: 1 sequence: 2 } attempts: 1 frame_bytes: "
                  "3"));
  EXPECT_THAT(Lines(Quarantine(history.view(), true, kAll)), SizeIs(2));
  history.Add(10, {}, "parking_ended { item: 10 decided: true }");
  history.Add(9, {}, R"(quarantine_ended { item: 9
      decision: QUARANTINE_DECISION_DISCARD })");
  EXPECT_THAT(Lines(Quarantine(history.view(), true, kAll)), IsEmpty());
  EXPECT_EQ(Held(QuarantinePieces(history.view(), 9))[0].part.state(),
            "discarded");
}

TEST(SourcesTest, CountStatementsByHowTheyEnded) {
  History history;
  history.Person("Anna", "Smith");
  history.Add(0, {}, R"(statement_refused { reason { code: "NO" } })");
  history.Add(9, {}, R"(statement_parked { item { number: 9 id: "q9" }
      statement { source: "feed_council" epoch: 1 sequence: 5 } })");
  EXPECT_THAT(
      Lines(Sources(history.view(), kAll)),
      Contains("OPERATION - [] | source: \"feed_council\" epoch: 1 mark: 5 "
               "accepted: 1 refused: 1 parked: 1"));
  EXPECT_THAT(Lines(Sources(history.view(), kAll)),
              Contains("OPERATION - [] | source: \"root\" kind: "
                       "SOURCE_KIND_SYSTEM"));
}

// It was counted anew for each thing it waited for, and never less.
TEST(SourcesTest, AStatementThatWaitsForOneThingAfterAnotherIsParkedOnce) {
  History history;
  const auto park = [&](const std::string& kind) {
    history.Add(9, {},
                R"(statement_parked { item { number: 9 id: "q9" }
      statement { source: "feed_council" epoch: 1 sequence: 5 }
      waits_for { kind: ")" +
                    kind + R"(" } })");
  };
  park("person");
  park("family");
  EXPECT_THAT(Lines(Sources(history.view(), kAll)),
              Contains("OPERATION - [] | source: \"feed_council\" epoch: 1 "
                       "mark: 4 parked: 1"));
  history.Add(9, {}, "parking_ended { item: 9 decided: true }");
  EXPECT_THAT(Lines(Sources(history.view(), kAll)),
              Contains("OPERATION - [] | source: \"feed_council\" epoch: 1 "
                       "mark: 5"));
}

}  // namespace
}  // namespace kith::views
