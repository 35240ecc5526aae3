// What becomes of one statement whose turn it is.
#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "base/bytes.h"
#include "base/crypto.h"
#include "services/core/kernel.h"
#include "services/core/keys.h"

namespace kith::core {
namespace {

using agency::v1::Statement;
using ledger::v1::Fact;
using ledger::v1::ItemRow;
using ledger::v1::OutcomeRow;
using ledger::v1::Reason;
using ledger::v1::SnapshotRow;

// How far a statement's clock may be ahead of ours.
constexpr absl::Duration kAheadMax = absl::Hours(24);

void Append(absl::string_view part, std::string& bytes) {
  base::AppendBigEndian64(part.size(), bytes);
  bytes.append(part.data(), part.size());
}

// Of what the caller says, and who, so that a retry is recognised whatever
// number, time and salt it bears.
std::string RequestDigest(const Opened& opened) {
  std::string bytes;
  Append(opened.envelope.agency(), bytes);
  Append(opened.envelope.actor().SerializeAsString(), bytes);
  Append(opened.content, bytes);
  return base::Sha256(bytes);
}

std::string RequestKey(const Opened& opened, const KeyHash& hash) {
  return keys::Request(opened.envelope.agency(),
                       hash("request " + opened.envelope.request_id()));
}

std::string SnapshotKey(const Opened& opened, const KeyHash& hash) {
  const agency::v1::LocalRef& key = opened.statement.snapshot().key();
  std::string bytes = "snapshot";
  base::AppendBigEndian64(static_cast<uint64_t>(opened.statement.what_case()),
                          bytes);
  Append(key.agency().empty() ? opened.envelope.agency() : key.agency(), bytes);
  Append(opened.envelope.agency(), bytes);
  Append(key.system(), bytes);
  Append(key.local_id(), bytes);
  return keys::Snapshot(hash(bytes));
}

std::string SnapshotDigest(const Statement& statement) {
  Statement what = statement;
  what.clear_snapshot();
  return base::Sha256(what.SerializeAsString());
}

// The keys of the references that were put.
std::vector<std::string> NamedIn(const Overlay::Changes& changes) {
  constexpr absl::string_view kReferences = "rf/";
  std::vector<std::string> named;
  for (auto change = changes.lower_bound(kReferences);
       change != changes.end() && absl::StartsWith(change->first, kReferences);
       ++change) {
    if (change->second.value.has_value()) named.push_back(change->first);
  }
  return named;
}

bool IsParked(const std::optional<ItemRow>& item) {
  return item.has_value() && !item->has_reason();
}

bool IsSystemKind(agency::v1::SourceKind kind) {
  return kind == agency::v1::SOURCE_KIND_SYSTEM;
}

}  // namespace

Decision Kernel::Desk(const agency::v1::Envelope& envelope,
                      bool reported) const {
  Setting setting;
  setting.position = position_;
  setting.recorded_at = recorded_at_;
  setting.hash = hash_;
  setting.fold = rules_.fold;
  return Decision(overlay_, envelope, reported, setting);
}

absl::StatusOr<bool> Kernel::IsReported(const std::string& source) {
  if (source_.source() != source) {
    ASSIGN_OR_RETURN(auto row, ReadRow<ledger::v1::SourceRow>(
                                   overlay_, keys::Source(source)));
    source_ = row.value_or(ledger::v1::SourceRow());
  }
  return source_.kind() == agency::v1::SOURCE_KIND_OUTBOX;
}

absl::Status Kernel::Settle(const Opened& opened,
                            const std::optional<ItemRow>& item) {
  ASSIGN_OR_RETURN(const EntityNumber blocking, Blocking(opened));
  if (blocking != 0 &&
      (!item.has_value() || blocking != item->item().number())) {
    return Park(opened, item, std::nullopt, BehindHash(blocking));
  }
  if (opened.unreadable.has_value()) {
    return Quarantine(opened, item, *opened.unreadable);
  }
  ASSIGN_OR_RETURN(auto earlier, EarlierRequest(opened));
  if (earlier.has_value()) {
    if (earlier->digest() != RequestDigest(opened)) {
      return Refused(opened, item,
                     MakeReason("REQUEST_ID_REUSED",
                                "another request had this id before"));
    }
    earlier->set_digest(opened.body_digest);
    PutRow(overlay_, 0,
           keys::Outcome(opened.envelope.source(), opened.envelope.epoch(),
                         opened.envelope.sequence()),
           *earlier);
    last_outcome_ = *earlier;
    applied_.repeated = true;
    return absl::OkStatus();
  }
  if (TimeOf(opened.envelope.occurred_at()) > recorded_at_ + kAheadMax) {
    return Refused(opened, item,
                   MakeReason("OCCURRED_IN_FUTURE",
                              "it happened more than a day from now"));
  }
  ASSIGN_OR_RETURN(auto known, KnownSnapshot(opened));
  if (known.has_value()) return ChangedNothing(opened, item, std::move(known));
  return DecideByRules(opened, item);
}

absl::StatusOr<std::optional<OutcomeRow>> Kernel::EarlierRequest(
    const Opened& opened) {
  using Earlier = std::optional<OutcomeRow>;
  if (opened.envelope.request_id().empty()) return Earlier();
  ASSIGN_OR_RETURN(auto row,
                   ReadRow<OutcomeRow>(overlay_, RequestKey(opened, hash_)));
  const absl::Duration window =
      absl::Hours(24) * ledger_->rules().request_days();
  if (row.has_value() && recorded_at_ - TimeOf(row->recorded_at()) > window) {
    return Earlier();
  }
  return row;
}

// Why a snapshot decides nothing; empty when it may.
absl::StatusOr<std::optional<Reason>> Kernel::KnownSnapshot(
    const Opened& opened) {
  using Known = std::optional<Reason>;
  if (!opened.statement.has_snapshot()) return Known();
  snapshot_key_ = SnapshotKey(opened, hash_);
  snapshot_digest_ = SnapshotDigest(opened.statement);
  ASSIGN_OR_RETURN(const auto row,
                   ReadRow<SnapshotRow>(overlay_, snapshot_key_));
  if (!row.has_value()) return Known();
  const absl::Time extracted =
      TimeOf(opened.statement.snapshot().extracted_at());
  if (extracted < TimeOf(row->extracted_at())) {
    return Known(
        MakeReason("OLDER_EXTRACT", "a later extract was accepted already"));
  }
  if (row->digest() != snapshot_digest_) return Known();
  if (extracted > TimeOf(row->extracted_at())) PutSnapshot(opened);
  return Known(MakeReason("SAME_SNAPSHOT", "it equals the latest accepted"));
}

void Kernel::PutSnapshot(const Opened& opened) {
  if (!opened.statement.has_snapshot()) return;
  SnapshotRow row;
  row.set_digest(snapshot_digest_);
  *row.mutable_extracted_at() = opened.statement.snapshot().extracted_at();
  PutRow(overlay_, 0, snapshot_key_, row);
}

absl::Status Kernel::DecideByRules(const Opened& opened,
                                   const std::optional<ItemRow>& item) {
  ASSIGN_OR_RETURN(const bool reported, IsReported(opened.envelope.source()));
  if (!reported && !IsSystemKind(source_.kind()) &&
      opened.envelope.actor().role() == agency::v1::ROLE_UNSPECIFIED) {
    return Refused(opened, item,
                   MakeReason("NO_ROLE", "who acts in no role may do nothing"));
  }
  Decision decision = Desk(opened.envelope, reported);
  if (IsParked(item)) RETURN_IF_ERROR(EndWait(*item, decision, true));
  const size_t facts_before = decision.facts().size();
  const absl::Status status = rules_.decide(opened.statement, decision);
  switch (status.code()) {
    case absl::StatusCode::kOk: {
      OutcomeRow outcome;
      outcome.set_kind(decision.facts().size() > facts_before
                           ? ledger::v1::OUTCOME_KIND_ACCEPTED
                           : ledger::v1::OUTCOME_KIND_CHANGED_NOTHING);
      PutSnapshot(opened);
      RETURN_IF_ERROR(Record(opened, decision, std::move(outcome)));
      return item.has_value() ? EndItem(item->item().number())
                              : absl::OkStatus();
    }
    case absl::StatusCode::kDataLoss:
      return status;
    case absl::StatusCode::kUnimplemented:
      return absl::FailedPreconditionError(status.message());
    case absl::StatusCode::kInvalidArgument:
      return Quarantine(opened, item, ReasonOf(status));
    case absl::StatusCode::kNotFound:
      if (const auto missing = MissingRefOf(status);
          reported && missing.has_value()) {
        return Park(
            opened, item, missing,
            WaitHash(ReferenceKey(hash_, missing->kind(), missing->ref(), "")));
      }
      return Refused(opened, item, ReasonOf(status));
    default:
      return Refused(opened, item, ReasonOf(status));
  }
}

absl::Status Kernel::Refused(const Opened& opened,
                             const std::optional<ItemRow>& item,
                             const Reason& reason) {
  ASSIGN_OR_RETURN(const bool reported, IsReported(opened.envelope.source()));
  Decision decision = Desk(opened.envelope, reported);
  if (IsParked(item)) RETURN_IF_ERROR(EndWait(*item, decision, true));
  Fact fact;
  *fact.mutable_statement_refused()->mutable_reason() = reason;
  fact.mutable_statement_refused()->set_statement_kind(
      static_cast<uint32_t>(opened.statement.what_case()));
  RETURN_IF_ERROR(decision.AddOfStatement(0, std::move(fact)));
  OutcomeRow outcome;
  outcome.set_kind(ledger::v1::OUTCOME_KIND_REFUSED);
  *outcome.mutable_reason() = reason;
  RETURN_IF_ERROR(Record(opened, decision, std::move(outcome)));
  return item.has_value() ? EndItem(item->item().number()) : absl::OkStatus();
}

absl::Status Kernel::ChangedNothing(const Opened& opened,
                                    const std::optional<ItemRow>& item,
                                    std::optional<Reason> reason) {
  ASSIGN_OR_RETURN(const bool reported, IsReported(opened.envelope.source()));
  Decision decision = Desk(opened.envelope, reported);
  if (IsParked(item)) RETURN_IF_ERROR(EndWait(*item, decision, true));
  OutcomeRow outcome;
  outcome.set_kind(ledger::v1::OUTCOME_KIND_CHANGED_NOTHING);
  if (reason.has_value()) *outcome.mutable_reason() = *std::move(reason);
  RETURN_IF_ERROR(Record(opened, decision, std::move(outcome)));
  return item.has_value() ? EndItem(item->item().number()) : absl::OkStatus();
}

void Kernel::PutOutcome(const Opened& opened, const OutcomeRow& outcome) {
  const agency::v1::Envelope& envelope = opened.envelope;
  PutRow(
      overlay_, 0,
      keys::Outcome(envelope.source(), envelope.epoch(), envelope.sequence()),
      outcome);
  if (envelope.request_id().empty() || opened.unreadable.has_value() ||
      outcome.reason().code() == "REQUEST_ID_REUSED") {
    return;
  }
  OutcomeRow request = outcome;
  request.set_digest(RequestDigest(opened));
  PutRow(overlay_, 0, RequestKey(opened, hash_), request);
}

absl::Status Kernel::Record(const Opened& opened, Decision& decision,
                            OutcomeRow outcome, bool place) {
  Decided decided;
  if (opened.has_place) decided.statement = PlaceOf(opened.envelope);
  decided.salt = SaltOf(opened);
  decided.recorded_at = recorded_at_;
  decided.rules_number = ledger_->rules_number();
  decided.facts = decision.TakeFacts();
  position_ += decided.facts.size();
  outcome.set_position(position_);
  outcome.set_digest(opened.body_digest);
  *outcome.mutable_recorded_at() = StampOf(recorded_at_);
  for (const auto& made : decision.made()) *outcome.add_made() = made;
  Overlay::Changes changes = decision.TakeChanges();
  const std::vector<std::string> named = NamedIn(changes);
  overlay_.Absorb(std::move(changes));
  if (place) PutOutcome(opened, outcome);
  last_outcome_ = outcome;
  decided.outcome = std::move(outcome);
  applied_.decided.push_back(std::move(decided));
  return FollowUp(applied_.decided.back().facts, named);
}

absl::Status Kernel::FollowUp(const std::vector<NewFact>& facts,
                              const std::vector<std::string>& named) {
  std::vector<EntityNumber> released;
  for (const NewFact& made : facts) {
    const Fact& fact = made.fact;
    if (fact.has_rules_activated()) {
      RETURN_IF_ERROR(Begin());
    } else if (fact.has_source_resumed()) {
      resumed_.push_back(fact.source_resumed().source());
    } else if (fact.has_quarantine_ended()) {
      const EntityNumber item = fact.quarantine_ended().item();
      if (fact.quarantine_ended().decision() ==
          agency::v1::QUARANTINE_DECISION_RETRY) {
        released.push_back(item);
      } else {
        RETURN_IF_ERROR(EndItem(item));
      }
    }
  }
  ASSIGN_OR_RETURN(const uint64_t waiters, Waiters());
  if (waiters > 0) {
    for (const std::string& reference : named) {
      ASSIGN_OR_RETURN(const auto items, TakeWaiting(WaitHash(reference)));
      released.insert(released.end(), items.begin(), items.end());
    }
  }
  Enqueue(std::move(released));
  return absl::OkStatus();
}

}  // namespace kith::core
