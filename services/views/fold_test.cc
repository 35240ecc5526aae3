#include "services/views/fold.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/bytes.h"
#include "services/views/read.h"
#include "services/views/testing.h"
#include "services/views/wander_testing.h"

namespace kith::views {
namespace {

using testing::History;
using ::testing::IsEmpty;
using testing::Wander;

// What the engine relies on: views may be deleted and folded again.
TEST(FoldTest, FoldingTheSameFactsAgainGivesTheSameRows) {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE(seed);
    History history;
    Wander(seed, 150, &history);
    EXPECT_EQ(history.FoldedTo(history.position()).rows(),
              history.view().rows());
  }
}

// So that destroying a subject's key reaches all of its data: rows that lie
// with a subject are sealed as that subject's.
TEST(FoldTest, RowsOfASubjectAreSealedAsItsOwn) {
  History history;
  Wander(7, 300, &history);
  std::vector<std::string> wrong;
  for (const auto& [key, row] : history.view().rows()) {
    const bool of_subject =
        key.compare(0, 2, "s/") == 0 || key.compare(0, 2, "t/") == 0;
    if (of_subject && row.first != base::ReadBigEndian64(key.substr(2))) {
      wrong.push_back(key);
    }
  }
  EXPECT_THAT(wrong, IsEmpty());
}

// Names and identifiers are found by their HMAC only.
TEST(FoldTest, KeysHoldNoPersonalData) {
  History history;
  history.Person("Zebedee", "Quirk", R"(
      birth_date { year: 2015 month: 5 day: 6 }
      addresses { postcode: "NR1 1AA" }
      identifiers { kind: IDENTIFIER_KIND_NHS_NUMBER value: "9434765919"
                    status: IDENTIFIER_STATUS_VERIFIED })");
  for (const auto& [key, row] : history.view().rows()) {
    for (const char* secret : {"zebedee", "quirk", "9434765919", "nr11aa"}) {
      EXPECT_EQ(key.find(secret), std::string::npos);
    }
  }
}

// Each row a statement writes has its price.
TEST(FoldTest, AFactMakesAHandfulOfRows) {
  History history;
  const auto anna = history.Person("Anna", "Smith");
  const auto family = history.Family({anna});
  const auto rows_for = [&](const auto& add) {
    const size_t before = history.view().rows().size();
    add();
    return history.view().rows().size() - before;
  };
  EXPECT_LE(rows_for([&] { history.Person("Ben", "Smith"); }), 5u);
  EXPECT_LE(rows_for([&] { history.Member(family, anna + 2); }), 3u);
  EXPECT_LE(rows_for([&] { history.Involve(anna, "school"); }), 4u);
  EXPECT_LE(rows_for([&] { history.Plan(family, {anna}); }), 6u);
  EXPECT_LE(rows_for([&] {
              history.Add(family, {}, "plan_agreed_to { plan: 99 version: 1 }");
            }),
            1u);
}

// Erasure: the rows of a destroyed subject are gone, and what hangs on them is
// left out rather than broken.
TEST(FoldTest, WhatHangsOnAnErasedRecordIsLeftOut) {
  History history;
  const auto anna = history.Person("Anna", "Smith");
  const auto ben = history.Person("Ben", "Smith");
  const auto family = history.Family({anna, ben});
  history.Consent({anna, ben}, "kind: CONSENT_KIND_SHARE");
  core::MapState view = history.view();
  for (const auto& [key, row] : history.view().rows()) {
    if (row.first == anna) view.Delete(key);
  }
  const auto answer = FamilyPieces(view, family, history.now());
  ASSERT_TRUE(answer.ok());
  const auto whole = testing::Merged(**answer);
  ASSERT_EQ(whole.people_size(), 1);
  EXPECT_EQ(whole.people(0).person_id(), "p2");
  EXPECT_EQ(whole.consents_size(), 0);
}

}  // namespace
}  // namespace kith::views
