#include "services/engine/table_rows.h"

#include "absl/strings/str_cat.h"
#include "eventstore/memory_store.h"
#include "gtest/gtest.h"

namespace kith::engine {
namespace {

class TableRowsTest : public testing::Test {
 protected:
  // Begins the next batch; the one before is committed only now.
  void Advance() {
    std::shared_ptr<const eventstore::Snapshot> snapshot = *store_->Read();
    rows_.Advance(std::move(snapshot));
    if (!uncommitted_.rows.empty()) {
      ASSERT_TRUE(store_->Commit(uncommitted_).ok());
    }
  }
  void EndBatch() {
    uncommitted_ = {};
    AppendRows(rows_.table(), rows_.changes(), uncommitted_.rows);
  }
  std::string Value() { return rows_.Get("key")->value_or("none"); }
  int Scanned() {
    int count = 0;
    EXPECT_TRUE(rows_
                    .Scan("ke",
                          [&](auto, auto) {
                            ++count;
                            return true;
                          })
                    .ok());
    return count;
  }

  std::unique_ptr<eventstore::Store> store_ = eventstore::OpenMemoryStore();
  TableRows rows_{eventstore::Table::State(), 1 << 20};
  eventstore::Batch uncommitted_;
};

TEST_F(TableRowsTest, SeesWhatWasDecidedHoweverFarItsCommitHasCome) {
  for (int batch = 0; batch < 6; ++batch) {
    Advance();
    EXPECT_EQ(Value(), batch == 0 ? "none" : std::string(batch, 'x'));
    EXPECT_EQ(Scanned(), batch == 0 ? 0 : 1);
    rows_.Put(0, "key", std::string(batch + 1, 'x'));
    EXPECT_EQ(Value(), std::string(batch + 1, 'x'));
    EndBatch();
  }
}

TEST_F(TableRowsTest, ADeletedRowStaysDeleted) {
  Advance();
  rows_.Put(0, "key", "value");
  EndBatch();
  Advance();
  rows_.Delete("key");
  EndBatch();
  for (int batch = 0; batch < 4; ++batch) {
    Advance();
    EXPECT_EQ(Value(), "none");
    EXPECT_EQ(Scanned(), 0);
    EndBatch();
  }
}

// Nothing is kept in memory but which keys were put.
TEST(TableRowsThatBeganEmptyTest, FindEveryRowInTheStoreAndNoOther) {
  const auto store = eventstore::OpenMemoryStore();
  TableRows rows(eventstore::Table::State(), 0, /*to_build=*/60);
  for (int batch = 0; batch < 6; ++batch) {
    rows.Advance(*store->Read());
    for (int key = 0; key < 100; ++key) {
      const auto value = *rows.Get(absl::StrCat("key", key));
      EXPECT_EQ(value.has_value(), key < batch * 10) << key;
    }
    for (int key = batch * 10; key < batch * 10 + 10; ++key) {
      rows.Put(0, absl::StrCat("key", key), "value");
    }
    eventstore::Batch changes;
    AppendRows(rows.table(), rows.changes(), changes.rows);
    ASSERT_TRUE(store->Commit(changes).ok());
  }
}

}  // namespace
}  // namespace kith::engine
