// Stores of every format that was ever released still read.
#include "tests/golden/golden.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>

#include "absl/strings/escaping.h"
#include "absl/strings/str_replace.h"
#include "eventstore/rocks_store.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace kith::eventstore {
namespace {

using ::testing::ElementsAre;
using ::testing::Eq;
using ::testing::Optional;

class GoldenTest : public testing::TestWithParam<const char*> {
 protected:
  GoldenTest() {
    std::string pattern =
        (std::filesystem::temp_directory_path() / "kith_golden_XXXXXX")
            .string();
    folder_ = mkdtemp(pattern.data());
  }
  ~GoldenTest() override { std::filesystem::remove_all(folder_); }

  const std::string& Folder() const { return folder_; }
  static std::string Dump() {
    std::ifstream file(std::string("tests/golden/") + GetParam() +
                       "/store.txt");
    return std::string((std::istreambuf_iterator<char>(file)), {});
  }

  absl::StatusOr<std::unique_ptr<Store>> Open(absl::string_view dump) {
    const absl::Status loaded = LoadStore(dump, folder_);
    if (!loaded.ok()) return loaded;
    return OpenRocksStore({.folder = folder_ + "/store",
                           .master_key_file = folder_ + "/master.key",
                           .verify_all = true});
  }

 private:
  std::string folder_;
};
std::string NameOf(const testing::TestParamInfo<const char*>& format) {
  return format.param;
}
INSTANTIATE_TEST_SUITE_P(Formats, GoldenTest, testing::Values("v1"), NameOf);

TEST_P(GoldenTest, TheLedgerReads) {
  const auto store = Open(Dump()).value();
  const auto snapshot = store->Read().value();
  EXPECT_THAT(snapshot->head().next, Eq(4u));
  EXPECT_THAT(
      absl::BytesToHexString(snapshot->head().digest),
      Eq("b49801afdb227ff2d1753290825100b715ea1dc4ac6c879b2095cb0ec658eafe"));
  const StoredRecord said = snapshot->ReadRecord(1).value();
  EXPECT_THAT(said.recorded_at_micros, Eq(1'700'000'000'000'002));
  EXPECT_THAT(said.source, Eq("council_feed"));
  EXPECT_THAT(said.epoch, Eq(2u));
  EXPECT_THAT(said.sequence, Eq(42u));
  EXPECT_THAT(said.ordinal, Eq(0u));
  EXPECT_THAT(said.subject, Eq(11u));
  EXPECT_THAT(said.kind, Eq(2u));
  EXPECT_THAT(said.rules_number, Eq(1u));
  EXPECT_THAT(said.payload, Optional(Eq("was said")));
  EXPECT_THAT(snapshot->ReadRecord(3)->payload, Eq(std::nullopt));
  std::vector<Position> about;
  ASSERT_TRUE(snapshot
                  ->ScanSubject(11, 0,
                                [&](const StoredRecord& record) {
                                  about.push_back(record.position);
                                  return true;
                                })
                  .ok());
  EXPECT_THAT(about, ElementsAre(1, 2));
}

TEST_P(GoldenTest, RowsAndPlaceRead) {
  const auto store = Open(Dump()).value();
  const auto snapshot = store->Read().value();
  EXPECT_THAT(snapshot->inbox_position(), Eq("inbox 4"));
  EXPECT_EQ(snapshot->views(),
            (Views{.live = 1, .building = 2, .built_to = 2}));
  const Table state = Table::State();
  EXPECT_THAT(snapshot->Get(state, "mark").value(), Optional(Eq("3")));
  EXPECT_THAT(snapshot->Get(state, std::string("\0\xff", 2)).value(),
              Optional(Eq("row of 11")));
  EXPECT_THAT(snapshot->Get(state, "empty").value(), Optional(Eq("")));
  EXPECT_THAT(snapshot->Get(state, "gone").value(), Eq(std::nullopt));
  EXPECT_THAT(snapshot->Get(Table::View(1), "family").value(),
              Optional(Eq("view of 12")));
  EXPECT_THAT(snapshot->Get(Table::View(2), "family").value(),
              Optional(Eq("new view of 12")));
}

TEST_P(GoldenTest, TheStoreGoesOnFromThere) {
  const auto store = Open(Dump()).value();
  NewRecord record;
  record.recorded_at_micros = 1'800'000'000'000'000;
  record.subject = 11;
  record.payload = "new";
  ASSERT_TRUE(store->Commit({.records = {record}}).ok());
  EXPECT_THAT(store->Verify(nullptr)->records, Eq(5u));
  EXPECT_THAT(store->Verify(nullptr)->unreadable, Eq(1u));
}

TEST_P(GoldenTest, AnUnknownFormatIsRefused) {
  // "kith 1" and "kith keys 1" become "kith 9" and "kith keys 9".
  for (const auto& [known, unknown] :
       {std::pair("6B6974682031", "6B6974682039"),
        std::pair("6B697468206B6579732031", "6B697468206B6579732039")}) {
    std::filesystem::remove_all(Folder());
    std::filesystem::create_directory(Folder());
    EXPECT_EQ(
        Open(absl::StrReplaceAll(Dump(), {{known, unknown}})).status().code(),
        absl::StatusCode::kFailedPrecondition);
  }
}

}  // namespace
}  // namespace kith::eventstore
