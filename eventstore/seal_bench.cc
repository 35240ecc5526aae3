// What sealing costs: the primitives, and a batch of 2,000 records with their
// rows against the very bytes written bare. docs/decisions/0002 holds numbers.
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "base/bytes.h"
#include "base/check.h"
#include "base/crypto.h"
#include "benchmark/benchmark.h"
#include "eventstore/rocks_store.h"
#include "rocksdb/db.h"

namespace kith::eventstore {
namespace {

constexpr int kRecords = 2000;
constexpr int kRowsPerRecord = 4;
constexpr size_t kPayloadBytes = 400;
constexpr size_t kRowBytes = 300;
constexpr SubjectNumber kSubjects = 20'000;

std::string NewFolder() {
  std::string pattern =
      (std::filesystem::temp_directory_path() / "kith_bench_XXXXXX").string();
  KITH_CHECK(mkdtemp(pattern.data()) != nullptr);
  return pattern;
}

void Hmac(benchmark::State& state) {
  const std::string salt(32, 's');
  const std::string payload(static_cast<size_t>(state.range(0)), 'p');
  for (auto _ : state) {
    benchmark::DoNotOptimize(base::HmacSha256(salt, payload));
  }
}
BENCHMARK(Hmac)->Arg(400)->Arg(800);

void Digest(benchmark::State& state) {
  const std::string header(130, 'h');
  for (auto _ : state) benchmark::DoNotOptimize(base::Sha256(header));
}
BENCHMARK(Digest);

void Seal(benchmark::State& state) {
  const std::string key(32, 'k');
  const std::string plain(static_cast<size_t>(state.range(0)), 'p');
  std::string out;
  for (auto _ : state) {
    out.clear();
    base::AppendSealed(key, "context", plain, out);
    benchmark::DoNotOptimize(out);
  }
}
BENCHMARK(Seal)->Arg(100)->Arg(400)->Arg(800);

void Unseal(benchmark::State& state) {
  const std::string key(32, 'k');
  const std::string sealed = base::Seal(
      key, "context", std::string(static_cast<size_t>(state.range(0)), 'p'));
  for (auto _ : state) {
    benchmark::DoNotOptimize(base::Unseal(key, "context", sealed));
  }
}
BENCHMARK(Unseal)->Arg(100)->Arg(400)->Arg(800);

// Subjects and keys in an order that no cache likes, the same in each run.
uint64_t Scattered(uint64_t i) { return i * 0x9e3779b97f4a7c15; }

Batch MakeBatch(int round) {
  Batch batch;
  for (int i = 0; i < kRecords; ++i) {
    const uint64_t n = static_cast<uint64_t>(round) * kRecords + i;
    NewRecord record;
    record.source = "council_feed";
    record.sequence = n;
    record.subject = 1 + Scattered(n) % kSubjects;
    record.salt = std::string(32, 's');
    record.payload = std::string(kPayloadBytes, 'p');
    for (int r = 0; r < kRowsPerRecord; ++r) {
      const Table table = r % 2 == 0 ? Table::State() : Table::View(1);
      batch.rows.push_back({table,
                            base::BigEndian64(Scattered(n * 4 + r) % 500'000),
                            record.subject, std::string(kRowBytes, 'v')});
    }
    batch.records.push_back(std::move(record));
  }
  return batch;
}

void CommitSealed(benchmark::State& state) {
  const std::string folder = NewFolder();
  auto store = OpenRocksStore({.folder = folder + "/store",
                               .master_key_file = folder + "/master.key"})
                   .value();
  int round = 0;
  for (auto _ : state) {
    state.PauseTiming();
    const Batch batch = MakeBatch(round++);
    state.ResumeTiming();
    KITH_CHECK(store->Commit(batch).ok());
  }
  state.SetItemsProcessed(state.iterations() * kRecords);
  store.reset();
  std::filesystem::remove_all(folder);
}
BENCHMARK(CommitSealed)->Unit(benchmark::kMillisecond)->Iterations(100);

// The floor: as many puts of as many bytes in one synced write.
void CommitBare(benchmark::State& state) {
  const std::string folder = NewFolder();
  rocksdb::Options options;
  options.create_if_missing = true;
  options.compression = rocksdb::kNoCompression;
  rocksdb::DB* opened = nullptr;
  KITH_CHECK(rocksdb::DB::Open(options, folder + "/db", &opened).ok());
  std::unique_ptr<rocksdb::DB> db(opened);
  const std::string ledger_value(2 + 130 + 28 + 33 + kPayloadBytes, 'p');
  const std::string row_value(8 + 28 + kRowBytes, 'v');
  int round = 0;
  for (auto _ : state) {
    state.PauseTiming();
    const Batch rows = MakeBatch(round);
    state.ResumeTiming();
    rocksdb::WriteBatch batch;
    uint64_t n = static_cast<uint64_t>(round++) * kRecords;
    for (const NewRecord& record : rows.records) {
      batch.Put(absl::StrCat("l", base::BigEndian64(n)), ledger_value);
      batch.Put(absl::StrCat("i", base::BigEndian64(record.subject),
                             base::BigEndian64(n)),
                "");
      ++n;
    }
    for (const RowChange& row : rows.rows) {
      batch.Put(absl::StrCat("r", row.key), row_value);
    }
    rocksdb::WriteOptions write;
    write.sync = true;
    KITH_CHECK(db->Write(write, &batch).ok());
  }
  state.SetItemsProcessed(state.iterations() * kRecords);
  db.reset();
  std::filesystem::remove_all(folder);
}
BENCHMARK(CommitBare)->Unit(benchmark::kMillisecond)->Iterations(100);

void GetRow(benchmark::State& state) {
  const std::string folder = NewFolder();
  auto store = OpenRocksStore({.folder = folder + "/store",
                               .master_key_file = folder + "/master.key"})
                   .value();
  const Batch batch = MakeBatch(0);
  KITH_CHECK(store->Commit(batch).ok());
  const auto snapshot = store->Read().value();
  size_t i = 0;
  for (auto _ : state) {
    const RowChange& row = batch.rows[i++ % batch.rows.size()];
    benchmark::DoNotOptimize(snapshot->Get(row.table, row.key));
  }
  std::filesystem::remove_all(folder);
}
BENCHMARK(GetRow);

void TakeSnapshot(benchmark::State& state) {
  const std::string folder = NewFolder();
  auto store = OpenRocksStore({.folder = folder + "/store",
                               .master_key_file = folder + "/master.key"})
                   .value();
  KITH_CHECK(store->Commit(MakeBatch(0)).ok());
  for (auto _ : state) benchmark::DoNotOptimize(store->Read());
  std::filesystem::remove_all(folder);
}
BENCHMARK(TakeSnapshot);

}  // namespace
}  // namespace kith::eventstore

BENCHMARK_MAIN();
