#include <filesystem>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "base/check.h"
#include "eventstore/ledger_database.h"
#include "rocksdb/write_batch.h"
#include "tests/bench/measures.h"
#include "tests/bench/node.h"
#include "tests/bench/process.h"
#include "tests/bench/wal_capture.h"

namespace kith::bench {
namespace {

constexpr size_t kRowsAStep = 5000;

// RocksDB alone, opened as the store opens it.
class Floor {
 public:
  explicit Floor(const std::string& folder) {
    auto opened =
        eventstore::OpenLedgerDatabase(folder, true, nullptr, poison_);
    KITH_CHECK(opened.ok());
    database_ = *std::move(opened);
  }

  void Load(const std::vector<std::string>& batches) {
    for (const std::string& batch : batches) {
      rocksdb::WriteBatch rows(batch);
      KITH_CHECK(database_->WriteUnsynced(rows).ok());
    }
  }

  double WriteSynced(const std::vector<std::string>& batches) {
    const absl::Time start = absl::Now();
    for (const std::string& batch : batches) {
      rocksdb::WriteBatch rows(batch);
      KITH_CHECK(database_->Write(rows).ok());
    }
    return absl::ToDoubleSeconds(absl::Now() - start);
  }

  using Rows = std::vector<std::pair<std::string, std::string>>;
  Rows ReadViews() const {
    Rows rows;
    for (eventstore::Range range(*database_, eventstore::kView, "", "",
                                 nullptr);
         range.Valid(); range.Next()) {
      rows.emplace_back(std::string(range.key()), std::string(range.value()));
    }
    return rows;
  }

  // Scans the ledger, parses its payloads, writes the rows under new keys.
  double ScanParseWrite(const std::vector<std::string>& payloads,
                        const Rows& rows, int round) {
    const absl::Time start = absl::Now();
    size_t scanned = 0;
    for (eventstore::Range range(*database_, eventstore::kLedger, "", "",
                                 nullptr);
         range.Valid(); range.Next()) {
      scanned += range.value().size();
    }
    ledger::v1::Fact fact;
    for (const std::string& payload : payloads) {
      KITH_CHECK(fact.ParseFromString(payload));
    }
    WriteUnder(absl::StrCat("round ", round, " "), rows);
    KITH_CHECK(scanned > 0);
    return absl::ToDoubleSeconds(absl::Now() - start);
  }

 private:
  void WriteUnder(const std::string& prefix, const Rows& rows) {
    rocksdb::WriteBatch batch;
    for (const auto& [key, value] : rows) {
      KITH_CHECK(
          batch.Put(database_->family(eventstore::kView), prefix + key, value)
              .ok());
      if (static_cast<size_t>(batch.Count()) < kRowsAStep) continue;
      KITH_CHECK(database_->WriteUnsynced(batch).ok());
      batch.Clear();
    }
    KITH_CHECK(database_->Write(batch).ok());
  }

  eventstore::Poison poison_;
  std::unique_ptr<eventstore::Database> database_;
};

struct Written {
  size_t batches = 0;
  size_t rows = 0;
  size_t bytes = 0;
};

void Count(const std::vector<std::string>& batches, Written& written) {
  for (const std::string& batch : batches) {
    ++written.batches;
    written.rows += rocksdb::WriteBatch(batch).Count();
    written.bytes += batch.size();
  }
}

void MeasureIntake(const Settings& settings, Node& node, WalCapture& capture,
                   Floor& floor, Report& report) {
  std::vector<double> rates;
  std::vector<double> floors;
  std::vector<double> ratios;
  Written written;
  for (int pair = 0; pair < settings.pairs; ++pair) {
    auto frames =
        node.Sign(Updates(settings.families, settings.statements, pair + 1));
    AwaitRest();
    const double seconds = node.Run(std::move(frames));
    AwaitRest();
    const std::vector<std::string> batches = capture.TakeBatches();
    Count(batches, written);
    const double alone = floor.WriteSynced(batches);
    const auto count = static_cast<double>(settings.statements);
    rates.push_back(count / seconds);
    floors.push_back(count / alone);
    ratios.push_back(alone / seconds);
  }
  const Median ratio = MedianOf(ratios);
  const double statements =
      static_cast<double>(settings.statements) * settings.pairs;
  report.Add({.name = "durable intake",
              .value = MedianOf(rates).value,
              .unit = "statements/s",
              .floor = MedianOf(floors).value,
              .ratio = ratio.value,
              .goal = 0.25,
              .note = absl::StrFormat(
                  "ratio %s; %.1f rows, %.0f bytes a statement, %.0f "
                  "statements a batch",
                  SpreadOf(ratio), written.rows / statements,
                  written.bytes / statements, statements / written.batches)});
}

std::vector<std::string> PayloadsOf(Node& node) {
  std::vector<std::string> payloads;
  const auto view = *node.engine().Read();
  KITH_CHECK(view->snapshot()
                 .ScanLedger(0,
                             [&](const eventstore::StoredRecord& record) {
                               payloads.push_back(*record.payload);
                               return true;
                             })
                 .ok());
  return payloads;
}

void MeasureRebuild(const Settings& settings, Node& node, Floor& floor,
                    Report& report) {
  const std::vector<std::string> payloads = PayloadsOf(node);
  const Floor::Rows rows = floor.ReadViews();
  std::vector<double> rates;
  std::vector<double> floors;
  std::vector<double> ratios;
  for (int pair = 0; pair < settings.pairs; ++pair) {
    AwaitRest();
    const absl::Time start = absl::Now();
    KITH_CHECK(node.engine().Rebuild(nullptr).ok());
    const double seconds = absl::ToDoubleSeconds(absl::Now() - start);
    AwaitRest();
    const double alone = floor.ScanParseWrite(payloads, rows, pair);
    const auto facts = static_cast<double>(payloads.size());
    rates.push_back(facts / seconds);
    floors.push_back(facts / alone);
    ratios.push_back(alone / seconds);
    // Service goes on between two rebuilds, and lets go of the retired view.
    node.Run(node.Sign(Updates(settings.families, 1, settings.pairs + pair)));
  }
  const Median ratio = MedianOf(ratios);
  report.Add(
      {.name = "rebuild of all views",
       .value = MedianOf(rates).value,
       .unit = "facts/s",
       .floor = MedianOf(floors).value,
       .ratio = ratio.value,
       .goal = 0.25,
       .note = absl::StrFormat("ratio %s; %d facts, %d rows", SpreadOf(ratio),
                               payloads.size(), rows.size())});
}

}  // namespace

void MeasureIntakeAndRebuild(const Settings& settings, Report& report) {
  const std::string folder = absl::StrCat(settings.folder, "/intake");
  WalCapture capture(absl::StrCat(folder, "/store/ledger"));
  Node node(folder, &capture);
  Floor floor(absl::StrCat(settings.folder, "/floor"));
  node.Run(node.Sign(Introductions(0, settings.families)));
  // The first of each update makes things; measured is what follows.
  node.Run(node.Sign(Updates(settings.families, settings.families, 0)));
  floor.Load(capture.TakeBatches());
  MeasureIntake(settings, node, capture, floor, report);
  MeasureRebuild(settings, node, floor, report);
}

}  // namespace kith::bench
