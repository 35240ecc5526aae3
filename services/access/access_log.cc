#include "services/access/access_log.h"

#include <algorithm>
#include <iterator>
#include <set>

#include "base/crypto.h"
#include "base/status.h"
#include "google/protobuf/util/time_util.h"

namespace kith::access {
namespace {

using google::protobuf::util::TimeUtil;

// One synced write carries at most so many records.
constexpr size_t kGroupMax = 256;
constexpr uint32_t kAccessRecordKind = 1;
// Far more than calls that may be under way.
constexpr size_t kWaitingMax = 100000;

absl::Status Unwritable() {
  return absl::UnavailableError("the access log cannot be written");
}

// Whose looks it is found among.
std::vector<uint64_t> IndexedUnder(const disclosure::Account& account) {
  std::vector<uint64_t> subjects(account.families.begin(),
                                 account.families.end());
  subjects.insert(subjects.end(), account.alone.begin(), account.alone.end());
  return subjects;
}

ledger::v1::AccessKind KindOf(const Call& call) {
  if (call.denied) return ledger::v1::ACCESS_KIND_DENIAL;
  if (!call.copied_to.empty()) return ledger::v1::ACCESS_KIND_EXPORT;
  return call.kind;
}

// On what the shown items stood: the reasons of the decisions, each once, and
// the legal bases of overrides and broken glass among what decided.
void AddBasis(const Call& call, ledger::v1::AccessRecord& record) {
  std::set<std::string> basis;
  std::set<agency::v1::LegalBasis> legal;
  for (const auto& tally : record.tallies()) {
    if (!tally.shown()) continue;
    basis.insert(tally.reason());
    for (uint64_t number : tally.decided_by()) {
      auto found = call.legal_basis.find(number);
      if (found != call.legal_basis.end()) legal.insert(found->second);
    }
  }
  for (const std::string& one : basis) record.add_basis(one);
  for (agency::v1::LegalBasis one : legal) record.add_legal_basis(one);
}

eventstore::NewRecord ToRecord(const ledger::v1::AccessRecord& record,
                               const disclosure::Account& account,
                               const std::string& node) {
  eventstore::NewRecord out;
  out.source = node;
  out.kind = kAccessRecordKind;
  out.also_about = IndexedUnder(account);
  out.payload = record.SerializeAsString();
  return out;
}

}  // namespace

AccessLog::AccessLog(std::string node, eventstore::Store& store,
                     std::function<absl::Time()> now)
    : node_(std::move(node)),
      store_(store),
      now_(std::move(now)),
      writing_([this] { Write(); }) {}

AccessLog::~AccessLog() {
  {
    const std::lock_guard lock(mutex_);
    ended_ = true;
  }
  changed_.notify_one();
  writing_.join();
}

absl::Status AccessLog::RecordDenial(const disclosure::Reader& reader,
                                     const disclosure::Account& account,
                                     Call call) {
  call.denied = true;
  return Enqueue(account, reader, call)->Wait();
}

absl::Status AccessLog::RecordAct(const disclosure::Reader& reader,
                                  const disclosure::Account& account,
                                  const Call& call) {
  return Enqueue(account, reader, call)->Wait();
}

ledger::v1::AccessRecord AccessLog::RecordOf(const disclosure::Account& account,
                                             const disclosure::Reader& reader,
                                             const Call& call) const {
  ledger::v1::AccessRecord record;
  *record.mutable_at() =
      TimeUtil::MicrosecondsToTimestamp(absl::ToUnixMicros(now_()));
  record.set_agency(reader.agency);
  record.set_practitioner(reader.practitioner);
  record.set_role(reader.role);
  record.set_purpose(reader.purpose);
  record.set_reason(reader.reason);
  record.set_method(call.method);
  record.set_node(node_);
  record.set_position(call.position);
  record.set_as_of(call.as_of);
  record.set_denied(call.denied);
  record.set_kind(KindOf(call));
  record.set_copied_to(call.copied_to);
  record.set_etag(call.etag);
  if (call.seen_by) *record.mutable_seen_by() = *call.seen_by;
  for (const uint64_t number : call.act.acted_on) record.add_acted_on(number);
  record.set_family_told(call.act.family_told);
  account.AddTo(record);
  AddBasis(call, record);
  return record;
}

std::shared_ptr<Receipt> AccessLog::Enqueue(const disclosure::Account& account,
                                            const disclosure::Reader& reader,
                                            const Call& call) {
  auto receipt = std::make_shared<Receipt>();
  // Here, where its parts were just made, rather than on the writing thread.
  eventstore::NewRecord to_write =
      ToRecord(RecordOf(account, reader, call), account, node_);
  std::unique_lock lock(mutex_);
  if (!broken_.ok() || queue_.size() >= kWaitingMax) {
    receipt->Tell(broken_.ok() ? Unwritable() : broken_);
    return receipt;
  }
  queue_.push_back({std::move(to_write), receipt});
  const bool is_first = queue_.size() == 1;
  lock.unlock();
  if (is_first) changed_.notify_one();
  return receipt;
}

void AccessLog::Write() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [&] { return !queue_.empty() || ended_; });
    if (queue_.empty()) return;
    std::vector<Waiting> group;
    const size_t count = std::min(queue_.size(), kGroupMax);
    std::move(queue_.begin(), queue_.begin() + count,
              std::back_inserter(group));
    queue_.erase(queue_.begin(), queue_.begin() + count);
    absl::Status result = broken_;
    lock.unlock();
    if (result.ok()) result = CommitAll(group);
    lock.lock();
    broken_ = result;
    lock.unlock();
    for (const Waiting& waiting : group) waiting.receipt->Tell(result);
    group.clear();
    lock.lock();
  }
}

absl::Status AccessLog::CommitAll(std::vector<Waiting>& group) {
  eventstore::Batch batch;
  last_micros_ = std::max(last_micros_, absl::ToUnixMicros(now_()));
  const std::string salts =
      base::RandomBytes(group.size() * base::kDigestBytes);
  absl::string_view left = salts;
  for (Waiting& waiting : group) {
    eventstore::NewRecord& record =
        batch.records.emplace_back(std::move(waiting.record));
    record.recorded_at_micros = last_micros_;
    record.salt = std::string(left.substr(0, base::kDigestBytes));
    left.remove_prefix(base::kDigestBytes);
  }
  return store_.Commit(batch).ok() ? absl::OkStatus() : Unwritable();
}

absl::StatusOr<std::vector<AccessLog::Look>> AccessLog::WhoLooked(
    const std::vector<uint64_t>& subjects, uint64_t before,
    size_t count_max) const {
  ASSIGN_OR_RETURN(std::unique_ptr<eventstore::Snapshot> snapshot,
                   store_.Read());
  std::vector<Look> looks;
  bool readable = true;
  for (uint64_t subject : subjects) {
    RETURN_IF_ERROR(snapshot->ScanSubject(
        subject, 0, [&](const eventstore::StoredRecord& stored) {
          if (before != 0 && stored.position >= before) return false;
          Look look{stored.position, {}};
          readable = stored.payload.has_value() &&
                     look.record.ParseFromString(*stored.payload);
          if (readable) looks.push_back(std::move(look));
          return readable;
        }));
    if (!readable) return absl::DataLossError("an access record is unreadable");
  }
  std::sort(looks.begin(), looks.end(), [](const Look& a, const Look& b) {
    return a.position > b.position;
  });
  auto same = [](const Look& a, const Look& b) {
    return a.position == b.position;
  };
  looks.erase(std::unique(looks.begin(), looks.end(), same), looks.end());
  if (looks.size() > count_max) looks.resize(count_max);
  return looks;
}

}  // namespace kith::access
