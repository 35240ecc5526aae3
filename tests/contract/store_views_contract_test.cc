// What every store does with the versions of its views.
#include "tests/contract/backends.h"

namespace kith::eventstore {
namespace {

using ::testing::ElementsAre;
using ::testing::Eq;
using ::testing::IsEmpty;
using ::testing::Optional;
using ::testing::Pair;

class StoreViewsTest : public StoreTest {
 protected:
  void SetUp() override {
    Commit({.records = {Record(1, "a"), Record(1, "b")},
            .rows = {Put(Table::View(1), "k", "old"),
                     Put(Table::View(1), "only-old", "old")}});
  }
};
INSTANTIATE_TEST_SUITE_P(Stores, StoreViewsTest, testing::ValuesIn(Backends()),
                         NameOf);

TEST_P(StoreViewsTest, ANewVersionIsBuiltBesideTheLiveOne) {
  EXPECT_THAT(store().BeginView().value(), Eq(2u));
  ASSERT_TRUE(store().CommitView({Put(Table::View(2), "k", "new")}, 1).ok());
  EXPECT_EQ(store().views(), (Views{.live = 1, .building = 2, .built_to = 1}));
  EXPECT_EQ(Read()->views(), store().views());
  EXPECT_THAT(Get(Table::View(1), "k"), Optional(Eq("old")));
  EXPECT_THAT(Get(Table::View(2), "k"), Optional(Eq("new")));
}

TEST_P(StoreViewsTest, SwitchingMakesItLiveAndDeletesTheOldRows) {
  ASSERT_TRUE(store().BeginView().ok());
  ASSERT_TRUE(store().CommitView({Put(Table::View(2), "k", "new")}, 2).ok());
  ASSERT_TRUE(store().SwitchView().ok());
  EXPECT_EQ(store().views(), (Views{.live = 2}));
  EXPECT_THAT(Scan(*Read(), Table::View(1)), IsEmpty());
  EXPECT_THAT(Scan(*Read(), Table::View(2)), ElementsAre(Pair("k", "new")));
  EXPECT_EQ(CodeOf({.rows = {Put(Table::View(1), "k", "too late")}}),
            absl::StatusCode::kInvalidArgument);
}

TEST_P(StoreViewsTest, AReaderKeepsTheVersionOfItsMoment) {
  ASSERT_TRUE(store().BeginView().ok());
  ASSERT_TRUE(store().CommitView({Put(Table::View(2), "k", "new")}, 2).ok());
  const auto before = Read();
  ASSERT_TRUE(store().SwitchView().ok());
  EXPECT_THAT(before->views().live, Eq(1u));
  EXPECT_THAT(Scan(*before, Table::View(1)),
              ElementsAre(Pair("k", "old"), Pair("only-old", "old")));
}

TEST_P(StoreViewsTest, OnlyAVersionThatReachedTheHeadBecomesLive) {
  ASSERT_TRUE(store().BeginView().ok());
  ASSERT_TRUE(store().CommitView({}, 1).ok());
  EXPECT_EQ(store().SwitchView().code(), absl::StatusCode::kFailedPrecondition);
  ASSERT_TRUE(store().CommitView({}, 2).ok());
  Commit({.records = {Record(1, "c")}});
  EXPECT_EQ(store().SwitchView().code(), absl::StatusCode::kFailedPrecondition);
  ASSERT_TRUE(store().CommitView({}, 3).ok());
  EXPECT_TRUE(store().SwitchView().ok());
}

TEST_P(StoreViewsTest, ACommitMayFoldBothVersions) {
  ASSERT_TRUE(store().BeginView().ok());
  EXPECT_EQ(CodeOf({.records = {Record(1, "c")}, .folds_building = true}),
            absl::StatusCode::kFailedPrecondition);
  ASSERT_TRUE(store().CommitView({}, 2).ok());
  Commit(
      {.records = {Record(1, "c")},
       .rows = {Put(Table::View(1), "k", "3"), Put(Table::View(2), "k", "3")},
       .folds_building = true});
  EXPECT_THAT(store().views().built_to, Eq(3u));
  EXPECT_TRUE(store().SwitchView().ok());
  EXPECT_THAT(Get(Table::View(2), "k"), Optional(Eq("3")));
}

TEST_P(StoreViewsTest, AnAbandonedVersionLeavesNothingAndItsNumberIsNotReused) {
  ASSERT_TRUE(store().BeginView().ok());
  ASSERT_TRUE(store().CommitView({Put(Table::View(2), "k", "new")}, 1).ok());
  ASSERT_TRUE(store().AbandonView().ok());
  EXPECT_EQ(store().views(), (Views{.live = 1}));
  EXPECT_THAT(Scan(*Read(), Table::View(2)), IsEmpty());
  EXPECT_THAT(Get(Table::View(1), "k"), Optional(Eq("old")));
  EXPECT_THAT(store().BeginView().value(), Eq(3u));
}

TEST_P(StoreViewsTest, ThousandsOfOldRowsAreDeleted) {
  std::vector<RowChange> rows;
  for (int i = 0; i < 3500; ++i) {
    rows.push_back(Put(Table::View(1), std::to_string(i), "x"));
  }
  CommitRows(rows);
  ASSERT_TRUE(store().BeginView().ok());
  ASSERT_TRUE(store().CommitView({Put(Table::View(2), "k", "new")}, 2).ok());
  ASSERT_TRUE(store().SwitchView().ok());
  EXPECT_THAT(Scan(*Read(), Table::View(1)), IsEmpty());
  EXPECT_THAT(Scan(*Read(), Table::View(2)), ElementsAre(Pair("k", "new")));
}

TEST_P(StoreViewsTest, ViewStepsOutOfTurnChangeNothing) {
  for (const absl::Status& status :
       {store().CommitView({}, 1), store().SwitchView(),
        store().AbandonView()}) {
    EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  }
  ASSERT_TRUE(store().BeginView().ok());
  EXPECT_EQ(store().BeginView().status().code(),
            absl::StatusCode::kFailedPrecondition);
  ASSERT_TRUE(store().CommitView({}, 1).ok());
  for (const absl::Status& status :
       {store().CommitView({}, 0), store().CommitView({}, 3),
        store().CommitView({Put(Table::View(1), "k", "live")}, 1),
        store().CommitView({Put(Table::State(), "k", "state")}, 1)}) {
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  }
  EXPECT_EQ(store().views(), (Views{.live = 1, .building = 2, .built_to = 1}));
}

}  // namespace
}  // namespace kith::eventstore
