// What every store does with ledger, rows and keys.
#include <thread>

#include "base/crypto.h"
#include "tests/contract/backends.h"

namespace kith::eventstore {
namespace {

using ::testing::ElementsAre;
using ::testing::Eq;
using ::testing::IsEmpty;
using ::testing::Ne;
using ::testing::Optional;
using ::testing::Pair;
using ::testing::SizeIs;

using StoreContractTest = StoreTest;
INSTANTIATE_TEST_SUITE_P(Stores, StoreContractTest,
                         testing::ValuesIn(Backends()), NameOf);

TEST_P(StoreContractTest, ANewStoreIsEmpty) {
  const auto snapshot = Read();
  EXPECT_EQ(snapshot->head(), (Head{0, std::string(32, '\0')}));
  EXPECT_THAT(snapshot->inbox_position(), Eq(""));
  EXPECT_EQ(snapshot->views(), Views());
  EXPECT_THAT(Ledger(*snapshot), IsEmpty());
  EXPECT_THAT(Scan(*snapshot, Table::State()), IsEmpty());
}

TEST_P(StoreContractTest, RecordsReadBackAsTheyWereWritten) {
  Commit({.records = {Record(5, "said", 1000)}});
  const StoredRecord read = Read()->ReadRecord(0).value();
  EXPECT_THAT(read.position, Eq(0u));
  EXPECT_THAT(read.recorded_at_micros, Eq(1000));
  EXPECT_THAT(read.source, Eq("council_feed"));
  EXPECT_THAT(read.epoch, Eq(3u));
  EXPECT_THAT(read.sequence, Eq(14u));
  EXPECT_THAT(read.ordinal, Eq(1u));
  EXPECT_THAT(read.subject, Eq(5u));
  EXPECT_THAT(read.kind, Eq(7u));
  EXPECT_THAT(read.rules_number, Eq(1u));
  EXPECT_THAT(read.payload, Optional(Eq("said")));
  EXPECT_THAT(read.commitment,
              Eq(base::HmacSha256(std::string(32, 's'), "said")));
}

TEST_P(StoreContractTest, InstantsBefore1970ReadBack) {
  Commit({.records = {Record(5, "said", -1)}});
  EXPECT_THAT(Read()->ReadRecord(0)->recorded_at_micros, Eq(-1));
}

TEST_P(StoreContractTest, TheHeadIsTheDigestOfTheLastHeader) {
  const Head head = Commit({.records = {Record(5, "a"), Record(6, "b")}});
  EXPECT_THAT(head.next, Eq(2u));
  EXPECT_THAT(Read()->ReadRecord(1)->digest, Eq(head.digest));
  EXPECT_EQ(Read()->head(), head);
}

TEST_P(StoreContractTest, TheChainDoesNotDependOnTheStoreOrItsBatches) {
  const Head at_once =
      Commit({.records = {Record(5, "a"), Record(6, "b"), Record(5, "c")}});
  const TemporaryFolder folder;
  const auto other = GetParam().open(folder.path());
  ASSERT_TRUE(other->Commit({.records = {Record(5, "a")}}).ok());
  ASSERT_TRUE(other->Commit({.records = {Record(6, "b")}}).ok());
  EXPECT_EQ(other->Commit({.records = {Record(5, "c")}}).value(), at_once);
  const auto memory = OpenMemoryStore();
  EXPECT_EQ(memory
                ->Commit({.records = {Record(5, "a"), Record(6, "b"),
                                      Record(5, "c")}})
                .value(),
            at_once);
}

TEST_P(StoreContractTest, AnotherPayloadGivesAnotherHead) {
  const TemporaryFolder folder;
  const auto other = GetParam().open(folder.path());
  EXPECT_THAT(Commit({.records = {Record(5, "a")}}).digest,
              Ne(other->Commit({.records = {Record(5, "b")}})->digest));
}

TEST_P(StoreContractTest, ScansOfTheLedgerStartAndStopWhereTold) {
  Commit({.records = {Record(1, "a"), Record(2, "b"), Record(1, "c")}});
  const auto snapshot = Read();
  EXPECT_THAT(Ledger(*snapshot), ElementsAre("a", "b", "c"));
  EXPECT_THAT(Ledger(*snapshot, 1), ElementsAre("b", "c"));
  EXPECT_THAT(Ledger(*snapshot, 3), IsEmpty());
  int seen = 0;
  ASSERT_TRUE(
      snapshot->ScanLedger(0, [&](const StoredRecord&) { return ++seen < 2; })
          .ok());
  EXPECT_THAT(seen, Eq(2));
}

TEST_P(StoreContractTest, BeyondTheHeadThereIsNoRecord) {
  Commit({.records = {Record(1, "a")}});
  EXPECT_EQ(Read()->ReadRecord(1).status().code(), absl::StatusCode::kNotFound);
}

TEST_P(StoreContractTest, ASubjectsHistoryHasItsRecordsAndThoseAlsoAboutIt) {
  NewRecord link = Record(1, "link");
  link.also_about = {2, 3, 2, 1};
  Commit({.records = {Record(1, "a"), Record(2, "b"), link}});
  const auto snapshot = Read();
  EXPECT_THAT(PositionsOf(*snapshot, 1), ElementsAre(0, 2));
  EXPECT_THAT(PositionsOf(*snapshot, 2), ElementsAre(1, 2));
  EXPECT_THAT(PositionsOf(*snapshot, 2, 2), ElementsAre(2));
  EXPECT_THAT(PositionsOf(*snapshot, 3), ElementsAre(2));
  EXPECT_THAT(PositionsOf(*snapshot, 4), IsEmpty());
}

TEST_P(StoreContractTest, RowsAreScannedInOrderWithinBounds) {
  CommitRows({Put(Table::State(), "b", "2"), Put(Table::State(), "a", "1"),
              Put(Table::State(), "c", "3"), Put(Table::View(1), "b", "view")});
  const auto snapshot = Read();
  EXPECT_THAT(Scan(*snapshot, Table::State()),
              ElementsAre(Pair("a", "1"), Pair("b", "2"), Pair("c", "3")));
  EXPECT_THAT(Scan(*snapshot, Table::State(), "b"),
              ElementsAre(Pair("b", "2"), Pair("c", "3")));
  EXPECT_THAT(Scan(*snapshot, Table::State(), "a", "c"),
              ElementsAre(Pair("a", "1"), Pair("b", "2")));
  EXPECT_THAT(Scan(*snapshot, Table::View(1)), ElementsAre(Pair("b", "view")));
}

TEST_P(StoreContractTest, LongScansSeeEveryRowOnce) {
  std::vector<RowChange> rows;
  for (int i = 0; i < 1000; ++i) {
    rows.push_back(Put(Table::State(), std::to_string(10000 + i), "x", 1));
  }
  CommitRows(rows);
  EXPECT_THAT(Scan(*Read(), Table::State()), SizeIs(1000));
  EXPECT_THAT(Scan(*Read(), Table::State(), "10500", "10600"), SizeIs(100));
}

TEST_P(StoreContractTest, AScanStopsWhenToldAndMayReadMeanwhile) {
  CommitRows({Put(Table::State(), "a", "1"), Put(Table::State(), "b", "2")});
  const auto snapshot = Read();
  std::vector<std::string> seen;
  ASSERT_TRUE(snapshot
                  ->Scan(Table::State(), "", "",
                         [&](absl::string_view key, absl::string_view) {
                           seen.push_back(**snapshot->Get(Table::State(), key));
                           return false;
                         })
                  .ok());
  EXPECT_THAT(seen, ElementsAre("1"));
}

TEST_P(StoreContractTest, KeysAndValuesMayHoldAnyBytes) {
  const std::string key("\0\xff\0", 3);
  const std::string value("\0v\xff", 3);
  CommitRows({Put(Table::State(), key, value, 9),
              Put(Table::State(), "", "empty key"),
              Put(Table::View(1), std::string(1024, '\xff'), "")});
  EXPECT_THAT(Get(Table::State(), key), Optional(Eq(value)));
  EXPECT_THAT(Get(Table::State(), ""), Optional(Eq("empty key")));
  EXPECT_THAT(Get(Table::View(1), std::string(1024, '\xff')), Optional(Eq("")));
}

TEST_P(StoreContractTest, TheLastChangeOfAKeyInABatchWins) {
  CommitRows({Put(Table::State(), "a", "1"), Put(Table::State(), "a", "2"),
              Put(Table::State(), "b", "1"), Delete(Table::State(), "b"),
              Delete(Table::State(), "c"), Put(Table::State(), "c", "1")});
  EXPECT_THAT(Scan(*Read(), Table::State()),
              ElementsAre(Pair("a", "2"), Pair("c", "1")));
}

TEST_P(StoreContractTest, DeletedRowsAreGoneAndMayComeBack) {
  CommitRows({Put(Table::State(), "a", "1")});
  CommitRows({Delete(Table::State(), "a"), Delete(Table::State(), "never")});
  EXPECT_THAT(Get(Table::State(), "a"), Eq(std::nullopt));
  CommitRows({Put(Table::State(), "a", "2")});
  EXPECT_THAT(Get(Table::State(), "a"), Optional(Eq("2")));
}

TEST_P(StoreContractTest, ARowMayPassToAnotherSubject) {
  CommitRows({Put(Table::State(), "a", "1", 5)});
  CommitRows({Put(Table::State(), "a", "2", 6)});
  ASSERT_TRUE(store().DestroyKey(5).ok());
  EXPECT_THAT(Get(Table::State(), "a"), Optional(Eq("2")));
}

TEST_P(StoreContractTest, ASnapshotStandsStill) {
  Commit({.records = {Record(1, "a")},
          .rows = {Put(Table::State(), "x", "1"), Put(Table::State(), "y", "1"),
                   Put(Table::View(1), "v", "1")},
          .inbox_position = "at 1"});
  const auto before = Read();
  const Head head = before->head();
  Commit(
      {.records = {Record(1, "b")},
       .rows = {Put(Table::State(), "x", "2"), Delete(Table::State(), "y"),
                Put(Table::State(), "z", "2"), Put(Table::View(1), "v", "2")},
       .inbox_position = "at 2"});
  EXPECT_EQ(before->head(), head);
  EXPECT_THAT(before->inbox_position(), Eq("at 1"));
  EXPECT_THAT(Scan(*before, Table::State()),
              ElementsAre(Pair("x", "1"), Pair("y", "1")));
  EXPECT_THAT(before->Get(Table::View(1), "v").value(), Optional(Eq("1")));
  EXPECT_THAT(Ledger(*before), ElementsAre("a"));
  EXPECT_THAT(PositionsOf(*before, 1), ElementsAre(0));
  EXPECT_THAT(Scan(*Read(), Table::State()),
              ElementsAre(Pair("x", "2"), Pair("z", "2")));
}

TEST_P(StoreContractTest, TheInboxPositionStaysUntilABatchSetsAnother) {
  Commit({.inbox_position = std::string("one\0", 4)});
  Commit({.records = {Record(1, "a")}});
  EXPECT_THAT(Read()->inbox_position(), Eq(std::string("one\0", 4)));
  Commit({.inbox_position = ""});
  EXPECT_THAT(Read()->inbox_position(), Eq(""));
}

TEST_P(StoreContractTest, RecordedAtMayStandStillButNotGoBack) {
  Commit({.records = {Record(1, "a", 10), Record(1, "b", 10)}});
  EXPECT_EQ(CodeOf({.records = {Record(1, "c", 9)}}),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(CodeOf({.records = {Record(1, "c", 12), Record(1, "d", 11)}}),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(CodeOf({.records = {Record(1, "c", 10)}}), absl::StatusCode::kOk);
}

TEST_P(StoreContractTest, ABatchThatBreaksABoundWritesNothing) {
  NewRecord long_source = Record(1, "a");
  long_source.source = std::string(kSourceBytesMax + 1, 's');
  NewRecord long_salt = Record(1, "a");
  long_salt.salt = std::string(kSaltBytesMax + 1, 's');
  const std::string long_payload(kPayloadBytesMax + 1, 'p');
  const std::string long_key(kKeyBytesMax + 1, 'k');
  const std::string long_value(kValueBytesMax + 1, 'v');
  const RowChange good = Put(Table::State(), "good", "1");
  const std::vector<Batch> broken = {
      {.records = {long_source}, .rows = {good}},
      {.records = {long_salt}, .rows = {good}},
      {.records = {Record(1, long_payload)}, .rows = {good}},
      {.rows = {good, Put(Table::State(), long_key, "")}},
      {.rows = {good, Put(Table::State(), "k", long_value)}},
      {.rows = {good, Put(Table::View(2), "k", "no such view")}},
      {.rows = {good, Put(Table::View(0), "k", "no such view")}},
      {.rows = {good},
       .inbox_position = std::string(kInboxPositionBytesMax + 1, 'i')}};
  for (const Batch& batch : broken) {
    EXPECT_EQ(CodeOf(batch), absl::StatusCode::kInvalidArgument);
  }
  EXPECT_EQ(Read()->head().next, 0u);
  EXPECT_THAT(Scan(*Read(), Table::State()), IsEmpty());
}

TEST_P(StoreContractTest, TheBoundsThemselvesAreAllowed) {
  NewRecord record = Record(1, std::string(kPayloadBytesMax, 'p'));
  record.source = std::string(kSourceBytesMax, 's');
  record.salt = std::string(kSaltBytesMax, 's');
  Commit({.records = {record},
          .rows = {Put(Table::State(), std::string(kKeyBytesMax, 'k'),
                       std::string(kValueBytesMax, 'v'), 1)},
          .inbox_position = std::string(kInboxPositionBytesMax, 'i')});
  EXPECT_THAT(Read()->ReadRecord(0)->source, Eq(record.source));
  EXPECT_THAT(Read()->ReadRecord(0)->payload,
              Optional(SizeIs(kPayloadBytesMax)));
}

TEST_P(StoreContractTest, ADestroyedKeyHidesPayloadsAndRowsOfThatSubjectOnly) {
  Commit({.records = {Record(1, "a"), Record(2, "b")},
          .rows = {Put(Table::State(), "1", "x", 1),
                   Put(Table::State(), "2", "x", 2),
                   Put(Table::View(1), "1", "x", 1),
                   Put(Table::View(1), "1-empty", "", 1)}});
  const auto before = Read();
  ASSERT_TRUE(store().DestroyKey(1).ok());
  for (const Snapshot* snapshot : {before.get(), Read().release()}) {
    EXPECT_THAT(Ledger(*snapshot), ElementsAre("(destroyed)", "b"));
    EXPECT_THAT(snapshot->Get(Table::State(), "1").value(), Eq(std::nullopt));
    EXPECT_THAT(snapshot->Get(Table::View(1), "1-empty").value(),
                Eq(std::nullopt));
    EXPECT_THAT(Scan(*snapshot, Table::State()), ElementsAre(Pair("2", "x")));
    EXPECT_THAT(Scan(*snapshot, Table::View(1)), IsEmpty());
    EXPECT_THAT(PositionsOf(*snapshot, 1), ElementsAre(0));
    if (snapshot != before.get()) delete snapshot;
  }
}

TEST_P(StoreContractTest, ADestroyedSubjectNeverGetsDataAgain) {
  ASSERT_TRUE(store().DestroyKey(1).ok());  // before it ever had any
  ASSERT_TRUE(store().DestroyKey(1).ok());
  EXPECT_EQ(CodeOf({.records = {Record(1, "a")}}),
            absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(CodeOf({.records = {Record(2, "b")},
                    .rows = {Put(Table::State(), "k", "", 1)}}),
            absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(Read()->head().next, 0u);
  NewRecord about = Record(2, "b");
  about.also_about = {1};
  EXPECT_EQ(CodeOf({.records = {about},
                    .rows = {{Table::State(), "k", 1, std::nullopt}}}),
            absl::StatusCode::kOk);
}

TEST_P(StoreContractTest, NobodysKeyCannotBeDestroyed) {
  EXPECT_EQ(store().DestroyKey(kNobody).code(),
            absl::StatusCode::kInvalidArgument);
}

TEST_P(StoreContractTest, VerifyCountsAndKeepsHoldingAfterADestruction) {
  const Head head =
      Commit({.records = {Record(1, "a"), Record(2, "b"), Record(1, "c")}});
  ASSERT_TRUE(store().DestroyKey(1).ok());
  const Verified verified = store().Verify(nullptr).value();
  EXPECT_EQ(verified.head, head);
  EXPECT_THAT(verified.records, Eq(3u));
  EXPECT_THAT(verified.unreadable, Eq(2u));
}

TEST_P(StoreContractTest, VerifyTellsItsProgressAndMayBeStopped) {
  Commit({.records = {Record(1, "a"), Record(2, "b")}});
  uint64_t last_done = 0;
  ASSERT_TRUE(store()
                  .Verify([&](uint64_t done, uint64_t total) {
                    EXPECT_THAT(total, Eq(2u));
                    last_done = done;
                    return true;
                  })
                  .ok());
  EXPECT_THAT(last_done, Eq(2u));
  EXPECT_EQ(
      store().Verify([](uint64_t, uint64_t) { return false; }).status().code(),
      absl::StatusCode::kCancelled);
}

TEST_P(StoreContractTest, EachStoreHasItsOwnIncarnationAndPepper) {
  const TemporaryFolder folder;
  const auto other = GetParam().open(folder.path());
  EXPECT_THAT(store().incarnation(), SizeIs(16));
  EXPECT_THAT(store().pepper(), SizeIs(32));
  EXPECT_THAT(store().incarnation(), Ne(other->incarnation()));
  EXPECT_THAT(store().pepper(), Ne(other->pepper()));
}

TEST_P(StoreContractTest, ReadersSeeWholeBatchesWhileOneThreadCommits) {
  std::thread writer([&] {
    for (int i = 1; i <= 100; ++i) {
      const std::string value = std::to_string(i);
      Commit({.records = {Record(1, value)},
              .rows = {Put(Table::State(), "s", value, 1),
                       Put(Table::View(1), "v", value, 2)},
              .inbox_position = value});
    }
  });
  std::string last;
  while (last != "100") {
    const auto snapshot = Read();
    last = snapshot->inbox_position();
    if (last.empty()) continue;
    ASSERT_THAT(snapshot->Get(Table::State(), "s").value(), Optional(Eq(last)));
    ASSERT_THAT(snapshot->Get(Table::View(1), "v").value(), Optional(Eq(last)));
    ASSERT_THAT(std::to_string(snapshot->head().next), Eq(last));
    ASSERT_THAT(snapshot->ReadRecord(snapshot->head().next - 1)->payload,
                Optional(Eq(last)));
  }
  writer.join();
}

}  // namespace
}  // namespace kith::eventstore
