#include "tests/faults/workload.h"

#include <filesystem>
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "base/status.h"
#include "eventstore/memory_store.h"

namespace kith::eventstore {
namespace {

constexpr uint64_t kCommits = 16;
constexpr uint64_t kRecordsOfCommit = 3;
constexpr uint64_t kReopenBefore = 5;
constexpr uint64_t kDestroyBefore = 8;
constexpr uint64_t kRebuildBefore = 10;
constexpr uint64_t kCheckpointBefore = 13;
constexpr Position kRebuildStep = 10;
constexpr SubjectNumber kDestroyedSubject = 10;

using Rows = std::map<std::string, std::string>;
using Opened = absl::StatusOr<std::unique_ptr<Store>>;

Opened Open(const Place& place, bool verify_all = false) {
  return OpenRocksStore({.folder = place.folder + "/store",
                         .master_key_file = place.folder + "/master.key",
                         .verify_all = verify_all,
                         .sync = place.sync,
                         .env = place.env});
}

// Whose record stands at `position`: nobody's, an old or a new subject's.
SubjectNumber SubjectAt(Position position) {
  const uint64_t commit = position / kRecordsOfCommit;
  switch (position % kRecordsOfCommit) {
    case 0:
      return kNobody;
    case 1:
      return 1 + commit % 5;
    default:
      return 10 + commit;
  }
}

std::string PayloadAt(Position position) {
  return absl::StrCat("fact ", position, " ", std::string(200, 'x'));
}

NewRecord RecordAt(Position position) {
  NewRecord record;
  record.recorded_at_micros = static_cast<int64_t>(position);
  record.source = "council_feed";
  record.sequence = position / kRecordsOfCommit;
  record.ordinal = static_cast<uint32_t>(position % kRecordsOfCommit);
  record.subject = SubjectAt(position);
  record.kind = 1;
  record.rules_number = 1;
  record.salt = std::string(32, 's');
  record.payload = PayloadAt(position);
  return record;
}

// The rows that follow from the record at `position`: one a subject, a count,
// and every seventh record takes the row of the subject before it away.
std::vector<RowChange> FoldOf(Position position, Table table) {
  const SubjectNumber subject = SubjectAt(position);
  std::vector<RowChange> rows = {
      {table, absl::StrCat("s", subject), subject, PayloadAt(position)},
      {table, "count", kNobody, absl::StrCat(position + 1)}};
  if (position % 7 == 6) {
    rows.push_back(
        {.table = table, .key = absl::StrCat("s", SubjectAt(position - 1))});
  }
  return rows;
}

void Append(std::vector<RowChange> more, std::vector<RowChange>& rows) {
  for (RowChange& row : more) rows.push_back(std::move(row));
}

Batch BatchOf(uint64_t commit, const Views& views) {
  Batch batch;
  for (uint64_t i = 0; i < kRecordsOfCommit; ++i) {
    const Position position = commit * kRecordsOfCommit + i;
    batch.records.push_back(RecordAt(position));
    Append(FoldOf(position, Table::State()), batch.rows);
    Append(FoldOf(position, Table::View(views.live)), batch.rows);
  }
  batch.inbox_position = absl::StrCat("inbox ", commit + 1);
  return batch;
}

// The rows that must be there when the records before `end` are folded.
Rows Expected(Position end, bool destroyed) {
  std::map<std::string, RowChange> folded;
  for (Position at = 0; at < end; ++at) {
    for (const RowChange& row : FoldOf(at, Table::State())) {
      folded[row.key] = row;
    }
  }
  Rows rows;
  for (const auto& [key, row] : folded) {
    const bool readable = !destroyed || row.subject != kDestroyedSubject;
    if (row.value.has_value() && readable) rows[key] = *row.value;
  }
  return rows;
}

Head ExpectedHead(Position end) {
  const auto store = OpenMemoryStore();
  Head head = store->Read().value()->head();
  for (Position at = 0; at < end; ++at) {
    head = store->Commit({.records = {RecordAt(at)}}).value();
  }
  return head;
}

absl::Status Require(bool holds, absl::string_view what) {
  return holds ? absl::OkStatus() : absl::InternalError(what);
}

absl::StatusOr<Rows> RowsOf(const Snapshot& snapshot, Table table) {
  Rows rows;
  RETURN_IF_ERROR(snapshot.Scan(
      table, "", "", [&](absl::string_view key, absl::string_view value) {
        rows.emplace(key, value);
        return true;
      }));
  return rows;
}

std::string IdentityOf(const Store& store) {
  return absl::BytesToHexString(
      absl::StrCat(store.incarnation(), store.pepper()));
}

absl::Status Rebuild(Store& store) {
  ASSIGN_OR_RETURN(const auto snapshot, store.Read());
  if (!snapshot->views().building.has_value()) {
    RETURN_IF_ERROR(store.BeginView().status());
  }
  const Table table = Table::View(*store.views().building);
  Position at = store.views().built_to;
  while (at < snapshot->head().next) {
    const Position end = std::min(at + kRebuildStep, snapshot->head().next);
    std::vector<RowChange> rows;
    for (; at < end; ++at) {
      for (RowChange& row : FoldOf(at, table)) {
        // What is destroyed is not folded again.
        if (row.subject != kDestroyedSubject) rows.push_back(std::move(row));
      }
    }
    RETURN_IF_ERROR(store.CommitView(rows, end));
  }
  return store.SwitchView();
}

absl::Status Checkpoint(Store& store, const Place& place) {
  const std::string folder = place.folder + "/checkpoint";
  std::filesystem::remove_all(folder);
  return store.Checkpoint(folder).status();
}

absl::Status RunOn(const Place& place, const Tell& tell,
                   std::unique_ptr<Store>& store) {
  tell(absl::StrCat("identity ", IdentityOf(*store)));
  ASSIGN_OR_RETURN(const auto snapshot, store->Read());
  for (uint64_t commit = snapshot->head().next / kRecordsOfCommit;
       commit < kCommits; ++commit) {
    if (commit == kDestroyBefore) {
      RETURN_IF_ERROR(store->DestroyKey(kDestroyedSubject));
      tell("destroyed");
    }
    if (commit == kRebuildBefore && store->views().live == 1) {
      RETURN_IF_ERROR(Rebuild(*store));
      tell("switched");
    }
    if (commit == kCheckpointBefore) {
      RETURN_IF_ERROR(Checkpoint(*store, place));
      tell("checkpointed");
    }
    RETURN_IF_ERROR(store->Commit(BatchOf(commit, store->views())).status());
    tell("committed");
  }
  return absl::OkStatus();
}

// Runs up to the reopening in one life of the store and the rest in another.
absl::Status RunFirstLife(const Place& place, const Tell& tell,
                          std::unique_ptr<Store>& store) {
  tell(absl::StrCat("identity ", IdentityOf(*store)));
  Position next = store->Read().value()->head().next;
  for (; next < kReopenBefore * kRecordsOfCommit; next += kRecordsOfCommit) {
    RETURN_IF_ERROR(
        store->Commit(BatchOf(next / kRecordsOfCommit, store->views()))
            .status());
    tell("committed");
  }
  store.reset();
  ASSIGN_OR_RETURN(store, Open(place));
  return absl::OkStatus();
}

// After a failure nothing is answered any more.
absl::Status CheckShut(Store& store) {
  RETURN_IF_ERROR(Require(absl::IsDataLoss(store.Commit({}).status()),
                          "a store committed after it had failed"));
  RETURN_IF_ERROR(Require(absl::IsDataLoss(store.Read().status()),
                          "a store was read after it had failed"));
  return Require(absl::IsDataLoss(store.DestroyKey(1)),
                 "a store destroyed a key after it had failed");
}

absl::Status CheckRecords(const Snapshot& snapshot, bool& destroyed) {
  Position next = 0;
  absl::Status status;
  RETURN_IF_ERROR(snapshot.ScanLedger(0, [&](const StoredRecord& record) {
    if (!record.payload.has_value() && record.subject == kDestroyedSubject) {
      destroyed = true;
    } else {
      status.Update(Require(record.payload == PayloadAt(next),
                            "a record is not what was written"));
    }
    ++next;
    return true;
  }));
  RETURN_IF_ERROR(status);
  return Require(next == snapshot.head().next, "the scan missed records");
}

absl::Status CheckRows(const Snapshot& snapshot, bool destroyed) {
  const Position end = snapshot.head().next;
  ASSIGN_OR_RETURN(const Rows state, RowsOf(snapshot, Table::State()));
  RETURN_IF_ERROR(Require(state == Expected(end, destroyed),
                          "state is not the fold of the records"));
  const Views& views = snapshot.views();
  for (uint32_t version = 1; version <= 4; ++version) {
    ASSIGN_OR_RETURN(const Rows rows, RowsOf(snapshot, Table::View(version)));
    const bool building = version == views.building.value_or(0);
    const Rows expected = version == views.live ? Expected(end, destroyed)
                          : building ? Expected(views.built_to, destroyed)
                                     : Rows();
    RETURN_IF_ERROR(Require(
        rows == expected,
        absl::StrCat("view ", version, " is not the fold of the records")));
  }
  return absl::OkStatus();
}

absl::Status CheckStore(Store& store, const Acknowledged& acknowledged) {
  ASSIGN_OR_RETURN(const auto snapshot, store.Read());
  const uint64_t commits = snapshot->head().next / kRecordsOfCommit;
  RETURN_IF_ERROR(Require(snapshot->head().next % kRecordsOfCommit == 0,
                          "half a batch is there"));
  RETURN_IF_ERROR(Require(commits >= acknowledged.commits,
                          "an acknowledged commit is lost"));
  RETURN_IF_ERROR(Require(commits <= acknowledged.commits + 1,
                          "more commits are there than were made"));
  RETURN_IF_ERROR(
      Require(snapshot->head() == ExpectedHead(snapshot->head().next),
              "the chain is not that of the records"));
  RETURN_IF_ERROR(
      Require(snapshot->inbox_position() ==
                  (commits == 0 ? "" : absl::StrCat("inbox ", commits)),
              "the inbox position is not that of the last commit"));
  bool destroyed = false;
  RETURN_IF_ERROR(CheckRecords(*snapshot, destroyed));
  RETURN_IF_ERROR(
      Require(destroyed || !acknowledged.destroyed, "a destroyed key is back"));
  RETURN_IF_ERROR(CheckRows(*snapshot, destroyed));
  RETURN_IF_ERROR(Require(!acknowledged.switched || snapshot->views().live > 1,
                          "a switch of views is lost"));
  return Require(acknowledged.identity.empty() ||
                     acknowledged.identity == IdentityOf(store),
                 "incarnation or pepper are others");
}

absl::Status CheckCheckpoint(const Place& place) {
  const RocksOptions restored = {
      .folder = place.folder + "/restored",
      .master_key_file = place.folder + "/master.key"};
  RETURN_IF_ERROR(RestoreCheckpoint(place.folder + "/checkpoint", restored));
  ASSIGN_OR_RETURN(const auto store, OpenRocksStore(restored));
  return CheckStore(
      *store,
      {.commits = kCheckpointBefore, .destroyed = true, .switched = true});
}

}  // namespace

void Learn(const std::string& line, Acknowledged& acknowledged) {
  absl::string_view rest = line;
  if (absl::ConsumePrefix(&rest, "identity ")) {
    acknowledged.identity = std::string(rest);
  }
  acknowledged.commits += line == "committed";
  acknowledged.destroyed |= line == "destroyed";
  acknowledged.switched |= line == "switched";
  acknowledged.checkpointed |= line == "checkpointed";
}

absl::Status RunWorkload(const Place& place, const Tell& tell) {
  ASSIGN_OR_RETURN(std::unique_ptr<Store> store, Open(place));
  absl::Status status = RunFirstLife(place, tell, store);
  if (store == nullptr) return status;
  if (status.ok()) status = RunOn(place, tell, store);
  if (absl::IsDataLoss(status)) RETURN_IF_ERROR(CheckShut(*store));
  return status;
}

absl::Status CheckWorkload(const Place& place,
                           const Acknowledged& acknowledged) {
  {
    ASSIGN_OR_RETURN(const auto store, Open(place, /*verify_all=*/true));
    RETURN_IF_ERROR(CheckStore(*store, acknowledged));
  }
  if (acknowledged.checkpointed) RETURN_IF_ERROR(CheckCheckpoint(place));
  RETURN_IF_ERROR(RunWorkload(place, [](const std::string&) {}));
  ASSIGN_OR_RETURN(const auto store, Open(place, /*verify_all=*/true));
  Acknowledged all = acknowledged;
  all.commits = kCommits;
  all.destroyed = all.switched = true;
  return CheckStore(*store, all);
}

}  // namespace kith::eventstore
