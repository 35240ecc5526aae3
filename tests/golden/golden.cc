#include "tests/golden/golden.h"

#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <set>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "base/status.h"
#include "rocksdb/db.h"

namespace kith::eventstore {
namespace {

constexpr absl::string_view kMasterKeyFile = "master.key";
constexpr char kNothing[] = "-";  // an empty value

NewRecord Record(SubjectNumber subject, uint32_t kind, const char* payload) {
  NewRecord record;
  record.recorded_at_micros = 1'700'000'000'000'000 + kind;
  record.source = "council_feed";
  record.epoch = 2;
  record.sequence = 40 + kind;
  record.ordinal = kind % 2;
  record.subject = subject;
  record.kind = kind;
  record.rules_number = 1;
  record.salt = std::string(32, static_cast<char>('a' + kind));
  record.payload = payload;
  return record;
}

// A database that closes its families before itself.
struct Opened {
  std::unique_ptr<rocksdb::DB> db;
  std::vector<rocksdb::ColumnFamilyHandle*> families;
  ~Opened() {
    for (auto* family : families) {
      db->DestroyColumnFamilyHandle(family).PermitUncheckedError();
    }
  }
};

absl::Status AsStatus(const rocksdb::Status& status) {
  return status.ok() ? absl::OkStatus()
                     : absl::DataLossError(status.ToString());
}

absl::Status Open(const std::string& folder,
                  const std::vector<std::string>& names, Opened& opened) {
  rocksdb::DBOptions options;
  options.create_if_missing = true;
  options.create_missing_column_families = true;
  std::vector<rocksdb::ColumnFamilyDescriptor> families;
  for (const std::string& name : names)
    families.emplace_back(name, rocksdb::ColumnFamilyOptions());
  rocksdb::DB* db = nullptr;
  RETURN_IF_ERROR(AsStatus(
      rocksdb::DB::Open(options, folder, families, &opened.families, &db)));
  opened.db.reset(db);
  return absl::OkStatus();
}

absl::Status DumpDatabase(const std::string& folder, const std::string& name,
                          std::string& out) {
  std::vector<std::string> names;
  RETURN_IF_ERROR(AsStatus(rocksdb::DB::ListColumnFamilies(
      rocksdb::DBOptions(), folder + "/" + name, &names)));
  Opened opened;
  RETURN_IF_ERROR(Open(folder + "/" + name, names, opened));
  for (auto* family : opened.families) {
    const std::unique_ptr<rocksdb::Iterator> rows(
        opened.db->NewIterator(rocksdb::ReadOptions(), family));
    for (rows->SeekToFirst(); rows->Valid(); rows->Next()) {
      absl::StrAppend(
          &out, name, " ", family->GetName(), " ", rows->key().ToString(true),
          " ", rows->value().empty() ? kNothing : rows->value().ToString(true),
          "\n");
    }
    RETURN_IF_ERROR(AsStatus(rows->status()));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status WriteFixedLedger(Store& store) {
  NewRecord link = Record(12, 3, "linked to another");
  link.also_about = {11};
  Batch first;
  first.records = {Record(kNobody, 1, "founded"), Record(11, 2, "was said"),
                   std::move(link)};
  first.rows = {{Table::State(), "mark", kNobody, "3"},
                {Table::State(), std::string("\0\xff", 2), 11, "row of 11"},
                {Table::State(), "empty", 12, ""},
                {Table::View(1), "family", 12, "view of 12"}};
  first.inbox_position = "inbox 3";
  RETURN_IF_ERROR(store.Commit(first).status());
  RETURN_IF_ERROR(store.BeginView().status());
  RETURN_IF_ERROR(
      store.CommitView({{Table::View(2), "family", 12, "new view of 12"}}, 2));
  RETURN_IF_ERROR(
      store
          .Commit({.records = {Record(13, 4, "will be destroyed")},
                   .rows = {{Table::State(), "gone", 13, "row of 13"}},
                   .inbox_position = "inbox 4"})
          .status());
  return store.DestroyKey(13);
}

absl::StatusOr<std::string> DumpStore(const std::string& folder) {
  std::ifstream file(absl::StrCat(folder, "/", kMasterKeyFile));
  const std::string key((std::istreambuf_iterator<char>(file)), {});
  std::string out = absl::StrCat("master ", absl::BytesToHexString(key), "\n");
  RETURN_IF_ERROR(DumpDatabase(folder + "/store", "keys", out));
  RETURN_IF_ERROR(DumpDatabase(folder + "/store", "ledger", out));
  return out;
}

absl::Status LoadStore(absl::string_view dump, const std::string& folder) {
  using Row = std::vector<std::string>;  // database, family, key, value
  std::map<std::string, std::vector<Row>> databases;
  for (const absl::string_view line :
       absl::StrSplit(dump, '\n', absl::SkipEmpty())) {
    const Row row = absl::StrSplit(line, ' ');
    if (row[0] != "master") {
      databases[row[0]].push_back(row);
      continue;
    }
    const std::string path = absl::StrCat(folder, "/", kMasterKeyFile);
    std::ofstream(path) << absl::HexStringToBytes(row[1]);
    chmod(path.c_str(), 0600);
  }
  for (const auto& [name, rows] : databases) {
    std::set<std::string> families = {rocksdb::kDefaultColumnFamilyName};
    for (const Row& row : rows) families.insert(row[1]);
    const std::string path = absl::StrCat(folder, "/store/", name);
    std::filesystem::create_directories(path);
    Opened opened;
    RETURN_IF_ERROR(Open(path, {families.begin(), families.end()}, opened));
    for (const Row& row : rows) {
      const auto at = std::distance(families.begin(), families.find(row[1]));
      RETURN_IF_ERROR(AsStatus(opened.db->Put(
          rocksdb::WriteOptions(), opened.families[static_cast<size_t>(at)],
          absl::HexStringToBytes(row[2]),
          row[3] == kNothing ? "" : absl::HexStringToBytes(row[3]))));
    }
  }
  return absl::OkStatus();
}

}  // namespace kith::eventstore
