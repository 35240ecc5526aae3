// What only the store on disk does: reopening, its checks, copies.
#include "eventstore/rocks_store.h"

#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/bytes.h"
#include "rocksdb/db.h"
#include "tests/contract/backends.h"

namespace kith::eventstore {
namespace {

namespace fs = std::filesystem;
using ::testing::Eq;
using ::testing::Gt;
using ::testing::Ne;
using ::testing::Optional;

class RocksStoreTest : public testing::Test {
 protected:
  RocksOptions Options() const {
    return {.folder = root() + "/store",
            .master_key_file = root() + "/master.key"};
  }
  const std::string& root() const { return folder_.path(); }
  absl::StatusOr<std::unique_ptr<Store>> TryOpen(bool verify_all = false) {
    RocksOptions options = Options();
    options.verify_all = verify_all;
    return OpenRocksStore(options);
  }
  std::unique_ptr<Store> Open() { return TryOpen().value(); }
  absl::StatusCode CodeOfOpen() { return TryOpen().status().code(); }

  static void CommitSome(Store& store, int from, int to) {
    for (int i = from; i < to; ++i) {
      const std::string text = "fact " + std::to_string(i);
      const auto subject = static_cast<SubjectNumber>(1 + i % 3);
      ASSERT_TRUE(
          store
              .Commit({.records = {Record(subject, text, i)},
                       .rows = {Put(Table::State(), text, text, subject),
                                Put(Table::View(1), text, text, subject)},
                       .inbox_position = text})
              .ok());
    }
  }

 private:
  const TemporaryFolder folder_;
};

TEST_F(RocksStoreTest, EverythingIsThereAfterReopening) {
  auto store = Open();
  CommitSome(*store, 0, 5);
  ASSERT_TRUE(store->BeginView().ok());
  ASSERT_TRUE(store->CommitView({Put(Table::View(2), "k", "v", 9)}, 3).ok());
  const Head head = store->Read().value()->head();
  const std::string incarnation = store->incarnation();
  const std::string pepper = store->pepper();
  store.reset();
  store = Open();
  const auto snapshot = store->Read().value();
  EXPECT_EQ(snapshot->head(), head);
  EXPECT_THAT(snapshot->inbox_position(), Eq("fact 4"));
  EXPECT_EQ(snapshot->views(),
            (Views{.live = 1, .building = 2, .built_to = 3}));
  EXPECT_THAT(store->incarnation(), Eq(incarnation));
  EXPECT_THAT(store->pepper(), Eq(pepper));
  EXPECT_THAT(snapshot->Get(Table::State(), "fact 4").value(),
              Optional(Eq("fact 4")));
  EXPECT_THAT(snapshot->Get(Table::View(2), "k").value(), Optional(Eq("v")));
  EXPECT_THAT(store->Verify(nullptr)->records, Eq(5u));
}

TEST_F(RocksStoreTest, RecordedAtDoesNotGoBackAfterReopeningEither) {
  CommitSome(*Open(), 0, 5);
  EXPECT_EQ(Open()->Commit({.records = {Record(1, "late", 3)}}).status().code(),
            absl::StatusCode::kInvalidArgument);
}

std::string BytesOf(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return std::string((std::istreambuf_iterator<char>(file)), {});
}

std::string BytesOfFolder(const std::string& folder) {
  std::string bytes;
  for (const auto& file : fs::directory_iterator(folder)) {
    bytes += BytesOf(file.path());
  }
  return bytes;
}

// The bytes under which the key database holds the key of `subject`.
std::string WrappedKey(const std::string& folder, SubjectNumber subject) {
  rocksdb::DB* opened = nullptr;
  EXPECT_TRUE(
      rocksdb::DB::OpenForReadOnly(rocksdb::Options(), folder, &opened).ok());
  const std::unique_ptr<rocksdb::DB> db(opened);
  std::string wrapped;
  EXPECT_TRUE(db->Get(rocksdb::ReadOptions(),
                      absl::StrCat("s", base::BigEndian64(subject)), &wrapped)
                  .ok());
  return wrapped;
}

TEST_F(RocksStoreTest, ADestroyedKeyStaysDestroyedAndLeavesTheFiles) {
  CommitSome(*Open(), 0, 6);
  const std::string keys = root() + "/store/keys";
  const std::string wrapped = WrappedKey(keys, 1);
  const std::string other = WrappedKey(keys, 2);
  ASSERT_TRUE(absl::StrContains(BytesOfFolder(keys), wrapped));

  ASSERT_TRUE(Open()->DestroyKey(1).ok());
  EXPECT_FALSE(absl::StrContains(BytesOfFolder(keys), wrapped));
  EXPECT_TRUE(absl::StrContains(BytesOfFolder(keys), other));
  const auto store = Open();
  EXPECT_THAT(store->Verify(nullptr)->unreadable, Eq(2u));
  EXPECT_THAT(store->Read().value()->Get(Table::State(), "fact 0").value(),
              Eq(std::nullopt));
  EXPECT_EQ(store->Commit({.records = {Record(1, "new", 9)}}).status().code(),
            absl::StatusCode::kFailedPrecondition);
}

TEST_F(RocksStoreTest, NothingSaidLiesInTheClear) {
  auto store = Open();
  const std::string secret = "Annabel Example";
  ASSERT_TRUE(store
                  ->Commit({.records = {Record(1, secret)},
                            .rows = {Put(Table::State(), "k", secret, 1),
                                     Put(Table::View(1), "k", secret, 1)}})
                  .ok());
  ASSERT_TRUE(store->Checkpoint(root() + "/copy").ok());  // flushes
  store.reset();
  const std::string bytes = BytesOfFolder(root() + "/store/ledger") +
                            BytesOfFolder(root() + "/copy/ledger");
  EXPECT_THAT(bytes.size(), Gt(1000u));
  EXPECT_FALSE(absl::StrContains(bytes, secret));
}

TEST_F(RocksStoreTest, OnlyOneMayHaveTheStoreOpen) {
  const auto store = Open();
  EXPECT_EQ(CodeOfOpen(), absl::StatusCode::kFailedPrecondition);
}

TEST_F(RocksStoreTest, FolderAndMasterKeyAreForTheirOwnerOnly) {
  Open();
  struct stat found;
  ASSERT_EQ(stat(Options().folder.c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 0777u, 0700u);
  ASSERT_EQ(stat(Options().master_key_file.c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 0777u, 0600u);
  EXPECT_EQ(found.st_size, 32);
}

TEST_F(RocksStoreTest, AMasterKeyThatIsWrongMissingOrOpenToOthersIsRefused) {
  Open();
  const std::string path = Options().master_key_file;
  chmod(path.c_str(), 0644);
  EXPECT_EQ(CodeOfOpen(), absl::StatusCode::kFailedPrecondition);
  chmod(path.c_str(), 0600);
  std::ofstream(path) << std::string(32, 'x');
  EXPECT_EQ(CodeOfOpen(), absl::StatusCode::kFailedPrecondition);
  std::ofstream(path) << "short";
  EXPECT_EQ(CodeOfOpen(), absl::StatusCode::kFailedPrecondition);
  fs::remove(path);
  EXPECT_EQ(CodeOfOpen(), absl::StatusCode::kFailedPrecondition);
  EXPECT_FALSE(fs::exists(path));
}

TEST_F(RocksStoreTest, ALostDatabaseIsNotTakenForANewOne) {
  CommitSome(*Open(), 0, 3);
  fs::copy(root() + "/store", root() + "/saved", fs::copy_options::recursive);
  for (const char* lost : {"ledger", "keys", "ledger/CURRENT"}) {
    fs::remove_all(root() + "/store");
    fs::copy(root() + "/saved", root() + "/store", fs::copy_options::recursive);
    fs::remove_all(root() + "/store/" + lost);
    EXPECT_EQ(CodeOfOpen(), absl::StatusCode::kDataLoss) << lost;
  }
}

TEST_F(RocksStoreTest, ALedgerThatLostItsEndIsNoticed) {
  CommitSome(*Open(), 0, 3);
  fs::copy(root() + "/store/ledger", root() + "/older",
           fs::copy_options::recursive);
  CommitSome(*Open(), 3, 5);
  fs::remove_all(root() + "/store/ledger");
  fs::copy(root() + "/older", root() + "/store/ledger",
           fs::copy_options::recursive);
  EXPECT_EQ(CodeOfOpen(), absl::StatusCode::kDataLoss);
}

// A column family of a closed store, opened past the store.
class RawFamily {
 public:
  RawFamily(const std::string& ledger, const std::string& family,
            const rocksdb::ColumnFamilyOptions& options = {}) {
    std::vector<std::string> names;
    EXPECT_TRUE(
        rocksdb::DB::ListColumnFamilies(rocksdb::DBOptions(), ledger, &names)
            .ok());
    std::vector<rocksdb::ColumnFamilyDescriptor> families;
    for (const std::string& name : names) {
      if (name == family) at_ = families.size();
      families.emplace_back(name, options);
    }
    rocksdb::DB* opened = nullptr;
    EXPECT_TRUE(rocksdb::DB::Open(rocksdb::DBOptions(), ledger, families,
                                  &handles_, &opened)
                    .ok());
    db_.reset(opened);
  }
  ~RawFamily() {
    for (auto* handle : handles_) {
      EXPECT_TRUE(db_->DestroyColumnFamilyHandle(handle).ok());
    }
  }

  rocksdb::DB& db() { return *db_; }
  rocksdb::ColumnFamilyHandle* handle() { return handles_[at_]; }

 private:
  std::unique_ptr<rocksdb::DB> db_;
  std::vector<rocksdb::ColumnFamilyHandle*> handles_;
  size_t at_ = 0;
};

// Gives the row `to` of a column family the stored value of the row `from`, as
// no store would.
void CopyRow(const std::string& ledger, const std::string& family,
             const std::string& from, const std::string& to) {
  RawFamily raw(ledger, family);
  std::string value;
  EXPECT_TRUE(
      raw.db().Get(rocksdb::ReadOptions(), raw.handle(), from, &value).ok());
  EXPECT_TRUE(
      raw.db().Put(rocksdb::WriteOptions(), raw.handle(), to, value).ok());
}

// A store that has seen years has its rows in many files.
void CompactIntoSmallFiles(const std::string& ledger,
                           const std::string& family) {
  rocksdb::ColumnFamilyOptions options;
  options.target_file_size_base = 4096;
  RawFamily raw(ledger, family, options);
  EXPECT_TRUE(raw.db()
                  .CompactRange(rocksdb::CompactRangeOptions(), raw.handle(),
                                nullptr, nullptr)
                  .ok());
}

size_t TablesIn(const std::string& folder) {
  size_t count = 0;
  for (const auto& file : fs::directory_iterator(folder)) {
    if (file.path().extension() == ".sst") ++count;
  }
  return count;
}

TEST_F(RocksStoreTest, FilesOfARetiredViewStayWhileSomebodyReadsIt) {
  auto store = Open();
  Batch batch;
  for (int i = 0; i < 1000; ++i) {
    batch.rows.push_back(
        Put(Table::View(1), absl::StrCat("row ", i), std::string(100, 'x'), 1));
  }
  ASSERT_TRUE(store->Commit(batch).ok());
  store.reset();
  const std::string ledger = root() + "/store/ledger";
  CompactIntoSmallFiles(ledger, "view");
  store = Open();
  auto reader = store->Read().value();
  ASSERT_TRUE(store->BeginView().ok());
  ASSERT_TRUE(store->CommitView({Put(Table::View(2), "k", "v", 1)}, 0).ok());
  ASSERT_TRUE(store->SwitchView().ok());
  const size_t before = TablesIn(ledger);
  ASSERT_TRUE(store->Commit({.rows = {Put(Table::View(2), "l", "v", 1)}}).ok());
  EXPECT_EQ(TablesIn(ledger), before);
  for (const RowChange& row : batch.rows) {
    EXPECT_THAT(reader->Get(row.table, row.key).value(), Eq(row.value));
  }
  reader.reset();
  ASSERT_TRUE(store->Commit({.rows = {Put(Table::View(2), "m", "v", 1)}}).ok());
  EXPECT_LT(TablesIn(ledger), before / 2);
  for (const char* row : {"k", "l", "m"}) {
    EXPECT_THAT(store->Read().value()->Get(Table::View(2), row).value(),
                Optional(Eq("v")));
  }
}

// The first release deleted a retired version in steps, which a crash could
// leave undone.
TEST_F(RocksStoreTest, RowsLeftOfARetiredVersionAreDeletedOnOpen) {
  auto store = Open();
  CommitSome(*store, 0, 3);
  ASSERT_TRUE(store->BeginView().ok());
  ASSERT_TRUE(store->CommitView({Put(Table::View(2), "k", "v", 1)}, 3).ok());
  ASSERT_TRUE(store->SwitchView().ok());
  store.reset();
  const std::string live("\0\0\0\2k", 5);
  CopyRow(root() + "/store/ledger", "view", live,
          std::string("\0\0\0\1left", 8));
  store = Open();
  const auto snapshot = store->Read().value();
  // Were it still there, it would not read back.
  EXPECT_THAT(snapshot->Get(Table::View(1), "left").value(), Eq(std::nullopt));
  EXPECT_THAT(snapshot->Get(Table::View(2), "k").value(), Optional(Eq("v")));
}

TEST_F(RocksStoreTest, WhatDoesNotReadBackShutsTheStore) {
  CommitSome(*Open(), 0, 3);
  CopyRow(root() + "/store/ledger", "state", "rfact 0", "rfact 1");
  const auto store = Open();
  const auto snapshot = store->Read().value();
  EXPECT_THAT(snapshot->Get(Table::State(), "fact 0").value(),
              Optional(Eq("fact 0")));
  EXPECT_EQ(snapshot->Get(Table::State(), "fact 1").status().code(),
            absl::StatusCode::kDataLoss);
  // From here on nothing answers, not even what is sound.
  for (const absl::Status& status :
       {snapshot->Get(Table::State(), "fact 0").status(),
        snapshot->ReadRecord(0).status(), store->Read().status(),
        store->Commit({}).status(), store->DestroyKey(1),
        store->BeginView().status(), store->Verify(nullptr).status(),
        store->Checkpoint(root() + "/copy").status()}) {
    EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss) << status;
  }
}

// Damages one file after the other, a byte at a time or a whole block, and
// opens. Either the damage did not matter and everything is there, or it is
// noticed.
TEST_F(RocksStoreTest, DamageIsNoticedOrDoesNotMatter) {
  {
    auto store = Open();
    CommitSome(*store, 0, 200);
    ASSERT_TRUE(store->Checkpoint(root() + "/flush").ok());
    CommitSome(*store, 200, 400);
  }
  const Head head = Open()->Read().value()->head();
  fs::copy(root() + "/store", root() + "/saved", fs::copy_options::recursive);
  int noticed = 0;
  for (const auto& file : fs::directory_iterator(root() + "/saved/ledger")) {
    const std::string name = file.path().filename();
    const std::string bytes = BytesOf(file.path());
    if (absl::StartsWith(name, "LOG") || name == "LOCK" || bytes.empty()) {
      continue;
    }
    for (int round = 0; round < 6; ++round) {
      std::string damaged = bytes;
      const size_t at = bytes.size() * static_cast<size_t>(round) / 6;
      const size_t count = round % 2 == 0 ? 1 : 4096;
      for (size_t i = at; i < std::min(at + count, bytes.size()); ++i) {
        damaged[i] = round % 2 == 0 ? static_cast<char>(damaged[i] ^ 0x10) : 0;
      }
      fs::remove_all(root() + "/store");
      fs::copy(root() + "/saved", root() + "/store",
               fs::copy_options::recursive);
      std::ofstream(root() + "/store/ledger/" + name, std::ios::binary)
          << damaged;
      const auto opened = TryOpen(/*verify_all=*/true);
      noticed += !opened.ok();
      if (opened.ok()) {
        EXPECT_EQ((*opened)->Read().value()->head(), head) << name << " " << at;
        EXPECT_EQ(TryOpen().status().code(),
                  absl::StatusCode::kFailedPrecondition);
      } else {
        EXPECT_EQ(opened.status().code(), absl::StatusCode::kDataLoss)
            << name << " " << at << " " << opened.status();
      }
    }
  }
  EXPECT_THAT(noticed, Gt(5));
}

TEST_F(RocksStoreTest, ACheckpointRestoresAsANewIncarnation) {
  auto store = Open();
  CommitSome(*store, 0, 5);
  ASSERT_TRUE(store->DestroyKey(1).ok());
  const Head head = store->Checkpoint(root() + "/copy").value();
  EXPECT_EQ(head, store->Read().value()->head());
  CommitSome(*store, 7, 9);
  EXPECT_EQ(store->Checkpoint(root() + "/copy").status().code(),
            absl::StatusCode::kAlreadyExists);

  RocksOptions goal = Options();
  goal.folder = root() + "/restored";
  ASSERT_TRUE(RestoreCheckpoint(root() + "/copy", goal).ok());
  EXPECT_EQ(RestoreCheckpoint(root() + "/copy", goal).code(),
            absl::StatusCode::kAlreadyExists);
  const auto restored = OpenRocksStore(goal).value();
  const auto snapshot = restored->Read().value();
  EXPECT_EQ(snapshot->head(), head);
  EXPECT_THAT(snapshot->inbox_position(), Eq("fact 4"));
  EXPECT_THAT(restored->incarnation(), Ne(store->incarnation()));
  EXPECT_THAT(restored->pepper(), Eq(store->pepper()));
  EXPECT_THAT(snapshot->Get(Table::State(), "fact 1").value(),
              Optional(Eq("fact 1")));
  EXPECT_THAT(restored->Verify(nullptr)->unreadable, Eq(2u));
}

TEST_F(RocksStoreTest, ACheckpointThatIsIncompleteOrDamagedIsRefused) {
  auto store = Open();
  CommitSome(*store, 0, 5);
  ASSERT_TRUE(store->Checkpoint(root() + "/copy").ok());
  RocksOptions goal = Options();
  goal.folder = root() + "/restored";
  const std::string manifest = BytesOf(root() + "/copy/MANIFEST");

  fs::remove(root() + "/copy/MANIFEST");
  EXPECT_EQ(RestoreCheckpoint(root() + "/copy", goal).code(),
            absl::StatusCode::kFailedPrecondition);
  std::ofstream(root() + "/copy/MANIFEST") << "kith checkpoint 2\n";
  EXPECT_EQ(RestoreCheckpoint(root() + "/copy", goal).code(),
            absl::StatusCode::kFailedPrecondition);
  std::string other_head = manifest;
  const size_t digit = other_head.find("digest ") + 7;
  other_head[digit] = other_head[digit] == '0' ? '1' : '0';
  for (const std::string& damaged : {manifest + "x", other_head}) {
    std::ofstream(root() + "/copy/MANIFEST") << damaged;
    EXPECT_EQ(RestoreCheckpoint(root() + "/copy", goal).code(),
              absl::StatusCode::kDataLoss);
  }
  std::ofstream(root() + "/copy/MANIFEST") << manifest;
  for (const auto& file : fs::directory_iterator(root() + "/copy/ledger")) {
    if (file.path().extension() == ".sst") {
      fs::resize_file(file.path(), file.file_size() / 2);
    }
  }
  EXPECT_EQ(RestoreCheckpoint(root() + "/copy", goal).code(),
            absl::StatusCode::kDataLoss);
  EXPECT_FALSE(fs::exists(goal.folder));
}

}  // namespace
}  // namespace kith::eventstore
