// The stores that the contract is held against, and short names for batches.
#pragma once

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "eventstore/memory_store.h"
#include "eventstore/rocks_store.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace kith::eventstore {

// A folder of its own that goes when the test ends.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    // In memory where there is such a place: these tests wait for no disk.
    const std::filesystem::path memory = "/dev/shm";
    const auto parent = access(memory.c_str(), W_OK) == 0
                            ? memory
                            : std::filesystem::temp_directory_path();
    std::string pattern = (parent / "kith_XXXXXX").string();
    path_ = mkdtemp(pattern.data());
  }
  ~TemporaryFolder() { std::filesystem::remove_all(path_); }
  TemporaryFolder(const TemporaryFolder&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

struct Backend {
  std::string name;
  std::function<std::unique_ptr<Store>(const std::string& folder)> open;
};

inline std::vector<Backend> Backends() {
  return {{"Memory", [](const std::string&) { return OpenMemoryStore(); }},
          {"Rocks", [](const std::string& folder) {
             return OpenRocksStore({.folder = folder + "/store",
                                    .master_key_file = folder + "/master.key"})
                 .value();
           }}};
}

inline std::string NameOf(const testing::TestParamInfo<Backend>& info) {
  return info.param.name;
}

inline NewRecord Record(SubjectNumber subject, const std::string& payload,
                        int64_t at = 0) {
  NewRecord record;
  record.recorded_at_micros = at;
  record.source = "council_feed";
  record.epoch = 3;
  record.sequence = 14;
  record.ordinal = 1;
  record.subject = subject;
  record.kind = 7;
  record.rules_number = 1;
  record.salt = std::string(32, 's');
  record.payload = payload;
  return record;
}

inline RowChange Put(Table table, const std::string& key,
                     const std::string& value,
                     SubjectNumber subject = kNobody) {
  return {table, key, subject, value};
}
inline RowChange Delete(Table table, const std::string& key) {
  return {.table = table, .key = key};
}

class StoreTest : public testing::TestWithParam<Backend> {
 protected:
  using Rows = std::vector<std::pair<std::string, std::string>>;

  Store& store() { return *store_; }

  Head Commit(Batch batch) { return store_->Commit(batch).value(); }
  Head CommitRows(std::vector<RowChange> rows) {
    return Commit({.rows = std::move(rows)});
  }
  absl::StatusCode CodeOf(const Batch& batch) {
    return store_->Commit(batch).status().code();
  }
  std::unique_ptr<Snapshot> Read() { return store_->Read().value(); }
  std::optional<std::string> Get(Table table, const std::string& key) {
    return Read()->Get(table, key).value();
  }
  static Rows Scan(const Snapshot& snapshot, Table table,
                   const std::string& begin = "", const std::string& end = "") {
    Rows rows;
    EXPECT_TRUE(snapshot
                    .Scan(table, begin, end,
                          [&](absl::string_view key, absl::string_view value) {
                            rows.emplace_back(key, value);
                            return true;
                          })
                    .ok());
    return rows;
  }
  static std::vector<std::string> Ledger(const Snapshot& snapshot,
                                         Position first = 0) {
    std::vector<std::string> payloads;
    EXPECT_TRUE(snapshot
                    .ScanLedger(first,
                                [&](const StoredRecord& record) {
                                  payloads.push_back(
                                      record.payload.value_or("(destroyed)"));
                                  return true;
                                })
                    .ok());
    return payloads;
  }
  static std::vector<Position> PositionsOf(const Snapshot& snapshot,
                                           SubjectNumber subject,
                                           Position first = 0) {
    std::vector<Position> positions;
    EXPECT_TRUE(snapshot
                    .ScanSubject(subject, first,
                                 [&](const StoredRecord& record) {
                                   positions.push_back(record.position);
                                   return true;
                                 })
                    .ok());
    return positions;
  }

 private:
  const TemporaryFolder folder_;
  const std::unique_ptr<Store> store_ = GetParam().open(folder_.path());
};

}  // namespace kith::eventstore
