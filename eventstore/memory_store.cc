#include "eventstore/memory_store.h"

#include <algorithm>
#include <limits>
#include <map>
#include <mutex>
#include <set>
#include <utility>

#include "base/check.h"
#include "base/crypto.h"
#include "base/status.h"
#include "eventstore/batch.h"
#include "eventstore/record.h"

namespace kith::eventstore {
namespace {

using Moment = uint64_t;  // counts writes
constexpr size_t kScanStep = 64;

struct Row {
  Moment written = 0;
  SubjectNumber subject = kNobody;
  std::optional<std::string> value;  // empty: deleted
};

// Everything a snapshot fixes, save rows, records and keys.
struct State {
  Moment moment = 0;
  Head head{0, NoDigest()};
  std::string inbox_position;
  Views views;
};

// What store and snapshots share. Rows keep the versions that some snapshot
// still needs.
class Core {
 public:
  using RowKey = std::pair<Table, std::string>;

  std::mutex mutex;  // guards all that follows
  State now;
  uint32_t last_view = 1;
  std::vector<StoredRecord> records;
  std::vector<std::string> headers;
  std::vector<std::string> salts;
  std::set<std::pair<SubjectNumber, Position>> index;
  std::map<RowKey, std::vector<Row>> rows;
  std::set<SubjectNumber> destroyed;
  std::multiset<Moment> snapshots;

  void Write(const RowChange& change) {
    std::vector<Row>& versions = rows[{change.table, change.key}];
    versions.push_back({now.moment, change.subject, change.value});
    Prune(versions);
    if (versions.size() == 1 && !versions[0].value.has_value()) {
      rows.erase({change.table, change.key});
    }
  }

  // The row as of `moment`; null when there is none that can be read.
  const Row* Find(const std::vector<Row>& versions, Moment moment) const {
    for (auto row = versions.rbegin(); row != versions.rend(); ++row) {
      if (row->written > moment) continue;
      const bool readable =
          row->value.has_value() && !destroyed.contains(row->subject);
      return readable ? &*row : nullptr;
    }
    return nullptr;
  }

  StoredRecord Read(Position position) const {
    StoredRecord record = records[position];
    if (destroyed.contains(record.subject)) record.payload.reset();
    return record;
  }

  void Delete(Table table) {
    for (auto row = rows.lower_bound({table, ""});
         row != rows.end() && row->first.first == table;) {
      const std::string key = row->first.second;
      Write({.table = table, .key = key});
      row = rows.upper_bound({table, key});
    }
  }

 private:
  // Drops the versions that were overwritten before the oldest snapshot.
  void Prune(std::vector<Row>& versions) const {
    const Moment oldest = snapshots.empty() ? now.moment : *snapshots.begin();
    while (versions.size() > 1 && versions[1].written <= oldest) {
      versions.erase(versions.begin());
    }
  }
};

class MemorySnapshot : public Snapshot {
 public:
  explicit MemorySnapshot(Core& core) : core_(core) {
    const std::lock_guard lock(core_.mutex);
    state_ = core_.now;
    core_.snapshots.insert(state_.moment);
  }
  ~MemorySnapshot() override {
    const std::lock_guard lock(core_.mutex);
    core_.snapshots.erase(core_.snapshots.find(state_.moment));
  }

  const Head& head() const override { return state_.head; }
  const std::string& inbox_position() const override {
    return state_.inbox_position;
  }
  const Views& views() const override { return state_.views; }

  absl::StatusOr<std::optional<std::string>> Get(
      Table table, absl::string_view key) const override {
    const std::lock_guard lock(core_.mutex);
    const auto row = core_.rows.find({table, std::string(key)});
    if (row == core_.rows.end()) return std::optional<std::string>();
    const Row* found = core_.Find(row->second, state_.moment);
    return found == nullptr ? std::nullopt : found->value;
  }

  absl::Status Scan(Table table, absl::string_view begin, absl::string_view end,
                    const Visit& visit) const override {
    // In steps, so that `visit` may call the store.
    std::string from(begin);
    while (true) {
      const auto step = CollectRows(table, from, end);
      for (const auto& [key, value] : step.rows) {
        if (!visit(key, value)) return absl::OkStatus();
      }
      if (!step.more) return absl::OkStatus();
      from = step.next;
    }
  }

  absl::Status ScanLedger(Position first,
                          const VisitRecord& visit) const override {
    for (Position at = first; at < state_.head.next; ++at) {
      ASSIGN_OR_RETURN(const StoredRecord record, ReadRecord(at));
      if (!visit(record)) break;
    }
    return absl::OkStatus();
  }

  absl::Status ScanSubject(SubjectNumber subject, Position first,
                           const VisitRecord& visit) const override {
    for (Position from = first;;) {
      const std::optional<Position> at = NextOf(subject, from);
      if (!at.has_value()) return absl::OkStatus();
      ASSIGN_OR_RETURN(const StoredRecord record, ReadRecord(*at));
      if (!visit(record)) return absl::OkStatus();
      from = *at + 1;
    }
  }

  absl::StatusOr<StoredRecord> ReadRecord(Position position) const override {
    if (position >= state_.head.next) {
      return absl::NotFoundError("the ledger does not go so far");
    }
    const std::lock_guard lock(core_.mutex);
    return core_.Read(position);
  }

 private:
  struct Step {
    std::vector<std::pair<std::string, std::string>> rows;
    bool more = false;
    std::string next;
  };

  Step CollectRows(Table table, const std::string& from,
                   absl::string_view end) const {
    Step step;
    const std::lock_guard lock(core_.mutex);
    for (auto row = core_.rows.lower_bound({table, from});
         row != core_.rows.end() && row->first.first == table; ++row) {
      const std::string& key = row->first.second;
      if (!end.empty() && absl::string_view(key) >= end) return step;
      if (step.rows.size() == kScanStep) {
        step.more = true;
        step.next = key;
        return step;
      }
      const Row* found = core_.Find(row->second, state_.moment);
      if (found != nullptr) step.rows.emplace_back(key, *found->value);
    }
    return step;
  }

  std::optional<Position> NextOf(SubjectNumber subject, Position from) const {
    const std::lock_guard lock(core_.mutex);
    const auto found = core_.index.lower_bound({subject, from});
    if (found == core_.index.end() || found->first != subject ||
        found->second >= state_.head.next) {
      return std::nullopt;
    }
    return found->second;
  }

  Core& core_;
  State state_;
};

class MemoryStore : public Store {
 public:
  absl::StatusOr<Head> Commit(const Batch& batch) override {
    const std::lock_guard lock(core_.mutex);
    RETURN_IF_ERROR(CheckBatch(batch, Context()));
    RETURN_IF_ERROR(CheckKeys(batch.records, batch.rows));
    ++core_.now.moment;
    for (const NewRecord& record : batch.records) Append(record);
    for (const RowChange& row : batch.rows) core_.Write(row);
    if (batch.inbox_position.has_value()) {
      core_.now.inbox_position = *batch.inbox_position;
    }
    if (batch.folds_building) core_.now.views.built_to = core_.now.head.next;
    return core_.now.head;
  }

  absl::StatusOr<std::unique_ptr<Snapshot>> Read() const override {
    return std::make_unique<MemorySnapshot>(core_);
  }

  const std::string& incarnation() const override { return incarnation_; }
  const std::string& pepper() const override { return pepper_; }

  absl::Status DestroyKey(SubjectNumber subject) override {
    if (subject == kNobody) {
      return absl::InvalidArgumentError("nobody's key cannot be destroyed");
    }
    const std::lock_guard lock(core_.mutex);
    core_.destroyed.insert(subject);
    return absl::OkStatus();
  }

  Views views() const override {
    const std::lock_guard lock(core_.mutex);
    return core_.now.views;
  }

  absl::StatusOr<uint32_t> BeginView() override {
    const std::lock_guard lock(core_.mutex);
    if (core_.now.views.building.has_value()) {
      return absl::FailedPreconditionError("a view is under construction");
    }
    ++core_.now.moment;
    core_.now.views.building = ++core_.last_view;
    core_.now.views.built_to = 0;
    return core_.last_view;
  }

  absl::Status CommitView(const std::vector<RowChange>& rows,
                          Position built_to) override {
    const std::lock_guard lock(core_.mutex);
    RETURN_IF_ERROR(CheckViewRows(rows, built_to, Context()));
    RETURN_IF_ERROR(CheckKeys({}, rows));
    ++core_.now.moment;
    for (const RowChange& row : rows) core_.Write(row);
    core_.now.views.built_to = built_to;
    return absl::OkStatus();
  }

  absl::Status SwitchView() override {
    const std::lock_guard lock(core_.mutex);
    RETURN_IF_ERROR(CheckSwitch(Context()));
    Retire(core_.now.views.live, {.live = *core_.now.views.building});
    return absl::OkStatus();
  }

  absl::Status AbandonView() override {
    const std::lock_guard lock(core_.mutex);
    if (!core_.now.views.building.has_value()) {
      return absl::FailedPreconditionError("no view is under construction");
    }
    Retire(*core_.now.views.building, {.live = core_.now.views.live});
    return absl::OkStatus();
  }

  absl::StatusOr<Verified> Verify(const Progress& progress) const override {
    const MemorySnapshot snapshot(core_);
    const Position total = snapshot.head().next;
    Verified verified{.head = {0, NoDigest()}};
    while (verified.head.next < total) {
      VerifyNext(verified);
      if (progress && !progress(verified.records, total)) {
        return absl::CancelledError("the walk was stopped");
      }
    }
    return verified;
  }

  absl::StatusOr<Head> Checkpoint(const std::string&) override {
    return absl::UnimplementedError("this store has no folder to copy");
  }

 private:
  BatchContext Context() const {
    BatchContext context{.next = core_.now.head.next, .views = core_.now.views};
    if (!core_.records.empty()) {
      context.last_recorded_at_micros = core_.records.back().recorded_at_micros;
    }
    return context;
  }

  absl::Status CheckKeys(const std::vector<NewRecord>& records,
                         const std::vector<RowChange>& rows) const {
    const auto is_destroyed = [this](const auto& holder) {
      return core_.destroyed.contains(holder.subject);
    };
    const bool any =
        std::any_of(records.begin(), records.end(), is_destroyed) ||
        std::any_of(rows.begin(), rows.end(), [&](const RowChange& row) {
          return row.value.has_value() && is_destroyed(row);
        });
    return any ? absl::FailedPreconditionError(
                     "data of a subject whose key was destroyed")
               : absl::OkStatus();
  }

  // Nothing damages memory: what does not hold here is our own mistake.
  void VerifyNext(Verified& verified) const {
    const std::lock_guard lock(core_.mutex);
    const Position at = verified.head.next;
    const ParsedHeader header = ParseHeader(core_.headers[at]).value();
    const StoredRecord& record = core_.records[at];
    KITH_CHECK(header.record.position == at);
    KITH_CHECK(header.previous == verified.head.digest);
    KITH_CHECK(header.record.commitment ==
               Commitment(core_.salts[at], *record.payload));
    verified.head = {at + 1, header.record.digest};
    verified.unreadable += core_.destroyed.count(record.subject);
    ++verified.records;
  }

  void Append(const NewRecord& record) {
    const Position position = core_.now.head.next;
    std::string header;
    AppendHeader(record, position, Commitment(record.salt, record.payload),
                 core_.now.head.digest, header);
    StoredRecord stored = ParseHeader(header).value().record;
    stored.payload = record.payload;
    core_.now.head = {position + 1, stored.digest};
    core_.records.push_back(std::move(stored));
    core_.headers.push_back(std::move(header));
    core_.salts.push_back(record.salt);
    core_.index.insert({record.subject, position});
    for (const SubjectNumber other : record.also_about) {
      core_.index.insert({other, position});
    }
  }

  void Retire(uint32_t version, const Views& views) {
    ++core_.now.moment;
    core_.now.views = views;
    core_.Delete(Table::View(version));
  }

  mutable Core core_;
  const std::string incarnation_ = base::RandomBytes(16);
  const std::string pepper_ = base::RandomBytes(base::kKeyBytes);
};

}  // namespace

std::unique_ptr<Store> OpenMemoryStore() {
  return std::make_unique<MemoryStore>();
}

}  // namespace kith::eventstore
